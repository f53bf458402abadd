// The size of listpacks, the compact encoding of small collections (anchors/engines-and-memory.md, 3.3). Nobody needs the
// bytes themselves but the RDB writer; memory and thresholds need their number.

import { type Bytes, textOf } from "../bytes.ts";
import { parseInteger } from "../numbers.ts";

/** Bytes of an empty listpack: header of six, end mark. */
export const LISTPACK_OVERHEAD = 7;

/** Bytes that say how long an entry is, at its end, for walking backwards. */
function backLength(bytes: number): number {
  if (bytes <= 127) return 1;
  if (bytes < 16_383) return 2;
  if (bytes < 2_097_151) return 3;
  return bytes < 268_435_455 ? 4 : 5;
}

function integerEntry(value: number | bigint): number {
  if (value >= 0 && value <= 127) return 1;
  if (value >= -4_096 && value <= 4_095) return 2;
  if (value >= -32_768 && value <= 32_767) return 3;
  if (value >= -8_388_608 && value <= 8_388_607) return 4;
  return value >= -2_147_483_648 && value <= 2_147_483_647 ? 5 : 9;
}

function stringEntry(length: number): number {
  if (length < 64) return 1 + length;
  return length < 4_096 ? 2 + length : 5 + length;
}

/** Bytes of one entry that holds this element; what looks like an integer is stored as one. */
export function listpackEntryBytes(element: Bytes): number {
  const integer = element.length > 0 && element.length <= 20 ? parseInteger(textOf(element)) : null;
  if (integer === null) return listpackStringBytes(element.length);
  const bytes = integerEntry(integer);
  return bytes + backLength(bytes);
}

/** Bytes of an entry that holds so many bytes of text. */
export function listpackStringBytes(length: number): number {
  const bytes = stringEntry(length);
  return bytes + backLength(bytes);
}

/** Bytes of an entry that holds this integer. */
export function listpackIntegerBytes(value: number | bigint): number {
  const bytes = integerEntry(value);
  return bytes + backLength(bytes);
}
