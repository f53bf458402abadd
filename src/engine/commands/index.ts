// The table of commands. A new command is one object in its family's file; a new family one line here.

import { buildTable, type Command } from "../command.ts";
import { CONFIG_COMMANDS } from "./config.ts";
import { CONNECTION_COMMANDS } from "./connection.ts";
import { COUNTER_COMMANDS } from "./counter.ts";
import { EXPIRE_COMMANDS } from "./expire.ts";
import { KEY_COMMANDS } from "./key.ts";
import { SCAN_COMMANDS } from "./scan.ts";
import { SERVER_COMMANDS } from "./server.ts";
import { STRING_COMMANDS } from "./string.ts";
import { SUBSTRING_COMMANDS } from "./substring.ts";

/** Every command by its lower-case name; subcommands are children of theirs. */
export const COMMANDS: ReadonlyMap<string, Command> = buildTable([
  STRING_COMMANDS,
  COUNTER_COMMANDS,
  SUBSTRING_COMMANDS,
  KEY_COMMANDS,
  EXPIRE_COMMANDS,
  SCAN_COMMANDS,
  CONNECTION_COMMANDS,
  CONFIG_COMMANDS,
  SERVER_COMMANDS,
]);

/** Commands and subcommands: one more than the highest id. */
export const COMMAND_COUNT = countIds(COMMANDS.values());

function countIds(commands: Iterable<Command>): number {
  let count = 0;
  for (const command of commands) count += 1 + countIds(command.children?.values() ?? []);
  return count;
}
