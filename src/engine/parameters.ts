// The engine's configuration parameters: names, types, defaults as compiled into the servers, and the text forms that
// CONFIG GET and CONFIG SET exchange. What a managed service presets is the catalogue's business; it arrives here as
// overrides. A parameter that nothing reads yet is not listed: an option that is parsed and ignored would be a lie.

import { POLICY_NAMES } from "./eviction/policies.ts";
import { globMatch } from "./glob.ts";
import { parseInteger } from "./numbers.ts";
import type { EngineProfile } from "./profile.ts";

type Kind =
  | { readonly type: "integer"; readonly min: number; readonly max: number; readonly cap?: number }
  | { readonly type: "memory"; readonly min: number; readonly max: bigint }
  | { readonly type: "flag" }
  | { readonly type: "choice"; readonly values: readonly string[] }
  | { readonly type: "text" };

export interface ParameterSpec {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly kind: Kind;
  readonly initial: string | ((profile: EngineProfile) => string);
  /** False when CONFIG SET refuses it after the start. */
  readonly mutable: boolean;
}

const INT_MAX = 2_147_483_647;
const UINT_MAX = 4_294_967_295;
const LONG_MAX = 9_223_372_036_854_775_807n;

function integer(name: string, initial: number, min = 0, max = INT_MAX, mutable = true): ParameterSpec {
  return { name, kind: { type: "integer", min, max }, initial: String(initial), mutable };
}

function memory(name: string, initial: number | ((profile: EngineProfile) => string), min = 0): ParameterSpec {
  const text = typeof initial === "number" ? String(initial) : initial;
  return { name, kind: { type: "memory", min, max: LONG_MAX }, initial: text, mutable: true };
}

function flag(name: string, initial: boolean | ((profile: EngineProfile) => string), mutable = true): ParameterSpec {
  const text = typeof initial === "boolean" ? (initial ? "yes" : "no") : initial;
  return { name, kind: { type: "flag" }, initial: text, mutable };
}

const since8 = (profile: EngineProfile) => profile.shrinkBelow > 0.1;

export const PARAMETERS: readonly ParameterSpec[] = [
  memory("maxmemory", 0),
  { name: "maxmemory-policy", kind: { type: "choice", values: POLICY_NAMES }, initial: "noeviction", mutable: true },
  // 7.x takes more than 64 samples; no result changes beyond.
  integer("maxmemory-samples", 5, 1, 64),
  integer("maxmemory-eviction-tenacity", 10, 0, 100),
  integer("lfu-log-factor", 10),
  integer("lfu-decay-time", 1),
  integer("active-expire-effort", 1, 1, 10),
  // Out of 1 to 500 it is not refused, but cut.
  { name: "hz", kind: { type: "integer", min: 0, max: INT_MAX, cap: 500 }, initial: "10", mutable: true },
  flag("activerehashing", true),
  flag("lazyfree-lazy-eviction", profile => (since8(profile) ? "yes" : "no")),
  flag("lazyfree-lazy-expire", profile => (since8(profile) ? "yes" : "no")),
  flag("lazyfree-lazy-user-del", profile => (since8(profile) ? "yes" : "no")),
  flag("lazyfree-lazy-user-flush", profile => (since8(profile) ? "yes" : "no")),
  flag("latency-tracking", true),
  integer("databases", 16, 1, INT_MAX, false),
  memory("proto-max-bulk-len", 512 * 1_024 * 1_024, 1_024 * 1_024),
  flag("replica-read-only", true),
  flag("replica-serve-stale-data", true),
  flag("replica-ignore-maxmemory", true),
  integer("min-replicas-to-write", 0),
  integer("min-replicas-max-lag", 10),
  memory("repl-backlog-size", profile => String(since8(profile) ? 10 * 1_048_576 : 1_048_576), 1),
  integer("maxclients", 10_000, 1, UINT_MAX),
  flag("cluster-enabled", false, false),
  flag("cluster-require-full-coverage", true),
  flag("cluster-allow-reads-when-down", false),
  integer("cluster-node-timeout", 15_000),
  { name: "requirepass", kind: { type: "text" }, initial: "", mutable: true },
];

/** A refused value: the sentence that CONFIG SET appends. */
export class ParameterError extends Error {
  override readonly name = "ParameterError";
}

const MEMORY_UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 1_000,
  kb: 1_024,
  m: 1_000_000,
  mb: 1_048_576,
  g: 1_000_000_000,
  gb: 1_073_741_824,
};

function normalise(spec: ParameterSpec, text: string): string {
  const { kind } = spec;
  switch (kind.type) {
    case "text":
      return text;
    case "flag": {
      const lower = text.toLowerCase();
      if (lower !== "yes" && lower !== "no") throw new ParameterError("argument must be 'yes' or 'no'");
      return lower;
    }
    case "choice": {
      const lower = text.toLowerCase();
      if (!kind.values.includes(lower)) {
        throw new ParameterError(`argument(s) must be one of the following: ${kind.values.join(", ")}`);
      }
      return lower;
    }
    case "integer": {
      const value = parseInteger(text);
      if (value === null) throw new ParameterError("argument couldn't be parsed into an integer");
      const within = bounded(value, kind.min, kind.max);
      return kind.cap === undefined ? within : String(Math.min(Math.max(Number(within), 1), kind.cap));
    }
    case "memory": {
      // No digits at all read as 0.
      const match = /^(\d*)([a-z]*)$/u.exec(text.toLowerCase());
      const unit = match === null ? undefined : MEMORY_UNITS[match[2]];
      if (match === null || unit === undefined) throw new ParameterError("argument must be a memory value");
      return bounded(BigInt(match[1]) * BigInt(unit), kind.min, kind.max);
    }
  }
}

function bounded(value: number | bigint, min: number, max: number | bigint): string {
  if (value < min || value > max) {
    throw new ParameterError(`argument must be between ${min} and ${max} inclusive`);
  }
  return String(value);
}

/** The parameters of one engine. */
export class Parameters {
  private readonly values = new Map<string, string>();
  private readonly specs = new Map<string, ParameterSpec>();
  private readonly listeners: (() => void)[] = [];

  constructor(profile: EngineProfile, overrides: Readonly<Record<string, string>> = {}) {
    for (const spec of PARAMETERS) {
      this.specs.set(spec.name, spec);
      for (const alias of spec.aliases ?? []) this.specs.set(alias, spec);
      this.values.set(spec.name, typeof spec.initial === "string" ? spec.initial : spec.initial(profile));
    }
    for (const [name, text] of Object.entries(overrides)) {
      const spec = this.specs.get(name);
      if (spec === undefined) throw new ParameterError(`unknown parameter '${name}'`);
      this.values.set(spec.name, normalise(spec, text));
    }
  }

  /** Called now and after every change. */
  onChange(listener: () => void): void {
    this.listeners.push(listener);
    listener();
  }

  spec(name: string): ParameterSpec | undefined {
    return this.specs.get(name.toLowerCase());
  }

  text(name: string): string {
    return this.values.get(name)!;
  }

  number(name: string): number {
    return Number(this.values.get(name));
  }

  flag(name: string): boolean {
    return this.values.get(name) === "yes";
  }

  /** Names and values whose name matches a glob pattern, in the order of the table. */
  matching(pattern: string): [name: string, value: string][] {
    const lower = pattern.toLowerCase();
    return [...this.values].filter(([name]) => globMatch(lower, name));
  }

  /** Sets all pairs or none; throws ParameterError with `argument` set to the offending name. */
  setAll(pairs: readonly (readonly [name: string, text: string])[]): void {
    const normalised = pairs.map(([name, text]) => {
      const spec = this.spec(name)!;
      return [spec.name, normalise(spec, text)] as const;
    });
    for (const [name, text] of normalised) this.values.set(name, text);
    for (const listener of this.listeners) listener();
  }

  /** Why a value would be refused, or null. */
  refusal(name: string, text: string): string | null {
    try {
      normalise(this.spec(name)!, text);
      return null;
    } catch (error) {
      if (error instanceof ParameterError) return error.message;
      throw error;
    }
  }
}

export const PARAMETER_NAMES: readonly string[] = PARAMETERS.map(spec => spec.name);
