// Lists by value: inserting beside, taking out and finding elements equal to one that is given.

import { integerAt, isError, SYNTAX, wordAt } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import { type CommandSpec, DENYOOM, ONE_KEY, READONLY, WRITE } from "../command.ts";
import { type Context, keyAt, textAt } from "../context.ts";
import { NONE } from "../dict.ts";
import { NOT_INTEGER } from "../errors.ts";
import { parseInteger } from "../numbers.ts";
import { ErrorReply, type Reply } from "../reply.ts";
import { sameBytes } from "../values/list.ts";
import { elementsRemoved, listOf } from "./list.ts";

function linsert(ctx: Context, argv: readonly Bytes[]): Reply {
  const where = wordAt(argv, 2);
  if (where !== "BEFORE" && where !== "AFTER") return SYNTAX;
  const key = keyAt(argv, 1);
  const entry = ctx.write(key);
  if (entry === NONE) return 0;
  const list = listOf(ctx, entry);
  if (isError(list)) return list;
  list.expect(argv, 4, 4);
  const seen = list.insertBeside(argv[3], argv[4], where === "AFTER");
  ctx.effort.elements += Math.abs(seen);
  ctx.db.changed(entry);
  if (seen <= 0) return -1;
  ctx.modified(key, "l", "linsert");
  return list.elements;
}

const INT64_MIN = -9_223_372_036_854_775_808n;
const NOT_NEGATABLE = new ErrorReply(
  "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807",
);

/** An integer argument whose sign may be turned. */
function negatableAt(argv: readonly Bytes[], position: number): number | ErrorReply {
  const value = parseInteger(textAt(argv, position));
  if (value === null) return NOT_INTEGER;
  return value === INT64_MIN ? NOT_NEGATABLE : Number(value);
}

function lrem(ctx: Context, argv: readonly Bytes[]): Reply {
  const count = negatableAt(argv, 2);
  if (isError(count)) return count;
  const key = keyAt(argv, 1);
  const entry = ctx.write(key);
  if (entry === NONE) return 0;
  const list = listOf(ctx, entry);
  if (isError(list)) return list;
  ctx.effort.elements += list.elements;
  const limit = count === 0 ? Number.POSITIVE_INFINITY : Math.abs(count);
  const removed = list.removeEqual(argv[3], limit, count < 0);
  if (removed > 0) elementsRemoved(ctx, key, entry, removed, "lrem");
  return removed;
}

const RANK_ZERO = new ErrorReply(
  "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list",
);

interface PositionOptions {
  rank: number;
  /** -1: only one position is asked for; 0: all. */
  count: number;
  maxLength: number;
}

function parsePositionOptions(argv: readonly Bytes[]): PositionOptions | ErrorReply {
  const options: PositionOptions = { rank: 1, count: -1, maxLength: 0 };
  for (let i = 3; i < argv.length; i += 2) {
    const word = wordAt(argv, i);
    if (i + 1 >= argv.length) return SYNTAX;
    if (word === "RANK") {
      const rank = negatableAt(argv, i + 1);
      if (isError(rank)) return rank;
      if (rank === 0) return RANK_ZERO;
      options.rank = rank;
    } else if (word === "COUNT" || word === "MAXLEN") {
      const value = integerAt(argv, i + 1);
      if (isError(value) || value < 0) return new ErrorReply(`ERR ${word} can't be negative`);
      if (word === "COUNT") options.count = value;
      else options.maxLength = value;
    } else return SYNTAX;
  }
  return options;
}

function lpos(ctx: Context, argv: readonly Bytes[]): Reply {
  const options = parsePositionOptions(argv);
  if (isError(options)) return options;
  const { count, maxLength } = options;
  const entry = ctx.read(keyAt(argv, 1));
  if (entry === NONE) return count === -1 ? null : [];
  const list = listOf(ctx, entry);
  if (isError(list)) return list;
  const backwards = options.rank < 0;
  const last = list.elements - 1;
  const wanted = count === 0 ? Number.POSITIVE_INFINITY : Math.max(1, count);
  const found: number[] = [];
  let toSkip = Math.abs(options.rank) - 1;
  let seen = 0;
  list.walk(backwards ? last : 0, backwards, element => {
    if (sameBytes(element, argv[2]) && toSkip-- <= 0) found.push(backwards ? last - seen : seen);
    seen++;
    return found.length < wanted && seen !== maxLength;
  });
  ctx.effort.elements += seen;
  return count === -1 ? (found[0] ?? null) : found;
}

const shape = { keys: ONE_KEY, group: "list", cost: "lwalk" } as const;

export const LIST_SEARCH_COMMANDS: readonly CommandSpec[] = [
  {
    ...shape,
    name: "linsert",
    arity: 5,
    flags: WRITE | DENYOOM,
    since: "2.2.0",
    complexity: "O(N), N elements up to the pivot",
    summary: "Puts an element before or after the first one equal to a pivot.",
    run: linsert,
  },
  {
    ...shape,
    name: "lrem",
    arity: 4,
    flags: WRITE,
    since: "1.0.0",
    complexity: "O(N)",
    summary: "Takes out elements equal to a value.",
    run: lrem,
  },
  {
    ...shape,
    name: "lpos",
    arity: -3,
    flags: READONLY,
    since: "6.0.6",
    complexity: "O(N)",
    summary: "Where elements equal to a value stand.",
    run: lpos,
  },
];
