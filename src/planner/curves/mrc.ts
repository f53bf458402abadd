// A hit-rate curve put together: at so many sizes, LRU by stack distances and any policy by miniature simulation, and what
// each size costs in memory and in misses.

import { DEFAULT_QUANTUM } from "../../engine/memory/allocator.ts";
import { Parameters } from "../../engine/parameters.ts";
import type { EngineProfile } from "../../engine/profile.ts";
import { HOURS_PER_MONTH } from "../../units.ts";
import { isMemcachedPolicy, memcachedSimulation } from "./memcached-simulation.ts";
import { type MiniResult, miniSimulation } from "./mini-simulation.ts";
import type { RequestLog } from "./requests.ts";
import { type Curve, rateForKeys, type Sampling, stackDistances } from "./stack-distance.ts";

export interface MrcOptions {
  readonly profile: EngineProfile;
  readonly parameters: Readonly<Record<string, string>>;
  /** How many sizes; the last holds every key. */
  readonly points: number;
  readonly method: "exact" | "shards";
  readonly rate: number;
  /** SHARDS of fixed size: so many keys, instead of a rate. */
  readonly sampledKeys: number | null;
  readonly policies: readonly string[];
  /** The file is a sample of the keys: sizes are multiplied by it. */
  readonly trafficFactor: number;
  readonly prices: MrcPrices | null;
  progress?(done: number, of: number): void;
}

/** Of a scenario's parameters: what decides whom the engine evicts, and when it finds what has expired. */
export function curveParameters(parameters: Readonly<Record<string, string>>): Record<string, string> {
  const names = ["maxmemory-samples", "lfu-log-factor", "lfu-decay-time", "active-expire-effort"];
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => names.includes(name)));
}

/** Null: there is no limit. */
export function maxmemoryOf(profile: EngineProfile, parameters: Readonly<Record<string, string>>): number | null {
  return new Parameters(profile, parameters).number("maxmemory") || null;
}

export interface MrcPrices {
  /** Memory for keys that one node gives, and what it and its replicas cost a month. */
  readonly bytesPerShard: number;
  readonly monthlyUsdPerShard: number;
  readonly usdPerMillionMisses: number;
}

export interface MrcPoint {
  readonly bytes: number;
  /** Share of the bytes of all keys. */
  readonly ofAll: number;
  readonly lru: number;
  readonly policies: readonly { readonly policy: string; readonly hitRate: number; readonly rate: number }[];
  readonly shards: number | null;
  readonly memoryUsd: number | null;
  readonly missesUsd: number | null;
  readonly monthlyUsd: number | null;
}

export interface Mrc {
  readonly reads: number;
  readonly requests: number;
  readonly keys: number;
  readonly keysUsed: number;
  readonly rate: number;
  readonly allBytes: number;
  readonly points: readonly MrcPoint[];
  /** Index of the cheapest point by the first policy, or by LRU without one. */
  readonly best: number | null;
}

/**
 * Most popular keys that are looked at whole: twice as many as the sample takes, a thousand at least. With as many as it takes, disk
 * blocks, which are read in runs, come out 0.006 wrong; with twice as many no trace of ours is 0.003 wrong.
 */
export function hotKeysOf(keys: number, rate: number): number {
  return Math.max(1_000, Math.round(2 * keys * rate));
}

/** A miniature that holds fewer keys than that is no likeness. */
export const LEAST_KEYS = 2_000;

const MONTH_MS = HOURS_PER_MONTH * 3_600_000;
/** From this share of all bytes on. */
const SMALLEST = 0.01;

export function hitRateCurve(log: RequestLog, options: MrcOptions): Mrc {
  const layout = options.profile.layout(DEFAULT_QUANTUM, false);
  const footprints = log.footprints(layout);
  const allBytes = footprints.reduce((sum, bytes) => sum + bytes, 0);
  const sampling = samplingOf(log, options);
  const curve: Curve = stackDistances(log, footprints, sampling);
  const sizes = sizesOf(allBytes, options.points);
  const spanMs = log.count < 2 ? 0 : log.times[log.count - 1] - log.times[0];
  const steps = sizes.length * options.policies.length;
  const points = sizes.map((bytes, at): MrcPoint => {
    const policies = options.policies.map((policy, i) => {
      const result: MiniResult = isMemcachedPolicy(policy)
        ? memcachedSimulation(log, policy, bytes)
        : miniSimulation(log, footprints, {
            profile: options.profile,
            policy,
            parameters: options.parameters,
            bytes,
            rate: options.method === "exact" ? 1 : sampling.rate,
            leastKeys: LEAST_KEYS,
          });
      options.progress?.(at * options.policies.length + i + 1, steps);
      return { policy, hitRate: result.hitRate, rate: result.rate };
    });
    const lru = curve.hitRate(bytes);
    const scaled = bytes * options.trafficFactor;
    const missesPerMonth =
      spanMs === 0
        ? 0
        : (1 - (policies[0]?.hitRate ?? lru)) * curve.reads * options.trafficFactor * (MONTH_MS / spanMs);
    const { prices } = options;
    const shards = prices === null ? null : Math.max(1, Math.ceil(scaled / prices.bytesPerShard));
    const memoryUsd = prices === null ? null : shards! * prices.monthlyUsdPerShard;
    const missesUsd = prices === null ? null : (missesPerMonth / 1e6) * prices.usdPerMillionMisses;
    return {
      bytes: scaled,
      ofAll: bytes / allBytes,
      lru,
      policies,
      shards,
      memoryUsd,
      missesUsd,
      monthlyUsd: memoryUsd === null ? null : memoryUsd + missesUsd!,
    };
  });
  return {
    reads: curve.reads,
    requests: log.count,
    keys: log.keyCount,
    keysUsed: curve.keysUsed,
    rate: sampling.rate,
    allBytes: allBytes * options.trafficFactor,
    points,
    best: bestOf(points),
  };
}

function samplingOf(log: RequestLog, options: MrcOptions): Sampling {
  if (options.method === "exact") return { rate: 1, hotKeys: 0 };
  const rate = options.sampledKeys === null ? options.rate : rateForKeys(log, options.sampledKeys);
  return { rate, hotKeys: hotKeysOf(log.keyCount, rate) };
}

/** Sizes evenly spread on a logarithmic scale up to all bytes. */
export function sizesOf(allBytes: number, points: number): number[] {
  if (points === 1) return [allBytes];
  return Array.from({ length: points }, (_, i) => allBytes * SMALLEST ** (1 - i / (points - 1)));
}

function bestOf(points: readonly MrcPoint[]): number | null {
  let best: number | null = null;
  points.forEach((point, i) => {
    if (point.monthlyUsd === null) return;
    if (best === null || point.monthlyUsd < points[best].monthlyUsd!) best = i;
  });
  return best;
}
