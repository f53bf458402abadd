// MULTI, EXEC, DISCARD, WATCH, UNWATCH.

import type { Bytes } from "../bytes.ts";
import {
  ALL_KEYS,
  ALLOW_BUSY,
  type CommandSpec,
  FAST,
  LOADING,
  NO_MULTI,
  NOSCRIPT,
  SKIP_SLOWLOG,
  STALE,
} from "../command.ts";
import { type Context, keyAt } from "../context.ts";
import { ErrorReply, NULL_ARRAY, OK, type Reply } from "../reply.ts";
import { Transaction } from "../transaction.ts";

const NESTED = new ErrorReply("ERR MULTI calls can not be nested");
const EXEC_WITHOUT = new ErrorReply("ERR EXEC without MULTI");
const DISCARD_WITHOUT = new ErrorReply("ERR DISCARD without MULTI");
const WATCH_INSIDE = new ErrorReply("ERR WATCH inside MULTI is not allowed");
const ABORTED = new ErrorReply("EXECABORT Transaction discarded because of previous errors.");

function multi(ctx: Context): Reply {
  if (ctx.session.transaction !== null) return NESTED;
  ctx.session.transaction = new Transaction();
  return OK;
}

function exec(ctx: Context): Reply {
  const { session, engine } = ctx;
  const { transaction } = session;
  if (transaction === null) return EXEC_WITHOUT;
  const broken = session.watchBroken || engine.watches.hasExpired(session);
  if (broken || transaction.failed) {
    engine.discard(session);
    return transaction.failed ? ABORTED : NULL_ARRAY;
  }
  // Watches end first: what the transaction itself changes must not break it.
  engine.watches.unwatch(session);
  const replies: Reply[] = [];
  for (const { command, argv, slot } of transaction.queue) {
    // Rights may have changed since the call was queued.
    const denied = engine.access?.(session, command, argv) ?? null;
    replies.push(denied ?? ctx.nested(command, argv, slot));
  }
  engine.discard(session);
  return replies;
}

const shape = { group: "transactions", complexity: "O(1)", cost: "ping" } as const;
const flags = NOSCRIPT | LOADING | STALE;

export const TRANSACTION_COMMANDS: readonly CommandSpec[] = [
  {
    ...shape,
    name: "multi",
    arity: 1,
    flags: flags | FAST | ALLOW_BUSY | NO_MULTI,
    since: "1.2.0",
    summary: "Begins a transaction: what follows is queued.",
    run: multi,
  },
  {
    ...shape,
    name: "exec",
    arity: 1,
    flags: flags | SKIP_SLOWLOG,
    since: "1.2.0",
    complexity: "that of the commands queued",
    summary: "Runs what was queued, unless a watched key has changed.",
    run: exec,
  },
  {
    ...shape,
    name: "discard",
    arity: 1,
    flags: flags | FAST | ALLOW_BUSY,
    since: "2.0.0",
    summary: "Forgets what was queued.",
    run: ctx => {
      if (ctx.session.transaction === null) return DISCARD_WITHOUT;
      ctx.engine.discard(ctx.session);
      return OK;
    },
  },
  {
    ...shape,
    name: "watch",
    arity: -2,
    flags: flags | FAST | ALLOW_BUSY | NO_MULTI,
    keys: ALL_KEYS,
    since: "2.2.0",
    complexity: "O(1) per key",
    summary: "Lets the next EXEC do nothing if one of the keys changes before.",
    run: (ctx, argv: readonly Bytes[]) => {
      const { session, engine } = ctx;
      if (session.transaction !== null) return WATCH_INSIDE;
      // Once broken, more keys make no difference.
      if (session.watchBroken) return OK;
      for (let i = 1; i < argv.length; i++) engine.watches.watch(session, ctx.db.index, keyAt(argv, i));
      return OK;
    },
  },
  {
    ...shape,
    name: "unwatch",
    arity: 1,
    flags: flags | FAST | ALLOW_BUSY,
    since: "2.2.0",
    summary: "Watches nothing any longer.",
    run: ctx => {
      ctx.engine.watches.unwatch(ctx.session);
      return OK;
    },
  },
];
