// Calls by kind, as the <Family>BasedCmds metrics count them.

import { READONLY, WRITE } from "../engine/command.ts";
import type { Engine } from "../engine/engine.ts";

/** Calls of read-only string and generic commands, and of writing ones, since the engine began. */
export function readCommandCounters(engine: Engine): { gets: number; sets: number } {
  let gets = 0;
  let sets = 0;
  for (const command of engine.commands.values()) {
    if (command.spec.group === "server" || command.spec.group === "connection") continue;
    for (const one of command.children?.values() ?? [command]) {
      if ((one.flags & READONLY) !== 0) gets += engine.counters.calls[one.id];
      else if ((one.flags & WRITE) !== 0) sets += engine.counters.calls[one.id];
    }
  }
  return { gets, sets };
}
