// Which commands write.

import { WRITE } from "../engine/command.ts";
import { COMMAND_COUNT } from "../engine/commands/index.ts";
import type { Engine } from "../engine/engine.ts";

/** By command id: 1 where it writes. */
export function writingCommands(engine: Engine): Uint8Array {
  const writes = new Uint8Array(COMMAND_COUNT);
  for (const command of engine.commands.values()) {
    for (const one of command.children?.values() ?? [command]) if ((one.flags & WRITE) !== 0) writes[one.id] = 1;
  }
  return writes;
}
