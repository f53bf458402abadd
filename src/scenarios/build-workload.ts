// One workload of a scenario as numbers. Exactly one of rate, users and trace says when requests come; a pattern or a
// list of commands says what they are.

import { resolve } from "node:path";
import { bytesFromUtf8 } from "../engine/bytes.ts";
import type { LoadConfig, PatternConfig, WaitConfig, WorkloadConfig } from "../models/config.ts";
import { constant } from "../sim/distributions/constant.ts";
import type { Distribution } from "../sim/distributions/distribution.ts";
import { formatCount, NS_PER_MS, UnitError } from "../units.ts";
import type { KeySample } from "../workload/key-sample.ts";
import { KeyTable } from "../workload/keys.ts";
import type { Rate } from "../workload/rate.ts";
import { DEFAULT_GAP_MS } from "../workload/traces/intake.ts";
import { TraceBuffer, TraceKeys } from "../workload/traces/trace.ts";
import { buildCommands, onlyReads } from "./build-commands.ts";
import { checkCycles, type Fidelity } from "./build-fidelity.ts";
import { buildCachingPattern, inSeconds, patternOf } from "./build-pattern.ts";
import { buildRate } from "./build-rate.ts";
import type { Report } from "./build-report.ts";
import { buildStored } from "./build-stored.ts";
import { wholeClient } from "./client-defaults.ts";
import { parsePopularity } from "./popularity-text.ts";
import type { Scenario, WorkloadInput } from "./schema.ts";
import { presenceOf } from "./steady-preload.ts";
import { didYouMean } from "./suggest.ts";
import type { TraceSource } from "./trace-file.ts";
import { checkWithoutEffect } from "./workload-checks.ts";
import { partOf } from "./written.ts";
import type { Path } from "./yaml-file.ts";

export interface WorkloadPlan {
  readonly name: string;
  readonly trace: TraceSource | null;
  /** A configuration with state of its own. For a trace, `feed` receives the buffer and the key numbers to fill. */
  config(feed?: (buffer: TraceBuffer, keys: TraceKeys) => void): WorkloadConfig;
}

const DEFAULT_VALUE_BYTES = 1_024;
/** Keys are numbered one by one: their numbers, hashes and slots stand in tables. */
const MAX_KEYS = 200_000_000;

/** What a workload is built in. */
export interface WorkloadSetting {
  readonly scenario: Scenario;
  /** Where relative file names begin. */
  readonly directory: string;
  readonly fidelity: Fidelity | null;
  /** Its keys, where not all of them are simulated. */
  readonly sample: KeySample | undefined;
  /** The scenario before defaults were filled in. */
  readonly written: unknown;
}

export function buildWorkload(
  input: WorkloadInput,
  index: number,
  { scenario, directory, fidelity, sample, written }: WorkloadSetting,
  report: Report,
): WorkloadPlan {
  const path = (...rest: Path): Path => ["workload", index, ...rest];
  checkLoad(input, path, report);
  checkWithoutEffect(input, partOf(written, "workload", index), path, report);
  const client = findClient(input, scenario, path, report);
  if (input.pipeline > 1 && !wholeClient(scenario.clients[client], scenario.cluster.mode).pool.multiplex) {
    report(path("pipeline"), "needs a client with «pool: { multiplex: true }»");
  }
  const pattern =
    input.commands === undefined
      ? buildCachingPattern(input, scenario, path, report)
      : buildCommands(input, path, report);
  checkWait(input, pattern, client, scenario, path, report);
  const rate = buildRate(input, Math.max(scenario.duration, scenario.demand.over ?? 0), path, report);
  const windows = fidelity?.windows ?? null;
  const uneven = rate === null || windows === null ? null : checkCycles(rate(), windows);
  if (uneven !== null) report(path("rate"), uneven);
  const popularity = readPopularity(input, path, report);
  const count = input.keys?.count ?? 1;
  if (count < 1 || count > MAX_KEYS) {
    report(path("keys", "count"), `must be between 1 and ${formatCount(MAX_KEYS)}, got ${formatCount(count)}`);
  }
  const ttl = ttlSeconds(input);
  const holds = input.holds === undefined ? null : buildStored(input.holds, path("holds"), report);
  checkHolds(input, path, report);
  checkKeys(input, path, report);
  const values = input.values ?? input.trace?.sizes ?? constant(DEFAULT_VALUE_BYTES);
  const trace = input.trace === undefined ? null : traceSource(input.trace, directory);

  return {
    name: input.name,
    trace,
    config(feed) {
      let keys: KeyTable;
      let load: LoadConfig;
      if (input.trace !== undefined) {
        const buffer = new TraceBuffer();
        const numbers = new TraceKeys();
        keys = new KeyTable(1_024, key => numbers.texts[key]);
        load = { kind: "trace", buffer, fill: input.trace.fill };
        feed?.(buffer, numbers);
      } else {
        const prefix = bytesFromUtf8(input.keys?.prefix ?? "key:");
        keys =
          sample === undefined
            ? new KeyTable(count, key => prefix + key)
            : new KeyTable(sample.count, number => prefix + sample.keyOf(number));
        load =
          input.users !== undefined
            ? { kind: "closed", users: input.users.count, thinkNs: input.users.think ?? constant(0) }
            : { kind: "open", rate: pacedRate(rate!(), fidelity), spacing: input.arrivals, burst: input.pipeline };
      }
      return {
        name: input.name,
        client,
        pattern,
        load,
        keys,
        keyCount: sample?.count ?? count,
        popularity: popularity(count, sample),
        sample,
        valueBytes: values,
        valuePerWrite: input.valueSize === "per-write",
        ttlSeconds: ttl,
        preload: input.preload === "steady" ? 1 : input.preload,
        presence:
          input.preload === "steady" ? presenceIn(presenceOf(input, load, pattern, ttl, count), sample) : undefined,
        writeShare: input.writes,
        driftPerSecond: input.keys?.drift ?? 0,
        onceShare: input.keys?.once ?? 0,
        absentShare: input.keys?.absent ?? 0,
        holds,
        wait: waitOf(input),
      };
    },
  };
}

function waitOf({ wait }: WorkloadInput): WaitConfig | null {
  if (wait === undefined) return null;
  return { replicas: wait.replicas, timeoutNs: wait.timeout, fails: wait.tooFew === "fail" };
}

/** What keeps WAIT from having its effect. */
function checkWait(
  { wait }: WorkloadInput,
  pattern: PatternConfig,
  client: number,
  { cluster, clients }: Scenario,
  path: (...rest: Path) => Path,
  report: Report,
): void {
  if (wait === undefined) return;
  if (cluster.deployment === "serverless") {
    return report(path("wait"), "has no meaning with «deployment: serverless»: its replicas are not yours to wait for");
  }
  if (wait.replicas > cluster.replicas) {
    report(
      path("wait", "replicas"),
      `waits for ${wait.replicas}, and a shard has ${cluster.replicas}: every write would wait until the timeout`,
    );
  }
  if (pattern.kind === "commands" && pattern.templates.length > 0 && pattern.templates.every(onlyReads)) {
    report(path("wait"), "has no effect: every command of the mix only reads");
  }
  const { timeout } = wholeClient(clients[client], cluster.mode);
  if (wait.timeout >= timeout) {
    report(path("wait", "timeout"), "is not below the client's own timeout, which would end the write first");
  }
}

/** How likely the keys of a sample are there: as likely as those that they are. */
function presenceIn(presence: (key: number) => number, sample: KeySample | undefined): (key: number) => number {
  return sample === undefined ? presence : number => presence(sample.keyOf(number));
}

function pacedRate(rate: Rate, fidelity: Fidelity | null): Rate {
  return fidelity === null ? rate : fidelity.clock().rate(rate);
}

function traceSource(trace: NonNullable<WorkloadInput["trace"]>, directory: string): TraceSource {
  const { file, format, columns, speed, gap, amplify } = trace;
  return {
    file: resolve(directory, file),
    format: format === "auto" ? null : format,
    columns,
    speed,
    gapMs: gap === undefined ? DEFAULT_GAP_MS : gap / NS_PER_MS,
    amplify,
  };
}

function checkLoad(input: WorkloadInput, path: (...rest: Path) => Path, report: Report): void {
  const loads = (["rate", "users", "trace"] as const).filter(key => input[key] !== undefined);
  if (loads.length !== 1) {
    report(
      path(loads[1] ?? "name"),
      loads.length === 0
        ? "needs one of «rate:» (open loop), «users:» (closed loop) and «trace:» (replay)"
        : `has ${loads.join(" and ")}: one of them says when requests come`,
    );
  }
  const patterns = (["pattern", "commands"] as const).filter(key => input[key] !== undefined);
  if (input.trace === undefined && patterns.length !== 1) {
    report(
      path(patterns[1] ?? "name"),
      patterns.length === 0 ? "needs «pattern:» or «commands:»" : "has pattern and commands: one of them",
    );
  }
  if (input.trace !== undefined && input.commands !== undefined) {
    report(path("commands"), "a trace brings its own commands");
  }
  if (input.trace === undefined && input.keys === undefined) report(path("name"), "needs «keys:» with a count");
  if (input.trace !== undefined && input.keys !== undefined) report(path("keys"), "a trace brings its own keys");
  if (input.writes > 0 && input.pattern !== undefined && patternOf(input) === null) {
    report(path("writes"), "has no effect: the pattern says what is written");
  } else if (input.writes > 0 && input.pattern === undefined) {
    const instead = input.trace === undefined ? "the commands say what is written" : "a trace brings its own writes";
    report(path("writes"), `needs a «pattern:»; ${instead}`);
  } else if (input.writes > 0 && input.trace !== undefined) {
    report(path("writes"), "a trace brings its own writes");
  }
  if ((input.keys?.absent ?? 0) > 0 && patternOf(input) === null) {
    report(path("keys", "absent"), "needs a «pattern:» with an origin: plain commands have none");
  }
  if (input.preload === "steady") {
    if (ttlSeconds(input) === null) report(path("preload"), "«steady» has no effect without a «ttl:»; say 100%");
    if (input.rate === undefined) report(path("preload"), "«steady» needs a «rate:»");
  }
  if (input.trace !== undefined && input.preload !== 0) {
    report(path("preload"), "a trace brings its own keys: which of them to preload is not known before the run");
  }
}

/** Patterns of which each key has somebody: consumers, subscribers. */
const NUMBERED = ["job-stream", "publish"] as const;

function checkKeys({ keys, pattern }: WorkloadInput, path: (...rest: Path) => Path, report: Report): void {
  if (keys === undefined) return;
  if ((keys.drift ?? 0) > 0 && /^(?:uniform|sequential)/u.test(keys.popularity.trim())) {
    report(path("keys", "drift"), `has no effect with «${keys.popularity}»: no key is more popular than another`);
  }
  if (!NUMBERED.some(name => pattern?.[name] !== undefined)) return;
  for (const key of ["once", "drift"] as const) {
    if ((keys[key] ?? 0) === 0) continue;
    report(path("keys", key), "does not go with this pattern, whose keys are there for as long as the run lasts");
  }
}

function checkHolds(input: WorkloadInput, path: (...rest: Path) => Path, report: Report): void {
  if (input.scripts !== undefined && input.commands === undefined) {
    report(path("scripts"), "have no effect without «commands:» that run them");
  }
  if (input.holds === undefined) return;
  if (input.commands === undefined && (patternOf(input) !== null || input.trace !== undefined)) {
    report(path("holds"), "needs «commands:»: a pattern's keys hold its values");
  } else if (input.preload === 0)
    report(path("holds"), "has no effect without «preload:»: nothing is there at the start");
}

function findClient(input: WorkloadInput, scenario: Scenario, path: (...rest: Path) => Path, report: Report): number {
  if (input.client === undefined) return 0;
  const names = scenario.clients.map(client => client.name);
  const index = names.indexOf(input.client);
  if (index === -1) {
    report(
      path("client"),
      `«${input.client}» is no client group; there are ${names.join(", ")}${didYouMean(input.client, names)}`,
    );
    return 0;
  }
  return index;
}

function readPopularity(input: WorkloadInput, path: (...rest: Path) => Path, report: Report) {
  try {
    const { model, args } = parsePopularity(input.keys?.popularity ?? "uniform");
    return (count: number, sample: KeySample | undefined) => {
      if (sample === undefined) return model.make(count, args);
      return model.inTurn === true ? model.make(sample.count, args) : sample.drawn(model.make(count, args));
    };
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
    report(path("keys", "popularity"), error.message);
    return () => () => 0;
  }
}

/** Times to live in seconds, from the pattern or the workload. */
function ttlSeconds(input: WorkloadInput): Distribution | null {
  const given = patternOf(input)?.options.ttl ?? input.ttl ?? input.trace?.ttl;
  return given === undefined || given === "none" ? null : inSeconds(given);
}
