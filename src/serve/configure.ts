// From directives to an engine: every one is checked by itself, so that every problem is told with its place.

import { randomBytes } from "node:crypto";
import { Engine } from "../engine/engine.ts";
import type { ParameterSpec } from "../engine/parameters/spec.ts";
import { ParameterError, Parameters } from "../engine/parameters.ts";
import { engineProfile, PROFILE_NAMES } from "../engine/profile.ts";
import { renameCommand } from "../engine/rename-command.ts";
import { randomFrom } from "../sim/random.ts";
import { ConfigError, type Directive } from "./config-file.ts";

/** Directives of ours, beside the server's, and one of the server's that is no parameter. */
const NOT_PARAMETERS: ReadonlySet<string> = new Set(["engine", "seed", "rename-command"]);
/** Directives whose values add up over several lines. */
const ADDING: ReadonlySet<string> = new Set(["save", "client-output-buffer-limit"]);

/** An engine as the directives want it. Throws ConfigError with every problem. */
export function engineOf(directives: readonly Directive[]): Engine {
  const problems: string[] = [];
  const named = (name: string) => directives.findLast(one => one.name === name)?.values.join(" ");
  const profileName = named("engine") ?? "valkey-8.0";
  // Two servers that start at the same time must not agree on what they take for random.
  const seed = named("seed") ?? randomBytes(8).toString("hex");
  const profile = engineProfile(profileName);
  const known = new Parameters(profile ?? engineProfile("valkey-8.0")!);
  const texts: Record<string, string> = {};
  for (const directive of directives) {
    if (NOT_PARAMETERS.has(directive.name)) continue;
    try {
      texts[directive.name] = textOf(directive, known, texts[directive.name]);
    } catch (error) {
      if (!(error instanceof ParameterError)) throw error;
      problems.push(`${directive.origin}: '${directive.line}': ${error.message}`);
    }
  }
  if (profile === undefined) {
    problems.push(`--engine ${profileName}: no such engine; there are ${PROFILE_NAMES.join(", ")}, memcached-1.6`);
  }
  if (problems.length > 0) throw new ConfigError(problems.join("\n"));
  const engine = new Engine({
    profile: profile!,
    random: randomFrom(`serve/${seed}`),
    parameters: texts,
    nowMs: Date.now(),
  });
  renameCommands(engine, directives);
  return engine;
}

function renameCommands(engine: Engine, directives: readonly Directive[]): void {
  const problems = directives
    .filter(({ name }) => name === "rename-command")
    .flatMap(({ values, origin, line }) => {
      const problem =
        values.length === 2
          ? renameCommand(engine, values[0], values[1])
          : "Bad directive or wrong number of arguments";
      return problem === null ? [] : [`${origin}: '${line}': ${problem}`];
    });
  if (problems.length > 0) throw new ConfigError(problems.join("\n"));
}

/** The value as a parameter takes it. Throws ParameterError. */
function textOf({ name, values }: Directive, known: Parameters, before: string | undefined): string {
  const spec = known.spec(name);
  if (spec === undefined) {
    throw new ParameterError(`Bad directive or wrong number of arguments: there is no parameter '${name}'`);
  }
  if (!takesSeveral(spec) && values.length !== 1) throw new ParameterError("wrong number of arguments");
  const value = values.join(" ");
  const refusal = known.refusal(name, value);
  if (refusal !== null) throw new ParameterError(refusal);
  // An empty value takes back what stood before.
  return ADDING.has(name) && before && value !== "" ? `${before} ${value}` : value;
}

function takesSeveral({ kind }: ParameterSpec): boolean {
  return kind.type === "arguments" || kind.type === "words";
}
