// cachecast init: a first scenario to start from, with the schema beside it so that editors complete it.

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Argv, CommandModule } from "yargs";
import { CliError, EXIT } from "./exit.ts";
import { writeOutput } from "./output.ts";

interface InitArguments {
  file: string;
  force: boolean;
}

export const initVerb: CommandModule<object, InitArguments> = {
  command: "init [file]",
  describe: "Write a commented scenario to start from",
  builder: yargs =>
    yargs
      .positional("file", { type: "string", default: "cachecast.yaml", describe: "Where to write it" })
      .option("force", { type: "boolean", default: false, describe: "Overwrite what is there" }) as Argv<InitArguments>,
  handler: init,
};

async function init(args: InitArguments): Promise<void> {
  const { FIRST_SCENARIO } = await import("../scenarios/first-scenario.ts");
  const { scenarioJsonSchemaText } = await import("../scenarios/json-schema.ts");
  const schema = join(dirname(args.file), "scenario.schema.json");
  for (const file of [args.file, schema]) {
    if (existsSync(file) && !args.force) {
      throw new CliError(`${file} exists; --force overwrites it`, EXIT.invalid);
    }
  }
  writeOutput(args.file, FIRST_SCENARIO);
  writeOutput(schema, scenarioJsonSchemaText());
  process.stdout.write(`wrote ${args.file} and ${schema}\nnext: cachecast run ${args.file} --report report.html\n`);
}
