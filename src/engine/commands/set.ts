// Sets: members one by one. Intersections, unions and differences are in set-algebra.ts, random members in
// random-members.ts.

import type { Bytes } from "../bytes.ts";
import { type CommandSpec, DENYOOM, FAST, ONE_KEY, READONLY, WRITE } from "../command.ts";
import { type Context, keyAt, textAt } from "../context.ts";
import { NONE } from "../dict.ts";
import { WRONG_TYPE } from "../errors.ts";
import { SET } from "../keyspace.ts";
import type { Reply } from "../reply.ts";
import { SetValue } from "../values/set.ts";
import { lookingUp, membersRemoved } from "./collection.ts";
import { scanTable } from "./scan-collection.ts";

function sadd(ctx: Context, argv: readonly Bytes[]): Reply {
  const { engine } = ctx;
  const key = keyAt(argv, 1);
  const entry = ctx.write(key);
  if (entry !== NONE && ctx.db.typeOf(entry) !== SET) return WRONG_TYPE;
  const expected = argv.length - 2;
  let set: SetValue;
  if (entry === NONE) {
    set = SetValue.for(textAt(argv, 2), expected, engine);
  } else {
    set = ctx.db.valueOf(entry) as SetValue;
    set.expect(expected, engine);
  }
  let added = 0;
  for (let i = 2; i < argv.length; i++) if (set.add(textAt(argv, i), engine)) added++;
  if (entry === NONE) ctx.add(key, SET, set);
  else ctx.db.changed(entry);
  ctx.effort.elements += expected;
  if (added > 0) {
    ctx.modified(key, "s", "sadd");
    ctx.dirty += added - 1;
  }
  return added;
}

function srem(ctx: Context, argv: readonly Bytes[]): Reply {
  const key = keyAt(argv, 1);
  const entry = ctx.write(key);
  if (entry === NONE) return 0;
  if (ctx.db.typeOf(entry) !== SET) return WRONG_TYPE;
  const set = ctx.db.valueOf(entry) as SetValue;
  let removed = 0;
  lookingUp(ctx, entry, set, () => {
    for (let i = 2; i < argv.length && set.elements > 0; i++) if (set.delete(textAt(argv, i), ctx.engine)) removed++;
  });
  if (removed > 0) membersRemoved(ctx, key, entry, set, removed, "s", "srem");
  return removed;
}

function smove(ctx: Context, argv: readonly Bytes[]): Reply {
  const { engine, db } = ctx;
  const from = keyAt(argv, 1);
  const to = keyAt(argv, 2);
  const member = textAt(argv, 3);
  const source = ctx.write(from);
  const target = ctx.write(to);
  if (source === NONE) return 0;
  if (db.typeOf(source) !== SET || (target !== NONE && db.typeOf(target) !== SET)) return WRONG_TYPE;
  const set = db.valueOf(source) as SetValue;
  if (source === target) return lookingUp(ctx, source, set, () => (set.has(member) ? 1 : 0));
  if (!lookingUp(ctx, source, set, () => set.delete(member, engine))) return 0;
  membersRemoved(ctx, from, source, set, 1, "s", "srem");
  const targetSet = target === NONE ? SetValue.for(member, 1, engine) : (db.valueOf(target) as SetValue);
  const added = targetSet.add(member, engine);
  if (target === NONE) ctx.add(to, SET, targetSet);
  else db.changed(target);
  ctx.effort.elements++;
  if (added) ctx.modified(to, "s", "sadd");
  return 1;
}

function sismember(ctx: Context, argv: readonly Bytes[]): Reply {
  const entry = ctx.read(keyAt(argv, 1));
  if (entry === NONE) return 0;
  if (ctx.db.typeOf(entry) !== SET) return WRONG_TYPE;
  const set = ctx.db.valueOf(entry) as SetValue;
  return lookingUp(ctx, entry, set, () => (set.has(textAt(argv, 2)) ? 1 : 0));
}

function smismember(ctx: Context, argv: readonly Bytes[]): Reply {
  const entry = ctx.read(keyAt(argv, 1));
  if (entry !== NONE && ctx.db.typeOf(entry) !== SET) return WRONG_TYPE;
  ctx.effort.elements += argv.length - 2;
  if (entry === NONE) return argv.slice(2).map(() => 0);
  const set = ctx.db.valueOf(entry) as SetValue;
  return lookingUp(ctx, entry, set, () => argv.slice(2).map((_, i) => (set.has(textAt(argv, i + 2)) ? 1 : 0)));
}

function scard(ctx: Context, argv: readonly Bytes[]): Reply {
  const entry = ctx.read(keyAt(argv, 1));
  if (entry === NONE) return 0;
  return ctx.db.typeOf(entry) === SET ? (ctx.db.valueOf(entry) as SetValue).elements : WRONG_TYPE;
}

const shape = { keys: ONE_KEY, group: "set", since: "1.0.0" } as const;

export const SET_COMMANDS: readonly CommandSpec[] = [
  {
    ...shape,
    name: "sadd",
    arity: -3,
    flags: WRITE | DENYOOM | FAST,
    complexity: "O(N) in members",
    summary: "Adds members; how many of them are new.",
    run: sadd,
  },
  {
    ...shape,
    name: "srem",
    arity: -3,
    flags: WRITE | FAST,
    complexity: "O(N) in members",
    summary: "Removes members, and the set with the last one.",
    run: srem,
  },
  {
    ...shape,
    name: "smove",
    arity: 4,
    flags: WRITE | FAST,
    keys: { first: 1, last: 2, step: 1 },
    complexity: "O(1)",
    summary: "Moves a member to another set.",
    cost: "sadd",
    run: smove,
  },
  {
    ...shape,
    name: "sismember",
    arity: 3,
    flags: READONLY | FAST,
    complexity: "O(1)",
    summary: "Whether the set has a member.",
    cost: "hget",
    run: sismember,
  },
  {
    ...shape,
    name: "smismember",
    arity: -3,
    flags: READONLY | FAST,
    since: "6.2.0",
    complexity: "O(N) in members",
    summary: "Whether the set has each of several members.",
    cost: "hmget",
    run: smismember,
  },
  {
    ...shape,
    name: "scard",
    arity: 2,
    flags: READONLY | FAST,
    complexity: "O(1)",
    summary: "How many members the set has.",
    cost: "get",
    run: scard,
  },
  {
    ...shape,
    name: "sscan",
    arity: -3,
    flags: READONLY,
    since: "2.8.0",
    complexity: "O(1) per call, O(N) for a full iteration",
    summary: "Walks the members in steps.",
    cost: "scan",
    run: (ctx, argv) => scanTable(ctx, argv, "sscan", SET, entry => ctx.db.valueOf(entry) as SetValue, null),
  },
];
