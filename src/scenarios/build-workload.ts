// One workload of a scenario as numbers. Exactly one of rate, users and trace says when requests come; a pattern or a
// list of commands says what they are.

import { resolve } from "node:path";
import { bytesFromUtf8 } from "../engine/bytes.ts";
import { COMMANDS } from "../engine/commands/index.ts";
import type { LoadConfig, PatternConfig, WorkloadConfig } from "../models/config.ts";
import { constant } from "../sim/distributions/constant.ts";
import type { Distribution } from "../sim/distributions/distribution.ts";
import { formatCount, formatRate, NS_PER_MS, NS_PER_SECOND, parseFraction, parseRate, UnitError } from "../units.ts";
import { KeyTable } from "../workload/keys.ts";
import { constantRate, RATE_STEP_NS, type Rate, variableRate } from "../workload/rate.ts";
import { arityProblem, type Part, parseTemplate, TemplateError } from "../workload/template.ts";
import { DEFAULT_GAP_MS } from "../workload/traces/intake.ts";
import { TraceBuffer, TraceKeys } from "../workload/traces/trace.ts";
import type { Report } from "./build-report.ts";
import { wholeClient } from "./client-defaults.ts";
import { compileExpression } from "./expression.ts";
import { parsePopularity } from "./popularity-text.ts";
import type { Scenario, WorkloadInput } from "./schema.ts";
import { didYouMean } from "./suggest.ts";
import type { TraceSource } from "./trace-file.ts";
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

export function buildWorkload(
  input: WorkloadInput,
  index: number,
  scenario: Scenario,
  directory: string,
  report: Report,
): WorkloadPlan {
  const path = (...rest: Path): Path => ["workload", index, ...rest];
  checkLoad(input, path, report);
  const client = findClient(input, scenario, path, report);
  if (input.pipeline > 1 && !wholeClient(scenario.clients[client], scenario.cluster.mode).pool.multiplex) {
    report(path("pipeline"), "needs a client with «pool: { multiplex: true }»");
  }
  const pattern = buildPattern(input, path, report);
  const rate = buildRate(input, scenario.duration, path, report);
  const popularity = readPopularity(input, path, report);
  const count = input.keys?.count ?? 1;
  if (count < 1 || count > MAX_KEYS) {
    report(path("keys", "count"), `must be between 1 and ${formatCount(MAX_KEYS)}, got ${formatCount(count)}`);
  }
  const ttl = ttlSeconds(input);
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
        keys = new KeyTable(count, key => prefix + key);
        load =
          input.users !== undefined
            ? { kind: "closed", users: input.users.count, thinkNs: input.users.think ?? constant(0) }
            : { kind: "open", rate: rate!(), spacing: input.arrivals, burst: input.pipeline };
      }
      return {
        name: input.name,
        client,
        pattern,
        load,
        keys,
        keyCount: count,
        popularity: popularity(count),
        valueBytes: values,
        valuePerWrite: input.valueSize === "per-write",
        ttlSeconds: ttl,
        preload: input.preload,
      };
    },
  };
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
  if (input.trace !== undefined && input.preload > 0) {
    report(path("preload"), "a trace brings its own keys: which of them to preload is not known before the run");
  }
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

function buildPattern(input: WorkloadInput, path: (...rest: Path) => Path, report: Report): PatternConfig {
  if (input.commands === undefined) {
    return { kind: "cache-aside", fallback: input.pattern?.["cache-aside"].fallback ?? true };
  }
  const templates: { parts: readonly Part[]; weight: number }[] = [];
  for (const [text, share] of Object.entries(input.commands)) {
    try {
      const weight = parseFraction(share);
      if (!(weight > 0)) report(path("commands", text), "needs a weight above zero");
      templates.push({ parts: checkedTemplate(text, input), weight });
    } catch (error) {
      if (!(error instanceof TemplateError) && !(error instanceof UnitError)) throw error;
      report(path("commands", text), error.message);
    }
  }
  if (Object.keys(input.commands).length === 0) report(path("commands"), "needs at least one command");
  return { kind: "commands", templates };
}

/** A template whose command exists and takes that many words. Throws TemplateError. */
function checkedTemplate(text: string, input: WorkloadInput): readonly Part[] {
  const parts = parseTemplate(text);
  const name = (parts[0] as { text: string }).text;
  let command = COMMANDS.get(name.toLowerCase());
  if (command === undefined) {
    throw new TemplateError(
      `«${name}» is no command that the engine knows${didYouMean(name.toLowerCase(), [...COMMANDS.keys()])}`,
    );
  }
  const second = parts[1];
  if (command.children !== null && second?.kind === "text") {
    const child = command.children.get(second.text.toLowerCase());
    if (child === undefined) {
      throw new TemplateError(
        `${name.toUpperCase()} has no subcommand «${second.text}»; it has ${[...command.children.keys()].join(", ")}`,
      );
    }
    command = child;
  }
  const problem = arityProblem(parts, command);
  if (problem !== null) throw new TemplateError(problem);
  if (parts.some(part => part.kind === "ttl") && input.ttl === undefined) {
    throw new TemplateError("{ttl} needs the workload's «ttl:»");
  }
  return parts;
}

function buildRate(
  input: WorkloadInput,
  durationNs: number,
  path: (...rest: Path) => Path,
  report: Report,
): (() => Rate) | null {
  const { rate } = input;
  if (rate === undefined) return null;
  try {
    if (typeof rate === "number") {
      if (!(rate >= 0) || rate > MAX_RATE)
        throw new UnitError(String(rate), `a rate between 0 and ${formatRate(MAX_RATE)}`);
      return () => constantRate(rate);
    }
    const plain = plainRate(rate);
    if (plain !== null) {
      if (plain > MAX_RATE) throw new UnitError(rate, `a rate of at most ${formatRate(MAX_RATE)}`);
      return () => constantRate(plain);
    }
    const compiled = compileExpression(rate);
    checkOverTime(rate, compiled, durationNs);
    return () => variableRate(compiled);
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
    report(path("rate"), error.message);
    return null;
  }
}

const MAX_RATE = 1e9;
const MOST_LOOKS = 1_000_000;

/** A rate that is no number somewhere is found before the run, not in it. Longer runs than a day are looked at in places. */
function checkOverTime(text: string, rateAt: (t: number) => number, durationNs: number): void {
  const steps = Math.ceil(durationNs / RATE_STEP_NS);
  const stride = Math.ceil(steps / MOST_LOOKS);
  for (let step = 0; step < steps; step += stride) {
    const t = ((step + 0.5) * RATE_STEP_NS) / NS_PER_SECOND;
    const value = rateAt(t);
    if (Number.isFinite(value) && value <= MAX_RATE) continue;
    throw new UnitError(
      text,
      `an expression that stays a rate of at most ${formatRate(MAX_RATE)}; at t = ${t} s it is ${value}`,
    );
  }
}

function plainRate(text: string): number | null {
  try {
    return parseRate(text);
  } catch {
    return null;
  }
}

function readPopularity(input: WorkloadInput, path: (...rest: Path) => Path, report: Report) {
  try {
    const { model, args } = parsePopularity(input.keys?.popularity ?? "uniform");
    return (count: number) => model.make(count, args);
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
    report(path("keys", "popularity"), error.message);
    return () => () => 0;
  }
}

/** Times to live in seconds, from the pattern or the workload. */
function ttlSeconds(input: WorkloadInput): Distribution | null {
  const given = input.pattern?.["cache-aside"].ttl ?? input.ttl ?? input.trace?.ttl;
  if (given === undefined || given === "none") return null;
  return {
    sample: random => given.sample(random) / NS_PER_SECOND,
    mean: given.mean / NS_PER_SECOND,
    variance: given.variance / NS_PER_SECOND ** 2,
    support: [given.support[0] / NS_PER_SECOND, given.support[1] / NS_PER_SECOND],
  };
}
