// The server as a whole: INFO, DBSIZE, FLUSHALL, FLUSHDB, SWAPDB, TIME.

import { intAt, isError, SYNTAX, wordAt } from "../arguments.ts";
import { type Bytes, textOf } from "../bytes.ts";
import { type CommandSpec, FAST, LOADING, READONLY, STALE, WRITE } from "../command.ts";
import type { Context } from "../context.ts";
import { swapDatabases } from "../databases.ts";
import { DB_INDEX_OUT_OF_RANGE, INVALID_FIRST_DB, INVALID_SECOND_DB } from "../errors.ts";
import { elementsOf } from "../freeing.ts";
import { infoText } from "../info.ts";
import { ErrorReply, OK, type Reply, Verbatim } from "../reply.ts";

function flush(ctx: Context, argv: readonly Bytes[], everything: boolean): Reply {
  const word = wordAt(argv, 1);
  if (argv.length > 2 || (argv.length === 2 && word !== "ASYNC" && word !== "SYNC")) return SYNTAX;
  const { engine } = ctx;
  const lazy = word === "ASYNC" || (word === "" && engine.settings.lazyUserFlush);
  for (const database of everything ? engine.databases : [ctx.db]) {
    if (database === undefined || database.size === 0) continue;
    engine.persistence.changes += database.size;
    const elements = elementsOf(database);
    if (lazy) {
      engine.effort.lazyFreedElements += elements;
      engine.stats.lazyFreedObjects += database.size;
    } else engine.effort.freedElements += elements;
    engine.emptied(database.index);
    database.clear();
  }
  engine.tracking.invalidateAll();
  if (everything) engine.persistence.flushedAll();
  ctx.propagateAnyway();
  return OK;
}

function swapdb(ctx: Context, argv: readonly Bytes[]): Reply {
  const { engine } = ctx;
  if (engine.parameters.flag("cluster-enabled")) return SWAP_IN_CLUSTER;
  const first = intAt(argv, 1, INVALID_FIRST_DB);
  if (isError(first)) return first;
  const second = intAt(argv, 2, INVALID_SECOND_DB);
  if (isError(second)) return second;
  const count = engine.databases.length;
  if (first < 0 || second < 0 || first >= count || second >= count) return DB_INDEX_OUT_OF_RANGE;
  engine.watches.touchDatabase(first, second);
  engine.watches.touchDatabase(second, first);
  swapDatabases(engine, first, second);
  engine.blocking.signalDatabase(first);
  engine.blocking.signalDatabase(second);
  ctx.dirty++;
  return OK;
}

const SWAP_IN_CLUSTER = new ErrorReply("ERR SWAPDB is not allowed in cluster mode");

export const SERVER_COMMANDS: readonly CommandSpec[] = [
  {
    name: "info",
    arity: -1,
    flags: LOADING | STALE,
    group: "server",
    since: "1.0.0",
    complexity: "O(1)",
    summary: "State and statistics of the server as text.",
    run: (ctx, argv) => new Verbatim(infoText(ctx.engine, argv.slice(1).map(textOf))),
  },
  {
    name: "dbsize",
    arity: 1,
    flags: READONLY | FAST,
    group: "server",
    since: "1.0.0",
    complexity: "O(1)",
    summary: "How many keys the database holds.",
    cost: "ping",
    run: ctx => ctx.db.size,
  },
  {
    name: "flushdb",
    arity: -1,
    flags: WRITE,
    group: "server",
    since: "1.0.0",
    complexity: "O(N) in keys, or O(1) when asynchronous",
    summary: "Empties the database.",
    cost: "del",
    run: (ctx, argv) => flush(ctx, argv, false),
  },
  {
    name: "flushall",
    arity: -1,
    flags: WRITE,
    group: "server",
    since: "1.0.0",
    complexity: "O(N) in keys, or O(1) when asynchronous",
    summary: "Empties every database.",
    cost: "del",
    run: (ctx, argv) => flush(ctx, argv, true),
  },
  {
    name: "swapdb",
    arity: 3,
    flags: WRITE | FAST,
    group: "server",
    since: "4.0.0",
    complexity: "O(1)",
    summary: "Exchanges two databases.",
    cost: "ping",
    run: swapdb,
  },
  {
    name: "time",
    arity: 1,
    flags: LOADING | STALE | FAST,
    group: "server",
    since: "2.6.0",
    complexity: "O(1)",
    summary: "The server's clock: seconds and microseconds.",
    cost: "ping",
    run: ctx => {
      const { nowMs } = ctx.engine;
      return [String(Math.floor(nowMs / 1_000)), String(Math.floor((nowMs % 1_000) * 1_000))];
    },
  },
];
