// One key on its way from node to node: the command that makes it at the other end, and its size there.
//
// Strings travel as SET with their expiry, so that virtual values stay virtual; everything else as the payload of DUMP. What
// a payload costs is counted by its length either way:
//   writing it   1.6 us + 10.3 ns per byte with rdbcompression (LZF on values that do not compress), else 1.2 us + 2.8 ns
//                per byte: the pace of RDB, measured (models/physics.md, 1.5); DUMP writes the same format
//   reading it   1.2 us + 2.8 ns per byte: taken like the loading of a full sync (full-sync.ts)

import { type Bytes, VirtualBytes } from "../../engine/bytes.ts";
import { NO_EXPIRY, STRING } from "../../engine/keyspace.ts";
import { dumpPayload } from "../../engine/rdb/payload.ts";
import { RawString, type StringValue } from "../../engine/values/string.ts";
import type { Node } from "../node.ts";
import { loadWorkNs, saveWorkNs } from "../save.ts";

/** Type byte, length, version and checksum of a payload. */
const PAYLOAD_BYTES = 15;

export interface Transfer {
  readonly key: string;
  readonly argv: readonly Bytes[];
  /** Serialized size with the key's name. */
  readonly bytes: number;
}

/** What makes this entry of the node's database at another node. */
export function transferOf(node: Node, entry: number): Transfer {
  const { engine } = node;
  const db = engine.database(0);
  const key = db.keyOf(entry);
  const expiry = db.expiryOf(entry);
  if (db.typeOf(entry) === STRING) {
    const value = textOf(db.valueOf(entry) as StringValue);
    const argv = expiry === NO_EXPIRY ? ["set", key, value] : ["set", key, value, "PXAT", String(expiry)];
    return { key, argv, bytes: key.length + value.length + PAYLOAD_BYTES };
  }
  const payload = dumpPayload(engine, db, entry);
  const ttl = String(expiry === NO_EXPIRY ? 0 : expiry);
  const argv = ["restore", key, ttl, payload, "REPLACE", "ABSTTL"];
  return { key, argv, bytes: key.length + payload.length };
}

/** About what an entry's payload has, without making it. */
export function payloadBytes(node: Node, entry: number): number {
  const db = node.engine.database(0);
  if (db.typeOf(entry) !== STRING) return db.bytesOf(entry);
  return textOf(db.valueOf(entry) as StringValue).length + PAYLOAD_BYTES;
}

function textOf(value: StringValue): Bytes {
  if (typeof value === "string" || value instanceof VirtualBytes) return value;
  return value instanceof RawString ? value.text() : String(value);
}

/** Engine-thread time to write a payload of this size on the reference core. */
export function dumpNs(bytes: number, compresses: boolean): number {
  return compresses ? saveWorkNs(1, bytes) : loadWorkNs(1, bytes);
}

/** The same to read it. */
export function restoreNs(bytes: number): number {
  return loadWorkNs(1, bytes);
}
