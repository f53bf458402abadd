// Which command a call is: a container's subcommand where there is one, since keys stand where that one says.

import { type Bytes, textOf } from "../engine/bytes.ts";
import type { Command } from "../engine/command.ts";

/** Who knows the commands by name: an engine. */
export interface CommandTable {
  command(name: string): Command | undefined;
}

export function commandOfCall(table: CommandTable, argv: readonly Bytes[]): Command | undefined {
  const container = table.command(textOf(argv[0]));
  if (container === undefined || container.children === null || argv.length < 2) return container;
  return container.children.get(textOf(argv[1]).toLowerCase()) ?? container;
}
