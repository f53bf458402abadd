// Strings: SET and its relatives, GET and its relatives, several keys at once. Numbers are in counter.ts, parts of
// strings in substring.ts.

import { type ExpiryUnit, expiryMs, isError, isExpiryUnit, SYNTAX, wordAt } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import { ALL_KEYS, type CommandSpec, DENYOOM, FAST, ONE_KEY, READONLY, WRITE } from "../command.ts";
import { type Context, keyAt, textAt } from "../context.ts";
import { NONE } from "../dict.ts";
import { STRING_TOO_LONG, WRONG_TYPE, wrongArity } from "../errors.ts";
import { NO_EXPIRY, STRING } from "../keyspace.ts";
import { type ErrorReply, OK, type Reply } from "../reply.ts";
import { encodeString, type StringValue, stringBytes, stringLength } from "../values/string.ts";

/** The string under an entry: its bytes, null when there is no key, an error when it is no string. */
function stringReply(ctx: Context, entry: number): Reply {
  if (entry === NONE) return null;
  if (ctx.db.typeOf(entry) !== STRING) return WRONG_TYPE;
  return stringBytes(ctx.db.valueOf(entry) as StringValue);
}

function tooLong(ctx: Context, length: number): ErrorReply | null {
  return length > ctx.engine.settings.protoMaxBulkLength ? STRING_TOO_LONG : null;
}

/** Stores a string and drops the expiry unless `keepTtl`; the core of every plain assignment. */
function assign(ctx: Context, key: string, entry: number, value: Bytes, keepTtl: boolean): number {
  const stored = ctx.put(key, entry, STRING, encodeString(value));
  if (!keepTtl && entry !== NONE) ctx.db.clearExpiry(stored);
  return stored;
}

interface SetOptions {
  condition: "" | "NX" | "XX";
  get: boolean;
  keepTtl: boolean;
  /** The expiry as it was given. It may be repeated in the same unit: the last one counts. */
  unit: ExpiryUnit | null;
  expiry: string;
}

function parseSetOptions(argv: readonly Bytes[]): SetOptions | ErrorReply {
  const options: SetOptions = { ...PLAIN_SET };
  for (let i = 3; i < argv.length; i++) {
    const word = wordAt(argv, i);
    if (word === "NX" || word === "XX") {
      if (options.condition !== "" && options.condition !== word) return SYNTAX;
      options.condition = word;
    } else if (word === "GET") {
      options.get = true;
    } else if (word === "KEEPTTL" && options.unit === null) {
      options.keepTtl = true;
    } else if (isExpiryUnit(word) && (options.unit ?? word) === word && !options.keepTtl && i + 1 < argv.length) {
      options.unit = word;
      options.expiry = textAt(argv, ++i);
    } else {
      return SYNTAX;
    }
  }
  return options;
}

const PLAIN_SET: SetOptions = { condition: "", get: false, keepTtl: false, unit: null, expiry: "" };

function set(ctx: Context, argv: readonly Bytes[]): Reply {
  const options = argv.length === 3 ? PLAIN_SET : parseSetOptions(argv);
  if (isError(options)) return options;
  const { unit } = options;
  const expireAt = unit === null ? NO_EXPIRY : expiryMs(options.expiry, unit, ctx.nowMs, "set", true);
  if (isError(expireAt)) return expireAt;
  const value = argv[2];
  const error = tooLong(ctx, value.length);
  if (error !== null) return error;

  const key = ctx.firstKey(argv);
  let previous: Reply = null;
  if (options.get) {
    previous = stringReply(ctx, ctx.read(key));
    if (isError(previous)) return previous;
  }
  // After the GET a look-up of its own: the key is used twice.
  const entry = ctx.write(key);
  if ((options.condition === "NX" && entry !== NONE) || (options.condition === "XX" && entry === NONE)) {
    return options.get ? previous : null;
  }
  if (expireAt !== NO_EXPIRY && ctx.engine.profile.dropsPastExpiry && ctx.isPast(expireAt)) {
    if (entry !== NONE) ctx.removePast(key, entry);
    return options.get ? previous : OK;
  }
  const stored = assign(ctx, key, entry, value, options.keepTtl);
  if (expireAt !== NO_EXPIRY) {
    ctx.db.setExpiry(stored, expireAt);
    // From 8.0 on what is absolute already goes as it came. Nobody needs the text where nobody listens.
    const asGiven = unit === "PXAT" && !options.get && ctx.engine.profile.scansExpiry;
    if (!asGiven && ctx.isPropagated) ctx.propagateInstead("SET", key, value, "PXAT", String(expireAt));
  } else if (options.get) {
    // Replicas need no reply of the old value.
    ctx.propagateInstead(...argv.filter((_, i) => i < 3 || wordAt(argv, i) !== "GET"));
  }
  ctx.modified(key, "$", "set");
  if (expireAt !== NO_EXPIRY) ctx.engine.notifyKeyspace("g", "expire", key, ctx.db.index);
  return options.get ? previous : OK;
}

/** SETEX and PSETEX: key, time, value. */
function setWithExpiry(unit: "EX" | "PX", name: string) {
  return (ctx: Context, argv: readonly Bytes[]): Reply => {
    const at = expiryMs(textAt(argv, 2), unit, ctx.nowMs, name, true);
    if (isError(at)) return at;
    const error = tooLong(ctx, argv[3].length);
    if (error !== null) return error;
    const key = ctx.firstKey(argv);
    const stored = assign(ctx, key, ctx.write(key), argv[3], true);
    ctx.db.setExpiry(stored, at);
    ctx.propagateInstead("SET", key, argv[3], "PXAT", String(at));
    ctx.modified(key, "$", "set");
    ctx.engine.notifyKeyspace("g", "expire", key, ctx.db.index);
    return OK;
  };
}

function getex(ctx: Context, argv: readonly Bytes[]): Reply {
  let persist = false;
  let unit: ExpiryUnit | null = null;
  let expiry = "";
  for (let i = 2; i < argv.length; i++) {
    const word = wordAt(argv, i);
    if (word === "PERSIST" && unit === null) {
      persist = true;
    } else if (isExpiryUnit(word) && (unit ?? word) === word && !persist && i + 1 < argv.length) {
      unit = word;
      expiry = textAt(argv, ++i);
    } else {
      return SYNTAX;
    }
  }
  const key = ctx.firstKey(argv);
  const entry = ctx.read(key);
  const reply = stringReply(ctx, entry);
  if (entry === NONE || isError(reply)) return reply;
  const at = unit === null ? NO_EXPIRY : expiryMs(expiry, unit, ctx.nowMs, "getex", true);
  if (isError(at)) return at;
  if (at !== NO_EXPIRY && ctx.isPast(at)) {
    ctx.removePast(key, entry);
  } else if (at !== NO_EXPIRY) {
    ctx.db.setExpiry(entry, at);
    ctx.propagateInstead("PEXPIREAT", key, String(at));
    ctx.modified(key, "g", "expire");
  } else if (persist && ctx.db.clearExpiry(entry)) {
    ctx.propagateInstead("PERSIST", key);
    ctx.modified(key, "g", "persist");
  }
  return reply;
}

function getdel(ctx: Context, argv: readonly Bytes[]): Reply {
  const key = ctx.firstKey(argv);
  const entry = ctx.read(key);
  const reply = stringReply(ctx, entry);
  if (entry === NONE || isError(reply)) return reply;
  ctx.remove(entry, ctx.engine.settings.lazyUserDel);
  ctx.propagateInstead("DEL", key);
  ctx.modified(key, "g", "del");
  return reply;
}

function getset(ctx: Context, argv: readonly Bytes[]): Reply {
  const key = ctx.firstKey(argv);
  const previous = stringReply(ctx, ctx.read(key));
  if (isError(previous)) return previous;
  const error = tooLong(ctx, argv[2].length);
  if (error !== null) return error;
  assign(ctx, key, ctx.write(key), argv[2], false);
  ctx.propagateInstead("SET", key, argv[2]);
  ctx.modified(key, "$", "set");
  return previous;
}

function setnx(ctx: Context, argv: readonly Bytes[]): Reply {
  const error = tooLong(ctx, argv[2].length);
  if (error !== null) return error;
  const key = ctx.firstKey(argv);
  if (ctx.write(key) !== NONE) return 0;
  assign(ctx, key, NONE, argv[2], false);
  ctx.modified(key, "$", "set");
  return 1;
}

function mget(ctx: Context, argv: readonly Bytes[]): Reply {
  const replies: Reply[] = [];
  ctx.effort.elements += argv.length - 1;
  for (let i = 1; i < argv.length; i++) {
    const reply = stringReply(ctx, ctx.read(keyAt(argv, i)));
    replies.push(isError(reply) ? null : reply);
  }
  return replies;
}

function mset(ctx: Context, argv: readonly Bytes[], onlyNew: boolean): Reply {
  ctx.effort.elements += (argv.length - 1) / 2;
  for (let i = 2; i < argv.length; i += 2) {
    const error = tooLong(ctx, argv[i].length);
    if (error !== null) return error;
  }
  if (onlyNew) {
    for (let i = 1; i < argv.length; i += 2) if (ctx.write(keyAt(argv, i)) !== NONE) return 0;
  }
  for (let i = 1; i < argv.length; i += 2) {
    const key = keyAt(argv, i);
    assign(ctx, key, ctx.write(key), argv[i + 1], false);
    ctx.modified(key, "$", "set");
  }
  return onlyNew ? 1 : OK;
}

const PAIRS = { first: 1, last: -1, step: 2 } as const;

export const STRING_COMMANDS: readonly CommandSpec[] = [
  {
    name: "get",
    arity: 2,
    flags: READONLY | FAST,
    keys: ONE_KEY,
    group: "string",
    since: "1.0.0",
    complexity: "O(1)",
    summary: "The string under a key.",
    run: (ctx, argv) => stringReply(ctx, ctx.read(ctx.firstKey(argv))),
  },
  {
    name: "set",
    arity: -3,
    flags: WRITE | DENYOOM,
    keys: ONE_KEY,
    group: "string",
    since: "1.0.0",
    complexity: "O(1)",
    summary: "Stores a string, on condition and with an expiry if asked.",
    run: set,
  },
  {
    name: "setnx",
    arity: 3,
    flags: WRITE | DENYOOM | FAST,
    keys: ONE_KEY,
    group: "string",
    since: "1.0.0",
    complexity: "O(1)",
    summary: "Stores a string unless the key is there.",
    cost: "set",
    run: setnx,
  },
  {
    name: "setex",
    arity: 4,
    flags: WRITE | DENYOOM,
    keys: ONE_KEY,
    group: "string",
    since: "2.0.0",
    complexity: "O(1)",
    summary: "Stores a string that expires after so many seconds.",
    cost: "set",
    run: setWithExpiry("EX", "setex"),
  },
  {
    name: "psetex",
    arity: 4,
    flags: WRITE | DENYOOM,
    keys: ONE_KEY,
    group: "string",
    since: "2.6.0",
    complexity: "O(1)",
    summary: "Stores a string that expires after so many milliseconds.",
    cost: "set",
    run: setWithExpiry("PX", "psetex"),
  },
  {
    name: "getex",
    arity: -2,
    flags: WRITE | FAST,
    keys: ONE_KEY,
    group: "string",
    since: "6.2.0",
    complexity: "O(1)",
    summary: "The string under a key, whose expiry it sets or removes.",
    cost: "get",
    run: getex,
  },
  {
    name: "getdel",
    arity: 2,
    flags: WRITE | FAST,
    keys: ONE_KEY,
    group: "string",
    since: "6.2.0",
    complexity: "O(1)",
    summary: "The string under a key, which it deletes.",
    cost: "get",
    run: getdel,
  },
  {
    name: "getset",
    arity: 3,
    flags: WRITE | DENYOOM | FAST,
    keys: ONE_KEY,
    group: "string",
    since: "1.0.0",
    complexity: "O(1)",
    summary: "Stores a string and answers the one that was there.",
    cost: "set",
    run: getset,
  },
  {
    name: "mget",
    arity: -2,
    flags: READONLY | FAST,
    keys: ALL_KEYS,
    group: "string",
    since: "1.0.0",
    complexity: "O(N), N keys",
    summary: "The strings under several keys.",
    run: mget,
  },
  {
    name: "mset",
    arity: -3,
    flags: WRITE | DENYOOM,
    keys: PAIRS,
    group: "string",
    since: "1.0.1",
    complexity: "O(N), N keys",
    summary: "Stores several strings at once.",
    run: (ctx, argv) => (argv.length % 2 === 0 ? wrongArity("mset") : mset(ctx, argv, false)),
  },
  {
    name: "msetnx",
    arity: -3,
    flags: WRITE | DENYOOM,
    keys: PAIRS,
    group: "string",
    since: "1.0.1",
    complexity: "O(N), N keys",
    summary: "Stores several strings unless one of the keys is there.",
    cost: "mset",
    run: (ctx, argv) => (argv.length % 2 === 0 ? wrongArity("msetnx") : mset(ctx, argv, true)),
  },
  {
    name: "strlen",
    arity: 2,
    flags: READONLY | FAST,
    keys: ONE_KEY,
    group: "string",
    since: "2.2.0",
    complexity: "O(1)",
    summary: "Length of the string under a key; 0 when there is none.",
    cost: "get",
    run: (ctx, argv) => {
      const entry = ctx.read(ctx.firstKey(argv));
      if (entry === NONE) return 0;
      return ctx.db.typeOf(entry) === STRING ? stringLength(ctx.db.valueOf(entry) as StringValue) : WRONG_TYPE;
    },
  },
];
