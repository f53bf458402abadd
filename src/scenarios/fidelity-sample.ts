// Which keys a workload's sample has: the popular ones that stand for themselves, and one in N of the others.
//
// A popular key keeps its requests per second while the engines' clock passes N times faster, so for the cache it is asked for
// 1/N as often as it should be. It may stand for itself only if that still keeps it: if it is asked for 8 N times as often as the
// last key that fits into memory, and if all of them together take no more than 1/8 of the sample's memory. With a TTL its lives
// are as long as ever while the run is 1/N of the time, so it must be asked for a hundred times in one: then how lives
// begin makes no difference.

import { VirtualBytes } from "../engine/bytes.ts";
import type { Layout } from "../engine/memory/layout.ts";
import { stringCapacity, stringForm } from "../engine/values/string.ts";
import type { OriginConfig } from "../models/config.ts";
import { formatCount, formatDurationNs, NS_PER_SECOND, UnitError } from "../units.ts";
import { KeySample } from "../workload/key-sample.ts";
import { patternOf } from "./build-pattern.ts";
import type { Report } from "./build-report.ts";
import { parsePopularity } from "./popularity-text.ts";
import type { Scenario, WorkloadInput } from "./schema.ts";

export interface SampleInput {
  readonly scenario: Scenario;
  readonly keysPer: number;
  readonly layout: Layout;
  /** maxmemory of a node; 0: none. */
  readonly maxmemory: number;
  readonly origin: OriginConfig;
  /** Mean requests per second of a workload; null where it has users. */
  rates(one: WorkloadInput): number | null;
}

const SAFETY = 8;
const REQUESTS_A_LIFE = 100;
/** A cache that holds fewer keys is no likeness of another: the pool of sixteen candidates does not shrink with it. */
const LEAST_KEYS = 2_000;
const DEFAULT_VALUE_BYTES = 1_024;
const TABLE_BYTES = 12;
/** A miss may last so much of a TTL on the cache's clock: about the share of hits that second misses for a key take away. */
const MISS_SHARE = 0.003;

/** A sample for each workload; undefined where it has no keys. Problems are reported. */
export function keySamples(input: SampleInput, report: Report): (KeySample | undefined)[] {
  const { scenario, keysPer, maxmemory, layout } = input;
  const bytes = scenario.workload.map(one => keyBytes(one, layout));
  const all = scenario.workload.reduce((sum, one, i) => sum + (one.keys?.count ?? 0) * bytes[i], 0);
  const room = maxmemory === 0 ? all : maxmemory * scenario.cluster.shards;
  return scenario.workload.map((one, i) => {
    if (one.keys === undefined) return undefined;
    const { count } = one.keys;
    const held = Math.min(count, Math.floor((count * room) / Math.max(1, all)));
    const path = ["workload", i, "keys", "count"];
    if (held / keysPer < LEAST_KEYS) {
      const most = Math.floor(held / LEAST_KEYS);
      const instead = most >= 2 ? `«fidelity: sampled(1/${most})»` : "«fidelity: exact»";
      report(
        path,
        `of ${formatCount(count)} leaves ${formatCount(Math.floor(held / keysPer))} keys in the memory of a sample of 1/${keysPer}: a likeness needs ${formatCount(LEAST_KEYS)}; use ${instead}`,
      );
    }
    checkMisses(one, i, input, report);
    return new KeySample(count, hotKeys(one, held, input), keysPer);
  });
}

function keyBytes(one: WorkloadInput, layout: Layout): number {
  const value = new VirtualBytes(Math.round(one.values?.mean ?? DEFAULT_VALUE_BYTES), 0);
  const hasTtl = meanTtlSeconds(one) !== null;
  const length = (one.keys?.prefix.length ?? 0) + String(one.keys?.count ?? 1).length;
  return (
    layout.stringBytes(length, hasTtl, stringForm(value, false), stringCapacity(value)) + TABLE_BYTES * (hasTtl ? 2 : 1)
  );
}

function hotKeys(one: WorkloadInput, held: number, { keysPer, rates }: SampleInput): number {
  const keys = one.keys!;
  let popularity: ReturnType<typeof parsePopularity>;
  try {
    popularity = parsePopularity(keys.popularity);
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
    return 0;
  }
  const { model, args } = popularity;
  if (model.inTurn === true || held < 1) return 0;
  const probability = model.probability(keys.count, args);
  const seconds = meanTtlSeconds(one);
  const perSecond = rates(one);
  if (seconds !== null && perSecond === null) return 0;
  const often = seconds === null ? 0 : REQUESTS_A_LIFE / (perSecond! * seconds);
  const least = Math.max(SAFETY * keysPer * probability(held - 1), often);
  let low = 0;
  let high = Math.floor(held / (SAFETY * keysPer));
  // Popularity falls with the rank.
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (probability(middle - 1) >= least) low = middle;
    else high = middle - 1;
  }
  return low;
}

function meanTtlSeconds(one: WorkloadInput): number | null {
  const ttl = patternOf(one)?.options.ttl ?? one.ttl ?? "none";
  return ttl === "none" ? null : ttl.mean / NS_PER_SECOND;
}

/** A miss lasts N times as long on the cache's clock: it must be short against what goes on there. */
function checkMisses(one: WorkloadInput, i: number, input: SampleInput, report: Report): void {
  const named = patternOf(one);
  if (named === null) return;
  const { keysPer, origin } = input;
  const missNs = origin.latencyNs.mean * keysPer;
  const { ttl } = named.options;
  const ttlNs = ttl === "none" ? Number.POSITIVE_INFINITY : ttl.mean;
  const takes = `a miss of ${formatDurationNs(Math.round(origin.latencyNs.mean))} lasts ${formatDurationNs(Math.round(missNs))} of the cache's time`;
  if (missNs > MISS_SHARE * ttlNs) {
    const most = Math.floor((MISS_SHARE * ttlNs) / origin.latencyNs.mean);
    report(
      ["workload", i, "pattern", named.name, "ttl"],
      `is too short for a sample of 1/${keysPer}: ${takes}; use ${most >= 2 ? `«fidelity: sampled(1/${most})»` : "«fidelity: exact»"}`,
    );
  }
}
