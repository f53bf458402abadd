// From a workload's pattern to its configuration: every pattern is a way to read and a way to write.

import { bytesFromUtf8 } from "../engine/bytes.ts";
import { keySlot } from "../engine/slots.ts";
import type { BehindConfig, PatternConfig, ReadConfig, StampedeConfig, WriteConfig } from "../models/config.ts";
import type { Distribution } from "../sim/distributions/distribution.ts";
import { NS_PER_SECOND } from "../units.ts";
import type { Report } from "./build-report.ts";
import type { PatternInput } from "./schema/pattern.ts";
import type { StampedeInput } from "./schema/stampede.ts";
import type { Scenario, WorkloadInput } from "./schema.ts";
import type { Path } from "./yaml-file.ts";

type Name = keyof PatternInput;

/** What all of them have. */
interface Common {
  readonly ttl: "none" | Distribution;
  readonly fallback: boolean;
  readonly slidingTtl?: boolean;
  readonly absentTtl?: Distribution | undefined;
  readonly stampede?: StampedeInput;
}

/** Patterns that use the cache for its own sake. */
export const ORIGINLESS = ["read-modify-write", "iterate", "job-stream", "publish"] as const satisfies readonly Name[];

/** The caching pattern that a workload names; null without one. */
export function patternOf(input: WorkloadInput): { name: Name; options: Common } | null {
  for (const [name, options] of Object.entries(input.pattern ?? {})) {
    if (options !== undefined && !(ORIGINLESS as readonly string[]).includes(name)) {
      return { name: name as Name, options: options as Common };
    }
  }
  return null;
}

/** Whether what the workload does needs an origin; a trace's misses do. */
export function asksOrigin(input: WorkloadInput): boolean {
  return patternOf(input) !== null || input.trace !== undefined;
}

/** Distributions of a duration, in seconds. */
export function inSeconds({ sample, mean, variance, support }: Distribution): Distribution {
  return {
    sample: random => sample(random) / NS_PER_SECOND,
    mean: mean / NS_PER_SECOND,
    variance: variance / NS_PER_SECOND ** 2,
    support: [support[0] / NS_PER_SECOND, support[1] / NS_PER_SECOND],
  };
}

export function buildCachingPattern(
  input: WorkloadInput,
  scenario: Scenario,
  path: (...rest: Path) => Path,
  report: Report,
): PatternConfig {
  const named = Object.entries(input.pattern ?? {}).filter(([, options]) => options !== undefined);
  if (input.pattern !== undefined && named.length !== 1) {
    const names = named.map(([name]) => name).join(" and ");
    report(path("pattern"), named.length === 0 ? "names no pattern" : `has ${names}: a workload has one pattern`);
  }
  const chosen = patternOf(input);
  if (chosen === null) return originless(input, path, report) ?? { kind: "cache-aside", fallback: true };
  const at = (...rest: Path) => path("pattern", chosen.name, ...rest);
  checkPattern(input, chosen.name, chosen.options, at, report);
  const reading = readConfig(chosen.options, scenario);
  const { pattern } = input;
  if (pattern!["write-behind"] !== undefined) {
    return { kind: "write-behind", behind: behindConfig(pattern!["write-behind"]), ...reading };
  }
  if (pattern!["refresh-ahead"] !== undefined) {
    const { factor, onWrite } = pattern!["refresh-ahead"];
    const stampede: StampedeConfig = { kind: "refresh-ahead", factor };
    return { kind: "cache-aside", ...reading, stampede, write: { copy: onWrite, strict: false } };
  }
  return { kind: "cache-aside", ...reading, write: writeConfig(pattern!) };
}

/** A pattern without an origin; null when the workload names none. */
function originless(input: WorkloadInput, path: (...rest: Path) => Path, report: Report): PatternConfig | null {
  const { pattern = {}, keys } = input;
  const { iterate, publish } = pattern;
  const update = pattern["read-modify-write"];
  const stream = pattern["job-stream"];
  if (update !== undefined) {
    const { by, think, attempts } = update;
    if (by === "get-set" && attempts !== DEFAULT_ATTEMPTS) {
      report(
        path("pattern", "read-modify-write", "attempts"),
        "has no effect with «by: get-set»: nobody comes too late",
      );
    }
    return { kind: "read-modify-write", by, thinkNs: think, attempts };
  }
  if (iterate !== undefined) {
    const { command, count, key } = iterate;
    if (command === "scan" && key !== undefined) {
      report(path("pattern", "iterate", "key"), "has no effect with SCAN, which walks through a node's keys");
    }
    const bytes = key === undefined ? null : bytesFromUtf8(key);
    return { kind: "iterate", command, count, key: bytes, slot: bytes === null ? null : keySlot(bytes) };
  }
  if (stream !== undefined) {
    const { group, consumers, count, work, poll, maxLength } = stream;
    if (consumers < (keys?.count ?? 1)) {
      report(path("pattern", "job-stream", "consumers"), "must be as many as there are keys: each stream needs one");
    }
    if (poll === 0) report(path("pattern", "job-stream", "poll"), "must be longer than nothing");
    return { kind: "job-stream", group: bytesFromUtf8(group), consumers, count, workNs: work, pollNs: poll, maxLength };
  }
  if (publish === undefined) return null;
  const { subscribers, sharded, keepalive, slow } = publish;
  if (slow !== undefined && slow.subscribers > subscribers) {
    report(path("pattern", "publish", "slow", "subscribers"), `must be at most all of them, which are ${subscribers}`);
  }
  if (slow?.reads === 0) {
    report(path("pattern", "publish", "slow", "reads"), "must be above nothing: a slow one, such as 1KiB");
  }
  return {
    kind: "publish",
    subscribers,
    sharded,
    keepaliveNs: keepalive,
    ...(slow && { slow: { subscribers: slow.subscribers, bytesPerSecond: slow.reads } }),
  };
}

const DEFAULT_ATTEMPTS = 5;

function writeConfig(pattern: PatternInput): WriteConfig {
  if (pattern["write-through"] !== undefined) return { copy: "update", strict: true };
  return { copy: (pattern["read-through"] ?? pattern["cache-aside"])!.onWrite, strict: false };
}

function behindConfig(input: NonNullable<PatternInput["write-behind"]>): BehindConfig {
  const { every, batch, furtherWork, merge, queue } = input;
  return { everyNs: every, batch, furtherWork, merge, queue };
}

function readConfig({ fallback, slidingTtl, absentTtl, stampede }: Common, scenario: Scenario): ReadConfig {
  return {
    fallback,
    sliding: slidingTtl ?? false,
    absentSeconds: absentTtl === undefined ? null : inSeconds(absentTtl),
    stampede: stampedeConfig(stampede ?? "none"),
    expectedLoadNs: scenario.origin?.latency.mean ?? 0,
  };
}

function stampedeConfig(input: StampedeInput): StampedeConfig {
  if (input === "none") return { kind: "none" };
  const { lock, early } = input;
  if (lock !== undefined) {
    const { ttl, poll, patience, others, grace } = lock;
    const graceSeconds = (grace ?? DEFAULT_GRACE_NS) / NS_PER_SECOND;
    return { kind: "lock", ttlNs: ttl, pollNs: poll, patienceNs: patience, others, graceSeconds };
  }
  if (early !== undefined) return { kind: "early", beta: early.beta };
  const stale = input["stale-while-revalidate"];
  if (stale !== undefined) return { kind: "stale-while-revalidate", graceSeconds: stale.grace / NS_PER_SECOND };
  return { kind: "single-flight" };
}

const DEFAULT_GRACE_NS = 60 * NS_PER_SECOND;

// ---------------------------------------------------------------------------------------------------------------
// What does not go together.

function checkPattern(
  input: WorkloadInput,
  name: Name,
  options: Common,
  at: (...rest: Path) => Path,
  report: Report,
): void {
  const { ttl, slidingTtl, absentTtl, stampede = "none" } = options;
  if (ttl === "none") {
    if (slidingTtl === true) report(at("slidingTtl"), "has no effect without a «ttl:»");
    const protection = stampede === "none" ? null : protectionName(stampede);
    const needsEnd = protection === "early" || protection === "stale-while-revalidate";
    if (needsEnd) report(at("stampede"), `${protection} has no effect without a «ttl:»: nothing ever ends`);
    if (name === "refresh-ahead") report(at(), "has no effect without a «ttl:»: nothing ever ends");
  }
  if (absentTtl !== undefined && !(input.keys?.absent ?? 0)) {
    report(at("absentTtl"), "has no effect: the origin has every key (keys.absent)");
  }
  if (stampede !== "none") checkStampede(stampede, slidingTtl === true, at, report);
  if (name === "write-behind" && input.writes === 0) {
    report(at(), "has no effect without writes: give a share of the requests, such as «writes: 10%»");
  }
}

function protectionName(stampede: Exclude<StampedeInput, "none">): string | undefined {
  return Object.entries(stampede).find(([, value]) => value !== undefined)?.[0];
}

function checkStampede(
  stampede: Exclude<StampedeInput, "none">,
  sliding: boolean,
  at: (...rest: Path) => Path,
  report: Report,
): void {
  const names = Object.entries(stampede).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (names.length !== 1) {
    const what = names.length === 0 ? "names no protection" : `has ${names.join(" and ")}: one protection at a time`;
    report(at("stampede"), what);
  }
  const { lock } = stampede;
  if (lock?.others === "wait" && lock.grace !== undefined) {
    report(at("stampede", "lock", "grace"), "has no effect with «others: wait»: nobody is given an old value");
  }
  if (lock !== undefined && lock.poll === 0) report(at("stampede", "lock", "poll"), "must be longer than nothing");
  const movesEnd = names[0] === "early" || names[0] === "stale-while-revalidate" || lock?.others === "stale";
  if (sliding && movesEnd) {
    report(at("slidingTtl"), "does not go with a protection that stores the value's end beside it");
  }
}
