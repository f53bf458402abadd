// Digests of data as DEBUG DIGEST shows them: equal data of two servers have equal digests, in whatever order their tables
// hold them. Two operations on 20 bytes make them up:
//   xor   digest ^ SHA1(data)           for what has no order
//   mix   SHA1(digest ^ SHA1(data))     for what has

import { textOf } from "../bytes.ts";
import type { Engine } from "../engine.ts";
import { HASH, type Keyspace, LIST, NO_EXPIRY, SET, STREAM, STRING, ZSET } from "../keyspace.ts";
import type { HashValue } from "../values/hash.ts";
import type { ListValue } from "../values/list.ts";
import type { SetValue } from "../values/set.ts";
import type { SortedSet } from "../values/sorted-set.ts";
import type { Stream } from "../values/stream.ts";
import { type StringValue, stringText } from "../values/string.ts";
import { type RdbFormat, rdbFormat } from "./format.ts";
import { sha1 } from "./sha1.ts";

const SIZE = 20;
/** The server's number of the type; ours has no modules before it. */
const STREAM_NUMBER = 6;
const hash = new Uint8Array(SIZE);
let scratch = Buffer.alloc(4_096);

class Digest {
  readonly bytes = new Uint8Array(SIZE);

  xorBytes(data: Uint8Array, length: number): void {
    sha1(data, length, hash);
    for (let i = 0; i < SIZE; i++) this.bytes[i] ^= hash[i];
  }

  xor(text: string): void {
    if (text.length > scratch.length) scratch = Buffer.alloc(2 * text.length);
    scratch.write(text, 0, "latin1");
    this.xorBytes(scratch, text.length);
  }

  mix(text: string): void {
    this.xor(text);
    sha1(this.bytes, SIZE, this.bytes);
  }

  /** A number as four bytes, the highest first. */
  mixNumber(value: number): void {
    this.mix(String.fromCharCode((value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255));
  }

  hex(): string {
    return Buffer.from(this.bytes).toString("hex");
  }
}

/** Adds something that has no order and consists of ordered parts. */
function xorParts(digest: Digest, ...parts: string[]): void {
  const element = new Digest();
  for (const part of parts) element.mix(part);
  digest.xorBytes(element.bytes, SIZE);
}

function addStream(digest: Digest, stream: Stream): void {
  for (const node of stream.allNodes) {
    for (const { ms, seq, fields, values, deleted } of node.entries) {
      if (deleted) continue;
      digest.mix(`${ms}.${seq}`);
      for (let i = 0; i < fields.length; i++) {
        digest.mix(textOf(fields[i]));
        digest.mix(textOf(values[i]));
      }
    }
  }
}

function addValue(digest: Digest, database: Keyspace, entry: number, format: RdbFormat): void {
  const type = database.typeOf(entry);
  const value = database.valueOf(entry);
  digest.mixNumber(type === STREAM ? STREAM_NUMBER : type);
  switch (type) {
    case STRING:
      digest.mix(stringText(value as StringValue));
      break;
    case LIST:
      (value as ListValue).walk(0, false, element => {
        digest.mix(textOf(element));
        return true;
      });
      break;
    case SET:
      (value as SetValue).forEach(member => {
        digest.xor(member);
      });
      break;
    case ZSET:
      (value as SortedSet).forEach((member, score) => {
        xorParts(digest, member, format.digestScore(score));
      });
      break;
    case HASH:
      (value as HashValue).forEach((field, held) => {
        xorParts(digest, field, textOf(held));
      });
      break;
    case STREAM:
      addStream(digest, value as Stream);
      break;
  }
  if (database.expiryOf(entry) !== NO_EXPIRY) digest.xor("!!expire!!");
}

/** The digest of one key's value, expiry included but not the key; forty zeros for none. */
export function valueDigest(engine: Engine, database: Keyspace, entry: number | null): string {
  const digest = new Digest();
  if (entry !== null) addValue(digest, database, entry, rdbFormat(engine.profile));
  return digest.hex();
}

/** The digest of all data. */
export function dataDigest(engine: Engine): string {
  const format = rdbFormat(engine.profile);
  const all = new Digest();
  for (const database of engine.databases) {
    if (database === undefined || database.size === 0) continue;
    all.mixNumber(database.index);
    database.forEachEntry(entry => {
      const one = new Digest();
      one.mix(database.keyOf(entry));
      addValue(one, database, entry, format);
      all.xorBytes(one.bytes, SIZE);
    });
  }
  return all.hex();
}
