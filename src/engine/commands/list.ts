// Lists: elements at the ends, by index and by range. Elements by value are in list-search.ts, moving between lists and
// waiting for elements in list-move.ts.

import { integerAt, isError } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import { type CommandSpec, DENYOOM, FAST, ONE_KEY, READONLY, WRITE } from "../command.ts";
import { type Context, keyAt } from "../context.ts";
import { NONE } from "../dict.ts";
import { MUST_BE_POSITIVE, NO_SUCH_KEY, WRONG_TYPE, wrongArity } from "../errors.ts";
import { LIST } from "../keyspace.ts";
import { ErrorReply, NULL_ARRAY, OK, type Reply } from "../reply.ts";
import { ListValue } from "../values/list.ts";

/** The list under an entry that is there, or the error to answer. */
export function listOf(ctx: Context, entry: number): ListValue | ErrorReply {
  return ctx.db.typeOf(entry) === LIST ? (ctx.db.valueOf(entry) as ListValue) : WRONG_TYPE;
}

/** Adds argv[from] up to argv[to] to one end of a list, which is made when it is not there; its new length. */
export function pushAll(
  ctx: Context,
  key: string,
  entry: number,
  argv: readonly Bytes[],
  from: number,
  to: number,
  toTail: boolean,
): number {
  const { db, engine } = ctx;
  const list = entry === NONE ? new ListValue(engine.lists) : (db.valueOf(entry) as ListValue);
  list.expect(argv, from, to);
  for (let i = from; i <= to; i++) list.push(argv[i], toTail);
  if (entry === NONE) ctx.add(key, LIST, list);
  else db.changed(entry);
  const pushed = to - from + 1;
  ctx.effort.elements += pushed;
  ctx.modified(key, "l", toTail ? "rpush" : "lpush");
  ctx.dirty += pushed - 1;
  return list.elements;
}

/** After elements were taken out: the event, and the end of a list that has become empty. */
export function elementsRemoved(ctx: Context, key: string, entry: number, count: number, event: string): void {
  const { db, engine } = ctx;
  const list = db.valueOf(entry) as ListValue;
  ctx.modified(key, "l", event);
  ctx.dirty += count - 1;
  if (list.elements === 0) {
    ctx.remove(entry, false);
    engine.notifyKeyspace("g", "del", key, db.index);
  } else {
    list.shrunk();
    db.changed(entry);
  }
}

/** Takes up to `count` elements from one end; the nearest to that end comes first. */
export function popSome(ctx: Context, key: string, entry: number, count: number, fromTail: boolean): Bytes[] {
  const list = ctx.db.valueOf(entry) as ListValue;
  const length = list.elements;
  const taken = Math.min(count, length);
  const popped = list.slice(fromTail ? length - 1 : 0, taken, fromTail);
  list.deleteRange(fromTail ? length - taken : 0, taken);
  ctx.effort.elements += taken;
  elementsRemoved(ctx, key, entry, taken, fromTail ? "rpop" : "lpop");
  return popped;
}

/** Takes the element at one end. */
export function popOne(ctx: Context, key: string, entry: number, fromTail: boolean): Bytes {
  const element = (ctx.db.valueOf(entry) as ListValue).pop(fromTail);
  ctx.effort.elements++;
  elementsRemoved(ctx, key, entry, 1, fromTail ? "rpop" : "lpop");
  return element;
}

function push(toTail: boolean, onlyExisting: boolean) {
  return (ctx: Context, argv: readonly Bytes[]): Reply => {
    const key = keyAt(argv, 1);
    const entry = ctx.write(key);
    if (entry === NONE && onlyExisting) return 0;
    if (entry !== NONE && ctx.db.typeOf(entry) !== LIST) return WRONG_TYPE;
    return pushAll(ctx, key, entry, argv, 2, argv.length - 1, toTail);
  };
}

function pop(fromTail: boolean) {
  return (ctx: Context, argv: readonly Bytes[]): Reply => {
    if (argv.length > 3) return wrongArity(fromTail ? "rpop" : "lpop");
    const counted = argv.length === 3;
    const count = counted ? integerAt(argv, 2) : 1;
    if (isError(count) || count < 0) return MUST_BE_POSITIVE;
    const key = keyAt(argv, 1);
    const entry = ctx.write(key);
    if (entry === NONE) return counted ? NULL_ARRAY : null;
    if (ctx.db.typeOf(entry) !== LIST) return WRONG_TYPE;
    if (!counted) return popOne(ctx, key, entry, fromTail);
    return count === 0 ? [] : popSome(ctx, key, entry, count, fromTail);
  };
}

/** First index and number of elements of a range as LRANGE and LTRIM mean it; none: a count of zero. */
function rangeOf(length: number, first: number, last: number): [start: number, count: number] {
  const start = Math.max(0, first < 0 ? length + first : first);
  const end = Math.min(length - 1, last < 0 ? length + last : last);
  return start > end || start >= length ? [0, 0] : [start, end - start + 1];
}

function lrange(ctx: Context, argv: readonly Bytes[]): Reply {
  const first = integerAt(argv, 2);
  if (isError(first)) return first;
  const last = integerAt(argv, 3);
  if (isError(last)) return last;
  const entry = ctx.read(keyAt(argv, 1));
  if (entry === NONE) return [];
  const list = listOf(ctx, entry);
  if (isError(list)) return list;
  const [start, count] = rangeOf(list.elements, first, last);
  if (count === 0) return [];
  ctx.effort.elements += list.distance(start) - 1 + count;
  return list.slice(start, count);
}

function ltrim(ctx: Context, argv: readonly Bytes[]): Reply {
  const first = integerAt(argv, 2);
  if (isError(first)) return first;
  const last = integerAt(argv, 3);
  if (isError(last)) return last;
  const key = keyAt(argv, 1);
  const entry = ctx.write(key);
  if (entry === NONE) return OK;
  const list = listOf(ctx, entry);
  if (isError(list)) return list;
  const length = list.elements;
  const [start, count] = rangeOf(length, first, last);
  list.deleteRange(start + count, count === 0 ? length : length - start - count);
  list.deleteRange(0, count === 0 ? 0 : start);
  ctx.effort.elements += length - count;
  elementsRemoved(ctx, key, entry, length - count, "ltrim");
  return OK;
}

/** Index from the head; -1 when it is outside. */
function within(list: ListValue, index: number): number {
  const at = index < 0 ? list.elements + index : index;
  return at >= 0 && at < list.elements ? at : -1;
}

function lindex(ctx: Context, argv: readonly Bytes[]): Reply {
  const entry = ctx.read(keyAt(argv, 1));
  if (entry === NONE) return null;
  const list = listOf(ctx, entry);
  if (isError(list)) return list;
  const index = integerAt(argv, 2);
  if (isError(index)) return index;
  const at = within(list, index);
  if (at === -1) return null;
  ctx.effort.elements += list.distance(at);
  return list.at(at);
}

const INDEX_OUT_OF_RANGE = new ErrorReply("ERR index out of range");

function lset(ctx: Context, argv: readonly Bytes[]): Reply {
  const key = keyAt(argv, 1);
  const entry = ctx.write(key);
  if (entry === NONE) return NO_SUCH_KEY;
  const list = listOf(ctx, entry);
  if (isError(list)) return list;
  const index = integerAt(argv, 2);
  if (isError(index)) return index;
  // It makes room as if the element were added, even when there is no such index.
  list.expect(argv, 3, 3);
  const at = within(list, index);
  if (at !== -1) {
    ctx.effort.elements += list.distance(at);
    list.set(at, argv[3]);
    list.shrunk();
  }
  ctx.db.changed(entry);
  if (at === -1) return INDEX_OUT_OF_RANGE;
  ctx.modified(key, "l", "lset");
  return OK;
}

const shape = { keys: ONE_KEY, group: "list" } as const;

export const LIST_COMMANDS: readonly CommandSpec[] = [
  {
    ...shape,
    name: "lpush",
    arity: -3,
    flags: WRITE | DENYOOM | FAST,
    since: "1.0.0",
    complexity: "O(1) per element",
    summary: "Adds elements in front of a list.",
    run: push(false, false),
  },
  {
    ...shape,
    name: "rpush",
    arity: -3,
    flags: WRITE | DENYOOM | FAST,
    since: "1.0.0",
    complexity: "O(1) per element",
    summary: "Adds elements to the end of a list.",
    cost: "lpush",
    run: push(true, false),
  },
  {
    ...shape,
    name: "lpushx",
    arity: -3,
    flags: WRITE | DENYOOM | FAST,
    since: "2.2.0",
    complexity: "O(1) per element",
    summary: "Adds elements in front of a list that is there.",
    cost: "lpush",
    run: push(false, true),
  },
  {
    ...shape,
    name: "rpushx",
    arity: -3,
    flags: WRITE | DENYOOM | FAST,
    since: "2.2.0",
    complexity: "O(1) per element",
    summary: "Adds elements to the end of a list that is there.",
    cost: "lpush",
    run: push(true, true),
  },
  {
    ...shape,
    name: "lpop",
    arity: -2,
    flags: WRITE | FAST,
    since: "1.0.0",
    complexity: "O(N), N elements taken",
    summary: "Takes elements from the front.",
    run: pop(false),
  },
  {
    ...shape,
    name: "rpop",
    arity: -2,
    flags: WRITE | FAST,
    since: "1.0.0",
    complexity: "O(N), N elements taken",
    summary: "Takes elements from the end.",
    cost: "lpop",
    run: pop(true),
  },
  {
    ...shape,
    name: "llen",
    arity: 2,
    flags: READONLY | FAST,
    since: "1.0.0",
    complexity: "O(1)",
    summary: "How many elements a list has.",
    cost: "get",
    run: (ctx, argv) => {
      const entry = ctx.read(keyAt(argv, 1));
      if (entry === NONE) return 0;
      const list = listOf(ctx, entry);
      return isError(list) ? list : list.elements;
    },
  },
  {
    ...shape,
    name: "lrange",
    arity: 4,
    flags: READONLY,
    since: "1.0.0",
    complexity: "O(S+N), S from the nearer end to the start, N elements answered",
    summary: "Elements by first and last index.",
    run: lrange,
  },
  {
    ...shape,
    name: "lindex",
    arity: 3,
    flags: READONLY,
    since: "1.0.0",
    complexity: "O(N), N nodes and elements from the nearer end",
    summary: "The element at an index.",
    cost: "lwalk",
    run: lindex,
  },
  {
    ...shape,
    name: "lset",
    arity: 4,
    flags: WRITE | DENYOOM,
    since: "1.0.0",
    complexity: "O(N), N nodes and elements from the nearer end",
    summary: "Replaces the element at an index.",
    cost: "lwalk",
    run: lset,
  },
  {
    ...shape,
    name: "ltrim",
    arity: 4,
    flags: WRITE,
    since: "1.0.0",
    complexity: "O(N), N elements removed",
    summary: "Keeps a range of a list and drops the rest.",
    cost: "lpop",
    run: ltrim,
  },
];
