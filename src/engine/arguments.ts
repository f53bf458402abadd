// Reading option words and numbers out of a call. Handlers parse everything first, into locals, and act afterwards.

import type { Bytes } from "./bytes.ts";
import { textOf } from "./bytes.ts";
import { invalidExpire, NOT_INTEGER, SYNTAX } from "./errors.ts";
import { parseInteger } from "./numbers.ts";
import { ErrorReply } from "./reply.ts";

/** An option word at this position, in upper case; "" beyond the end. */
export function wordAt(argv: readonly Bytes[], position: number): string {
  return position < argv.length ? textOf(argv[position]).toUpperCase() : "";
}

/** An integer argument as a number (rounded beyond 2^53), or the error to answer. */
export function integerAt(argv: readonly Bytes[], position: number): number | ErrorReply {
  const value = parseInteger(textOf(argv[position]));
  return value === null ? NOT_INTEGER : Number(value);
}

export function isError(value: unknown): value is ErrorReply {
  return value instanceof ErrorReply;
}

/** How an expiry is given: EX, PX relative; EXAT, PXAT absolute. */
export type ExpiryUnit = "EX" | "PX" | "EXAT" | "PXAT";

const INT64_MAX = 9_223_372_036_854_775_807n;

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
  let ms = BigInt(value);
  if (unit === "EX" || unit === "EXAT") ms *= 1_000n;
  if (ms > INT64_MAX || ms < -INT64_MAX) return invalidExpire(command);
  if (unit === "EX" || unit === "PX") ms += BigInt(Math.trunc(nowMs));
  if (ms > INT64_MAX || ms < -INT64_MAX) return invalidExpire(command);
  return Number(ms);
}

export function isExpiryUnit(word: string): word is ExpiryUnit {
  return word === "EX" || word === "PX" || word === "EXAT" || word === "PXAT";
}

export { SYNTAX };
