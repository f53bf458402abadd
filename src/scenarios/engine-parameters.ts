// The parameters that the engines of a scenario start with: the defaults of the service or of upstream from the
// catalogue, what the scenario changes, and what follows from the node type. Only what the engine reads is passed on; a
// parameter that it does not read may be named (it is real) but then has no effect, which is said in the findings.

import { engineParameters, engineProfileParameters } from "../catalog/engines.ts";
import { maxmemoryAfterReserve, type NodeType } from "../catalog/nodes.ts";
import { PARAMETER_NAMES, ParameterError, Parameters } from "../engine/parameters.ts";
import type { EngineProfile } from "../engine/profile.ts";
import { didYouMean } from "./suggest.ts";

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
  let reservePercent = managed ? Number(defaults.get("reserved-memory-percent") ?? 25) : 0;
  let maxclients = Number(defaults.get("maxclients") ?? 10_000);
  const withoutEffect: string[] = [];
  for (const [name, raw] of Object.entries(given)) {
    const row = rows.get(name);
    const value = asText(raw);
    if (row === undefined && !PARAMETER_NAMES.includes(name)) {
      const known = [...new Set([...rows.keys(), ...PARAMETER_NAMES])];
      report(name, `${profile.name} has no parameter «${name}»${didYouMean(name, known)}`);
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
    const numeric = Number(value);
    if (row !== undefined && ((row.min ?? numeric) > numeric || (row.max ?? numeric) < numeric)) {
      report(name, `must lie between ${row.min ?? "-"} and ${row.max ?? "-"}, got ${value}`);
      continue;
    }
    if (name === "reserved-memory-percent") reservePercent = numeric;
    else if (name === "maxclients") maxclients = numeric;
    else if (PARAMETER_NAMES.includes(name)) parameters[name] = value;
    else withoutEffect.push(name);
  }
  if (!(reservePercent >= 0 && reservePercent < 100)) {
    report("reserved-memory-percent", `must lie between 0 and 99, got ${reservePercent}`);
    reservePercent = 25;
  }
  if (given.maxmemory === undefined) {
    // Self-managed servers have no limit by default; a cache without one grows until the host swaps, so it gets the node's.
    parameters.maxmemory = String(Math.floor(maxmemoryAfterReserve(node, reservePercent)));
  }
  parameters["cluster-enabled"] = mode === "cluster" ? "yes" : "no";
  checkValues(profile, parameters, given, report);
  return { parameters, maxclients, withoutEffect };
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
      if (Object.hasOwn(given, name)) report(name, error.message);
      delete parameters[name];
    }
  }
}
