// Uncertain demand as worlds: each draws its own factors of rate, keys and value sizes, from streams named after the
// field, so that one field's range does not change what another draws. World 0 is the middle of all.

import type { Built } from "../../scenarios/build.ts";
import { parsePopularity } from "../../scenarios/popularity-text.ts";
import { randomFrom } from "../../sim/random.ts";
import { UnitError } from "../../units.ts";
import { type RankRun, rankRuns, type TtlPoint, ttlPoints } from "../forms/rate-classes.ts";
import { sizePoints } from "../forms/sizes.ts";

export interface Range {
  readonly low: number;
  readonly mid: number;
  readonly high: number;
}

/** "0.5..1..2", "2" or 2. Throws UnitError. */
export function parseFactor(value: number | string): Range {
  const parts = String(value).split("..").map(Number);
  const [low, mid, high] = parts.length === 1 ? [parts[0], parts[0], parts[0]] : parts;
  if ((parts.length !== 1 && parts.length !== 3) || !(low > 0 && low <= mid && mid <= high && high < 1e6)) {
    throw new UnitError(String(value), "a factor above zero such as 1.5, or low..mid..high such as 0.5..1..2");
  }
  return { low, mid, high };
}

/** One kind of requests. Rates are per second of the whole cluster. */
export interface DemandPart {
  readonly name: string;
  readonly reads: number;
  readonly writes: number;
  readonly fill: boolean;
  readonly keys: number;
  readonly runs: readonly RankRun[];
  readonly keyLength: number;
  readonly sizes: Float64Array;
  readonly ttls: readonly TtlPoint[];
  readonly ttlSeconds: number | null;
}

export interface DemandWorld {
  readonly factors: { readonly rate: number; readonly keys: number; readonly values: number };
  readonly parts: readonly DemandPart[];
}

export const FIELDS = ["rate", "keys", "values"] as const;

/** Why a scenario cannot be planned for in closed form, or null. */
export function cannotPlan(built: Built): string | null {
  for (const workload of built.world(0, built.scenario.seed).workloads) {
    if (workload.load.kind !== "open") return `workload ${workload.name}: a plan needs a rate; it has users or a trace`;
    const { pattern } = workload;
    if (pattern.kind !== "cache-aside" && pattern.kind !== "commands")
      return `workload ${workload.name}: its pattern has no closed form`;
    if (pattern.kind === "commands") {
      for (const { parts } of pattern.templates) {
        const name = parts[0].kind === "text" ? parts[0].text.toLowerCase() : "";
        if (name !== "get" && name !== "set")
          return `workload ${workload.name}: ${name.toUpperCase()} has no closed form`;
      }
    }
  }
  return null;
}

export function drawWorlds(built: Built, count: number): DemandWorld[] {
  const ranges = FIELDS.map(field => parseFactor(built.scenario.demand[field]));
  const sure = ranges.every(range => range.low === range.high);
  const base = baseParts(built);
  const streams = FIELDS.map(field => randomFrom(`plan/${built.scenario.seed}/${field}`));
  return Array.from({ length: sure ? 1 : count }, (_, i) => {
    const [rate, keys, values] = ranges.map((range, f) => (i === 0 ? range.mid : triangular(range, streams[f].next())));
    return demandAt(base, { rate, keys, values });
  });
}

/** The inverse of a triangular distribution, on a logarithmic scale: factors are ratios. */
function triangular({ low, mid, high }: Range, u: number): number {
  const [a, c, b] = [Math.log(low), Math.log(mid), Math.log(high)];
  if (a === b) return low;
  const at = (c - a) / (b - a);
  return Math.exp(u < at ? a + Math.sqrt(u * (b - a) * (c - a)) : b - Math.sqrt((1 - u) * (b - a) * (b - c)));
}

export interface BasePart extends Omit<DemandPart, "runs"> {
  readonly probability: (count: number) => (rank: number) => number;
}

export function baseParts(built: Built): BasePart[] {
  const { scenario } = built;
  return built.world(0, scenario.seed).workloads.map((workload, i): BasePart => {
    const rate = workload.load.kind === "open" ? workload.load.rate.mean(scenario.duration) * workload.load.burst : 0;
    let writes = 0;
    let all = 0;
    if (workload.pattern.kind === "commands") {
      for (const { parts, weight } of workload.pattern.templates) {
        all += weight;
        if (parts[0].kind === "text" && parts[0].text.toLowerCase() === "set") writes += weight;
      }
    }
    const writeShare = all === 0 ? 0 : writes / all;
    const ttl = workload.ttlSeconds;
    const { model, args } = parsePopularity(scenario.workload[i].keys?.popularity ?? "uniform");
    return {
      name: workload.name,
      reads: rate * (1 - writeShare),
      writes: rate * writeShare,
      fill: workload.pattern.kind === "cache-aside",
      keys: workload.keyCount,
      keyLength: workload.keys.text(Math.floor(workload.keyCount / 2)).length,
      sizes: sizePoints(workload.valueBytes),
      ttls: ttlPoints(ttl),
      ttlSeconds: ttl === null ? null : ttl.mean,
      probability: count => model.probability(count, args),
    };
  });
}

export function demandAt(base: readonly BasePart[], factors: DemandWorld["factors"]): DemandWorld {
  return {
    factors,
    parts: base.map(({ probability, ...part }) => {
      const keys = Math.max(1, Math.round(part.keys * factors.keys));
      return {
        ...part,
        keys,
        reads: part.reads * factors.rate,
        writes: part.writes * factors.rate,
        runs: rankRuns(keys, probability(keys), COARSE),
        sizes: part.sizes.map(size => size * factors.values),
      };
    }),
  };
}

/** Evenness of the runs: a plan looks at many worlds, and classes a tenth wide change a hit rate by less than 0.1 points. */
const COARSE = 1.15;
