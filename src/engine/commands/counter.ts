// Strings as numbers: INCR, DECR and their relatives.

import type { Bytes } from "../bytes.ts";
import { type CommandSpec, DENYOOM, FAST, ONE_KEY, WRITE } from "../command.ts";
import { type Context, keyAt, textAt } from "../context.ts";
import { NONE } from "../dict.ts";
import { DECREMENT_OVERFLOW, NAN_OR_INFINITY, NOT_FLOAT, NOT_INTEGER, OVERFLOW, WRONG_TYPE } from "../errors.ts";
import { STRING } from "../keyspace.ts";
import { EMBEDDED_LIMIT } from "../memory/sds.ts";
import { addIntegers, narrow, parseInteger } from "../numbers.ts";
import type { Reply } from "../reply.ts";
import { addLongDoubles, formatLongDouble, parseLongDouble } from "../values/long-double.ts";
import { RawString, type StringValue, stringText } from "../values/string.ts";

function increment(ctx: Context, key: string, by: number | bigint): Reply {
  const entry = ctx.write(key);
  let before: number | bigint | null = 0;
  if (entry !== NONE) {
    if (ctx.db.typeOf(entry) !== STRING) return WRONG_TYPE;
    const value = ctx.db.valueOf(entry) as StringValue;
    before = typeof value === "number" || typeof value === "bigint" ? value : parseInteger(stringText(value));
    if (before === null) return NOT_INTEGER;
  }
  const after = addIntegers(before, by);
  if (after === null) return OVERFLOW;
  ctx.put(key, entry, STRING, after);
  ctx.modified(key, "$", "incrby");
  return after;
}

function incrementBy(ctx: Context, argv: readonly Bytes[], sign: 1 | -1): Reply {
  const by = parseInteger(textAt(argv, 2));
  if (by === null) return NOT_INTEGER;
  if (sign === 1) return increment(ctx, keyAt(argv, 1), by);
  if (by === INT64_MIN) return DECREMENT_OVERFLOW;
  return increment(ctx, keyAt(argv, 1), narrow(-BigInt(by)));
}

const INT64_MIN = -9_223_372_036_854_775_808n;

function incrementByFloat(ctx: Context, argv: readonly Bytes[]): Reply {
  const key = keyAt(argv, 1);
  const entry = ctx.write(key);
  let text = "0";
  if (entry !== NONE) {
    if (ctx.db.typeOf(entry) !== STRING) return WRONG_TYPE;
    text = stringText(ctx.db.valueOf(entry) as StringValue);
  }
  const before = parseLongDouble(text);
  if (before === null) return NOT_FLOAT;
  const by = parseLongDouble(textAt(argv, 2));
  if (by === null) return NOT_FLOAT;
  const sum = addLongDoubles(before, by);
  if (sum === null) return NAN_OR_INFINITY;
  const result = formatLongDouble(sum);
  // Not recognised as an integer even when it is one: it stays text.
  ctx.put(key, entry, STRING, result.length > EMBEDDED_LIMIT ? RawString.from(result, ctx.engine.sizeClass) : result);
  // As a SET, so that a replica need not repeat the arithmetic.
  ctx.propagateInstead("SET", key, result, "KEEPTTL");
  ctx.modified(key, "$", "incrbyfloat");
  return result;
}

const shape = {
  flags: WRITE | DENYOOM | FAST,
  keys: ONE_KEY,
  group: "string",
  complexity: "O(1)",
  cost: "incr",
} as const;

export const COUNTER_COMMANDS: readonly CommandSpec[] = [
  {
    ...shape,
    name: "incr",
    arity: 2,
    since: "1.0.0",
    summary: "Adds one to the integer under a key, which starts at 0.",
    run: (ctx, argv) => increment(ctx, keyAt(argv, 1), 1),
  },
  {
    ...shape,
    name: "decr",
    arity: 2,
    since: "1.0.0",
    summary: "Takes one from the integer under a key, which starts at 0.",
    run: (ctx, argv) => increment(ctx, keyAt(argv, 1), -1),
  },
  {
    ...shape,
    name: "incrby",
    arity: 3,
    since: "1.0.0",
    summary: "Adds a number to the integer under a key.",
    run: (ctx, argv) => incrementBy(ctx, argv, 1),
  },
  {
    ...shape,
    name: "decrby",
    arity: 3,
    since: "1.0.0",
    summary: "Takes a number from the integer under a key.",
    run: (ctx, argv) => incrementBy(ctx, argv, -1),
  },
  {
    ...shape,
    name: "incrbyfloat",
    arity: 3,
    since: "2.6.0",
    summary: "Adds a decimal number to the one under a key.",
    run: incrementByFloat,
  },
];
