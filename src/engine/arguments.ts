// Reading option words and numbers out of a call. Handlers parse everything first, into locals, and act afterwards.

import type { Bytes } from "./bytes.ts";
import { textOf } from "./bytes.ts";
import { invalidExpire, NOT_INTEGER, SYNTAX } from "./errors.ts";
import { parseInteger } from "./numbers.ts";
import { ErrorReply } from "./reply.ts";
import { parseLongDouble } from "./values/long-double.ts";

const UPPER = /^[A-Z-]*$/u;
const knownUpper = new Set<string>();

/** An option word at this position, in upper case; "" beyond the end. */
export function wordAt(argv: readonly Bytes[], position: number): string {
  if (position >= argv.length) return "";
  const word = textOf(argv[position]);
  if (knownUpper.has(word)) return word;
  // Options mostly come in upper case already: remember those that do, as long as they are few.
  if (knownUpper.size < 256 && UPPER.test(word)) knownUpper.add(word);
  return word.toUpperCase();
}

/** An integer argument as a number (rounded beyond 2^53), or the error to answer. */
export function integerAt(argv: readonly Bytes[], position: number): number | ErrorReply {
  const value = parseInteger(textOf(argv[position]));
  return value === null ? NOT_INTEGER : Number(value);
}

const INT_MAX = 2_147_483_647;
const INT_MIN = -2_147_483_648;
const NOT_INT = new ErrorReply(`ERR value is out of range, value must between ${INT_MIN} and ${INT_MAX}`);

/** A 32-bit integer argument (database numbers), or the error to answer; `error` replaces the usual texts. */
export function intAt(argv: readonly Bytes[], position: number, error?: ErrorReply): number | ErrorReply {
  const value = integerAt(argv, position);
  if (isError(value)) return error ?? value;
  return value < INT_MIN || value > INT_MAX ? (error ?? NOT_INT) : value;
}

const TIMEOUT_NOT_FLOAT = new ErrorReply("ERR timeout is not a float or out of range");
const TIMEOUT_OUT_OF_RANGE = new ErrorReply("ERR timeout is out of range");
const TIMEOUT_NEGATIVE = new ErrorReply("ERR timeout is negative");
const MAX_TIMEOUT_MS = 2 ** 63;

/** A timeout in seconds as BLPOP and its kind take it, in whole ms, or the error to answer. */
export function timeoutAt(argv: readonly Bytes[], position: number, nowMs: number): number | ErrorReply {
  const exact = parseLongDouble(textOf(argv[position]));
  if (exact === null) return TIMEOUT_NOT_FLOAT;
  const seconds = Number(exact.significand) * 2 ** exact.exponent;
  // Rounded before it is rounded up: the server computes with more digits than a double has.
  const ms = Math.ceil(Number((seconds * 1_000).toPrecision(15)));
  if (ms >= MAX_TIMEOUT_MS) return TIMEOUT_OUT_OF_RANGE;
  if (ms < 0) return TIMEOUT_NEGATIVE;
  return ms > MAX_TIMEOUT_MS - nowMs ? TIMEOUT_OUT_OF_RANGE : ms;
}

export function isError(value: unknown): value is ErrorReply {
  return value instanceof ErrorReply;
}

/** How an expiry is given: EX, PX relative; EXAT, PXAT absolute. */
export type ExpiryUnit = "EX" | "PX" | "EXAT" | "PXAT";

const INT64_MAX = 9_223_372_036_854_775_807n;
/** Below this many seconds the arithmetic is exact in doubles. */
const EXACT_SECONDS = 1e12;
const INT64_MIN = -9_223_372_036_854_775_808n;

/**
 * The absolute ms that an expiry argument means, or the error to answer. Zero and negative times are refused when
 * `positiveOnly`; overflow of 64 bits is refused always.
 */
export function expiryMs(
  text: string,
  unit: ExpiryUnit,
  nowMs: number,
  command: string,
  positiveOnly: boolean,
): number | ErrorReply {
  const value = parseInteger(text);
  if (value === null) return NOT_INTEGER;
  if (positiveOnly && value <= 0) return invalidExpire(command);
  const relative = unit === "EX" || unit === "PX";
  const seconds = unit === "EX" || unit === "EXAT";
  if (typeof value === "number" && Math.abs(value) < EXACT_SECONDS) {
    return (seconds ? value * 1_000 : value) + (relative ? Math.trunc(nowMs) : 0);
  }
  let ms = BigInt(value);
  if (seconds) ms *= 1_000n;
  if (ms > INT64_MAX || ms < INT64_MIN) return invalidExpire(command);
  if (relative) ms += BigInt(Math.trunc(nowMs));
  if (ms > INT64_MAX) return invalidExpire(command);
  return Number(ms);
}

export function isExpiryUnit(word: string): word is ExpiryUnit {
  return word === "EX" || word === "PX" || word === "EXAT" || word === "PXAT";
}

export { SYNTAX };
