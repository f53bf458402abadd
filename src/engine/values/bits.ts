// Bits of byte strings. Bit 0 is the most significant bit of the first byte.

import { RawString, type StringValue, stringText } from "./string.ts";

const ONES = Uint8Array.from({ length: 256 }, (_, byte) => {
  let count = 0;
  for (let rest = byte; rest > 0; rest &= rest - 1) count++;
  return count;
});

/** The bytes of a stored string, to be read only. */
export function bytesOf(value: StringValue): Uint8Array {
  if (value instanceof RawString) return value.bytes.subarray(0, value.length);
  return Buffer.from(stringText(value), "latin1");
}

/** Bits from `first` to `last`, both included and within, that are set. */
export function countBits(bytes: Uint8Array, first: number, last: number): number {
  const [from, to] = [Math.floor(first / 8), Math.floor(last / 8)];
  let count = 0;
  for (let i = from; i <= to; i++) count += ONES[bytes[i]];
  // What lies outside in the first and in the last byte was counted too.
  count -= ONES[bytes[from] & ~(0xff >> (first % 8)) & 0xff];
  count -= ONES[bytes[to] & (0x7f >> (last % 8))];
  return count;
}

/** Position of the first bit with this value from `first` to `last`, both included and within; -1 when there is none. */
export function findBit(bytes: Uint8Array, bit: number, first: number, last: number): number {
  const skipped = bit === 1 ? 0x00 : 0xff;
  for (let at = first; at <= last; ) {
    const byte = bytes[at >= 2 ** 31 ? Math.floor(at / 8) : at >> 3];
    if (byte === skipped) {
      at += 8 - (at % 8);
      continue;
    }
    if (((byte >> (7 - (at % 8))) & 1) === bit) return at;
    at++;
  }
  return -1;
}

export function getBit(bytes: Uint8Array, at: number): number {
  return (bytes[Math.floor(at / 8)] >> (7 - (at % 8))) & 1;
}

export function setBit(bytes: Uint8Array, at: number, bit: number): void {
  const index = Math.floor(at / 8);
  const mask = 0x80 >> (at % 8);
  bytes[index] = bit === 1 ? bytes[index] | mask : bytes[index] & ~mask;
}

/** The unsigned number in `width` bits from `at` on; beyond the end there are zeros. */
export function getField(bytes: Uint8Array, at: number, width: number): bigint {
  const first = Math.floor(at / 8);
  const last = Math.floor((at + width - 1) / 8);
  let value = 0n;
  for (let i = first; i <= last; i++) value = (value << 8n) | BigInt(i < bytes.length ? bytes[i] : 0);
  return BigInt.asUintN(width, value >> BigInt((last + 1) * 8 - at - width));
}

/** Writes the low `width` bits of a number from `at` on. */
export function setField(bytes: Uint8Array, at: number, width: number, value: bigint): void {
  for (let i = 0; i < width; i++) setBit(bytes, at + i, Number((value >> BigInt(width - 1 - i)) & 1n));
}
