// A catalogue of keys for the closed forms: keys that are asked for alike and live alike stand in one class, so that a form
// costs the same for a thousand keys as for a billion.
//
// A workload's keys are cut into runs of neighbouring ranks over which the popularity changes by no more than two parts
// in a hundred; the most popular keys, where it changes faster, stand alone. Its times to live, if they differ, are taken
// at a few points of equal weight each.

import { assert } from "../../assert.ts";
import type { Distribution } from "../../sim/distributions/distribution.ts";
import { randomFrom } from "../../sim/random.ts";

export interface KeyClass {
  /** Keys of the class; a weight that need not be whole. */
  readonly count: number;
  /** Reads and writes of one key, per second. */
  readonly readRate: number;
  readonly writeRate: number;
  /** A read that finds nothing stores the key. */
  readonly fill: boolean;
  /** Memory of one key. */
  readonly bytes: number;
  /** Times to live from each store, seconds, each with its weight; Infinity: none. The weights add up to one. */
  readonly ttls: readonly TtlPoint[];
}

export interface TtlPoint {
  readonly seconds: number;
  readonly weight: number;
}

/** A run of ranks that are asked for alike: each with the mean share of the requests. */
export interface RankRun {
  readonly count: number;
  readonly share: number;
}

/** Popularity within a run differs by no more than this from one end to the other. */
const EVENNESS = 1.02;

/** Cuts `count` ranks into runs. `probability` gives the share of one rank. Shares are made to add up to one. `evenness`: coarser where less will do. */
export function rankRuns(count: number, probability: (rank: number) => number, evenness = EVENNESS): RankRun[] {
  assert(count >= 1, `a catalogue of ${count} keys`);
  const runs: { count: number; share: number }[] = [];
  const cut = (from: number, to: number, first: number, last: number) => {
    const keys = to - from + 1;
    const middle = keys > 2 ? probability((from + to) >> 1) : first;
    if (keys === 1 || even(evenness, first, middle, last)) {
      // Simpson's rule over the run: exact to the third order of its width.
      runs.push({ count: keys, share: (first + 4 * middle + last) / 6 });
      return;
    }
    const half = (from + to) >> 1;
    cut(from, half, first, keys > 2 ? middle : first);
    cut(half + 1, to, probability(half + 1), last);
  };
  // Doubling windows first: halving the whole range would begin with runs that miss what happens at its head.
  for (let from = 0, width = 1; from < count; from += width, width *= 2) {
    const to = Math.min(count, from + width) - 1;
    cut(from, to, probability(from), probability(to));
  }
  const total = runs.reduce((sum, run) => sum + run.count * run.share, 0);
  return runs.map(run => ({ count: run.count, share: run.share / total }));
}

function even(evenness: number, a: number, b: number, c: number): boolean {
  const high = Math.max(a, b, c);
  const low = Math.min(a, b, c);
  return high <= low * evenness;
}

const NONE: readonly TtlPoint[] = [{ seconds: Number.POSITIVE_INFINITY, weight: 1 }];
const TTL_POINTS = 8;
const TTL_DRAWS = 4_096;

/** A distribution of times to live at a few points: the means of its eighths. Null: no time to live. */
export function ttlPoints(ttlSeconds: Distribution | null): readonly TtlPoint[] {
  if (ttlSeconds === null) return NONE;
  const [low, high] = ttlSeconds.support;
  if (low === high) return [{ seconds: low, weight: 1 }];
  const random = randomFrom("planner/ttl-points");
  const draws = Float64Array.from({ length: TTL_DRAWS }, () => ttlSeconds.sample(random)).sort();
  const size = TTL_DRAWS / TTL_POINTS;
  return Array.from({ length: TTL_POINTS }, (_, i) => {
    let sum = 0;
    for (let at = i * size; at < (i + 1) * size; at++) sum += draws[at];
    return { seconds: sum / size, weight: 1 / TTL_POINTS };
  });
}
