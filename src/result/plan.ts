// What a plan leaves: the recommendation, what stands, the candidates with their simulations, and why not the others.

import { z } from "zod";

const figure = z.number().nullable();
const unit = z.enum(["bytes", "share", "ns", "replicas", "cores", "rate", "times"]);

const limit = z.strictObject({ name: z.string(), unit, needed: figure, available: figure, ratio: figure });
export type PlanLimit = z.infer<typeof limit>;

const priced = z.strictObject({ name: z.string(), monthlyUsd: z.number() });

const confirmation = z.strictObject({
  name: z.string(),
  /** Null: not clear within the budget. */
  holds: z.boolean().nullable(),
  replications: z.int(),
  /** exact, or sampled(1/N). */
  fidelity: z.string(),
  hitRate: figure,
  p50Ns: figure,
  p99Ns: figure,
  memoryUse: figure,
  monthlyUsd: figure,
  simulatedRequests: z.number(),
  broken: z.array(z.string()),
  unclear: z.array(z.string()),
});

const candidate = priced.extend({
  kind: z.enum(["nodes", "serverless"]),
  engine: z.string(),
  node: z.string().nullable(),
  shards: z.int().nullable(),
  replicas: z.int().nullable(),
  purchase: z.string(),
  /** Of the monthly cost: clients' traffic across zones. */
  trafficUsd: z.number(),
  meanRegretUsd: z.number(),
  /** Share of the worlds in which it holds. */
  holds: z.number(),
  hitRate: z.number(),
  p50Ns: figure,
  p99Ns: figure,
  memoryUse: z.number(),
  cpuUse: z.number(),
  bottleneck: limit,
  confirmation: confirmation.nullable(),
});
export type PlanCandidate = z.infer<typeof candidate>;

export const planSchema = z.strictObject({
  kind: z.literal("cachecast-plan"),
  schemaVersion: z.literal(1),
  version: z.string(),
  scenario: z.string(),
  seed: z.int(),
  prices: z.strictObject({ book: z.string(), asOf: z.string() }),
  worlds: z.int(),
  considered: z.int(),
  /** Name of a candidate; null: nothing holds. */
  recommendation: z.string().nullable(),
  standing: priced.extend({ fits: z.boolean(), bottleneck: limit }).nullable(),
  /** A month against what stands; negative: it costs more. */
  savesUsd: figure,
  second: z.strictObject({ name: z.string(), why: z.string() }).nullable(),
  candidates: z.array(candidate),
  order: z.array(
    z.strictObject({
      cheaper: z.string(),
      dearer: z.string(),
      differenceUsd: z.number(),
      halfWidthUsd: z.number(),
      significant: z.boolean(),
    }),
  ),
  /** Candidates that were to be simulated and could not be. */
  skipped: z.array(z.strictObject({ name: z.string(), why: z.string() })),
  /** Why the simulations ended before everything was clear, or were not made. */
  stopped: z.string().nullable(),
  zoneLoss: z
    .strictObject({
      writesAfterSeconds: figure,
      errorsOverAfterSeconds: figure,
      /** False: it had not when the simulation was over. */
      ended: z.boolean(),
      availability: z.number(),
      keysKept: z.number(),
      holds: z.boolean(),
      requests: z.number(),
    })
    .nullable(),
  /** `bottleneck` null: it holds as far as was looked. */
  breaks: z.strictObject({ multiple: z.number(), bottleneck: z.string().nullable(), months: figure }).nullable(),
  growth: z.array(
    z.strictObject({ month: z.int(), multiple: z.number(), name: z.string().nullable(), monthlyUsd: figure }),
  ),
  frontier: z.array(priced.extend({ p99Ns: z.number(), hitRate: z.number() })),
  excuses: z.array(
    z.strictObject({
      node: z.string(),
      bottleneck: z.string(),
      unit,
      needed: figure,
      available: figure,
      nearest: z.string(),
      shapes: z.int(),
    }),
  ),
  /** When nothing holds: what comes nearest. */
  nearest: priced.extend({ bottleneck: limit }).nullable(),
});
export type PlanDocument = z.infer<typeof planSchema>;
