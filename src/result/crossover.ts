// What a crossover leaves: offers at the load that was asked for, where they cross, over which loads, and a table over value
// sizes and peaks.

import { z } from "zod";

const figure = z.number().nullable();
/** `serverlessUsd`: its cost there; null where it does not hold any more. */
const crossing = z.strictObject({ rate: z.number(), serverlessUsd: figure });
const range = z.strictObject({ low: z.number(), high: z.number() });

const offer = z.strictObject({
  name: z.string(),
  kind: z.enum(["serverless", "nodes", "tiering"]),
  /** At the load that was asked for; null: nothing of it holds there. */
  shape: z.string().nullable(),
  monthlyUsd: figure,
  upfrontUsd: figure,
  /** Above the cheapest of all, there, and in the mean over the worlds of the demand. */
  regretUsd: figure,
  meanRegretUsd: figure,
  /** Against a serverless cache; null: never. */
  first: crossing.nullable(),
  forGood: crossing.nullable(),
  /** 10th to 90th percentile of `forGood` over the worlds; null: the demand is sure, or it never crosses in some. */
  interval: range.nullable(),
  /** Share of the worlds in which it crosses for good. */
  crosses: figure,
  /** Months until it has cost less than on demand; months one must stay so that leaving is not dearer. */
  cashMonths: figure,
  stayMonths: figure,
});
export type CrossoverOffer = z.infer<typeof offer>;

export const crossoverSchema = z.strictObject({
  kind: z.literal("cachecast-crossover"),
  schemaVersion: z.literal(1),
  version: z.string(),
  scenario: z.string(),
  seed: z.int(),
  prices: z.strictObject({ book: z.string(), asOf: z.string() }),
  /** Mean requests a second, and the peak over it. */
  rate: z.number(),
  peakToMean: z.number(),
  meanValueBytes: z.number(),
  worlds: z.int(),
  cheapest: z.string().nullable(),
  offers: z.array(offer),
  /** Cost of each offer over loads; null: nothing of it holds. */
  ladder: z.array(
    z.strictObject({ rate: z.number(), cheapest: z.string().nullable(), monthlyUsd: z.record(z.string(), figure) }),
  ),
  /** Of one offer: where it becomes cheaper than serverless for good, by value size and peak. */
  heat: z.strictObject({
    offer: z.string(),
    cells: z.array(
      z.strictObject({
        valueBytes: z.number(),
        peakToMean: z.number(),
        forGood: crossing.nullable(),
        cheapest: z.string().nullable(),
        savesUsd: figure,
      }),
    ),
  }),
});
export type CrossoverDocument = z.infer<typeof crossoverSchema>;
