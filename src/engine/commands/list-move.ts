// Lists: moving elements from one to another, taking from the first of several that has any, and waiting for elements.

import { integerAt, isError, SYNTAX, timeoutAt, wordAt } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import { BLOCKING, type CommandSpec, DENYOOM, MOVABLE_KEYS, WRITE } from "../command.ts";
import { type Context, keyAt } from "../context.ts";
import { NONE } from "../dict.ts";
import { WRONG_TYPE } from "../errors.ts";
import { LIST } from "../keyspace.ts";
import { ErrorReply, NULL_ARRAY, type Reply } from "../reply.ts";
import type { ListValue } from "../values/list.ts";
import { elementsRemoved, popOne, popSome, pushAll } from "./list.ts";

/** An end of a list as an argument: whether it is the tail; null when it is no such word. */
function endAt(argv: readonly Bytes[], position: number): boolean | null {
  const word = wordAt(argv, position);
  return word === "RIGHT" ? true : word === "LEFT" ? false : null;
}

/** LMOVE and RPOPLPUSH. */
function move(ctx: Context, argv: readonly Bytes[], fromTail: boolean, toTail: boolean): Reply {
  const { db } = ctx;
  const [from, to] = [keyAt(argv, 1), keyAt(argv, 2)];
  const source = ctx.write(from);
  if (source === NONE) return null;
  if (db.typeOf(source) !== LIST) return WRONG_TYPE;
  const target = ctx.write(to);
  if (target !== NONE && db.typeOf(target) !== LIST) return WRONG_TYPE;
  const element = (db.valueOf(source) as ListValue).pop(fromTail);
  pushAll(ctx, to, target, [element], 0, 0, toTail);
  // Putting it there and taking it here is one change.
  ctx.dirty--;
  elementsRemoved(ctx, from, source, 1, fromTail ? "rpop" : "lpop");
  return element;
}

/** BLMOVE and BRPOPLPUSH: `replicated` is the call without the wait. */
function moveOrWait(
  ctx: Context,
  argv: readonly Bytes[],
  fromTail: boolean,
  toTail: boolean,
  timeoutMs: number,
  replicated: readonly Bytes[],
): Reply {
  const key = keyAt(argv, 1);
  const source = ctx.write(key);
  if (source === NONE) {
    if (!ctx.mayBlock) return null;
    return ctx.block({ keys: [key], timeoutMs, timeoutReply: NULL_ARRAY });
  }
  if (ctx.db.typeOf(source) !== LIST) return WRONG_TYPE;
  // It looks the key up again: an access more for its age.
  const reply = move(ctx, argv, fromTail, toTail);
  if (!isError(reply)) ctx.propagateInstead(...replicated);
  return reply;
}

function lmove(ctx: Context, argv: readonly Bytes[]): Reply {
  const fromTail = endAt(argv, 3);
  const toTail = endAt(argv, 4);
  return fromTail === null || toTail === null ? SYNTAX : move(ctx, argv, fromTail, toTail);
}

function blmove(ctx: Context, argv: readonly Bytes[]): Reply {
  const fromTail = endAt(argv, 3);
  const toTail = endAt(argv, 4);
  if (fromTail === null || toTail === null) return SYNTAX;
  const timeoutMs = timeoutAt(argv, 5, ctx.nowMs);
  if (isError(timeoutMs)) return timeoutMs;
  return moveOrWait(ctx, argv, fromTail, toTail, timeoutMs, ["LMOVE", ...argv.slice(1, 5)]);
}

function brpoplpush(ctx: Context, argv: readonly Bytes[]): Reply {
  const timeoutMs = timeoutAt(argv, 3, ctx.nowMs);
  if (isError(timeoutMs)) return timeoutMs;
  return moveOrWait(ctx, argv, true, false, timeoutMs, ["RPOPLPUSH", argv[1], argv[2]]);
}

/** The first of the keys that holds elements; NONE when none does, an error when something else is met before. */
function firstList(ctx: Context, keys: readonly string[]): { key: string; entry: number } | ErrorReply | null {
  for (const key of keys) {
    const entry = ctx.write(key);
    if (entry === NONE) continue;
    return ctx.db.typeOf(entry) === LIST ? { key, entry } : WRONG_TYPE;
  }
  return null;
}

/** BLPOP and BRPOP. */
function popOrWait(fromTail: boolean) {
  return (ctx: Context, argv: readonly Bytes[]): Reply => {
    const timeoutMs = timeoutAt(argv, argv.length - 1, ctx.nowMs);
    if (isError(timeoutMs)) return timeoutMs;
    const keys = argv.slice(1, -1).map((_, i) => keyAt(argv, i + 1));
    const found = firstList(ctx, keys);
    if (isError(found)) return found;
    if (found === null) {
      return ctx.mayBlock ? ctx.block({ keys, timeoutMs, timeoutReply: NULL_ARRAY }) : NULL_ARRAY;
    }
    ctx.propagateInstead(fromTail ? "RPOP" : "LPOP", found.key);
    return [found.key, popOne(ctx, found.key, found.entry, fromTail)];
  };
}

const NO_KEYS = new ErrorReply("ERR numkeys should be greater than 0");
const NO_COUNT = new ErrorReply("ERR count should be greater than 0");

interface Several {
  readonly keys: readonly string[];
  readonly fromTail: boolean;
  readonly count: number;
}

/** numkeys key [key ...] LEFT|RIGHT [COUNT count], from position `at` on. */
function parseSeveral(argv: readonly Bytes[], at: number): Several | ErrorReply {
  const keyCount = integerAt(argv, at);
  if (isError(keyCount) || keyCount < 1) return NO_KEYS;
  const where = at + keyCount + 1;
  const fromTail = endAt(argv, where);
  if (fromTail === null) return SYNTAX;
  let count = -1;
  for (let i = where + 1; i < argv.length; i += 2) {
    if (wordAt(argv, i) !== "COUNT" || count !== -1 || i + 1 >= argv.length) return SYNTAX;
    const value = integerAt(argv, i + 1);
    if (isError(value) || value < 1) return NO_COUNT;
    count = value;
  }
  const keys = argv.slice(at + 1, where).map((_, i) => keyAt(argv, at + 1 + i));
  return { keys, fromTail, count: Math.max(1, count) };
}

function popSeveral(ctx: Context, { keys, fromTail, count }: Several, timeoutMs: number | null): Reply {
  const found = firstList(ctx, keys);
  if (isError(found)) return found;
  if (found === null) {
    const waits = timeoutMs !== null && ctx.mayBlock;
    return waits ? ctx.block({ keys, timeoutMs, timeoutReply: NULL_ARRAY }) : NULL_ARRAY;
  }
  const popped = popSome(ctx, found.key, found.entry, count, fromTail);
  ctx.propagateInstead(fromTail ? "RPOP" : "LPOP", found.key, String(popped.length));
  return [found.key, popped];
}

function lmpop(ctx: Context, argv: readonly Bytes[]): Reply {
  const several = parseSeveral(argv, 1);
  return isError(several) ? several : popSeveral(ctx, several, null);
}

function blmpop(ctx: Context, argv: readonly Bytes[]): Reply {
  const several = parseSeveral(argv, 2);
  if (isError(several)) return several;
  const timeoutMs = timeoutAt(argv, 1, ctx.nowMs);
  return isError(timeoutMs) ? timeoutMs : popSeveral(ctx, several, timeoutMs);
}

/** Positions of the keys behind their number at position `at`; none when the number makes no sense. */
function countedKeys(at: number) {
  return (argv: readonly Bytes[]): number[] => {
    const count = integerAt(argv, at);
    if (isError(count) || count < 1 || count > argv.length - at - 1) return [];
    return Array.from({ length: count }, (_, i) => at + 1 + i);
  };
}

const TWO_KEYS = { first: 1, last: 2, step: 1 } as const;
const KEYS_BEFORE_TIMEOUT = { first: 1, last: -2, step: 1 } as const;

export const LIST_MOVE_COMMANDS: readonly CommandSpec[] = [
  {
    name: "lmove",
    arity: 5,
    flags: WRITE | DENYOOM,
    keys: TWO_KEYS,
    group: "list",
    since: "6.2.0",
    complexity: "O(1)",
    summary: "Moves an element from an end of one list to an end of another.",
    run: lmove,
  },
  {
    name: "rpoplpush",
    arity: 3,
    flags: WRITE | DENYOOM,
    keys: TWO_KEYS,
    group: "list",
    since: "1.2.0",
    complexity: "O(1)",
    summary: "Moves the last element of a list to the front of another.",
    cost: "lmove",
    run: (ctx, argv) => move(ctx, argv, true, false),
  },
  {
    name: "lmpop",
    arity: -4,
    flags: WRITE | MOVABLE_KEYS,
    keyPositions: countedKeys(1),
    group: "list",
    since: "7.0.0",
    complexity: "O(N+M), N keys, M elements taken",
    summary: "Takes elements from the first list that has any.",
    cost: "lpop",
    run: lmpop,
  },
  {
    name: "blpop",
    arity: -3,
    flags: WRITE | BLOCKING,
    keys: KEYS_BEFORE_TIMEOUT,
    group: "list",
    since: "2.0.0",
    complexity: "O(N) in keys",
    summary: "Takes the first element of the first list that has any, and waits for one.",
    cost: "lpop",
    run: popOrWait(false),
  },
  {
    name: "brpop",
    arity: -3,
    flags: WRITE | BLOCKING,
    keys: KEYS_BEFORE_TIMEOUT,
    group: "list",
    since: "2.0.0",
    complexity: "O(N) in keys",
    summary: "Takes the last element of the first list that has any, and waits for one.",
    cost: "lpop",
    run: popOrWait(true),
  },
  {
    name: "blmove",
    arity: 6,
    flags: WRITE | DENYOOM | BLOCKING,
    keys: TWO_KEYS,
    group: "list",
    since: "6.2.0",
    complexity: "O(1)",
    summary: "LMOVE that waits for an element.",
    cost: "lmove",
    run: blmove,
  },
  {
    name: "brpoplpush",
    arity: 4,
    flags: WRITE | DENYOOM | BLOCKING,
    keys: TWO_KEYS,
    group: "list",
    since: "2.2.0",
    complexity: "O(1)",
    summary: "RPOPLPUSH that waits for an element.",
    cost: "lmove",
    run: brpoplpush,
  },
  {
    name: "blmpop",
    arity: -5,
    flags: WRITE | BLOCKING | MOVABLE_KEYS,
    keyPositions: countedKeys(2),
    group: "list",
    since: "7.0.0",
    complexity: "O(N+M), N keys, M elements taken",
    summary: "LMPOP that waits for elements.",
    cost: "lpop",
    run: blmpop,
  },
];
