// The parameters that the engines of a scenario start with: the defaults of the service or of upstream from the
// catalogue, what the scenario changes, and what follows from the node type. Only what the engine reads is passed on; a
// parameter that it does not read may be named (it is real) but then has no effect, which is said in the findings.

import { engineParameters, engineProfileParameters, type Parameter } from "../catalog/engines.ts";
import { maxmemoryAfterReserve, type NodeType } from "../catalog/nodes.ts";
import { memoryBytes } from "../engine/parameters/kinds.ts";
import { PARAMETER_NAMES, ParameterError, Parameters } from "../engine/parameters.ts";
import type { EngineProfile } from "../engine/profile.ts";
import type { ListenConfig } from "../models/config.ts";
import { isSubscriberLimit, subscriberLimitOf, upstreamLimit } from "./output-limits.ts";
import { didYouMean } from "./suggest.ts";

/** Parameters that models read: what they do happens around the engine. */
const MODELLED: readonly string[] = [
  "activedefrag",
  "active-defrag-ignore-bytes",
  "active-defrag-threshold-lower",
  "active-defrag-threshold-upper",
  "active-defrag-cycle-min",
  "active-defrag-cycle-max",
  "io-threads",
  "repl-timeout",
  "client-output-buffer-limit",
  "dual-channel-replication-enabled",
  "timeout",
  "appendonly",
  "appendfsync",
  "no-appendfsync-on-rewrite",
  "auto-aof-rewrite-percentage",
  "auto-aof-rewrite-min-size",
];

/** Why ElastiCache has no such parameter, or self-managed servers have none: each with what to use instead. */
function elsewhere(name: string, managed: boolean): string | null {
  if (managed && name === "client-output-buffer-limit") {
    return "is not ElastiCache's: it has client-output-buffer-limit-normal-… and -pubsub-…, and sets a tenth of the node's maxmemory for replicas; with «management: self-managed» it may be given";
  }
  if (managed && /append|aof/u.test(name)) {
    return "is of the append-only file, which ElastiCache has not had since 2.8.22 (AWS, engine specific parameters): durable writes are «cluster.durability» (Valkey 9), or «management: self-managed»";
  }
  if (!managed && /^client-output-buffer-limit-./u.test(name)) {
    return "is ElastiCache's name; self-managed servers have client-output-buffer-limit, such as «replica 256mb 64mb 60»";
  }
  return null;
}

export interface ParameterInput {
  readonly profile: EngineProfile;
  readonly node: NodeType;
  readonly managed: boolean;
  readonly mode: "cluster" | "single";
  readonly given: Readonly<Record<string, string | number | boolean>>;
}

export interface EngineSetup {
  /** All parameters that the engine reads, as text. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly maxclients: number;
  readonly listen: ListenConfig;
  /** What models read of parameters that the engine does not. */
  readonly modelled: Parameters;
  /** Names that were given and have no effect here. */
  readonly withoutEffect: readonly string[];
}

function asText(value: string | number | boolean): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return String(value);
}

/** Resolves the parameters; problems are told to `report` with the parameter's name. */
export function resolveParameters(input: ParameterInput, report: (name: string, message: string) => void): EngineSetup {
  const { profile, node, managed, mode, given } = input;
  const rows = engineParameters(profile.name);
  const defaults = engineProfileParameters(
    profile.name,
    managed ? "elasticache" : "upstream",
    managed ? node : undefined,
  );
  const parameters: Record<string, string> = {};
  for (const name of PARAMETER_NAMES) {
    const value = defaults.get(name);
    if (value !== undefined) parameters[name] = asText(value);
  }
  const modelled: Record<string, string> = {};
  for (const name of MODELLED) {
    const value = defaults.get(name);
    if (value !== undefined) modelled[name] = asText(value);
  }
  let reservePercent = managed ? Number(defaults.get("reserved-memory-percent") ?? 25) : 0;
  let maxclients = Number(defaults.get("maxclients") ?? 10_000);
  const withoutEffect: string[] = [];
  for (const [name, raw] of Object.entries(given)) {
    const row = rows.get(name);
    const value = asText(raw);
    if (row === undefined && !PARAMETER_NAMES.includes(name) && !MODELLED.includes(name)) {
      const known = [...new Set([...rows.keys(), ...PARAMETER_NAMES, ...MODELLED])];
      report(name, `${profile.name} has no parameter «${name}»${didYouMean(name, known)}`);
      continue;
    }
    const other = elsewhere(name, managed);
    if (other !== null) {
      report(name, other);
      continue;
    }
    if (
      managed &&
      row !== undefined &&
      !row.modifiable &&
      row.elasticache !== null &&
      String(row.elasticache) !== value
    ) {
      report(
        name,
        `may not be changed on ElastiCache (it is ${row.elasticache}); with «management: self-managed» it may`,
      );
      continue;
    }
    const problem = outside(row, value);
    if (problem !== null) {
      report(name, `${problem}, got «${value}»`);
      continue;
    }
    if (name === "reserved-memory-percent") reservePercent = Number(value);
    else if (PARAMETER_NAMES.includes(name)) parameters[name] = value;
    else if (MODELLED.includes(name)) modelled[name] = value;
    else if (name !== TLS_ACCEPTS && name !== REPLICA_WRITE && !isSubscriberLimit(name)) withoutEffect.push(name);
    if (name === "maxclients") maxclients = Number(value);
  }
  if (reservePercent >= 100) {
    report("reserved-memory-percent", `leaves nothing to use: must be below 100, got «${reservePercent}»`);
    reservePercent = 25;
  }
  if (given.maxmemory === undefined) {
    // Self-managed servers have no limit by default; a cache without one grows until the host swaps, so it gets the node's.
    parameters.maxmemory = String(Math.floor(maxmemoryAfterReserve(node, reservePercent)));
  }
  parameters["cluster-enabled"] = mode === "cluster" ? "yes" : "no";
  checkValues(profile, parameters, given, report);
  checkValues(profile, modelled, given, report);
  const value = (name: string) => given[name] ?? defaults.get(name);
  const ofModels = new Parameters(profile, modelled);
  const subscriberLimit = managed
    ? subscriberLimitOf(name => {
        const bytes = memoryBytes(asText(value(name) ?? 0));
        if (bytes === null) report(name, `must be a size such as 32mb, got «${value(name)}»`);
        return Number(bytes ?? 0);
      })
    : upstreamLimit(ofModels, "pubsub");
  return {
    parameters,
    maxclients,
    listen: { ...listenConfig(value), subscriberLimit },
    modelled: ofModels,
    withoutEffect,
  };
}

const TLS_ACCEPTS = "max-new-tls-connections-per-cycle";
const REPLICA_WRITE = "close-on-replica-write";
/** MAX_ACCEPTS_PER_CALL of versions that have no parameter for it (networking.c). */
const ACCEPTS_BEFORE_8 = 1_000;
/** net.core.somaxconn since Linux 5.4: the kernel shortens a longer backlog to it. */
const SOMAXCONN = 4_096;

function listenConfig(
  given: (name: string) => string | number | boolean | undefined,
): Omit<ListenConfig, "subscriberLimit"> {
  return {
    backlog: Math.min(SOMAXCONN, Number(given("tcp-backlog") ?? 511)),
    acceptsPerTurn: Number(given("max-new-connections-per-cycle") ?? ACCEPTS_BEFORE_8),
    tlsAcceptsPerTurn: Number(given(TLS_ACCEPTS) ?? ACCEPTS_BEFORE_8),
    idleSeconds: Number(given("timeout") ?? 0),
    closesOnReplicaWrite: asText(given(REPLICA_WRITE) ?? "no") === "yes",
  };
}

/** Why the catalogue knows that a value is none of the parameter's, or null. */
function outside(row: Parameter | undefined, value: string): string | null {
  if (row === undefined) return null;
  const { values, min, max } = row;
  if (values !== undefined) {
    return values.some(one => String(one) === value.toLowerCase()) ? null : `must be one of ${values.join(", ")}`;
  }
  // Sizes may carry a unit here: the engine reads them.
  if (min === undefined && max === undefined) return null;
  if (row.unit === "bytes" && /^\d+[a-z]+$/iu.test(value)) return null;
  const number = Number(value);
  const inside = value.trim() !== "" && number >= (min ?? number) && number <= (max ?? number);
  if (inside) return null;
  if (min === undefined || max === undefined) {
    return min === undefined ? `must be a number of at most ${max}` : `must be a number of at least ${min}`;
  }
  return `must lie between ${min} and ${max}`;
}

/** Lets the engine itself judge the values, one by one, so that each problem is told where it stands. */
function checkValues(
  profile: EngineProfile,
  parameters: Record<string, string>,
  given: ParameterInput["given"],
  report: (name: string, message: string) => void,
): void {
  for (const name of Object.keys(parameters)) {
    try {
      new Parameters(profile, { [name]: parameters[name] });
    } catch (error) {
      if (!(error instanceof ParameterError)) throw error;
      if (Object.hasOwn(given, name)) report(name, `${error.message}, got «${parameters[name]}»`);
      delete parameters[name];
    }
  }
}
