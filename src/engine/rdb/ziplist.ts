// What older servers wrote instead of listpacks: ziplists (up to Redis 6.2) and zipmaps (up to 2.4). Read, never written.
//
// Ziplist: 32 bits total length, 32 bits offset of the last entry, 16 bits number of entries (65535: count them), the
// entries, 0xff. An entry: length of the one before (one byte, or 0xfe and 32 bits), encoding, content.
//
//   00llllll           string up to 63 bytes    0xc0, 0xd0, 0xe0   16-, 32-, 64-bit integer
//   01llllll, 1 byte   string up to 16383       0xf0, 0xfe         24-, 8-bit integer
//   10000000, 4 bytes  longer string            0xf1 to 0xfd       0 to 12

import { Damaged } from "./byte-reader.ts";

const HEADER = 10;
const END = 0xff;
const UNKNOWN_COUNT = 0xffff;

const BAD_ZIPLIST = "Ziplist integrity check failed.";
const BAD_ZIPMAP = "Zipmap integrity check failed.";

function need(position: number, end: number, message: string): void {
  if (position > end) throw new Damaged(message);
}

/** The entries of a ziplist as texts. */
export function readZiplist(bytes: Buffer): string[] {
  const { length } = bytes;
  const end = length - 1;
  if (length < HEADER + 1 || bytes.readUInt32LE(0) !== length || bytes[end] !== END) throw new Damaged(BAD_ZIPLIST);
  const tail = bytes.readUInt32LE(4);
  need(tail, end, BAD_ZIPLIST);
  const entries: string[] = [];
  let at = HEADER;
  let previous = -1;
  let previousSize = 0;
  while (at < end && bytes[at] !== END) {
    const start = at;
    const long = bytes[at] === 0xfe;
    need(at + (long ? 5 : 1), end, BAD_ZIPLIST);
    const sizeBefore = long ? bytes.readUInt32LE(at + 1) : bytes[at];
    if (sizeBefore !== previousSize) throw new Damaged(BAD_ZIPLIST);
    at = readEntry(bytes, at + (long ? 5 : 1), end, entries);
    previous = start;
    previousSize = at - start;
  }
  const count = bytes.readUInt16LE(8);
  const wrongCount = count !== UNKNOWN_COUNT && count !== entries.length;
  if (at !== end || (previous !== -1 && previous !== tail) || wrongCount) throw new Damaged(BAD_ZIPLIST);
  return entries;
}

/** Reads encoding and content of an entry; where the next one begins. */
function readEntry(bytes: Buffer, at: number, end: number, into: string[]): number {
  need(at + 1, end, BAD_ZIPLIST);
  const encoding = bytes[at];
  if (encoding < 0xc0) {
    const header = encoding < 0x40 ? 1 : encoding < 0x80 ? 2 : 5;
    need(at + header, end, BAD_ZIPLIST);
    const size =
      header === 1 ? encoding : header === 2 ? ((encoding & 63) << 8) | bytes[at + 1] : bytes.readUInt32BE(at + 1);
    const next = at + header + size;
    need(next, end, BAD_ZIPLIST);
    into.push(bytes.toString("latin1", at + header, next));
    return next;
  }
  if (encoding >= 0xf1 && encoding <= 0xfd) {
    into.push(String(encoding - 0xf1));
    return at + 1;
  }
  const size = INTEGER_BYTES.get(encoding);
  if (size === undefined) throw new Damaged(BAD_ZIPLIST);
  const next = at + 1 + size;
  need(next, end, BAD_ZIPLIST);
  into.push(String(size === 8 ? bytes.readBigInt64LE(at + 1) : bytes.readIntLE(at + 1, size)));
  return next;
}

const INTEGER_BYTES: ReadonlyMap<number, number> = new Map([
  [0xc0, 2],
  [0xd0, 4],
  [0xe0, 8],
  [0xf0, 3],
  [0xfe, 1],
]);

/** Fields and values of a zipmap in turn: one byte how many, then lengths and bytes, 0xff. */
export function readZipmap(bytes: Buffer): string[] {
  const end = bytes.length - 1;
  if (bytes.length < 2 || bytes[end] !== END) throw new Damaged(BAD_ZIPMAP);
  const items: string[] = [];
  let at = 1;
  const readSize = (): number => {
    need(at + 1, end, BAD_ZIPMAP);
    const first = bytes[at++];
    if (first < 254) return first;
    if (first === END) throw new Damaged(BAD_ZIPMAP);
    need(at + 4, end, BAD_ZIPMAP);
    at += 4;
    return bytes.readUInt32LE(at - 4);
  };
  const readText = (size: number): void => {
    need(at + size, end, BAD_ZIPMAP);
    items.push(bytes.toString("latin1", at, at + size));
    at += size;
  };
  while (at < end && bytes[at] !== END) {
    readText(readSize());
    const size = readSize();
    need(at + 1, end, BAD_ZIPMAP);
    // Bytes that stay free behind the value.
    const free = bytes[at++];
    readText(size);
    at += free;
    need(at, end, BAD_ZIPMAP);
  }
  const count = items.length / 2;
  if (at !== end || count === 0 || (bytes[0] < 254 && bytes[0] !== count)) throw new Damaged(BAD_ZIPMAP);
  return items;
}
