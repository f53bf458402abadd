// What the commands on sorted sets share: finding one, showing scores, reading ranges, storing results.

import { integerAt, isError } from "../arguments.ts";
import { type Bytes, textOf } from "../bytes.ts";
import { type Context, textAt } from "../context.ts";
import { NONE } from "../dict.ts";
import { NOT_FLOAT, WRONG_TYPE } from "../errors.ts";
import { ZSET } from "../keyspace.ts";
import { formatDouble17, parseDouble, parseInteger } from "../numbers.ts";
import { Double, ErrorReply, type Reply } from "../reply.ts";
import type { SortedSet } from "../values/sorted-set.ts";
import type { Interval, LexBound, LexRange, ScoreRange } from "../values/zset-form.ts";

/** The sorted set under an entry, null when there is no key, an error when it is something else. */
export function zsetUnder(ctx: Context, entry: number): SortedSet | ErrorReply | null {
  if (entry === NONE) return null;
  return ctx.db.typeOf(entry) === ZSET ? (ctx.db.valueOf(entry) as SortedSet) : WRONG_TYPE;
}

/** A score as this version of the server shows it. */
export function shownScore(ctx: Context, score: number): Double {
  return ctx.engine.profile.shortDoubles ? new Double(score) : new Double(score, formatDouble17(score));
}

/** Members with scores: in RESP3 each pair is an array of its own. */
export function addPair(ctx: Context, reply: Reply[], member: string, score: number): void {
  const shown = shownScore(ctx, score);
  if (ctx.session.resp === 3) reply.push([member, shown]);
  else reply.push(member, shown);
}

/** A score or weight argument, or the error to answer. */
export function scoreAt(argv: readonly Bytes[], position: number, error = NOT_FLOAT): number | ErrorReply {
  const text = textAt(argv, position);
  const integer = parseInteger(text);
  if (integer !== null) return Number(integer);
  return parseDouble(text) ?? error;
}

// -----------------------------------------------------------------------------------------------------------------
// Ranges.

const NOT_SCORES = new ErrorReply("ERR min or max is not a float");
const NOT_MEMBERS = new ErrorReply("ERR min or max not valid string range item");
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/u;

/**
 * One end of a range of scores, null when it is none. It is read more generously than a score: spaces may lead, a zero
 * byte ends it, nothing at all is 0, and what is too large is infinite.
 */
function scoreBound(argument: Bytes): { value: number; exclusive: boolean } | null {
  const text = textOf(argument);
  const exclusive = text.startsWith("(");
  const zero = text.indexOf("\0");
  const given = text.slice(exclusive ? 1 : 0, zero === -1 ? undefined : zero);
  if (given === "") return { value: 0, exclusive };
  const number = given.replace(/^[ \t\n\v\f\r]+/u, "");
  const value = parseDouble(number) ?? (DECIMAL.test(number) ? Number(number) : null);
  return value === null ? null : { value, exclusive };
}

export function scoreRange(min: Bytes, max: Bytes): ScoreRange | ErrorReply {
  const low = scoreBound(min);
  const high = scoreBound(max);
  if (low === null || high === null) return NOT_SCORES;
  return { min: low.value, max: high.value, minExclusive: low.exclusive, maxExclusive: high.exclusive };
}

function lexBound(argument: Bytes): LexBound | null {
  const text = textOf(argument);
  const first = text[0];
  if (first === "(" || first === "[") return { end: 0, member: text.slice(1), exclusive: first === "(" };
  if ((first !== "+" && first !== "-") || (text.length > 1 && text[1] !== "\0")) return null;
  return { end: first === "+" ? 1 : -1, member: "", exclusive: true };
}

export function lexRange(min: Bytes, max: Bytes): LexRange | ErrorReply {
  const low = lexBound(min);
  const high = lexBound(max);
  return low === null || high === null ? NOT_MEMBERS : { min: low, max: high };
}

export type RangeKind = "rank" | "score" | "lex";

/** A range that has been read and can be applied to any sorted set. */
export type RangeReader = (zset: SortedSet, reverse: boolean) => Interval;

/** Reads the two ends of a range; for "rank" they are indexes, from the end when `reverse`. */
export function readRange(kind: RangeKind, argv: readonly Bytes[], min: number, max: number): RangeReader | ErrorReply {
  if (kind === "rank") {
    const start = integerAt(argv, min);
    if (isError(start)) return start;
    const stop = integerAt(argv, max);
    if (isError(stop)) return stop;
    return (zset, reverse) => {
      const { from, to } = zset.rankInterval(start, stop);
      return reverse && from < to ? { from: zset.size - to, to: zset.size - from } : { from, to };
    };
  }
  if (kind === "score") {
    const range = scoreRange(argv[min], argv[max]);
    return isError(range) ? range : zset => zset.scoreInterval(range);
  }
  const range = lexRange(argv[min], argv[max]);
  return isError(range) ? range : (zset, reverse) => zset.lexInterval(range, reverse);
}

// -----------------------------------------------------------------------------------------------------------------
// Results that are stored.

/** Puts a result under a key in place of what was there, without expiry; an empty one deletes the key. Its size. */
export function storeResult(ctx: Context, key: string, result: SortedSet, event: string): number {
  if (result.size === 0) {
    deleteResult(ctx, key);
    return 0;
  }
  const entry = ctx.write(key);
  const stored = ctx.put(key, entry, ZSET, result);
  if (entry !== NONE) ctx.db.clearExpiry(stored);
  ctx.modified(key, "z", event);
  return result.size;
}

/** Deletes the key of an empty result, expired or not. */
export function deleteResult(ctx: Context, key: string): void {
  const entry = ctx.db.find(key);
  if (entry === NONE) return;
  ctx.remove(entry, ctx.engine.settings.lazyServerDel);
  ctx.modified(key, "g", "del");
}
