// cachecast commands: what the engine can do, and what each command costs.

import type { Argv, CommandModule } from "yargs";
import { CliError, EXIT } from "./exit.ts";

interface CommandsArguments {
  engine: string | undefined;
  group: string | undefined;
  json: boolean;
}

export const commandsVerb: CommandModule<object, CommandsArguments> = {
  command: "commands",
  describe: "List the engine's commands: complexity, time, deviations",
  builder: yargs =>
    yargs
      .option("engine", { choices: ["memcached-1.6"] as const, describe: "Memcached's instead of Valkey's" })
      .option("group", { type: "string", requiresArg: true, describe: "Only one group, such as sorted-set" })
      .option("json", { type: "boolean", default: false, describe: "As JSON" }) as Argv<CommandsArguments>,
  handler: commands,
};

async function memcachedCommands(args: CommandsArguments): Promise<void> {
  const { memcachedRows } = await import("../models/command-table.ts");
  const { table } = await import("../report/table.ts");
  const all = memcachedRows();
  const groups = [...new Set(all.map(row => row.group))];
  if (args.group !== undefined && !groups.includes(args.group)) {
    throw new CliError(`no group «${args.group}»; there are ${groups.join(", ")}`, EXIT.usage);
  }
  const rows = all.filter(row => args.group === undefined || row.group === args.group);
  if (args.json) process.stdout.write(`${JSON.stringify({ schemaVersion: 1, commands: rows }, null, 2)}\n`);
  else {
    const cells = rows.map(({ call, summary }) => [call, summary]);
    process.stdout.write(table(["command", "what it does"], cells, [0, 1]));
  }
}

async function commands(args: CommandsArguments): Promise<void> {
  if (args.engine !== undefined) return memcachedCommands(args);
  const { commandRows, costText } = await import("../models/command-table.ts");
  const { table } = await import("../report/table.ts");
  const { didYouMean } = await import("../scenarios/suggest.ts");
  const all = commandRows();
  const groups = [...new Set(all.map(row => row.group))];
  if (args.group !== undefined && !groups.includes(args.group)) {
    throw new CliError(
      `no group «${args.group}»; there are ${groups.join(", ")}${didYouMean(args.group, groups)}`,
      EXIT.usage,
    );
  }
  const rows = all.filter(row => args.group === undefined || row.group === args.group);
  if (args.json) {
    process.stdout.write(`${JSON.stringify({ schemaVersion: 1, commands: rows }, null, 2)}\n`);
    return;
  }
  const cells = rows.map(row => [
    row.name,
    row.since,
    costText(row.cost),
    row.deviation === "" ? row.complexity : `${row.complexity} *`,
  ]);
  process.stdout.write(table(["command", "since", "time on Valkey 8", "complexity"], cells, [0, 1, 2, 3]));
  process.stdout.write(`${rows.length} commands; * differs from the server: docs/commands.md\n`);
}
