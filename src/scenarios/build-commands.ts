// A mix of command templates: each exists, takes as many words as it has, and has a weight.

import { bytesFromUtf8 } from "../engine/bytes.ts";
import { READONLY } from "../engine/command.ts";
import { COMMANDS } from "../engine/commands/index.ts";
import { sha1hex } from "../engine/scripting/cache.ts";
import type { PatternConfig } from "../models/config.ts";
import { parseFraction, UnitError } from "../units.ts";
import { arityProblem, type Part, parseTemplate, type ScriptNames, TemplateError } from "../workload/template.ts";
import type { Report } from "./build-report.ts";
import type { WorkloadInput } from "./schema.ts";
import { didYouMean } from "./suggest.ts";
import type { Path } from "./yaml-file.ts";

export function buildCommands(input: WorkloadInput, path: (...rest: Path) => Path, report: Report): PatternConfig {
  const commands = input.commands ?? {};
  const templates: { parts: readonly Part[]; weight: number }[] = [];
  const names = new Map<string, string>();
  const scripts = new Map<string, string>();
  for (const [name, lua] of Object.entries(input.scripts ?? {})) {
    const text = bytesFromUtf8(lua);
    names.set(name, sha1hex(text));
    scripts.set(sha1hex(text), text);
    if (!Object.keys(commands).some(template => template.includes(`{script:${name}}`))) {
      report(path("scripts", name), `is run by no command: use it as {script:${name}}`);
    }
  }
  for (const [text, share] of Object.entries(commands)) {
    try {
      const weight = parseFraction(share);
      if (!(weight > 0)) report(path("commands", text), "needs a weight above zero");
      templates.push({ parts: checkedTemplate(text, input, names), weight });
    } catch (error) {
      if (!(error instanceof TemplateError) && !(error instanceof UnitError)) throw error;
      report(path("commands", text), error.message);
    }
  }
  if (Object.keys(commands).length === 0) report(path("commands"), "needs at least one command");
  return { kind: "commands", templates, scripts };
}

/** Whether a template's command changes nothing. */
export function onlyReads({ parts }: { readonly parts: readonly Part[] }): boolean {
  const [first] = parts;
  const command = first.kind === "text" ? COMMANDS.get(first.text.toLowerCase()) : undefined;
  return command !== undefined && (command.flags & READONLY) !== 0;
}

/** A template whose command exists and takes that many words. Throws TemplateError. */
function checkedTemplate(text: string, input: WorkloadInput, scripts: ScriptNames): readonly Part[] {
  const parts = parseTemplate(text, scripts);
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
