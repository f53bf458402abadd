// What a comparison of variants leaves: each variant's figures over replications, paired differences to the first of them,
// what differs in settings and in cost.

import { z } from "zod";

const figure = z.number().nullable();

const spread = z.strictObject({ mean: figure, halfWidth: figure });

const difference = z.strictObject({
  mean: figure,
  /** Of the 95 % interval of the paired differences; null where one replication tells none. */
  halfWidth: figure,
  /** Share of the baseline's mean. */
  relative: figure,
  /** «none»: the interval includes zero. */
  seen: z.enum(["more", "less", "none", "unknown"]),
});
export type Difference = z.infer<typeof difference>;

const costChange = z.strictObject({
  what: z.string(),
  sign: z.enum(["+", "-", "~", "="]),
  fromUsd: figure,
  toUsd: figure,
});
export type CostChange = z.infer<typeof costChange>;

const variant = z.strictObject({
  name: z.string(),
  verdict: z.enum(["pass", "fail"]),
  /** Checks that fail in at least one replication. */
  broken: z.array(z.string()),
  costMonthlyUsd: figure,
  metrics: z.record(z.string(), spread),
  /** To the baseline; empty for the baseline itself. */
  differences: z.record(z.string(), difference),
  settings: z.array(z.strictObject({ path: z.string(), from: z.string(), to: z.string() })),
  cost: z.array(costChange),
});
export type Variant = z.infer<typeof variant>;

export const comparisonSchema = z.strictObject({
  kind: z.literal("cachecast-comparison"),
  schemaVersion: z.literal(1),
  version: z.string(),
  seed: z.int(),
  replications: z.int(),
  /** The first is the baseline. */
  variants: z.array(variant).min(2),
});
export type Comparison = z.infer<typeof comparisonSchema>;
