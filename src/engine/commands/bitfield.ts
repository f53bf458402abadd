// BITFIELD: a string as an array of numbers of any width up to 64 bits.

import { isError, SYNTAX, wordAt } from "../arguments.ts";
import type { Bytes } from "../bytes.ts";
import { type CommandSpec, DENYOOM, FAST, MOVABLE_KEYS, ONE_KEY, READONLY, WRITE } from "../command.ts";
import { type Context, keyAt, textAt } from "../context.ts";
import { NOT_INTEGER } from "../errors.ts";
import { narrow, parseInteger } from "../numbers.ts";
import { ErrorReply, type Reply } from "../reply.ts";
import { bytesOf, getField, setField } from "../values/bits.ts";
import { bitOffset, stringAt, writableBits } from "./bitmap.ts";

type Overflow = "WRAP" | "SAT" | "FAIL";

interface Field {
  readonly signed: boolean;
  readonly width: number;
  readonly offset: number;
}

interface Operation extends Field {
  readonly kind: "GET" | "SET" | "INCRBY";
  readonly overflow: Overflow;
  /** The number to store or to add. */
  readonly value: bigint;
}

const BAD_TYPE = new ErrorReply(
  "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.",
);
const BAD_OVERFLOW = new ErrorReply("ERR Invalid OVERFLOW type specified");
const ONLY_GET = new ErrorReply("ERR BITFIELD_RO only supports the GET subcommand");

/** Type and offset of a field from position `at` on. */
function parseField(ctx: Context, argv: readonly Bytes[], at: number): Field | ErrorReply {
  const type = textAt(argv, at);
  const signed = type.startsWith("i");
  if (!signed && !type.startsWith("u")) return BAD_TYPE;
  const width = parseInteger(type.slice(1));
  if (width === null || width < 1 || width > (signed ? 64 : 63)) return BAD_TYPE;
  const offset = bitOffset(ctx, textAt(argv, at + 1), Number(width));
  return isError(offset) ? offset : { signed, width: Number(width), offset };
}

function parseOperations(ctx: Context, argv: readonly Bytes[]): Operation[] | ErrorReply {
  const operations: Operation[] = [];
  let overflow: Overflow = "WRAP";
  for (let i = 2; i < argv.length; ) {
    const kind = wordAt(argv, i);
    const left = argv.length - i - 1;
    if (kind === "OVERFLOW" && left >= 1) {
      const word = wordAt(argv, i + 1);
      if (word !== "WRAP" && word !== "SAT" && word !== "FAIL") return BAD_OVERFLOW;
      overflow = word;
      i += 2;
      continue;
    }
    if (!((kind === "GET" && left >= 2) || ((kind === "SET" || kind === "INCRBY") && left >= 3))) return SYNTAX;
    const field = parseField(ctx, argv, i + 1);
    if (isError(field)) return field;
    const value = kind === "GET" ? 0 : parseInteger(textAt(argv, i + 3));
    if (value === null) return NOT_INTEGER;
    operations.push({ ...field, kind, overflow, value: BigInt(value) });
    i += kind === "GET" ? 3 : 4;
  }
  return operations;
}

const toInt64 = (value: bigint): bigint => BigInt.asIntN(64, value);

/**
 * Which way a number and what is added to it leave the range of a field: 1 above, -1 below, 0 not at all. In 64-bit
 * arithmetic as the server does it: a number far out of range may wrap to the other side.
 */
function overflowOf({ signed, width }: Field, value: bigint, added: bigint): number {
  const max = signed ? (1n << BigInt(width - 1)) - 1n : (1n << BigInt(width)) - 1n;
  const min = signed ? -max - 1n : 0n;
  const room = toInt64(max - value);
  const roomBelow = toInt64(min - value);
  if (!signed) {
    if (value > max || (added > 0n && added > room)) return 1;
    return added < 0n && added < roomBelow ? -1 : 0;
  }
  if (value > max || (width !== 64 && added > room) || (value >= 0n && added > 0n && added > room)) return 1;
  if (value < min || (width !== 64 && added < roomBelow) || (value < 0n && added < 0n && added < roomBelow)) return -1;
  return 0;
}

/** What a field gets instead of a number that leaves its range. */
function limited({ signed, width }: Field, sum: bigint, direction: number, overflow: Overflow): bigint {
  if (overflow === "SAT") {
    if (direction > 0) return signed ? (1n << BigInt(width - 1)) - 1n : (1n << BigInt(width)) - 1n;
    return signed ? -(1n << BigInt(width - 1)) : 0n;
  }
  return signed ? BigInt.asIntN(width, sum) : BigInt.asUintN(width, sum);
}

function readField(bytes: Uint8Array, { signed, width, offset }: Field): bigint {
  const bits = getField(bytes, offset, width);
  return signed ? BigInt.asIntN(width, bits) : bits;
}

/** Runs one writing operation; the reply, and whether the field is another one afterwards. */
function write(bytes: Uint8Array, operation: Operation): { reply: Reply; changed: boolean } {
  const before = readField(bytes, operation);
  const adds = operation.kind === "INCRBY";
  // A negative number for an unsigned field is a huge one.
  const given = operation.signed || adds ? operation.value : BigInt.asUintN(64, operation.value);
  const [value, added] = adds ? [before, given] : [given, 0n];
  const direction = overflowOf(operation, value, added);
  if (direction !== 0 && operation.overflow === "FAIL") return { reply: null, changed: false };
  const after = direction === 0 ? value + added : limited(operation, value + added, direction, operation.overflow);
  setField(bytes, operation.offset, operation.width, after);
  return { reply: narrow(adds ? after : before), changed: before !== after };
}

function bitfield(ctx: Context, argv: readonly Bytes[], onlyGet: boolean): Reply {
  const operations = parseOperations(ctx, argv);
  if (isError(operations)) return operations;
  const key = keyAt(argv, 1);
  const writes = operations.filter(operation => operation.kind !== "GET");
  ctx.effort.elements += operations.length;
  if (writes.length === 0) {
    const value = stringAt(ctx, key);
    if (isError(value)) return value;
    const bytes = value === null ? new Uint8Array(0) : bytesOf(value);
    return operations.map(operation => narrow(readField(bytes, operation)));
  }
  if (onlyGet) return ONLY_GET;
  const bits = writableBits(ctx, key, Math.max(...writes.map(({ offset, width }) => offset + width - 1)));
  if (isError(bits)) return bits;
  const replies: Reply[] = [];
  let changes = 0;
  for (const operation of operations) {
    const bytes = bits.raw.bytes.subarray(0, bits.raw.length);
    if (operation.kind === "GET") {
      replies.push(narrow(readField(bytes, operation)));
      continue;
    }
    const { reply, changed } = write(bytes, operation);
    replies.push(reply);
    if (changed || (bits.grown && reply !== null)) changes++;
  }
  if (changes > 0) {
    ctx.modified(key, "$", "setbit");
    ctx.dirty += changes - 1;
  }
  return replies;
}

export const BITFIELD_COMMANDS: readonly CommandSpec[] = [
  {
    name: "bitfield",
    arity: -2,
    flags: WRITE | DENYOOM | MOVABLE_KEYS,
    keys: ONE_KEY,
    group: "bitmap",
    since: "3.2.0",
    complexity: "O(N) in operations",
    summary: "Reads, stores and adds to numbers of any width in a string.",
    run: (ctx, argv) => bitfield(ctx, argv, false),
  },
  {
    name: "bitfield_ro",
    arity: -2,
    flags: READONLY | FAST,
    keys: ONE_KEY,
    group: "bitmap",
    since: "6.0.0",
    complexity: "O(N) in operations",
    summary: "Reads numbers of any width in a string.",
    cost: "bitfield",
    run: (ctx, argv) => bitfield(ctx, argv, true),
  },
];
