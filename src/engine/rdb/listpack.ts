// Listpacks as bytes: 32 bits total length, 16 bits number of elements (65535: count them), the elements, 0xff. An
// element is its encoding and content followed by its own length, written so that it can be read backwards.
//
//   0xxxxxxx           0 to 127                11110001, 2 bytes   16-bit integer
//   10llllll           string up to 63 bytes   11110010, 3 bytes   24-bit integer
//   110xxxxx, 1 byte   13-bit integer          11110011, 4 bytes   32-bit integer
//   1110llll, 1 byte   string up to 4095       11110100, 8 bytes   64-bit integer
//   11110000, 4 bytes  longer string

import { parseInteger } from "../numbers.ts";
import { Damaged } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";

const HEADER = 6;
const END = 0xff;
const UNKNOWN_COUNT = 0xffff;

const INT16 = 0xf1;
const INT24 = 0xf2;
const INT32 = 0xf3;
const INT64 = 0xf4;
const LONG_STRING = 0xf0;

/** What a listpack holds: a text, or an integer that is stored as one. */
export type Element = string | number | bigint;

function writeIntegerEntry(writer: ByteWriter, value: number | bigint): number {
  if (value >= 0 && value <= 127) {
    writer.byte(Number(value));
    return 1;
  }
  if (value >= -2_147_483_648 && value <= 2_147_483_647) {
    const small = Number(value);
    if (small >= -4_096 && small <= 4_095) {
      const bits = small & 0x1fff;
      writer.byte((bits >> 8) | 0xc0);
      writer.byte(bits & 255);
      return 2;
    }
    if (small >= -32_768 && small <= 32_767) {
      writer.byte(INT16);
      writer.uint16(small & 0xffff);
      return 3;
    }
    if (small >= -8_388_608 && small <= 8_388_607) {
      writer.byte(INT24);
      writer.uint16(small & 0xffff);
      writer.byte((small >> 16) & 255);
      return 4;
    }
    writer.byte(INT32);
    writer.uint32(small >>> 0);
    return 5;
  }
  writer.byte(INT64);
  writer.int64(value);
  return 9;
}

function writeStringEntry(writer: ByteWriter, text: string): number {
  const { length } = text;
  let header = 1;
  if (length < 64) writer.byte(length | 0x80);
  else if (length < 4_096) {
    writer.byte((length >> 8) | 0xe0);
    writer.byte(length & 255);
    header = 2;
  } else {
    writer.byte(LONG_STRING);
    writer.uint32(length);
    header = 5;
  }
  writer.text(text);
  return header + length;
}

/** Bytes of the length behind an entry of so many bytes. */
function backLengthBytes(bytes: number): number {
  if (bytes <= 127) return 1;
  if (bytes < 16_383) return 2;
  if (bytes < 2_097_151) return 3;
  return bytes < 268_435_455 ? 4 : 5;
}

/** Groups of seven bits, the highest first; all but the first have their top bit set. */
function writeBackLength(writer: ByteWriter, bytes: number): void {
  const groups = backLengthBytes(bytes);
  for (let group = groups - 1; group >= 0; group--) {
    writer.byte(((bytes >>> (7 * group)) & 127) | (group === groups - 1 ? 0 : 128));
  }
}

const shared = new ByteWriter(null, 4_096);

/** The bytes of a listpack of these elements; texts that are integers become such. Good until the next call. */
export function listpackOf(elements: Iterable<Element>): Buffer {
  const writer = shared;
  writer.reset();
  writer.uint32(0);
  writer.uint16(0);
  let count = 0;
  for (const element of elements) {
    const integer = typeof element === "string" ? integerOf(element) : element;
    const bytes = integer === null ? writeStringEntry(writer, element as string) : writeIntegerEntry(writer, integer);
    writeBackLength(writer, bytes);
    count++;
  }
  writer.byte(END);
  const result = writer.result();
  result.writeUInt32LE(result.length, 0);
  result.writeUInt16LE(Math.min(count, UNKNOWN_COUNT), 4);
  return result;
}

function integerOf(text: string): number | bigint | null {
  return text.length > 0 && text.length <= 20 ? parseInteger(text) : null;
}

// ---------------------------------------------------------------------------------------------------------------------
// Reading: every length is checked, so that any bytes at all give elements or `Damaged`.

export const BAD_LISTPACK = "Listpack integrity check failed.";

/** The elements of a listpack, integers as numbers. */
export function readListpack(bytes: Buffer): Element[] {
  const { length } = bytes;
  if (length < HEADER + 1 || bytes.readUInt32LE(0) !== length || bytes[length - 1] !== END) {
    throw new Damaged(BAD_LISTPACK);
  }
  const elements: Element[] = [];
  const end = length - 1;
  let at = HEADER;
  while (at < end) at = readEntry(bytes, at, end, elements);
  const count = bytes.readUInt16LE(4);
  if (at !== end || (count !== UNKNOWN_COUNT && count !== elements.length)) throw new Damaged(BAD_LISTPACK);
  return elements;
}

/** Reads one entry that must end at `end` at the latest; where the next one begins. */
function readEntry(bytes: Buffer, at: number, end: number, into: Element[]): number {
  const first = bytes[at];
  let size: number;
  if (first < 0x80) {
    into.push(first);
    size = 1;
  } else if (first < 0xc0) {
    const length = first & 63;
    size = 1 + length;
    within(at + size, end);
    into.push(bytes.toString("latin1", at + 1, at + size));
  } else if (first < 0xe0) {
    size = 2;
    within(at + size, end);
    const bits = ((first & 31) << 8) | bytes[at + 1];
    into.push(bits >= 4_096 ? bits - 8_192 : bits);
  } else if (first < 0xf0) {
    within(at + 2, end);
    size = 2 + (((first & 15) << 8) | bytes[at + 1]);
    within(at + size, end);
    into.push(bytes.toString("latin1", at + 2, at + size));
  } else if (first === LONG_STRING) {
    within(at + 5, end);
    size = 5 + bytes.readUInt32LE(at + 1);
    within(at + size, end);
    into.push(bytes.toString("latin1", at + 5, at + size));
  } else {
    size = first === INT16 ? 3 : first === INT24 ? 4 : first === INT32 ? 5 : first === INT64 ? 9 : 0;
    if (size === 0) throw new Damaged(BAD_LISTPACK);
    within(at + size, end);
    if (size === 9) into.push(narrowSigned(bytes.readBigInt64LE(at + 1)));
    else into.push(bytes.readIntLE(at + 1, size - 1));
  }
  const groups = backLengthBytes(size);
  const next = at + size + groups;
  within(next, end);
  if (readBackLength(bytes, next - 1) !== size) throw new Damaged(BAD_LISTPACK);
  return next;
}

function within(position: number, end: number): void {
  if (position > end) throw new Damaged(BAD_LISTPACK);
}

function narrowSigned(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Reads a length backwards from its last byte. */
function readBackLength(bytes: Buffer, last: number): number {
  let value = 0;
  let scale = 1;
  for (let group = 0; group < 5; group++) {
    const byte = bytes[last - group];
    value += (byte & 127) * scale;
    if ((byte & 128) === 0) return value;
    scale *= 128;
  }
  return -1;
}

/** The elements as texts. */
export function readListpackTexts(bytes: Buffer): string[] {
  return readListpack(bytes).map(textOfElement);
}

export function textOfElement(element: Element): string {
  return typeof element === "string" ? element : String(element);
}
