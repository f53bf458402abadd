// Lengths and strings as RDB writes them. The two highest bits of the first byte say what a length is:
//   00  the other six bits       01  fourteen bits
//   10  0x80: 32 bits follow, 0x81: 64 bits follow, both big-endian
//   11  no length but a special string: an integer of 8, 16 or 32 bits, or LZF

import { narrow, parseInteger } from "../numbers.ts";
import { type ByteReader, Damaged } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { lzfCompress, lzfDecompress, MAX_EXPANSION } from "./lzf.ts";

const LENGTH_32 = 0x80;
const LENGTH_64 = 0x81;
const INT8 = 0;
const INT16 = 1;
const INT32 = 2;
const LZF = 3;
const SPECIAL = 0xc0;

/** Texts longer than this are no integers that RDB stores as such. */
const MAX_INTEGER_TEXT = 11;
/** What is shorter is not worth compressing. */
const MIN_COMPRESSED = 21;
/** Bytes that compression must gain. */
const MIN_GAIN = 4;
/** Buffers for compression that are larger than this are not kept. */
const KEPT = 1_048_576;

// ---------------------------------------------------------------------------------------------------------------------
// Writing.

export function writeLength(writer: ByteWriter, length: number | bigint): void {
  if (length < 64) writer.byte(Number(length));
  else if (length < 16_384) {
    const short = Number(length);
    writer.byte((short >> 8) | 0x40);
    writer.byte(short & 255);
  } else if (length <= 0xffff_ffff) {
    writer.byte(LENGTH_32);
    writer.uint32BigEndian(Number(length));
  } else {
    writer.byte(LENGTH_64);
    writer.uint64BigEndian(length);
  }
}

/** Writes a small integer in the special form; false when it has more than 32 bits. */
function writeShortInteger(writer: ByteWriter, value: number | bigint): boolean {
  if (value < -2_147_483_648 || value > 2_147_483_647) return false;
  const small = Number(value);
  if (small >= -128 && small <= 127) {
    writer.byte(SPECIAL | INT8);
    writer.byte(small & 255);
  } else if (small >= -32_768 && small <= 32_767) {
    writer.byte(SPECIAL | INT16);
    writer.uint16(small & 0xffff);
  } else {
    writer.byte(SPECIAL | INT32);
    writer.uint32(small >>> 0);
  }
  return true;
}

/** A string that is stored as an integer. */
export function writeInteger(writer: ByteWriter, value: number | bigint): void {
  if (writeShortInteger(writer, value)) return;
  const text = String(value);
  writeLength(writer, text.length);
  writer.text(text);
}

/** A string: as an integer if it is one in canonical form, compressed if that gains something, else as it is. */
export function writeString(writer: ByteWriter, text: string, compress: boolean): void {
  const { length } = text;
  if (length > 0 && length <= MAX_INTEGER_TEXT) {
    const integer = parseInteger(text);
    if (integer !== null && writeShortInteger(writer, integer)) return;
  }
  if (compress && length >= MIN_COMPRESSED && writeCompressed(writer, bytesOf(text), length)) return;
  writeLength(writer, length);
  writer.text(text);
}

/** The same for bytes that are no text, such as a listpack. */
export function writeBytes(writer: ByteWriter, bytes: Uint8Array, compress: boolean): void {
  if (bytes.length <= MAX_INTEGER_TEXT) return writeString(writer, Buffer.from(bytes).toString("latin1"), false);
  if (compress && bytes.length >= MIN_COMPRESSED && writeCompressed(writer, bytes, bytes.length)) return;
  writeLength(writer, bytes.length);
  writer.bytes(bytes);
}

let input = Buffer.alloc(4_096);
let scratch = Buffer.alloc(4_096);

/** A text's bytes at the start of a buffer that serves again. */
function bytesOf(text: string): Uint8Array {
  if (text.length > KEPT) return Buffer.from(text, "latin1");
  if (text.length > input.length) input = Buffer.alloc(2 * text.length);
  input.write(text, 0, "latin1");
  return input;
}

function writeCompressed(writer: ByteWriter, bytes: Uint8Array, length: number): boolean {
  // The compressor may step one byte over before it notices.
  let output = scratch;
  if (output.length <= length) {
    output = Buffer.alloc(2 * length);
    if (output.length <= KEPT) scratch = output;
  }
  const compressed = lzfCompress(bytes, length, output, length - MIN_GAIN);
  if (compressed === 0) return false;
  writer.byte(SPECIAL | LZF);
  writeLength(writer, compressed);
  writeLength(writer, length);
  writer.bytes(output.subarray(0, compressed));
  return true;
}

// ---------------------------------------------------------------------------------------------------------------------
// Reading.

/** A length that is a number of 64 bits (IDs of streams); special strings are not allowed here. */
export function readLength64(reader: ByteReader): number | bigint {
  const first = reader.byte();
  switch (first >> 6) {
    case 0:
      return first;
    case 1:
      return ((first & 63) << 8) | reader.byte();
    case 2:
      if (first === LENGTH_32) return reader.uint32BigEndian();
      if (first === LENGTH_64) return narrow64(reader.uint64BigEndian());
      break;
  }
  throw new Damaged(`no length begins with byte ${first}`);
}

function narrow64(value: bigint): number | bigint {
  return value > 9_007_199_254_740_991n ? value : Number(value);
}

/** A length; one beyond 2^53 is more than anybody can have. */
export function readLength(reader: ByteReader): number {
  const length = readLength64(reader);
  if (typeof length === "bigint") throw new Damaged("a length that nothing can have");
  return length;
}

/** A string, or the integer that stands for one. */
function readAny(reader: ByteReader): string | number | Uint8Array {
  const first = reader.peek();
  if (first < SPECIAL) return reader.text(readLength(reader));
  reader.byte();
  switch (first & 63) {
    case INT8:
      return (reader.byte() << 24) >> 24;
    case INT16: {
      const low = reader.byte();
      return ((low | (reader.byte() << 8)) << 16) >> 16;
    }
    case INT32:
      return reader.int32();
    case LZF:
      return readCompressed(reader);
    default:
      throw new Damaged(`unknown string encoding ${first & 63}`);
  }
}

function readCompressed(reader: ByteReader): Uint8Array {
  const compressed = readLength(reader);
  const length = readLength(reader);
  if (length > compressed * MAX_EXPANSION) throw new Damaged("invalid LZF length");
  const bytes = lzfDecompress(reader.bytes(compressed), length);
  if (bytes === null) throw new Damaged("invalid LZF data");
  return bytes;
}

/** A string whatever form it was written in. */
export function readString(reader: ByteReader): string {
  const value = readAny(reader);
  if (typeof value === "string") return value;
  return typeof value === "number" ? String(value) : bufferOf(value).toString("latin1");
}

/** The value of a string key: integers in canonical form are kept as such. */
export function readStringValue(reader: ByteReader): string | number | bigint {
  const text = readString(reader);
  if (text.length > 20 || text.length === 0) return text;
  const integer = parseInteger(text);
  return integer === null ? text : typeof integer === "bigint" ? narrow(integer) : integer;
}

/** A string as bytes, such as a listpack. */
export function readBytes(reader: ByteReader): Buffer {
  if (reader.peek() < SPECIAL) return reader.bytes(readLength(reader));
  const value = readAny(reader);
  return typeof value === "object" ? bufferOf(value) : Buffer.from(String(value), "latin1");
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A double of the oldest format: its text behind its length, with three lengths for what has no digits. */
export function readOldDouble(reader: ByteReader): number {
  const length = reader.byte();
  if (length === 255) return Number.NEGATIVE_INFINITY;
  if (length === 254) return Number.POSITIVE_INFINITY;
  if (length === 253) return Number.NaN;
  const text = reader.text(length).trim();
  const value = Number(text);
  if (text === "" || Number.isNaN(value)) throw new Damaged("a score that is no number");
  return value;
}
