// Worlds around a few hot keys, for tests of patterns and protections: one node, no jitter, an origin of a fixed time.

import type { OriginConfig, PatternConfig, StampedeConfig, WorkloadConfig } from "../../../src/models/config.ts";
import type { World } from "../../../src/models/world.ts";
import { constant } from "../../../src/sim/distributions/constant.ts";
import { constantRate } from "../../../src/workload/rate.ts";
import { CALM, runTo, smallWorld } from "../world.ts";

export interface Hot {
  readonly rate: number;
  readonly seconds: number;
  readonly keys?: number;
  readonly ttlSeconds?: number;
  readonly originMs?: number;
  readonly origin?: Partial<OriginConfig>;
  readonly stampede?: StampedeConfig;
  readonly pattern?: PatternConfig;
  readonly workload?: Partial<WorkloadConfig>;
  readonly instances?: number;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly seed?: number;
}

/** A world that has not run yet. */
export function hotKeys(hot: Hot): World {
  const { rate, seconds, keys = 1, ttlSeconds = 10, originMs = 100 } = hot;
  const pattern: PatternConfig = hot.pattern ?? {
    kind: "cache-aside",
    fallback: true,
    expectedLoadNs: originMs * 1e6,
    ...(hot.stampede && { stampede: hot.stampede }),
  };
  return smallWorld({
    keys,
    rate,
    seconds,
    seed: hot.seed ?? 7,
    zones: 1,
    latency: CALM,
    cluster: { shards: 1, replicasPerShard: 0, multiAz: false },
    client: { instances: hot.instances ?? 8, pool: { size: 400, maxWaitNs: 5e9, multiplex: false } },
    origin: { latencyNs: constant(originMs * 1e6), concurrency: 100_000, ...hot.origin },
    workload: {
      pattern,
      keyCount: keys,
      ttlSeconds: constant(ttlSeconds),
      popularity: random => random.below(keys),
      load: { kind: "open", rate: constantRate(rate), spacing: "poisson", burst: 1 },
      ...hot.workload,
    },
    ...(hot.parameters && { parameters: hot.parameters }),
  });
}

/** The same, run to its end. */
export function runHot(hot: Hot): World {
  const world = runTo(hotKeys(hot), hot.seconds);
  world.checkConservation();
  return world;
}

export const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
