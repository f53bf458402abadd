// String values. A stored string takes one of these forms, each of them immutable but the last:
//   number        integer encoding, exact in a double
//   bigint        integer encoding beyond 2^53
//   string        its bytes; "embstr" up to 44 of them, "raw" above
//   VirtualBytes  length and seed of a synthetic value
//   RawString     a buffer that APPEND, SETRANGE and SETBIT grow in place, always "raw", with spare room as sds has it

import type { Bytes } from "../bytes.ts";
import { VirtualBytes } from "../bytes.ts";
import type { SizeClass } from "../memory/allocator.ts";
import { EMBEDDED, INT, RAW, SHARED_INT, type StringForm } from "../memory/layout.ts";
import { EMBEDDED_LIMIT, grownCapacity, sdsHeader } from "../memory/sds.ts";
import { parseInteger } from "../numbers.ts";

/** A byte buffer with spare room. */
export class RawString {
  private constructor(
    public bytes: Uint8Array,
    public length: number,
    private readonly sizeClass: SizeClass,
  ) {}

  static from(text: string, sizeClass: SizeClass): RawString {
    const made = RawString.zeros(text.length, sizeClass);
    made.write(0, text);
    return made;
  }

  /** A zero-filled string of exactly this length; its room is what the allocator's class leaves over. */
  static zeros(length: number, sizeClass: SizeClass): RawString {
    return new RawString(new Uint8Array(exactRoom(length, sizeClass)), length, sizeClass);
  }

  /** Room in bytes, at least the length. */
  get capacity(): number {
    return this.bytes.length;
  }

  /**
   * Makes the string at least `length` long, filling with zeros. It asks for spare room as sds does and takes what the
   * allocator's class leaves over.
   */
  growTo(length: number): void {
    if (length <= this.length) return;
    this.makeRoom(length);
    this.length = length;
  }

  /** Room for a string of this length, and spare room when there is not enough. */
  makeRoom(length: number): void {
    if (length > this.bytes.length) this.reserve(grownCapacity(length), true);
  }

  /** Gives it room for so many bytes, and with `fillsClass` for what the allocator's class leaves over. */
  reserve(room: number, fillsClass: boolean): void {
    // The header of one byte cannot express spare room.
    const header = Math.max(3, sdsHeader(room));
    const bytes = new Uint8Array(fillsClass ? this.sizeClass(header + room + 1) - header - 1 : room);
    bytes.set(this.bytes.subarray(0, this.length));
    this.bytes = bytes;
  }

  /** Puts other bytes in the place of some; what follows moves. There must be room. */
  replaceBytes(at: number, count: number, replacement: readonly number[]): void {
    const { length } = this;
    this.length += replacement.length - count;
    this.bytes.copyWithin(at + replacement.length, at + count, length);
    this.bytes.set(replacement, at);
    // What is beyond the end is zero, so that the string may grow over it.
    if (this.length < length) this.bytes.fill(0, this.length, length);
  }

  /** Gives back the spare room when it is more than a tenth of the length. */
  trim(): void {
    if (this.capacity - this.length > Math.floor(this.length / 10)) this.bytes = this.bytes.slice(0, this.length);
  }

  write(offset: number, text: string): void {
    for (let i = 0; i < text.length; i++) this.bytes[offset + i] = text.charCodeAt(i);
  }

  text(): string {
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset, this.length).toString("latin1");
  }

  clone(): RawString {
    const copy = RawString.zeros(this.length, this.sizeClass);
    copy.bytes.set(this.bytes.subarray(0, this.length));
    return copy;
  }
}

/** Room of a string that asked for no more than its length. Short ones have a header that knows no spare room. */
function exactRoom(length: number, sizeClass: SizeClass): number {
  if (length > 0 && length < 32) return length;
  const header = Math.max(3, sdsHeader(length));
  return sizeClass(header + length + 1) - header - 1;
}

export type StringValue = number | bigint | string | VirtualBytes | RawString;

/** Integers below this share one object when no eviction policy needs per-key access times. */
export const SHARED_INTEGERS = 10_000;

/** The stored form of an argument: integers are recognised, everything else is kept as it is. */
export function encodeString(bytes: Bytes): StringValue {
  if (typeof bytes !== "string" || bytes.length > 20 || bytes.length === 0) return bytes;
  const first = bytes.charCodeAt(0);
  // Cheap refusal of what cannot be a number before the exact parse.
  if (!((first >= 48 && first <= 57) || first === 45)) return bytes;
  return parseInteger(bytes) ?? bytes;
}

export function stringLength(value: StringValue): number {
  if (typeof value === "number" || typeof value === "bigint") return String(value).length;
  return value.length;
}

export function stringText(value: StringValue): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  return value.text();
}

/** The value as a reply or an argument: virtual values stay virtual. */
export function stringBytes(value: StringValue): Bytes {
  return value instanceof VirtualBytes ? value : stringText(value);
}

/** Memory form of a value. `shareIntegers` says whether small integers cost nothing. */
export function stringForm(value: StringValue, shareIntegers: boolean): StringForm {
  if (typeof value === "number") return shareIntegers && value >= 0 && value < SHARED_INTEGERS ? SHARED_INT : INT;
  if (typeof value === "bigint") return INT;
  if (value instanceof RawString) return RAW;
  return value.length <= EMBEDDED_LIMIT ? EMBEDDED : RAW;
}

/** Bytes of room that the value's allocation holds. */
export function stringCapacity(value: StringValue): number {
  if (typeof value === "number" || typeof value === "bigint") return 0;
  return value instanceof RawString ? value.capacity : value.length;
}

/** The length of a string in a form whose bytes follow from it; NaN, which is like nothing else, for the others. */
export function plainLength(value: StringValue): number {
  return typeof value === "string" || value instanceof VirtualBytes ? value.length : Number.NaN;
}

/** What OBJECT ENCODING says. */
export function stringEncoding(value: StringValue): "int" | "embstr" | "raw" {
  switch (stringForm(value, false)) {
    case INT:
    case SHARED_INT:
      return "int";
    case EMBEDDED:
      return "embstr";
    case RAW:
      return "raw";
  }
}

/**
 * A mutable copy of the value for commands that change bytes in place. `trims`: a value that was stored as raw has lost
 * its spare room by then (EngineProfile.trimsValues).
 */
export function rawString(value: StringValue, sizeClass: SizeClass, trims: boolean): RawString {
  if (value instanceof RawString) return value;
  const raw = RawString.from(stringText(value), sizeClass);
  if (trims && stringForm(value, false) === RAW) raw.trim();
  return raw;
}
