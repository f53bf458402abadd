// Fields of hashes as numbers: HINCRBY, HINCRBYFLOAT.

import { type Bytes, textOf } from "../bytes.ts";
import { type CommandSpec, DENYOOM, FAST, ONE_KEY, WRITE } from "../command.ts";
import { type Context, keyAt, textAt } from "../context.ts";
import { NONE } from "../dict.ts";
import {
  HASH_NOT_FLOAT,
  HASH_NOT_INTEGER,
  NAN_OR_INFINITE,
  NAN_OR_INFINITY,
  NOT_FLOAT,
  NOT_INTEGER,
  OVERFLOW,
  WRONG_TYPE,
} from "../errors.ts";
import { HASH } from "../keyspace.ts";
import { addIntegers, parseInteger } from "../numbers.ts";
import { ErrorReply, type Reply } from "../reply.ts";
import { HashValue } from "../values/hash.ts";
import { addLongDoubles, formatLongDouble, parseLongDouble } from "../values/long-double.ts";
import { lookingUp } from "./collection.ts";

/** Replaces the value of the field argv[2] by what `next` makes of it; the new value, or the error that `next` says. */
function updateField(
  ctx: Context,
  argv: readonly Bytes[],
  event: string,
  next: (before: Bytes | undefined) => string | ErrorReply,
): string | ErrorReply {
  const { engine } = ctx;
  const key = keyAt(argv, 1);
  const field = textAt(argv, 2);
  const entry = ctx.write(key);
  if (entry !== NONE && ctx.db.typeOf(entry) !== HASH) return WRONG_TYPE;
  const hash = entry === NONE ? HashValue.empty(engine) : (ctx.db.valueOf(entry) as HashValue);
  const value = next(entry === NONE ? undefined : lookingUp(ctx, entry, hash, () => hash.get(field)));
  if (value instanceof ErrorReply) return value;
  hash.set(field, value, engine);
  if (entry === NONE) ctx.add(key, HASH, hash);
  else ctx.db.changed(entry);
  ctx.modified(key, "h", event);
  ctx.effort.elements++;
  return value;
}

function incrementBy(ctx: Context, argv: readonly Bytes[]): Reply {
  const by = parseInteger(textAt(argv, 3));
  if (by === null) return NOT_INTEGER;
  let sum: number | bigint | null = null;
  const result = updateField(ctx, argv, "hincrby", text => {
    const before = text === undefined ? 0 : parseInteger(textOf(text));
    if (before === null) return HASH_NOT_INTEGER;
    sum = addIntegers(before, by);
    return sum === null ? OVERFLOW : String(sum);
  });
  return result instanceof ErrorReply ? result : sum;
}

function incrementByFloat(ctx: Context, argv: readonly Bytes[]): Reply {
  const by = parseLongDouble(textAt(argv, 3));
  if (by === null) return NOT_FLOAT;
  if (!Number.isFinite(by.exponent)) return NAN_OR_INFINITE;
  const result = updateField(ctx, argv, "hincrbyfloat", text => {
    const before = parseLongDouble(text === undefined ? "0" : textOf(text));
    if (before === null) return HASH_NOT_FLOAT;
    const sum = addLongDoubles(before, by);
    return sum === null ? NAN_OR_INFINITY : formatLongDouble(sum);
  });
  // As the final value, so that a replica need not repeat the arithmetic.
  if (!(result instanceof ErrorReply)) ctx.propagateInstead("HSET", argv[1], argv[2], result);
  return result;
}

const shape = {
  arity: 4,
  flags: WRITE | DENYOOM | FAST,
  keys: ONE_KEY,
  group: "hash",
  complexity: "O(1)",
  cost: "hset",
} as const;

export const HASH_COUNTER_COMMANDS: readonly CommandSpec[] = [
  {
    ...shape,
    name: "hincrby",
    since: "2.0.0",
    summary: "Adds a number to the integer in a field, which starts at 0.",
    run: incrementBy,
  },
  {
    ...shape,
    name: "hincrbyfloat",
    since: "2.6.0",
    summary: "Adds a decimal number to the one in a field.",
    run: incrementByFloat,
  },
];
