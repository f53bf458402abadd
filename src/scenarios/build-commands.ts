// A mix of command templates: each exists, takes as many words as it has, and has a weight.

import { COMMANDS } from "../engine/commands/index.ts";
import type { PatternConfig } from "../models/config.ts";
import { parseFraction, UnitError } from "../units.ts";
import { arityProblem, type Part, parseTemplate, TemplateError } from "../workload/template.ts";
import type { Report } from "./build-report.ts";
import type { WorkloadInput } from "./schema.ts";
import { didYouMean } from "./suggest.ts";
import type { Path } from "./yaml-file.ts";

export function buildCommands(input: WorkloadInput, path: (...rest: Path) => Path, report: Report): PatternConfig {
  const commands = input.commands ?? {};
  const templates: { parts: readonly Part[]; weight: number }[] = [];
  for (const [text, share] of Object.entries(commands)) {
    try {
      const weight = parseFraction(share);
      if (!(weight > 0)) report(path("commands", text), "needs a weight above zero");
      templates.push({ parts: checkedTemplate(text, input), weight });
    } catch (error) {
      if (!(error instanceof TemplateError) && !(error instanceof UnitError)) throw error;
      report(path("commands", text), error.message);
    }
  }
  if (Object.keys(commands).length === 0) report(path("commands"), "needs at least one command");
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
