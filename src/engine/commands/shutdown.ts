// SHUTDOWN: the process around the engine ends.

import { SYNTAX, wordAt } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import { clientLine } from "../clients.ts";
import { ADMIN, ALLOW_BUSY, type CommandSpec, LOADING, NO_MULTI, NOSCRIPT, STALE } from "../command.ts";
import type { Context } from "../context.ts";
import { busy } from "../errors.ts";
import { BLOCKED, ErrorReply, OK, type Reply } from "../reply.ts";

const NONE_IN_PROGRESS = new ErrorReply("ERR No shutdown in progress.");
const HIDES_USER = "hide-user-data-from-log";
const MAY_NOT_WAIT = new ErrorReply("ERR SHUTDOWN without NOW or ABORT isn't allowed for DENY BLOCKING client");
const FAILED = new ErrorReply("ERR Errors trying to SHUTDOWN. Check logs.");

function shutdown(ctx: Context, argv: readonly Bytes[]): Reply {
  let save: boolean | null = null;
  let force = false;
  let now = false;
  let abort = false;
  for (let i = 1; i < argv.length; i++) {
    const word = wordAt(argv, i);
    if (word === "SAVE" || word === "NOSAVE") {
      if (save !== null && save !== (word === "SAVE")) return SYNTAX;
      save = word === "SAVE";
    } else if (word === "NOW") now = true;
    else if (word === "FORCE") force = true;
    else if (word === "ABORT") abort = true;
    else return SYNTAX;
  }
  if (abort && (save !== null || force || now)) return SYNTAX;
  const { host } = ctx.engine;
  if (host === null) return FAILED;
  if (abort) return host.abortShutdown() ? OK : NONE_IN_PROGRESS;
  const { engine, session } = ctx;
  if (engine.busyScript !== null && save !== false) return busy(engine.busyScript, engine.profile.product);
  if (!now && !ctx.mayBlock) return MAY_NOT_WAIT;
  if (!host.shutdown({ save, force, now }, clientLine(session, engine.nowMs, engine.parameters.flag(HIDES_USER))))
    return FAILED;
  // When it ends well nobody is left to be answered.
  engine.blocking.parkUntil(
    session,
    ctx.command,
    argv,
    0,
    () => (host.shuttingDown ? null : FAILED),
    () => FAILED,
  );
  return BLOCKED;
}

export const SHUTDOWN_COMMANDS: readonly CommandSpec[] = [
  {
    name: "shutdown",
    arity: -1,
    flags: ADMIN | NOSCRIPT | LOADING | STALE | NO_MULTI | ALLOW_BUSY,
    group: "server",
    since: "1.0.0",
    complexity: "O(N) in keys when it saves",
    summary: "Ends the server, after saving where that is configured.",
    cost: "config",
    run: shutdown,
  },
];
