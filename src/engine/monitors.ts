// MONITOR: every call, as it comes, to those who asked to see them.

import { type Bytes, textOf } from "./bytes.ts";
import type { Command } from "./command.ts";
import type { Engine } from "./engine.ts";
import { withoutSecrets } from "./redaction.ts";
import { Status } from "./reply.ts";
import type { Session } from "./session.ts";
import { quoteWord } from "./words.ts";

/** Tells the listeners of a call; `depth` above 0: one that a script makes. */
export function feedMonitors(
  engine: Engine,
  session: Session,
  command: Command,
  argv: readonly Bytes[],
  depth: number,
): void {
  const who = depth > 0 && session.address === "" ? "lua" : session.address;
  const words = withoutSecrets(command, argv, engine.parameters)
    .map(word => quoteWord(textOf(word)))
    .join(" ");
  const line = new Status(`${(engine.nowMs / 1_000).toFixed(6)} [${session.db} ${who}] ${words}`);
  for (const monitor of engine.monitors) monitor.push(line);
}
