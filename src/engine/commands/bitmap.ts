// Bits of strings: single ones, counts, positions, and whole strings combined. Numbers in bits are in bitfield.ts.

import { integerAt, isError, SYNTAX, wordAt } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import { type CommandSpec, DENYOOM, FAST, ONE_KEY, READONLY, WRITE } from "../command.ts";
import { type Context, keyAt, textAt } from "../context.ts";
import { NONE } from "../dict.ts";
import { WRONG_TYPE } from "../errors.ts";
import { STRING } from "../keyspace.ts";
import { parseInteger } from "../numbers.ts";
import { ErrorReply, type Reply } from "../reply.ts";
import { bytesOf, countBits, findBit, getBit, setBit } from "../values/bits.ts";
import { RawString, rawString, type StringValue, stringLength } from "../values/string.ts";

const BAD_OFFSET = new ErrorReply("ERR bit offset is not an integer or out of range");
const BAD_BIT = new ErrorReply("ERR bit is not an integer or out of range");

/**
 * An offset in bits, or the error to answer. `width`, when the offset may be given as #N: N times so many bits.
 */
export function bitOffset(ctx: Context, text: string, width = 0): number | ErrorReply {
  const scaled = width > 0 && text.startsWith("#");
  const value = parseInteger(scaled ? text.slice(1) : text);
  if (value === null) return BAD_OFFSET;
  const offset = Number(value) * (scaled ? width : 1);
  const limit = ctx.engine.settings.protoMaxBulkLength * 8;
  return offset < 0 || (offset >= limit && !ctx.session.fromPrimary) ? BAD_OFFSET : offset;
}

/**
 * The string of a key, made writable and long enough for this bit; a key that is not there is made. `grown` says whether
 * its length changed.
 */
export function writableBits(
  ctx: Context,
  key: string,
  lastBit: number,
): { raw: RawString; entry: number; grown: boolean } | ErrorReply {
  const { db, engine } = ctx;
  const length = Math.floor(lastBit / 8) + 1;
  const entry = ctx.write(key);
  if (entry === NONE) {
    const raw = RawString.zeros(length, engine.sizeClass);
    return { raw, entry: ctx.add(key, STRING, raw), grown: true };
  }
  if (db.typeOf(entry) !== STRING) return WRONG_TYPE;
  const value = db.valueOf(entry) as StringValue;
  const grown = stringLength(value) < length;
  const raw = rawString(value, engine.sizeClass, engine.profile.trimsValues);
  raw.growTo(length);
  if (raw === value) db.changed(entry);
  else db.replace(entry, STRING, raw);
  return { raw, entry, grown };
}

function setbit(ctx: Context, argv: readonly Bytes[]): Reply {
  const offset = bitOffset(ctx, textAt(argv, 2));
  if (isError(offset)) return offset;
  const bit = integerAt(argv, 3);
  if (bit !== 0 && bit !== 1) return BAD_BIT;
  const key = keyAt(argv, 1);
  const bits = writableBits(ctx, key, offset);
  if (isError(bits)) return bits;
  const before = getBit(bits.raw.bytes, offset);
  if (bits.grown || before !== bit) {
    setBit(bits.raw.bytes, offset, bit);
    ctx.modified(key, "$", "setbit");
  }
  return before;
}

function getbit(ctx: Context, argv: readonly Bytes[]): Reply {
  const offset = bitOffset(ctx, textAt(argv, 2));
  if (isError(offset)) return offset;
  const value = stringAt(ctx, keyAt(argv, 1));
  if (isError(value)) return value;
  if (value === null || Math.floor(offset / 8) >= stringLength(value)) return 0;
  return getBit(bytesOf(value), offset);
}

/** The string of a key for reading; null when it is not there. */
export function stringAt(ctx: Context, key: string): StringValue | null | ErrorReply {
  const entry = ctx.read(key);
  if (entry === NONE) return null;
  return ctx.db.typeOf(entry) === STRING ? (ctx.db.valueOf(entry) as StringValue) : WRONG_TYPE;
}

interface BitRange {
  readonly first: number;
  /** Null: up to the end. */
  readonly last: number | null;
  readonly inBits: boolean;
}

const WHOLE: BitRange = { first: 0, last: null, inBits: false };

/** [first [last [BIT|BYTE]]] from position `from` on. */
function parseRange(argv: readonly Bytes[], from: number): BitRange | ErrorReply {
  const given = argv.length - from;
  if (given === 0) return WHOLE;
  if (given > 3) return SYNTAX;
  const first = integerAt(argv, from);
  if (isError(first)) return first;
  const unit = given === 3 ? wordAt(argv, from + 2) : "BYTE";
  if (unit !== "BIT" && unit !== "BYTE") return SYNTAX;
  const last = given === 1 ? null : integerAt(argv, from + 1);
  return isError(last) ? last : { first, last, inBits: unit === "BIT" };
}

/** First and last bit of a range within a string; null when it is empty. */
function bitsWithin({ first, last, inBits }: BitRange, length: number): [first: number, last: number] | null {
  const total = inBits ? length * 8 : length;
  const start = Math.max(0, first < 0 ? total + first : first);
  const end = last === null ? total - 1 : Math.min(total - 1, Math.max(0, last < 0 ? total + last : last));
  if (start > end) return null;
  return inBits ? [start, end] : [start * 8, end * 8 + 7];
}

/**
 * The string and the range that a call names, or what to answer. Before 8.0 the range was only looked at when the key was
 * there: `absent` answers for a key that is not.
 */
function stringAndRange(
  ctx: Context,
  argv: readonly Bytes[],
  from: number,
  absent: number,
): { value: StringValue; range: BitRange } | Reply {
  const keyFirst = ctx.engine.profile.bitRangeAfterKey;
  const early = keyFirst ? stringAt(ctx, keyAt(argv, 1)) : undefined;
  if (early === null) return absent;
  if (isError(early)) return early;
  const range = parseRange(argv, from);
  if (isError(range)) return range;
  const value = early ?? stringAt(ctx, keyAt(argv, 1));
  if (value === null) return absent;
  return isError(value) ? value : { value, range };
}

function isFound(
  found: { value: StringValue; range: BitRange } | Reply,
): found is { value: StringValue; range: BitRange } {
  return typeof found === "object" && found !== null && "range" in found;
}

function bitcount(ctx: Context, argv: readonly Bytes[]): Reply {
  const found = stringAndRange(ctx, argv, 2, 0);
  if (!isFound(found)) return found;
  const { value, range } = found;
  if (argv.length === 3 && ctx.engine.profile.bitRangeAfterKey) return SYNTAX;
  if (range.first < 0 && range.last !== null && range.last < 0 && range.first > range.last) return 0;
  const within = bitsWithin(range, stringLength(value));
  if (within === null) return 0;
  ctx.effort.elements += Math.ceil((within[1] - within[0]) / 8);
  return countBits(bytesOf(value), ...within);
}

const BIT_NOT_BINARY = new ErrorReply("ERR The bit argument must be 1 or 0.");

function bitpos(ctx: Context, argv: readonly Bytes[]): Reply {
  const bit = integerAt(argv, 2);
  if (isError(bit)) return bit;
  if (bit !== 0 && bit !== 1) return BIT_NOT_BINARY;
  // A key that is not there is zeros without an end.
  const found = stringAndRange(ctx, argv, 3, bit === 1 ? -1 : 0);
  if (!isFound(found)) return found;
  const { value, range } = found;
  const length = stringLength(value);
  const within = bitsWithin(range, length);
  if (within === null) return -1;
  const position = findBit(bytesOf(value), bit, ...within);
  ctx.effort.elements += Math.ceil(((position === -1 ? within[1] : position) - within[0]) / 8);
  // Behind the string there are zeros, unless the caller has said where to stop.
  return position === -1 && bit === 0 && range.last === null ? length * 8 : position;
}

const OPERATIONS: Readonly<Record<string, (left: number, right: number) => number>> = {
  AND: (left, right) => left & right,
  OR: (left, right) => left | right,
  XOR: (left, right) => left ^ right,
  NOT: left => ~left,
};
const NOT_TAKES_ONE = new ErrorReply("ERR BITOP NOT must be called with a single source key.");

function bitop(ctx: Context, argv: readonly Bytes[]): Reply {
  const name = wordAt(argv, 1);
  const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : null;
  if (operation === null) return SYNTAX;
  if (name === "NOT" && argv.length !== 4) return NOT_TAKES_ONE;
  const sources: Uint8Array[] = [];
  for (let i = 3; i < argv.length; i++) {
    const value = stringAt(ctx, keyAt(argv, i));
    if (isError(value)) return value;
    sources.push(value === null ? new Uint8Array(0) : bytesOf(value));
  }
  const length = Math.max(...sources.map(source => source.length));
  ctx.effort.elements += length * sources.length;
  const target = keyAt(argv, 2);
  if (length === 0) {
    // Expired or not: it is deleted, not looked up.
    const entry = ctx.db.find(target);
    if (entry !== NONE) {
      ctx.remove(entry, ctx.engine.settings.lazyServerDel);
      ctx.modified(target, "g", "del");
    }
    return 0;
  }
  const result = RawString.zeros(length, ctx.engine.sizeClass);
  for (let i = 0; i < length; i++) {
    let byte = sources[0][i] ?? 0;
    if (sources.length === 1) byte = name === "NOT" ? ~byte : byte;
    for (let j = 1; j < sources.length; j++) byte = operation(byte, sources[j][i] ?? 0);
    result.bytes[i] = byte;
  }
  const entry = ctx.write(target);
  const stored = ctx.put(target, entry, STRING, result);
  if (entry !== NONE) ctx.db.clearExpiry(stored);
  ctx.modified(target, "$", "set");
  return length;
}

const shape = { keys: ONE_KEY, group: "bitmap" } as const;

export const BITMAP_COMMANDS: readonly CommandSpec[] = [
  {
    ...shape,
    name: "setbit",
    arity: 4,
    flags: WRITE | DENYOOM,
    since: "2.2.0",
    complexity: "O(1)",
    summary: "Sets or clears a bit of a string, which grows with zeros if needed.",
    cost: "set",
    run: setbit,
  },
  {
    ...shape,
    name: "getbit",
    arity: 3,
    flags: READONLY | FAST,
    since: "2.2.0",
    complexity: "O(1)",
    summary: "A bit of a string.",
    cost: "get",
    run: getbit,
  },
  {
    ...shape,
    name: "bitcount",
    arity: -2,
    flags: READONLY,
    since: "2.6.0",
    complexity: "O(N) in bytes",
    summary: "How many bits are set, in the whole string or in a range of it.",
    run: bitcount,
  },
  {
    ...shape,
    name: "bitpos",
    arity: -3,
    flags: READONLY,
    since: "2.8.7",
    complexity: "O(N) in bytes",
    summary: "Where the first bit of a value stands.",
    cost: "bitcount",
    run: bitpos,
  },
  {
    name: "bitop",
    arity: -4,
    flags: WRITE | DENYOOM,
    keys: { first: 2, last: -1, step: 1 },
    group: "bitmap",
    since: "2.6.0",
    complexity: "O(N) in bytes of all strings",
    summary: "Combines strings bit by bit into another one.",
    run: bitop,
  },
];
