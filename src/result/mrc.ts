// The document of a hit-rate curve: what `cachecast mrc` writes, and its page reads.

import { z } from "zod";

const figure = z.number().nullable();

const point = z.strictObject({
  /** Memory for keys, and its share of what all keys take. */
  bytes: z.number(),
  ofAll: z.number(),
  /** Hit rates, 0–1: LRU by stack distance, policies by the engine's own code on one key in 1 / `rate`. */
  lru: z.number(),
  policies: z.array(z.strictObject({ policy: z.string(), hitRate: z.number(), rate: z.number() })),
  /** Nodes without replicas; null without prices. */
  shards: z.int().nullable(),
  memoryUsd: figure,
  missesUsd: figure,
  monthlyUsd: figure,
});
export type MrcResultPoint = z.infer<typeof point>;

export const mrcSchema = z.strictObject({
  schemaVersion: z.literal(1),
  kind: z.literal("mrc"),
  version: z.string(),
  /** File of the trace or scenario. */
  source: z.string(),
  method: z.enum(["exact", "shards"]),
  engine: z.string(),
  node: z.string(),
  replicas: z.int(),
  requests: z.int(),
  reads: z.int(),
  keys: z.int(),
  keysUsed: z.int(),
  /** Share of the keys that were looked at beside the most popular ones. */
  rate: z.number(),
  allBytes: z.number(),
  points: z.array(point),
  /** Index of the cheapest point; null without prices. */
  best: z.int().nullable(),
});
export type MrcDocument = z.infer<typeof mrcSchema>;
