// An append-only file written anew: as a snapshot, or as the shortest sequence of calls that makes the data again.

import type { Bytes } from "../bytes.ts";
import type { Engine } from "../engine.ts";
import { HASH, type Keyspace, LIST, NO_EXPIRY, SET, STREAM, STRING, ZSET } from "../keyspace.ts";
import { formatDouble } from "../numbers.ts";
import { ByteWriter } from "../rdb/byte-writer.ts";
import { dumpFile, entriesOf } from "../rdb/dump-file.ts";
import { encodeCommand } from "../resp/writer.ts";
import type { HashValue } from "../values/hash.ts";
import type { ListValue } from "../values/list.ts";
import type { SetValue } from "../values/set.ts";
import type { SortedSet } from "../values/sorted-set.ts";
import type { Stream } from "../values/stream.ts";
import type { StreamGroup } from "../values/stream-group.ts";
import { formatId } from "../values/stream-id.ts";
import { type StringValue, stringText } from "../values/string.ts";
import { timestamp } from "./encoder.ts";

/** Elements that one call adds. */
const PER_CALL = 64;
type Call = readonly Bytes[];

/** The base of a new append-only file, in chunks, from the data as they are while it is asked for. */
export function* rewrittenFile(engine: Engine): Generator<Uint8Array> {
  const { parameters, persistence } = engine;
  if (parameters.flag("aof-use-rdb-preamble")) {
    yield* dumpFile(engine, { aofBase: true });
    return;
  }
  const chunks: Uint8Array[] = [];
  const writer = new ByteWriter(chunk => chunks.push(chunk));
  if (parameters.flag("aof-timestamp-enabled")) writer.text(timestamp(Math.floor(engine.nowMs / 1_000)));
  for (const code of persistence.functions?.sources() ?? []) writer.text(encodeCommand(["FUNCTION", "LOAD", code]));
  for (const database of engine.databases) {
    if (database === undefined || database.size === 0) continue;
    writer.text(encodeCommand(["SELECT", String(database.index)]));
    for (const entry of entriesOf(database)) {
      for (const call of callsFor(database, entry)) {
        writer.text(encodeCommand(call));
        if (chunks.length > 0) yield* chunks.splice(0);
      }
    }
  }
  writer.flush();
  yield* chunks;
}

/** The calls that make a key again. */
export function* callsFor(database: Keyspace, entry: number): Generator<Call> {
  const key = database.keyOf(entry);
  const value = database.valueOf(entry);
  switch (database.typeOf(entry)) {
    case STRING:
      yield ["SET", key, stringText(value as StringValue)];
      break;
    case LIST:
      yield* inPortions("RPUSH", key, 1, listItems(value as ListValue));
      break;
    case SET:
      yield* inPortions("SADD", key, 1, (value as SetValue).members());
      break;
    case ZSET: {
      const items: string[] = [];
      (value as SortedSet).forEach((member, score) => {
        items.push(formatDouble(score), member);
      });
      yield* inPortions("ZADD", key, 2, items);
      break;
    }
    case HASH:
      yield* inPortions("HMSET", key, 2, hashItems(value as HashValue));
      break;
    case STREAM:
      yield* streamCalls(key, value as Stream);
      break;
  }
  const expiry = database.expiryOf(entry);
  if (expiry !== NO_EXPIRY) yield ["PEXPIREAT", key, String(expiry)];
}

function* inPortions(name: string, key: string, each: number, items: Iterable<Bytes>): Generator<Call> {
  let call: Bytes[] = [name, key];
  for (const item of items) {
    call.push(item);
    if (call.length < 2 + each * PER_CALL) continue;
    yield call;
    call = [name, key];
  }
  if (call.length > 2) yield call;
}

function* listItems(list: ListValue): Generator<Bytes> {
  for (let node = list.head; node !== null; node = node.next) {
    for (let i = 0; i < node.count; i++) yield node.at(i);
  }
}

function* hashItems(hash: HashValue): Generator<Bytes> {
  for (const pair of hash.pairs()) yield* pair;
}

function* streamCalls(key: string, stream: Stream): Generator<Call> {
  for (const node of stream.allNodes) {
    for (const entry of node.entries) {
      if (entry.deleted) continue;
      const call: Bytes[] = ["XADD", key, formatId(entry)];
      for (let i = 0; i < entry.fields.length; i++) call.push(entry.fields[i], entry.values[i]);
      yield call;
    }
  }
  // An empty stream comes from an entry that is trimmed at once.
  if (stream.length === 0) yield ["XADD", key, "MAXLEN", "0", "0-1", "x", "y"];
  const added = String(stream.entriesAdded);
  const deleted = formatId(stream.maxDeletedId);
  yield ["XSETID", key, formatId(stream.lastId), "ENTRIESADDED", added, "MAXDELETEDID", deleted];
  for (const group of stream.groups?.values() ?? []) yield* groupCalls(key, group);
}

function* groupCalls(key: string, group: StreamGroup): Generator<Call> {
  const read = String(group.entriesRead);
  yield ["XGROUP", "CREATE", key, group.name, formatId(group.lastId), "ENTRIESREAD", read];
  for (const { name, pending } of group.consumers.values()) {
    if (pending.size === 0) yield ["XGROUP", "CREATECONSUMER", key, group.name, name];
    for (const { id, deliveredMs, deliveries } of pending.values()) {
      const claim = ["XCLAIM", key, group.name, name, "0", formatId(id)];
      const state = ["TIME", String(deliveredMs), "RETRYCOUNT", String(deliveries)];
      yield [...claim, ...state, "JUSTID", "FORCE"];
    }
  }
}
