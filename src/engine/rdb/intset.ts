// Intsets as bytes: 32 bits bytes per number (2, 4, 8), 32 bits how many, then the numbers in ascending order.

import type { Intset } from "../values/intset.ts";
import { Damaged } from "./byte-reader.ts";

const HEADER = 8;

/** The bytes of an intset. */
export function intsetOf(set: Intset): Buffer {
  const width = set.numberBytes;
  const bytes = Buffer.allocUnsafe(HEADER + set.size * width);
  bytes.writeUInt32LE(width, 0);
  bytes.writeUInt32LE(set.size, 4);
  let at = HEADER;
  set.forEach(value => {
    if (width === 8) bytes.writeBigInt64LE(BigInt(value), at);
    else bytes.writeIntLE(Number(value), at, width);
    at += width;
  });
  return bytes;
}

export interface IntsetContent {
  readonly width: 2 | 4 | 8;
  readonly members: (number | bigint)[];
}

const BAD_INTSET = "Intset integrity check failed.";

export function readIntset(bytes: Buffer): IntsetContent {
  if (bytes.length < HEADER) throw new Damaged(BAD_INTSET);
  const width = bytes.readUInt32LE(0);
  const count = bytes.readUInt32LE(4);
  if (width !== 2 && width !== 4 && width !== 8) throw new Damaged(BAD_INTSET);
  if (count === 0 || HEADER + count * width !== bytes.length) throw new Damaged(BAD_INTSET);
  const members: (number | bigint)[] = [];
  for (let i = 0, at = HEADER; i < count; i++, at += width) {
    const value = width === 8 ? narrowSigned(bytes.readBigInt64LE(at)) : bytes.readIntLE(at, width);
    if (i > 0 && value <= members[i - 1]) throw new Damaged(BAD_INTSET);
    members.push(value);
  }
  return { width, members };
}

function narrowSigned(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
