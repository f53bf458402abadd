// Hashes: setting, getting and deleting fields, whole hashes, HSCAN. Numbers are in hash-counter.ts, HRANDFIELD in
// random-members.ts.

import type { Bytes } from "../bytes.ts";
import { type CommandSpec, DENYOOM, FAST, ONE_KEY, READONLY, WRITE } from "../command.ts";
import { type Context, keyAt, textAt } from "../context.ts";
import { NONE } from "../dict.ts";
import { WRONG_TYPE, wrongArity } from "../errors.ts";
import { HASH } from "../keyspace.ts";
import { MapReply, OK, type Reply } from "../reply.ts";
import { HashValue } from "../values/hash.ts";
import { lookingUp, membersRemoved } from "./collection.ts";
import { scanTable } from "./scan-collection.ts";

/** Sets the pairs from argv[2] on in the hash under an entry, or in a new one; how many fields are new. */
function setFields(ctx: Context, argv: readonly Bytes[], key: string, entry: number): number {
  const { engine } = ctx;
  const hash = entry === NONE ? HashValue.empty(engine) : (ctx.db.valueOf(entry) as HashValue);
  hash.expect(argv, 2, engine);
  let created = 0;
  for (let i = 2; i < argv.length; i += 2) {
    if (hash.set(textAt(argv, i), argv[i + 1], engine)) created++;
  }
  if (entry === NONE) ctx.add(key, HASH, hash);
  else ctx.db.changed(entry);
  const pairs = (argv.length - 2) / 2;
  ctx.effort.elements += pairs;
  ctx.modified(key, "h", "hset");
  ctx.dirty += pairs - 1;
  return created;
}

function hset(ctx: Context, argv: readonly Bytes[], plainOk: boolean): Reply {
  if (argv.length % 2 === 1) return wrongArity(ctx.command.name);
  const key = keyAt(argv, 1);
  const entry = ctx.write(key);
  if (entry !== NONE && ctx.db.typeOf(entry) !== HASH) return WRONG_TYPE;
  const created = setFields(ctx, argv, key, entry);
  return plainOk ? OK : created;
}

function hsetnx(ctx: Context, argv: readonly Bytes[]): Reply {
  const key = keyAt(argv, 1);
  const entry = ctx.write(key);
  if (entry !== NONE) {
    if (ctx.db.typeOf(entry) !== HASH) return WRONG_TYPE;
    const hash = ctx.db.valueOf(entry) as HashValue;
    if (lookingUp(ctx, entry, hash, () => hash.has(textAt(argv, 2)))) return 0;
  }
  setFields(ctx, argv, key, entry);
  return 1;
}

/** A command that looks up one field; `absent` is said of a hash that is not there. */
function ofField(absent: Reply, look: (hash: HashValue, field: string) => Reply) {
  return (ctx: Context, argv: readonly Bytes[]): Reply => {
    const entry = ctx.read(keyAt(argv, 1));
    if (entry === NONE) return absent;
    if (ctx.db.typeOf(entry) !== HASH) return WRONG_TYPE;
    const hash = ctx.db.valueOf(entry) as HashValue;
    const field = textAt(argv, 2);
    return hash.table?.rehashing ? lookingUp(ctx, entry, hash, () => look(hash, field)) : look(hash, field);
  };
}

function hmget(ctx: Context, argv: readonly Bytes[]): Reply {
  const entry = ctx.read(keyAt(argv, 1));
  if (entry !== NONE && ctx.db.typeOf(entry) !== HASH) return WRONG_TYPE;
  ctx.effort.elements += argv.length - 2;
  if (entry === NONE) return argv.slice(2).map(() => null);
  const hash = ctx.db.valueOf(entry) as HashValue;
  return lookingUp(ctx, entry, hash, () => argv.slice(2).map((_, i) => hash.get(textAt(argv, i + 2)) ?? null));
}

function hdel(ctx: Context, argv: readonly Bytes[]): Reply {
  const key = keyAt(argv, 1);
  const entry = ctx.write(key);
  if (entry === NONE) return 0;
  if (ctx.db.typeOf(entry) !== HASH) return WRONG_TYPE;
  const hash = ctx.db.valueOf(entry) as HashValue;
  let deleted = 0;
  lookingUp(ctx, entry, hash, () => {
    for (let i = 2; i < argv.length && hash.elements > 0; i++) if (hash.delete(textAt(argv, i), ctx.engine)) deleted++;
  });
  if (deleted > 0) membersRemoved(ctx, key, entry, hash, deleted, "h", "hdel");
  return deleted;
}

function hlen(ctx: Context, argv: readonly Bytes[]): Reply {
  const entry = ctx.read(keyAt(argv, 1));
  if (entry === NONE) return 0;
  return ctx.db.typeOf(entry) === HASH ? (ctx.db.valueOf(entry) as HashValue).elements : WRONG_TYPE;
}

type Part = "fields" | "values" | "both";

function whole(ctx: Context, argv: readonly Bytes[], part: Part): Reply {
  const entry = ctx.read(keyAt(argv, 1));
  if (entry !== NONE && ctx.db.typeOf(entry) !== HASH) return WRONG_TYPE;
  const items: Reply[] = [];
  if (entry !== NONE) {
    const hash = ctx.db.valueOf(entry) as HashValue;
    ctx.effort.elements += hash.elements;
    hash.forEach((field, value) => {
      if (part !== "values") items.push(field);
      if (part !== "fields") items.push(value);
    });
  }
  return part === "both" ? new MapReply(items) : items;
}

const writes = { flags: WRITE | DENYOOM | FAST, keys: ONE_KEY, group: "hash", since: "2.0.0" } as const;
const reads = { flags: READONLY | FAST, keys: ONE_KEY, group: "hash", since: "2.0.0" } as const;

export const HASH_COMMANDS: readonly CommandSpec[] = [
  {
    ...writes,
    name: "hset",
    arity: -4,
    complexity: "O(N) in fields",
    summary: "Sets fields; how many of them are new.",
    run: (ctx, argv) => hset(ctx, argv, false),
  },
  {
    ...writes,
    name: "hmset",
    arity: -4,
    complexity: "O(N) in fields",
    summary: "Sets fields.",
    cost: "hset",
    run: (ctx, argv) => hset(ctx, argv, true),
  },
  {
    ...writes,
    name: "hsetnx",
    arity: 4,
    complexity: "O(1)",
    summary: "Sets a field unless it is there.",
    cost: "hset",
    run: hsetnx,
  },
  {
    ...reads,
    name: "hget",
    arity: 3,
    complexity: "O(1)",
    summary: "The value of a field.",
    run: ofField(null, (hash, field) => hash.get(field) ?? null),
  },
  {
    ...reads,
    name: "hmget",
    arity: -3,
    complexity: "O(N) in fields",
    summary: "The values of several fields.",
    run: hmget,
  },
  {
    ...writes,
    name: "hdel",
    arity: -3,
    flags: WRITE | FAST,
    complexity: "O(N) in fields",
    summary: "Deletes fields, and the hash with the last one.",
    run: hdel,
  },
  {
    ...reads,
    name: "hlen",
    arity: 2,
    complexity: "O(1)",
    summary: "How many fields the hash has.",
    cost: "get",
    run: hlen,
  },
  {
    ...reads,
    name: "hstrlen",
    arity: 3,
    since: "3.2.0",
    complexity: "O(1)",
    summary: "The length of a field's value.",
    cost: "hget",
    run: ofField(0, (hash, field) => hash.get(field)?.length ?? 0),
  },
  {
    ...reads,
    name: "hexists",
    arity: 3,
    complexity: "O(1)",
    summary: "Whether the hash has a field.",
    cost: "hget",
    run: ofField(0, (hash, field) => (hash.has(field) ? 1 : 0)),
  },
  {
    ...reads,
    name: "hgetall",
    arity: 2,
    flags: READONLY,
    complexity: "O(N) in fields of the hash",
    summary: "All fields and values.",
    run: (ctx, argv) => whole(ctx, argv, "both"),
  },
  {
    ...reads,
    name: "hkeys",
    arity: 2,
    flags: READONLY,
    complexity: "O(N) in fields of the hash",
    summary: "All fields.",
    cost: "smembers",
    run: (ctx, argv) => whole(ctx, argv, "fields"),
  },
  {
    ...reads,
    name: "hvals",
    arity: 2,
    flags: READONLY,
    complexity: "O(N) in fields of the hash",
    summary: "All values.",
    cost: "smembers",
    run: (ctx, argv) => whole(ctx, argv, "values"),
  },
  {
    ...reads,
    name: "hscan",
    arity: -3,
    flags: READONLY,
    since: "2.8.0",
    complexity: "O(1) per call, O(N) for a full iteration",
    summary: "Walks the fields in steps.",
    cost: "scan",
    run: (ctx, argv) =>
      scanTable(
        ctx,
        argv,
        "hscan",
        HASH,
        entry => ctx.db.valueOf(entry) as HashValue,
        value => value,
      ),
  },
];
