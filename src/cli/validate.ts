// cachecast validate: check scenarios without running them.

import type { Argv, CommandModule } from "yargs";
import { EXIT } from "./exit.ts";
import { scenarioOptions } from "./simulate.ts";

interface ValidateArguments {
  scenarios: string[];
  set: string[] | undefined;
  overlay: string[] | undefined;
  json: boolean;
}

export const validateVerb: CommandModule<object, ValidateArguments> = {
  command: "validate <scenarios..>",
  describe: "Check scenarios: syntax, names, units, what does not fit together",
  builder: yargs =>
    scenarioOptions(yargs)
      .positional("scenarios", {
        type: "string",
        array: true,
        demandOption: true,
        describe: "Scenario files, or - for stdin",
      })
      .option("json", {
        type: "boolean",
        default: false,
        describe: "Problems as JSON on stdout",
      }) as unknown as Argv<ValidateArguments>,
  handler: validate,
};

async function validate(args: ValidateArguments): Promise<void> {
  const { loadScenario } = await import("../scenarios/load.ts");
  const { ScenarioError, formatIssues } = await import("../scenarios/issue.ts");
  const problems: unknown[] = [];
  // yargs drops a lone - from a list of positionals.
  const files = process.argv.includes("-") ? [...args.scenarios, "-"] : args.scenarios;
  for (const file of files) {
    try {
      const { built } = await loadScenario({ file, overlays: args.overlay ?? [], settings: args.set ?? [] });
      if (!args.json) process.stdout.write(`${file}: valid (${built.scenario.name})\n`);
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      process.exitCode = EXIT.invalid;
      if (!args.json) process.stderr.write(`${formatIssues(error.issues)}\n`);
      for (const { position, path, message, origin } of error.issues) {
        problems.push({
          file: position?.file ?? origin,
          line: position?.line ?? null,
          column: position?.column ?? null,
          path,
          message,
        });
      }
    }
  }
  if (args.json) process.stdout.write(`${JSON.stringify(problems, null, 2)}\n`);
}
