// Keys whatever their value: DEL, EXISTS, TYPE, RENAME, COPY, MOVE, TOUCH, RANDOMKEY, OBJECT. Walking the whole
// keyspace is in scan.ts.

import { intAt, isError, SYNTAX, wordAt } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import { ALL_KEYS, type CommandSpec, DENYOOM, FAST, ONE_KEY, READONLY, WRITE } from "../command.ts";
import { type Context, keyAt } from "../context.ts";
import { NONE } from "../dict.ts";
import { DB_INDEX_OUT_OF_RANGE, LFU_NOT_SELECTED, LFU_SELECTED, NO_SUCH_KEY, SAME_OBJECT } from "../errors.ts";
import { idleMs, lfuCounter } from "../eviction/aging.ts";
import { isExpired } from "../expiry.ts";
import {
  type Collection,
  type Keyspace,
  NO_EXPIRY,
  STRING,
  TYPE_NAMES,
  type Value,
  type ValueType,
} from "../keyspace.ts";
import { EMBEDDED_LIMIT } from "../memory/sds.ts";
import { ErrorReply, OK, type Reply, Status } from "../reply.ts";
import { RawString, type StringValue, stringEncoding } from "../values/string.ts";

function removeKeys(ctx: Context, argv: readonly Bytes[], lazy: boolean): Reply {
  let removed = 0;
  for (let i = 1; i < argv.length; i++) {
    const key = keyAt(argv, i);
    const entry = ctx.peek(key);
    if (entry === NONE) continue;
    ctx.remove(entry, lazy);
    ctx.modified(key, "g", "del");
    removed++;
  }
  ctx.effort.elements += argv.length - 1;
  return removed;
}

/** EXISTS looks, TOUCH uses. */
function countKeys(ctx: Context, argv: readonly Bytes[], touch: boolean): Reply {
  let found = 0;
  for (let i = 1; i < argv.length; i++) {
    const key = keyAt(argv, i);
    if ((touch ? ctx.read(key) : ctx.look(key)) !== NONE) found++;
  }
  ctx.effort.elements += argv.length - 1;
  return found;
}

/** Puts a copied value under a key, with the expiry of the one it was copied from. */
function place(ctx: Context, key: string, db: Keyspace, type: ValueType, value: Value, expireAt: number): number {
  const entry = ctx.add(key, type, value, db);
  if (expireAt !== NO_EXPIRY) db.setExpiry(entry, expireAt);
  return entry;
}

/** Takes an entry out of the session's database and puts its value under a key that is free. */
function relocate(ctx: Context, source: number, key: string, target: Keyspace): void {
  const { db, engine } = ctx;
  const value = db.valueOf(source);
  const type = db.typeOf(source);
  const expireAt = db.expiryOf(source);
  const lru = db.lruOf(source);
  db.remove(source);
  const entry = place(ctx, key, target, type, value, expireAt);
  if (engine.profile.movedKeysKeepAge) target.setLru(entry, lru);
}

function rename(ctx: Context, argv: readonly Bytes[], onlyNew: boolean): Reply {
  const from = keyAt(argv, 1);
  const to = keyAt(argv, 2);
  const source = ctx.write(from);
  if (source === NONE) return NO_SUCH_KEY;
  if (from === to) return onlyNew ? 0 : OK;
  const target = ctx.write(to);
  if (target !== NONE) {
    if (onlyNew) return 0;
    ctx.remove(target, ctx.engine.settings.lazyServerDel);
  }
  const { db } = ctx;
  relocate(ctx, source, to, db);
  ctx.engine.keyModified(db.index, to);
  ctx.modified(from, "g", "rename_from");
  ctx.engine.notifyKeyspace("g", "rename_to", to, db.index);
  return onlyNew ? 1 : OK;
}

/** The database of an index argument, or the error to answer. */
function databaseAt(ctx: Context, argv: readonly Bytes[], position: number): Keyspace | ErrorReply {
  const index = intAt(argv, position);
  if (isError(index)) return index;
  if (index < 0 || index >= ctx.engine.databases.length) return DB_INDEX_OUT_OF_RANGE;
  return ctx.engine.database(index);
}

function cloneValue(ctx: Context, value: Value): Value {
  if (value instanceof RawString) return value.clone();
  const { profile, sizeClass } = ctx.engine;
  // The copy has spare room again.
  if (profile.trimsValues && typeof value === "string" && value.length > EMBEDDED_LIMIT) {
    return RawString.from(value, sizeClass);
  }
  return typeof value === "object" && "clone" in value ? ((value as Collection).clone() as Value) : value;
}

const COPY_IN_CLUSTER = new ErrorReply("ERR Copying to another database is not allowed in cluster mode");

function copy(ctx: Context, argv: readonly Bytes[]): Reply {
  let replace = false;
  let target = ctx.db;
  for (let i = 3; i < argv.length; i++) {
    const word = wordAt(argv, i);
    if (word === "REPLACE") replace = true;
    else if (word === "DB" && i + 1 < argv.length) {
      const database = databaseAt(ctx, argv, ++i);
      if (isError(database)) return database;
      target = database;
    } else return SYNTAX;
  }
  if (ctx.engine.parameters.flag("cluster-enabled") && (ctx.db.index !== 0 || target.index !== 0)) {
    return COPY_IN_CLUSTER;
  }
  const from = keyAt(argv, 1);
  const to = keyAt(argv, 2);
  if (target === ctx.db && from === to) return SAME_OBJECT;
  const source = ctx.read(from);
  if (source === NONE) return 0;
  const existing = ctx.write(to, target);
  if (existing !== NONE) {
    if (!replace) return 0;
    ctx.remove(existing, ctx.engine.settings.lazyServerDel, target);
  }
  const { db } = ctx;
  const value = cloneValue(ctx, db.valueOf(source));
  place(ctx, to, target, db.typeOf(source) as ValueType, value, db.expiryOf(source));
  ctx.modified(to, "g", "copy_to", target);
  return 1;
}

const MOVE_IN_CLUSTER = new ErrorReply("ERR MOVE is not allowed in cluster mode");

function move(ctx: Context, argv: readonly Bytes[]): Reply {
  if (ctx.engine.parameters.flag("cluster-enabled")) return MOVE_IN_CLUSTER;
  const target = databaseAt(ctx, argv, 2);
  if (isError(target)) return target;
  if (target === ctx.db) return SAME_OBJECT;
  const key = keyAt(argv, 1);
  const source = ctx.write(key);
  if (source === NONE || ctx.write(key, target) !== NONE) return 0;
  relocate(ctx, source, key, target);
  ctx.engine.keyModified(target.index, key);
  ctx.modified(key, "g", "move_from");
  ctx.engine.notifyKeyspace("g", "move_to", key, target.index);
  return 1;
}

function randomKey(ctx: Context): Reply {
  const { db, engine } = ctx;
  const mayDelete = engine.role === "primary";
  // A replica may not delete expired keys. Where every key has an expiry all of them may be dead: it gives up after a
  // hundred and answers a dead one.
  let tries = !mayDelete && db.expires.size === db.size ? 100 : Number.POSITIVE_INFINITY;
  while (db.size > 0) {
    const entry = db.main.fairRandomEntry(engine.random);
    if (!isExpired(db, entry, engine.nowMs) || --tries === 0) return db.keyOf(entry);
    if (mayDelete) engine.expireKey(db, entry);
  }
  return null;
}

function encodingOf(ctx: Context, entry: number): string {
  const value = ctx.db.valueOf(entry)!;
  return ctx.db.typeOf(entry) === STRING ? stringEncoding(value as StringValue) : (value as Collection).encoding;
}

/** An OBJECT subcommand that looks at one key without making it younger. */
function inspect(look: (ctx: Context, entry: number) => Reply) {
  return (ctx: Context, argv: readonly Bytes[]): Reply => {
    const entry = ctx.look(keyAt(argv, 2), false);
    return entry === NONE ? null : look(ctx, entry);
  };
}

const SHARED_REFCOUNT = 2_147_483_647;

const objectKey = { first: 2, last: 2, step: 1 } as const;
const objectShape = {
  arity: 3,
  flags: READONLY,
  keys: objectKey,
  group: "generic",
  complexity: "O(1)",
  cost: "get",
} as const;

const OBJECT_SUBCOMMANDS: readonly CommandSpec[] = [
  {
    ...objectShape,
    name: "encoding",
    since: "2.2.3",
    summary: "How the value is stored.",
    run: inspect(encodingOf),
  },
  {
    ...objectShape,
    name: "idletime",
    since: "2.2.3",
    summary: "Seconds since the last access.",
    run: inspect((ctx, entry) =>
      ctx.engine.settings.policy.ranking === "lfu"
        ? LFU_SELECTED
        : Math.floor(idleMs(ctx.engine.lruClock, ctx.db.lruOf(entry)) / 1_000),
    ),
  },
  {
    ...objectShape,
    name: "freq",
    since: "4.0.0",
    summary: "The logarithmic access counter.",
    run: inspect((ctx, entry) =>
      ctx.engine.settings.policy.ranking === "lfu"
        ? lfuCounter(ctx.db.lruOf(entry), ctx.engine.lfuMinutes, ctx.engine.settings.lfuDecayTime)
        : LFU_NOT_SELECTED,
    ),
  },
  {
    ...objectShape,
    name: "refcount",
    since: "2.2.3",
    summary: "References to the value: 1, or the maximum for shared integers.",
    run: inspect((ctx, entry) => {
      const value = ctx.db.valueOf(entry);
      const shared = typeof value === "number" && value >= 0 && value < 10_000;
      return shared && ctx.engine.settings.shareIntegers ? SHARED_REFCOUNT : 1;
    }),
  },
];

export const KEY_COMMANDS: readonly CommandSpec[] = [
  {
    name: "del",
    arity: -2,
    flags: WRITE,
    keys: ALL_KEYS,
    group: "generic",
    since: "1.0.0",
    complexity: "O(N) in keys, and O(M) for a collection of M elements",
    summary: "Deletes keys.",
    run: (ctx, argv) => removeKeys(ctx, argv, ctx.engine.settings.lazyUserDel),
  },
  {
    name: "unlink",
    arity: -2,
    flags: WRITE | FAST,
    keys: ALL_KEYS,
    group: "generic",
    since: "4.0.0",
    complexity: "O(1) per key; the value is freed in the background",
    summary: "Deletes keys and frees large values in the background.",
    cost: "del",
    run: (ctx, argv) => removeKeys(ctx, argv, true),
  },
  {
    name: "exists",
    arity: -2,
    flags: READONLY | FAST,
    keys: ALL_KEYS,
    group: "generic",
    since: "1.0.0",
    complexity: "O(N) in keys",
    summary: "How many of the keys are there; one named twice counts twice.",
    cost: "mget",
    run: (ctx, argv) => countKeys(ctx, argv, false),
  },
  {
    name: "touch",
    arity: -2,
    flags: READONLY | FAST,
    keys: ALL_KEYS,
    group: "generic",
    since: "3.2.1",
    complexity: "O(N) in keys",
    summary: "Makes keys younger; how many were there.",
    cost: "mget",
    run: (ctx, argv) => countKeys(ctx, argv, true),
  },
  {
    name: "type",
    arity: 2,
    flags: READONLY | FAST,
    keys: ONE_KEY,
    group: "generic",
    since: "1.0.0",
    complexity: "O(1)",
    summary: "The kind of value under a key.",
    cost: "get",
    run: (ctx, argv) => {
      const entry = ctx.look(keyAt(argv, 1));
      return entry === NONE ? NO_TYPE : TYPES[ctx.db.typeOf(entry)];
    },
  },
  {
    name: "rename",
    arity: 3,
    flags: WRITE,
    keys: { first: 1, last: 2, step: 1 },
    group: "generic",
    since: "1.0.0",
    complexity: "O(1)",
    summary: "Gives a key another name, over one that is there.",
    cost: "set",
    run: (ctx, argv) => rename(ctx, argv, false),
  },
  {
    name: "renamenx",
    arity: 3,
    flags: WRITE | FAST,
    keys: { first: 1, last: 2, step: 1 },
    group: "generic",
    since: "1.0.0",
    complexity: "O(1)",
    summary: "Gives a key another name unless that is taken.",
    cost: "set",
    run: (ctx, argv) => rename(ctx, argv, true),
  },
  {
    name: "copy",
    arity: -3,
    flags: WRITE | DENYOOM,
    keys: { first: 1, last: 2, step: 1 },
    group: "generic",
    since: "6.2.0",
    complexity: "O(N) in elements; O(1) for strings",
    summary: "Copies a value to another key.",
    cost: "set",
    run: copy,
  },
  {
    name: "move",
    arity: 3,
    flags: WRITE | FAST,
    keys: ONE_KEY,
    group: "generic",
    since: "1.0.0",
    complexity: "O(1)",
    summary: "Moves a key to another database.",
    cost: "set",
    run: move,
  },
  {
    name: "randomkey",
    arity: 1,
    flags: READONLY,
    group: "generic",
    since: "1.0.0",
    complexity: "O(1)",
    summary: "A key chosen at random.",
    cost: "get",
    run: randomKey,
  },
  {
    name: "object",
    arity: -2,
    flags: 0,
    group: "generic",
    since: "2.2.3",
    complexity: "depends on the subcommand",
    summary: "Looks at how a value is stored.",
    cost: "get",
    subcommands: OBJECT_SUBCOMMANDS,
    run: () => SYNTAX,
  },
];

const NO_TYPE = new Status("none");
const TYPES = TYPE_NAMES.map(name => new Status(name));
