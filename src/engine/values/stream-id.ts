// Ids of stream entries: a time in ms and a number within it, 64 bits each. Both are numbers as long as that is exact and
// bigints beyond, so that the ids of every day compare as plain numbers while the ends of the range stay exact.

import { narrow } from "../numbers.ts";

/** An integer: a number where it is exact, else a bigint. So equal ones are identical. */
export type Integer = number | bigint;

export interface StreamId {
  readonly ms: Integer;
  readonly seq: Integer;
}

const LARGEST = 18_446_744_073_709_551_615n;

export const MIN_ID: StreamId = { ms: 0, seq: 0 };
export const MAX_ID: StreamId = { ms: LARGEST, seq: LARGEST };

export function compareIds(left: StreamId, right: StreamId): number {
  if (left.ms < right.ms) return -1;
  if (left.ms > right.ms) return 1;
  if (left.seq < right.seq) return -1;
  return left.seq > right.seq ? 1 : 0;
}

export function isZero(id: StreamId): boolean {
  return id.ms === 0 && id.seq === 0;
}

/** Adds as the server's signed 64-bit counters do. */
export function addIntegers64(left: Integer, right: Integer): Integer {
  if (typeof left === "number" && typeof right === "number") {
    const sum = left + right;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return narrow(BigInt.asIntN(64, BigInt(left) + BigInt(right)));
}

/** The difference as a signed 64-bit number: what a listpack stores. */
export function difference64(left: Integer, right: Integer): Integer {
  if (typeof left === "number" && typeof right === "number") return left - right;
  return narrow(BigInt.asIntN(64, BigInt(left) - BigInt(right)));
}

function successor(value: Integer): Integer {
  return typeof value === "number" && value < Number.MAX_SAFE_INTEGER ? value + 1 : BigInt(value) + 1n;
}

function predecessor(value: Integer): Integer {
  return typeof value === "number" ? value - 1 : narrow(value - 1n);
}

/** The id after this one; null after the last. */
export function idAfter({ ms, seq }: StreamId): StreamId | null {
  if (seq !== LARGEST) return { ms, seq: successor(seq) };
  return ms === LARGEST ? null : { ms: successor(ms), seq: 0 };
}

/** The id before this one; null before the first. */
export function idBefore({ ms, seq }: StreamId): StreamId | null {
  if (seq !== 0) return { ms, seq: predecessor(seq) };
  return ms === 0 ? null : { ms: predecessor(ms), seq: LARGEST };
}

export function formatId({ ms, seq }: StreamId): string {
  return `${ms}-${seq}`;
}

const HALF = 4_294_967_296;

function encode(value: Integer): string {
  const high = typeof value === "number" ? Math.floor(value / HALF) : Number(value >> 32n);
  const low = typeof value === "number" ? value >>> 0 : Number(value & 0xffff_ffffn);
  return String.fromCharCode(
    ...[high >>> 24, (high >>> 16) & 255, (high >>> 8) & 255, high & 255],
    ...[low >>> 24, (low >>> 16) & 255, (low >>> 8) & 255, low & 255],
  );
}

/** The id as sixteen bytes that sort as ids do: its key in radix trees. */
export function idKey({ ms, seq }: StreamId): string {
  return encode(ms) + encode(seq);
}

/** Negative numbers down to this one are 64-bit integers. */
const INT64_RANGE = 9_223_372_036_854_775_808n;
/** What C's strtoull takes when the text is no canonical integer: blanks before, a sign, leading zeros. */
const LENIENT = /^[ \t\n\v\f\r]*([+-]?)(\d+)$/u;
const CANONICAL = /^(?:0|[1-9][0-9]{0,14})$/u;

/** An unsigned 64-bit number as the server reads it; null when the text is none. */
function parseUnsigned(text: string): Integer | null {
  if (CANONICAL.test(text)) return Number(text);
  const match = LENIENT.exec(text);
  if (match === null) return null;
  const value = BigInt(match[2]);
  if (value > LARGEST) return null;
  if (match[1] !== "-") return narrow(value);
  // A negative number in canonical form is refused, in any other form it wraps around.
  return /^-[1-9]/u.test(text) && value <= INT64_RANGE ? null : narrow(BigInt.asUintN(64, -value));
}

const LONGEST = 127;

export interface IdForm {
  /** The number that an id without one gets. */
  readonly missingSeq?: Integer;
  /** "-" and "+" mean the ends of the range. */
  readonly allowEnds?: boolean;
  /** "ms-*" leaves the number to the stream. */
  readonly allowAuto?: boolean;
}

/** An id as clients write it; null when it is none. "ms-*" reads as ms-0: ask `leavesSeq` for it. */
export function parseId(
  given: string,
  { missingSeq = 0, allowEnds = false, allowAuto = false }: IdForm = {},
): StreamId | null {
  if (given.length > LONGEST) return null;
  const zero = given.indexOf("\0");
  const text = zero === -1 ? given : given.slice(0, zero);
  if (text === "-" && allowEnds) return MIN_ID;
  if (text === "+" && allowEnds) return MAX_ID;
  const dash = text.indexOf("-");
  const ms = parseUnsigned(dash === -1 ? text : text.slice(0, dash));
  if (ms === null) return null;
  if (dash === -1) return { ms, seq: missingSeq };
  const rest = text.slice(dash + 1);
  if (rest === "*" && allowAuto) return { ms, seq: 0 };
  const seq = parseUnsigned(rest);
  return seq === null ? null : { ms, seq };
}

/** Whether an id is written "ms-*". */
export function leavesSeq(text: string): boolean {
  return text.endsWith("-*");
}
