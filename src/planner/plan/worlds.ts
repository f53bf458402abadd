// Uncertain demand as worlds: each draws its own factors of rate, keys and value sizes, from streams named after the
// field, so that one field's range does not change what another draws. World 0 is the middle of all.

import { assert } from "../../assert.ts";
import { type Command, READONLY } from "../../engine/command.ts";
import { COMMANDS } from "../../engine/commands/index.ts";
import { bulkBytes } from "../../engine/reply.ts";
import type { ReadPreference } from "../../models/config/client.ts";
import type { LoadConfig, WorkloadConfig, WorldConfig } from "../../models/config.ts";
import type { Built } from "../../scenarios/build.ts";
import { parsePopularity } from "../../scenarios/popularity-text.ts";
import { randomFrom } from "../../sim/random.ts";
import { UnitError } from "../../units.ts";
import type { Part } from "../../workload/template.ts";
import { type RankRun, rankRuns, type TtlPoint, ttlPoints } from "../forms/rate-classes.ts";
import { meanOf, sizePoints } from "../forms/sizes.ts";

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

/** One kind of requests. Rates are per second of the whole cluster, at the busiest moment. */
export interface DemandPart {
  readonly name: string;
  readonly reads: number;
  /** Stores by those who write, beside the stores after misses. */
  readonly writes: number;
  /** Deletions by those who write. */
  readonly deletes: number;
  readonly fill: boolean;
  /** Somebody goes for what a read has not found. */
  readonly asksOrigin: boolean;
  /** Share of the keys that the origin does not have: their reads miss and store nothing. */
  readonly absent: number;
  readonly keys: number;
  readonly runs: readonly RankRun[];
  readonly keyLength: number;
  readonly sizes: Float64Array;
  readonly ttls: readonly TtlPoint[];
  readonly ttlSeconds: number | null;
  /** Every read begins the time to live anew. */
  readonly sliding: boolean;
  /** Commands on other types: work and bytes, no keys of their own in the hit rate. */
  readonly others: readonly OtherCommand[];
  /** Whom the clients ask. */
  readonly readFrom: ReadPreference;
  /** Mean rate over the rate at the busiest moment. */
  readonly meanShare: number;
}

export interface OtherCommand {
  readonly command: Command;
  /** A replica may answer it, and replicas are told nothing of it. */
  readonly isRead: boolean;
  readonly rate: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** All requests of a part a second. */
export function rateOf({ reads, writes, deletes, others }: Omit<DemandPart, "runs">): number {
  return reads + writes + deletes + others.reduce((sum, one) => sum + one.rate, 0);
}

export interface DemandWorld {
  readonly factors: { readonly rate: number; readonly keys: number; readonly values: number };
  readonly parts: readonly DemandPart[];
}

export const FIELDS = ["rate", "keys", "values"] as const;

const CONFIGS = new WeakMap<Built, WorldConfig>();

/** One configuration of a scenario to read from: its tables of keys are large. */
export function worldConfig(built: Built): WorldConfig {
  let config = CONFIGS.get(built);
  if (config === undefined) CONFIGS.set(built, (config = built.world(0, built.scenario.seed)));
  return config;
}

/** Why a scenario cannot be planned for in closed form, or null. */
export function cannotPlan(built: Built): string | null {
  if (built.product === "memcached")
    return "plans and crossovers are of Valkey and Redis OSS: Memcached's slab classes have no closed form here; «mrc --policies memcached» shows what memory gives, «run» what a cluster does";
  for (const workload of worldConfig(built).workloads) {
    if (workload.load.kind !== "open") return `workload ${workload.name}: a plan needs a rate; it has users or a trace`;
    if ((workload.driftPerSecond ?? 0) > 0)
      return `workload ${workload.name}: popularity that drifts has no closed form`;
    if ((workload.onceShare ?? 0) > 0) return `workload ${workload.name}: keys asked for once have no closed form`;
    if (workload.wait != null) return `workload ${workload.name}: writes that wait for replicas have no closed form`;
    const { kind } = workload.pattern;
    if (kind === "cache-aside" || kind === "write-behind") continue;
    if (kind !== "commands") return `workload ${workload.name}: ${kind} has no closed form`;
    for (const { parts } of workload.pattern.templates) {
      const command = commandOf(parts);
      if (command === undefined || (command.spec.complexity !== "O(1)" && !NEARLY_CONSTANT.has(command.name)))
        return `workload ${workload.name}: ${String(command?.name ?? "its command").toUpperCase()} has no closed form: what it takes depends on what it touches`;
    }
  }
  return null;
}

/** O(log N), or O(N) in what is given: one member at a time is as good as constant. */
const NEARLY_CONSTANT = new Set([
  "zadd",
  "zincrby",
  "zrank",
  "sadd",
  "geoadd",
  "geopos",
  "xadd",
  "hset",
  "lpush",
  "rpush",
  "pfadd",
  "pfcount",
  "del",
]);

function commandOf(parts: readonly Part[]): Command | undefined {
  return parts[0].kind === "text" ? COMMANDS.get(parts[0].text.toLowerCase()) : undefined;
}

function rangesOf({ scenario }: Built): Range[] {
  return FIELDS.map(field => parseFactor(scenario.demand[field]));
}

/** Factors of world 0. */
export function middleFactors(built: Built): DemandWorld["factors"] {
  const [rate, keys, values] = rangesOf(built).map(range => range.mid);
  return { rate, keys, values };
}

export function drawWorlds(built: Built, count: number): DemandWorld[] {
  const ranges = rangesOf(built);
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

const PARTS = new WeakMap<Built, readonly BasePart[]>();

/** What the workloads ask for as they stand. */
export function baseParts(built: Built): readonly BasePart[] {
  let parts = PARTS.get(built);
  if (parts === undefined) PARTS.set(built, (parts = partsOf(built)));
  return parts;
}

function partsOf(built: Built): BasePart[] {
  const { scenario } = built;
  const { workloads, clients } = worldConfig(built);
  return workloads.map((workload, i): BasePart => {
    const { peak, meanShare } = ratesOf(built, workload.load);
    const ttl = workload.ttlSeconds;
    const sizes = sizePoints(workload.valueBytes);
    const keyLength = workload.keys.text(Math.floor(workload.keyCount / 2)).length;
    const { model, args } = parsePopularity(scenario.workload[i].keys?.popularity ?? "uniform");
    return {
      name: workload.name,
      ...uses(workload, peak, keyLength, sizes),
      absent: workload.absentShare ?? 0,
      keys: workload.keyCount,
      keyLength,
      sizes,
      ttls: ttlPoints(ttl),
      ttlSeconds: ttl === null ? null : ttl.mean,
      readFrom: clients[workload.client].readFrom,
      meanShare,
      probability: count => model.probability(count, args),
    };
  });
}

const LOOKS = 2_880;

/** The busiest moment of what the scenario looks at, and the mean against it. */
function ratesOf({ scenario }: Built, load: LoadConfig): { readonly peak: number; readonly meanShare: number } {
  if (load.kind !== "open") return { peak: 0, meanShare: 1 };
  const over = scenario.demand.over ?? scenario.duration;
  let peak = 0;
  for (let i = 0; i < LOOKS; i++) peak = Math.max(peak, load.rate.at(Math.floor((over * i) / LOOKS)));
  const mean = load.rate.mean(over);
  return { peak: peak * load.burst, meanShare: peak === 0 ? 1 : Math.min(1, mean / peak) };
}

/** The most by which all rates together multiply within so many seconds. */
export function steepestGrowth(built: Built, seconds: number): number {
  const { scenario } = built;
  const over = scenario.demand.over ?? scenario.duration;
  const rates = worldConfig(built).workloads.flatMap(({ load }) => (load.kind === "open" ? [load.rate] : []));
  const at = (ns: number) => rates.reduce((sum, rate) => sum + rate.at(Math.floor(ns)), 0);
  let steepest = 1;
  for (let i = 0; i < LOOKS; i++) {
    const [before, after] = [(over * i) / LOOKS, (over * i) / LOOKS + seconds * 1e9];
    if (after <= over) steepest = Math.max(steepest, at(after) / Math.max(1e-9, at(before)));
  }
  return steepest;
}

type Uses = Pick<DemandPart, "reads" | "writes" | "deletes" | "fill" | "asksOrigin" | "sliding" | "others">;

function uses({ pattern, writeShare = 0 }: WorkloadConfig, rate: number, keyLength: number, sizes: Float64Array): Uses {
  if (pattern.kind === "cache-aside" || pattern.kind === "write-behind") {
    const copy = pattern.kind === "write-behind" ? "update" : (pattern.write?.copy ?? "around");
    const written = rate * writeShare;
    return {
      reads: rate - written,
      writes: copy === "update" ? written : 0,
      deletes: copy.startsWith("invalidate") ? written : 0,
      fill: pattern.fill ?? true,
      asksOrigin: true,
      sliding: pattern.sliding === true,
      others: [],
    };
  }
  assert(pattern.kind === "commands", `${pattern.kind} has no closed form`);
  const weights = pattern.templates.reduce((sum, one) => sum + one.weight, 0);
  const found = { reads: 0, writes: 0, deletes: 0, others: [] as OtherCommand[] };
  for (const { parts, weight } of pattern.templates) {
    const command = commandOf(parts)!;
    const share = (rate * weight) / weights;
    if (command.name === "get") found.reads += share;
    else if (command.name === "set") found.writes += share;
    else if (command.name === "del") found.deletes += share;
    else {
      const isRead = (command.flags & READONLY) !== 0;
      found.others.push({ command, isRead, rate: share, ...trafficOf(parts, keyLength, sizes) });
    }
  }
  return { ...found, fill: false, asksOrigin: false, sliding: false };
}

/** Bytes of a call as it stands, and of a short answer. */
function trafficOf(
  parts: readonly Part[],
  keyLength: number,
  sizes: Float64Array,
): { bytesIn: number; bytesOut: number } {
  const length = (part: Part): number => {
    if (part.kind === "text") return part.text.length;
    if (part.kind === "key") return keyLength;
    if (part.kind === "value") return meanOf(sizes);
    return part.kind === "joined" ? part.parts.reduce((sum, inner) => sum + length(inner), 0) : SHORT_WORD;
  };
  return { bytesIn: parts.reduce((sum, part) => sum + bulkBytes(Math.round(length(part))), 6), bytesOut: SHORT_ANSWER };
}

const SHORT_WORD = 8;
const SHORT_ANSWER = 16;

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
        deletes: part.deletes * factors.rate,
        others: part.others.map(one => ({ ...one, rate: one.rate * factors.rate })),
        runs: rankRuns(keys, probability(keys), COARSE),
        sizes: part.sizes.map(size => size * factors.values),
      };
    }),
  };
}

/** Evenness of the runs: a plan looks at many worlds, and classes a tenth wide change a hit rate by less than 0.1 points. */
const COARSE = 1.15;
