// The engine's configuration parameters: names, types, defaults as compiled into the servers, and the text forms that
// CONFIG GET and CONFIG SET exchange. What a managed service presets is the catalogue's business; it arrives here as
// overrides. Those that the engine does not read are in parameters/: read by the serving layer, or by nothing and marked.

import { POLICY_NAMES } from "./eviction/policies.ts";
import { globMatch } from "./glob.ts";
import { percentiles } from "./parameters/arguments.ts";
import { INERT_PARAMETERS } from "./parameters/inert.ts";
import { normalise, ParameterError } from "./parameters/kinds.ts";
import { SERVING_PARAMETERS } from "./parameters/serving.ts";
import {
  choice,
  flag,
  generation,
  INT_MAX,
  INT_MIN,
  integer,
  isSince8,
  LONG_MAX,
  memory,
  type ParameterSpec,
  text,
  UINT_MAX,
} from "./parameters/spec.ts";
import type { EngineProfile } from "./profile.ts";

export { MEMORY_UNITS, ParameterError } from "./parameters/kinds.ts";
export type { ParameterSpec } from "./parameters/spec.ts";

export const PARAMETERS: readonly ParameterSpec[] = [
  memory("maxmemory", 0),
  { name: "maxmemory-policy", kind: { type: "choice", values: POLICY_NAMES }, initial: "noeviction", mutable: true },
  // 7.x takes more than 64 samples; no result changes beyond.
  integer("maxmemory-samples", 5, 1, 64),
  integer("maxmemory-eviction-tenacity", 10, 0, 100),
  integer("lfu-log-factor", 10),
  integer("lfu-decay-time", 1),
  { ...integer("busy-reply-threshold", 5_000, 0, LONG_MAX), aliases: ["lua-time-limit"] },
  integer("active-expire-effort", 1, 1, 10),
  // Out of 1 to 500 it is not refused, but cut.
  { name: "hz", kind: { type: "integer", min: 0, max: INT_MAX, cap: 500 }, initial: "10", mutable: true },
  flag("activerehashing", true),
  flag("lazyfree-lazy-eviction", profile => (isSince8(profile) ? "yes" : "no")),
  flag("lazyfree-lazy-expire", profile => (isSince8(profile) ? "yes" : "no")),
  flag("lazyfree-lazy-user-del", profile => (isSince8(profile) ? "yes" : "no")),
  flag("lazyfree-lazy-user-flush", profile => (isSince8(profile) ? "yes" : "no")),
  flag("lazyfree-lazy-server-del", profile => (isSince8(profile) ? "yes" : "no")),
  flag("latency-tracking", true),
  { name: "notify-keyspace-events", kind: { type: "events" }, initial: "", mutable: true },
  integer("tracking-table-max-keys", 1_000_000, 0, UINT_MAX),
  { ...integer("list-max-listpack-size", -2, INT_MIN), aliases: ["list-max-ziplist-size"] },
  integer("list-compress-depth", 0),
  memory("hll-sparse-max-bytes", 3_000),
  integer("slowlog-log-slower-than", 10_000, -1, LONG_MAX),
  integer("slowlog-max-len", 128, 0, LONG_MAX),
  integer("latency-monitor-threshold", 0, 0, LONG_MAX),
  memory("stream-node-max-bytes", 4_096),
  integer("stream-node-max-entries", 100, 0, LONG_MAX),
  integer("databases", 16, 1, INT_MAX, false),
  { ...integer("hash-max-listpack-entries", 512, 0, LONG_MAX), aliases: ["hash-max-ziplist-entries"] },
  { ...memory("hash-max-listpack-value", 64), aliases: ["hash-max-ziplist-value"] },
  integer("set-max-intset-entries", 512, 0, LONG_MAX),
  { ...integer("set-max-listpack-entries", 128, 0, LONG_MAX), since: 7.2 },
  { ...integer("set-max-listpack-value", 64, 0, LONG_MAX), since: 7.2 },
  { ...integer("zset-max-listpack-entries", 128, 0, LONG_MAX), aliases: ["zset-max-ziplist-entries"] },
  { ...memory("zset-max-listpack-value", 64), aliases: ["zset-max-ziplist-value"] },
  memory("proto-max-bulk-len", 512 * 1_024 * 1_024, 1_024 * 1_024),
  { ...flag("replica-read-only", true), aliases: ["slave-read-only"] },
  { ...flag("replica-serve-stale-data", true), aliases: ["slave-serve-stale-data"] },
  { ...flag("replica-ignore-maxmemory", true), aliases: ["slave-ignore-maxmemory"] },
  { ...integer("min-replicas-to-write", 0), aliases: ["min-slaves-to-write"] },
  { ...integer("min-replicas-max-lag", 10), aliases: ["min-slaves-max-lag"] },
  memory("repl-backlog-size", profile => String(isSince8(profile) ? 10 * 1_048_576 : 1_048_576), 1),
  integer("maxclients", 10_000, 1, UINT_MAX),
  flag("cluster-enabled", false, false),
  flag("cluster-require-full-coverage", true),
  flag("cluster-allow-reads-when-down", false),
  integer("cluster-node-timeout", 15_000, 0, LONG_MAX),
  { ...text("requirepass"), sensitive: true },
  { ...text("aclfile"), mutable: false },
  choice("acl-pubsub-default", "resetchannels", ["allchannels", "resetchannels"]),
  integer("acllog-max-len", 128, 0, LONG_MAX),
  {
    name: "latency-tracking-info-percentiles",
    kind: { type: "arguments", read: percentiles },
    initial: "50 99 99.9",
    mutable: true,
  },
  { ...text("availability-zone"), since: 8 },
  { ...flag("extended-redis-compatibility", false), since: 8 },
  ...SERVING_PARAMETERS,
  ...INERT_PARAMETERS,
];

/** Why values were refused that fit their parameters. */
export interface Refusal {
  readonly name: string;
  readonly reason: string;
}

/** The parameters of one engine. */
export class Parameters {
  private readonly values = new Map<string, string>();
  /** By every name that this version knows. */
  private readonly specs = new Map<string, ParameterSpec>();
  private readonly listeners: (() => void)[] = [];
  /** Makes changed values hold outside the engine; may refuse. */
  apply: ((changed: ReadonlyMap<string, string>) => Refusal | null) | null = null;

  constructor(
    private readonly profile: EngineProfile,
    overrides: Readonly<Record<string, string>> = {},
  ) {
    const line = generation(profile);
    for (const spec of PARAMETERS) {
      this.values.set(spec.name, this.initial(spec));
      if ((spec.since ?? 0) > line) continue;
      const names = [spec.name, ...(spec.aliases ?? [])];
      for (const name of spec.renamed && line < 8 ? names.slice(1) : names) this.specs.set(name, spec);
    }
    for (const [name, text] of Object.entries(overrides)) {
      const spec = this.specs.get(name);
      if (spec === undefined) throw new ParameterError(`unknown parameter '${name}'`);
      this.values.set(spec.name, this.normalised(spec, text));
    }
  }

  initial(spec: ParameterSpec): string {
    return typeof spec.initial === "string" ? spec.initial : spec.initial(this.profile);
  }

  private normalised(spec: ParameterSpec, text: string): string {
    return normalise(spec.kind, text, this.text(spec.name));
  }

  /** Called now and after every change. */
  onChange(listener: () => void): void {
    this.listeners.push(listener);
    listener();
  }

  spec(name: string): ParameterSpec | undefined {
    return this.specs.get(name.toLowerCase());
  }

  /** What this version knows, each once. */
  get known(): ReadonlySet<ParameterSpec> {
    return new Set(this.specs.values());
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

  /** Names, aliases among them, that match a glob pattern, with their values; in the order of the table. */
  matching(pattern: string): [name: string, value: string][] {
    const lower = pattern.toLowerCase();
    const found = [...this.specs].filter(([name, { hidden }]) => !hidden && globMatch(lower, name));
    return found.map(([name, spec]) => [name, this.values.get(spec.name)!]);
  }

  /** Sets all pairs or none: values that do not fit are told by ParameterError, what `apply` refuses is put back. */
  setAll(pairs: readonly (readonly [name: string, text: string])[]): Refusal | null {
    const before = new Map<string, string>();
    const changed = new Map<string, string>();
    for (const [name, text] of pairs) {
      const spec = this.spec(name)!;
      const value = this.normalised(spec, text);
      if (value === this.values.get(spec.name)) continue;
      before.set(spec.name, this.text(spec.name));
      changed.set(spec.name, value);
    }
    this.replace(changed);
    const refusal = this.apply?.(changed) ?? null;
    if (refusal !== null) {
      this.replace(before);
      this.apply?.(before);
    }
    return refusal;
  }

  private replace(values: ReadonlyMap<string, string>): void {
    for (const [name, value] of values) this.values.set(name, value);
    for (const listener of this.listeners) listener();
  }

  /** Why a value would be refused, or null. */
  refusal(name: string, text: string): string | null {
    try {
      this.normalised(this.spec(name)!, text);
      return null;
    } catch (error) {
      if (error instanceof ParameterError) return error.message;
      throw error;
    }
  }
}

/** What the engine itself reads; the rest has no effect in the simulated world. */
export const PARAMETER_NAMES: readonly string[] = PARAMETERS.filter(
  ({ served, inert }) => served === undefined && inert === undefined,
).map(spec => spec.name);
