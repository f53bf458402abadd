// cachecast init: a first scenario to start from, with the schema beside it so that editors complete it.

import { existsSync, readFileSync, statSync } from "node:fs";
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
  const schemaFile = join(dirname(args.file), "scenario.schema.json");
  const texts = new Map([
    [args.file, FIRST_SCENARIO],
    [schemaFile, scenarioJsonSchemaText()],
  ]);
  for (const [file, text] of texts) {
    if (!existsSync(file)) continue;
    if (statSync(file).isDirectory()) throw new CliError(`${file}: is a directory; name a file`, EXIT.invalid);
    if (readFileSync(file, "utf8") === text) texts.delete(file);
    else if (!args.force) throw new CliError(`${file} exists and differs; --force overwrites it`, EXIT.invalid);
  }
  for (const [file, text] of texts) writeOutput(file, text);
  const wrote = texts.size === 0 ? "nothing to write: all is there" : `wrote ${[...texts.keys()].join(" and ")}`;
  process.stdout.write(`${wrote}\nnext: cachecast run ${args.file} --report report.html\n`);
}
