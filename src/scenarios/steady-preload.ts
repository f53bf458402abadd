// What stands in a cache that has been running for long: the probability that it has a key, for `preload: steady`.
//
//   P = m / (m + 1/a)        m = (1 - exp(-x T)) / x        the renewal argument of planner/forms/residence.ts
//
// with `a` the rate at which an absent key is stored, `T` its mean time to live and `x` the rate at which a stored key is
// deleted. A write that stores anew begins another life without a gap: m / (1 - w m) in the place of m.
// Left out: evictions, the spread of times to live.

import type { LoadConfig, PatternConfig } from "../models/config.ts";
import type { Distribution } from "../sim/distributions/distribution.ts";
import { NS_PER_SECOND } from "../units.ts";
import { parsePopularity } from "./popularity-text.ts";
import type { WorkloadInput } from "./schema.ts";

interface SteadyUse {
  /** Requests of all keys together, per second, and the part of them that writes. */
  readonly rate: number;
  readonly writeShare: number;
  /** What a write does to a stored copy. */
  readonly onWrite: "stores" | "deletes" | "nothing";
  /** Reads store what they miss. */
  readonly fill: boolean;
  readonly ttlSeconds: number;
}

/** Probability that a key is there that gets this share of the requests. */
function steadyPresence({ rate, writeShare, onWrite, fill, ttlSeconds }: SteadyUse, share: number): number {
  const writes = rate * share * writeShare;
  const stores = (fill ? rate * share * (1 - writeShare) : 0) + (onWrite === "stores" ? writes : 0);
  const ends = onWrite === "nothing" ? 0 : writes;
  const life = ends * ttlSeconds < 1e-9 ? ttlSeconds : -Math.expm1(-ends * ttlSeconds) / ends;
  const gap = onWrite === "stores" ? 1 - writes * life : 1;
  return stores === 0 ? 0 : 1 / (1 + Math.max(0, gap) / (stores * life));
}

/** For `preload: steady`: how likely a cache that has run for long has a key. */
export function presenceOf(
  input: WorkloadInput,
  load: LoadConfig,
  pattern: PatternConfig,
  ttl: Distribution | null,
  count: number,
): (key: number) => number {
  const { model, args } = parsePopularity(input.keys?.popularity ?? "uniform");
  const probability = model.probability(count, args);
  const rate = load.kind === "open" ? load.rate.mean(NS_PER_SECOND) * load.burst : 0;
  const use: SteadyUse = {
    rate,
    ttlSeconds: ttl?.mean ?? Number.POSITIVE_INFINITY,
    ...(pattern.kind === "commands"
      ? { writeShare: setShare(pattern), onWrite: "stores", fill: false }
      : { writeShare: input.writes, onWrite: copyOnWrite(pattern), fill: true }),
  };
  return key => steadyPresence(use, probability(key));
}

/** Share of a mix's commands that store a string. */
function setShare({ templates }: Extract<PatternConfig, { kind: "commands" }>): number {
  let [sets, all] = [0, 0];
  for (const { parts, weight } of templates) {
    all += weight;
    if (parts[0].kind === "text" && parts[0].text.toLowerCase() === "set") sets += weight;
  }
  return all === 0 ? 0 : sets / all;
}

function copyOnWrite(pattern: Exclude<PatternConfig, { kind: "commands" }>): SteadyUse["onWrite"] {
  if (pattern.kind === "write-behind") return "stores";
  if (pattern.kind !== "cache-aside") return "nothing";
  if (pattern.write?.copy === "update") return "stores";
  return pattern.write === undefined || pattern.write.copy === "around" ? "nothing" : "deletes";
}
