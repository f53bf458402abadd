// The server as a whole: INFO, DBSIZE, FLUSHALL, FLUSHDB, SWAPDB, TIME, MEMORY, COMMAND, CLUSTER KEYSLOT, DEBUG.

import { intAt, integerAt, isError, SYNTAX, wordAt } from "../arguments.ts";
import { type Bytes, textOf } from "../bytes.ts";
import {
  ADMIN,
  type Command,
  type CommandSpec,
  FAST,
  FLAG_NAMES,
  keyPositions,
  LOADING,
  NOSCRIPT,
  PROTECTED,
  READONLY,
  STALE,
  WRITE,
} from "../command.ts";
import { type Context, keyAt, textAt } from "../context.ts";
import { NONE } from "../dict.ts";
import {
  CLUSTER_DISABLED,
  DB_INDEX_OUT_OF_RANGE,
  INVALID_FIRST_DB,
  INVALID_SECOND_DB,
  NO_SUCH_KEY,
} from "../errors.ts";
import { infoText } from "../info.ts";
import { type Collection, STRING } from "../keyspace.ts";
import { ErrorReply, OK, type Reply, Status, Verbatim } from "../reply.ts";
import { keySlot } from "../slots.ts";
import { type StringValue, stringCapacity, stringEncoding, stringForm, stringLength } from "../values/string.ts";

function flush(ctx: Context, argv: readonly Bytes[], everything: boolean): Reply {
  const word = wordAt(argv, 1);
  if (argv.length > 2 || (argv.length === 2 && word !== "ASYNC" && word !== "SYNC")) return SYNTAX;
  const { engine } = ctx;
  const lazy = word === "ASYNC" || (word === "" && engine.settings.lazyUserFlush);
  for (const database of everything ? engine.databases : [ctx.db]) {
    if (database === undefined || database.size === 0) continue;
    if (lazy) engine.effort.lazyFreedElements += database.size;
    else engine.effort.freedElements += database.size;
    database.clear();
  }
  ctx.dirty++;
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
  engine.swapDatabases(first, second);
  ctx.dirty++;
  return OK;
}

const SWAP_IN_CLUSTER = new ErrorReply("ERR SWAPDB is not allowed in cluster mode");

function memoryUsage(ctx: Context, argv: readonly Bytes[]): Reply {
  for (let i = 3; i < argv.length; i += 2) {
    if (wordAt(argv, i) !== "SAMPLES" || i + 1 >= argv.length) return SYNTAX;
    const samples = integerAt(argv, i + 1);
    if (isError(samples)) return samples;
    if (samples < 0) return SYNTAX;
  }
  const key = keyAt(argv, 2);
  const { db, engine } = ctx;
  // It sees a key that has expired and is still there.
  const entry = db.find(key);
  if (entry === NONE) return null;
  if (db.typeOf(entry) === STRING) {
    const value = db.valueOf(entry) as StringValue;
    const form = stringForm(value, engine.settings.shareIntegers);
    return engine.layout.memoryUsage(key.length, form, stringCapacity(value));
  }
  return engine.layout.collectionKeyBytes(key.length, false) + (db.valueOf(entry) as Collection).bytes;
}

// -----------------------------------------------------------------------------------------------------------------
// COMMAND: the table describes itself.

function describe(command: Command): Reply {
  const { keys } = command.spec;
  const flags = FLAG_NAMES.filter(([flag]) => (command.flags & flag) !== 0).map(([, name]) => new Status(name));
  const [first, last, step] = keys === undefined ? [0, 0, 0] : [keys.first, keys.last, keys.step];
  const children = [...(command.children?.values() ?? [])].map(describe);
  return [command.fullName, command.arity, flags, first, last, step, [], [], [], children];
}

function findCommand(ctx: Context, name: string): Command | undefined {
  const [parent, child] = name.toLowerCase().split("|");
  const command = ctx.engine.commands.get(parent);
  return child === undefined ? command : command?.children?.get(child);
}

const COMMAND_SUBCOMMANDS: readonly CommandSpec[] = [
  {
    name: "count",
    arity: 2,
    flags: LOADING | STALE,
    group: "server",
    since: "2.8.13",
    complexity: "O(1)",
    summary: "How many commands there are.",
    cost: "config",
    run: ctx => ctx.engine.commands.size,
  },
  {
    name: "info",
    arity: -2,
    flags: LOADING | STALE,
    group: "server",
    since: "2.8.13",
    complexity: "O(N) in commands asked for",
    summary: "The declared facts of commands.",
    cost: "config",
    run: (ctx, argv) => {
      if (argv.length === 2) return [...ctx.engine.commands.values()].map(describe);
      return argv.slice(2).map(name => {
        const command = findCommand(ctx, textOf(name));
        return command === undefined ? null : describe(command);
      });
    },
  },
  {
    name: "list",
    arity: -2,
    flags: LOADING | STALE,
    group: "server",
    since: "7.0.0",
    complexity: "O(N) in commands",
    summary: "The names of all commands.",
    cost: "config",
    run: ctx => [...ctx.engine.commands.keys()],
  },
  {
    name: "getkeys",
    arity: -3,
    flags: LOADING | STALE,
    group: "server",
    since: "2.8.13",
    complexity: "O(N) in arguments",
    summary: "The keys of a call.",
    cost: "config",
    run: (ctx, argv) => {
      const call = argv.slice(2);
      const command = findCommand(ctx, textOf(call[0]));
      if (command === undefined) return new ErrorReply("ERR Invalid command specified");
      if (!command.hasKeys) return new ErrorReply("ERR The command has no key arguments");
      if (command.arity > 0 ? call.length !== command.arity : call.length < -command.arity) {
        return new ErrorReply("ERR Invalid number of arguments specified for command");
      }
      return keyPositions(command, call).map(position => call[position]);
    },
  },
];

// -----------------------------------------------------------------------------------------------------------------
// DEBUG: what tests and drills need.

const DEBUG_SUBCOMMANDS: readonly CommandSpec[] = [
  {
    name: "sleep",
    arity: 3,
    flags: ADMIN | NOSCRIPT | LOADING | STALE | PROTECTED,
    group: "server",
    since: "1.0.0",
    complexity: "the given time",
    summary: "Blocks the engine thread for so many seconds.",
    cost: "config",
    run: (ctx, argv) => {
      const seconds = Number(textAt(argv, 2));
      if (!(seconds >= 0)) return SYNTAX;
      ctx.effort.fixedNs += Math.round(seconds * 1e9);
      return OK;
    },
  },
  {
    name: "set-active-expire",
    arity: 3,
    flags: ADMIN | NOSCRIPT | LOADING | STALE | PROTECTED,
    group: "server",
    since: "1.0.0",
    complexity: "O(1)",
    summary: "Turns the active expiry cycle off (0) or on (1).",
    cost: "config",
    run: (ctx, argv) => {
      ctx.engine.activeExpireEnabled = textAt(argv, 2) !== "0";
      return OK;
    },
  },
  {
    name: "object",
    arity: 3,
    flags: ADMIN | NOSCRIPT | LOADING | STALE | PROTECTED,
    group: "server",
    since: "1.0.0",
    complexity: "O(1)",
    summary: "How a value is stored, in one line.",
    cost: "config",
    run: (ctx, argv) => {
      const { db } = ctx;
      const entry = db.find(keyAt(argv, 2));
      if (entry === NONE) return NO_SUCH_KEY;
      const value = db.valueOf(entry)!;
      const text = db.typeOf(entry) === STRING;
      const encoding = text ? stringEncoding(value as StringValue) : (value as Collection).encoding;
      const length = text ? stringLength(value as StringValue) : (value as Collection).elements;
      return new Status(
        `Value at:0x0 refcount:1 encoding:${encoding} serializedlength:${length} lru:${db.lruOf(entry)} lru_seconds_idle:${ctx.engine.lruClock - db.lruOf(entry)}`,
      );
    },
  },
];

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
  {
    name: "memory",
    arity: -2,
    flags: 0,
    group: "server",
    since: "4.0.0",
    complexity: "depends on the subcommand",
    summary: "What memory is used for.",
    cost: "get",
    subcommands: [
      {
        name: "usage",
        arity: -3,
        flags: READONLY,
        keys: { first: 2, last: 2, step: 1 },
        group: "server",
        since: "4.0.0",
        complexity: "O(N) in samples",
        summary: "Bytes of a key and its value.",
        cost: "get",
        run: memoryUsage,
      },
    ],
    run: () => SYNTAX,
  },
  {
    name: "command",
    arity: -1,
    flags: LOADING | STALE,
    group: "server",
    since: "2.8.13",
    complexity: "O(N) in commands",
    summary: "The command table describes itself.",
    cost: "config",
    subcommands: COMMAND_SUBCOMMANDS,
    run: ctx => [...ctx.engine.commands.values()].map(describe),
  },
  {
    name: "cluster",
    arity: -2,
    flags: 0,
    group: "cluster",
    since: "3.0.0",
    complexity: "depends on the subcommand",
    summary: "The cluster as this node sees it.",
    cost: "config",
    subcommands: [
      {
        name: "keyslot",
        arity: 3,
        flags: STALE,
        group: "cluster",
        since: "3.0.0",
        complexity: "O(N) in the key's length",
        summary: "The hash slot of a key.",
        cost: "ping",
        run: (ctx, argv) => (ctx.engine.cluster === null ? CLUSTER_DISABLED : keySlot(textAt(argv, 2))),
      },
      {
        name: "countkeysinslot",
        arity: 3,
        flags: STALE,
        group: "cluster",
        since: "3.0.0",
        complexity: "O(1)",
        summary: "How many keys of a slot this node holds.",
        cost: "ping",
        run: (ctx, argv) => {
          if (ctx.engine.cluster === null) return CLUSTER_DISABLED;
          const slot = integerAt(argv, 2);
          if (isError(slot)) return slot;
          return slot < 0 || slot > 16_383 ? new ErrorReply("ERR Invalid slot") : ctx.db.keysInSlot(slot);
        },
      },
    ],
    run: () => SYNTAX,
  },
  {
    name: "debug",
    arity: -2,
    flags: ADMIN | NOSCRIPT | LOADING | STALE | PROTECTED,
    group: "server",
    since: "1.0.0",
    complexity: "depends on the subcommand",
    summary: "For tests.",
    cost: "config",
    subcommands: DEBUG_SUBCOMMANDS,
    run: () => SYNTAX,
  },
];
