// Streams as RDB holds them, of any version since 5.0. What the data claim is checked against what they hold.

import { narrow } from "../numbers.ts";
import { Stream, type StreamRules } from "../values/stream.ts";
import { type StreamGroup, UNKNOWN_READ } from "../values/stream-group.ts";
import { compareIds, type Integer, idKey, MIN_ID, type StreamId } from "../values/stream-id.ts";
import { StreamNode } from "../values/stream-node.ts";
import { type ByteReader, Damaged } from "./byte-reader.ts";
import { type Element, readListpack, textOfElement } from "./listpack.ts";
import { TYPE } from "./opcodes.ts";
import { DELETED, SAME_FIELDS } from "./save-stream.ts";
import { readBytes, readLength, readLength64, readString } from "./strings.ts";

const BAD_NODE = "Stream listpack integrity check failed.";
const ID_BYTES = 16;

/** Walks over the elements of a listpack. */
class Items {
  private at = 0;
  constructor(private readonly items: readonly Element[]) {}

  get atEnd(): boolean {
    return this.at === this.items.length;
  }

  next(): Element {
    if (this.at === this.items.length) throw new Damaged(BAD_NODE);
    return this.items[this.at++];
  }

  integer(): Integer {
    const item = this.next();
    if (typeof item === "string") throw new Damaged(BAD_NODE);
    return item;
  }

  /** A number of elements that are still to come. */
  count(): number {
    const count = this.integer();
    if (count < 0 || count > this.items.length - this.at) throw new Damaged(BAD_NODE);
    return Number(count);
  }

  texts(count: number): string[] {
    const texts: string[] = [];
    for (let i = 0; i < count; i++) texts.push(textOfElement(this.next()));
    return texts;
  }
}

/** An id's part that is stored as the difference to the node's. */
function plus(base: Integer, difference: Integer): Integer {
  if (typeof base === "number" && typeof difference === "number") {
    const sum = base + difference;
    if (sum >= 0 && Number.isSafeInteger(sum)) return sum;
  }
  return narrow(BigInt.asUintN(64, BigInt(base) + BigInt(difference)));
}

function readNode(first: StreamId, bytes: Buffer, { sizeClass }: StreamRules): StreamNode {
  const items = new Items(readListpack(bytes));
  const live = items.integer();
  const deleted = items.integer();
  const fields = items.texts(items.count());
  if (items.integer() !== 0) throw new Damaged(BAD_NODE);
  const node = new StreamNode(first, fields, sizeClass, 0);
  const dead: number[] = [];
  while (!items.atEnd) {
    const flags = Number(items.integer());
    const ms = plus(first.ms, items.integer());
    const id = { ms, seq: plus(first.seq, items.integer()) };
    const same = (flags & SAME_FIELDS) !== 0;
    const count = same ? fields.length : items.count();
    let own = fields;
    let values: string[];
    if (same) values = items.texts(count);
    else {
      const both = items.texts(2 * count);
      own = both.filter((_, i) => i % 2 === 0);
      values = both.filter((_, i) => i % 2 === 1);
    }
    if (items.integer() !== (same ? count + 3 : 2 * count + 4)) throw new Damaged(BAD_NODE);
    if ((flags & DELETED) !== 0) dead.push(node.entries.length);
    node.append(id, own, values);
  }
  for (const index of dead) node.delete(node.entries[index]);
  if (node.entries.length === 0 || node.live !== live || node.deleted !== deleted) throw new Damaged(BAD_NODE);
  node.close();
  return node;
}

function idFromKey(key: string): StreamId {
  const bytes = Buffer.from(key, "latin1");
  return { ms: narrow(bytes.readBigUInt64BE(0)), seq: narrow(bytes.readBigUInt64BE(8)) };
}

function readId(reader: ByteReader): StreamId {
  const ms = readLength64(reader);
  return { ms, seq: readLength64(reader) };
}

/** A counter that may be unknown. */
function readCounter(reader: ByteReader): Integer {
  const value = readLength64(reader);
  return narrow(BigInt.asIntN(64, BigInt(value)));
}

function readNodes(reader: ByteReader, stream: Stream): void {
  const nodes: StreamNode[] = [];
  const keys = new Set<string>();
  for (let left = readLength(reader); left > 0; left--) {
    const key = readString(reader);
    if (key.length !== ID_BYTES || keys.has(key)) throw new Damaged("a stream node with a wrong id");
    keys.add(key);
    nodes.push(readNode(idFromKey(key), readBytes(reader), stream.rules));
  }
  nodes.sort((left, right) => compareIds(left.first, right.first));
  for (const node of nodes) stream.adopt(node);
  for (const node of nodes) stream.length += node.live;
}

export function loadStream(reader: ByteReader, type: number, rules: StreamRules): Stream {
  const stream = new Stream(rules);
  readNodes(reader, stream);
  const length = readLength(reader);
  // Counted rather than believed, but where there is nothing at all there can be no entries.
  if (length > 0 && stream.nodeCount === 0) throw new Damaged("Stream length inconsistent with rax entries");
  stream.lastId = readId(reader);
  if (type === TYPE.STREAM) {
    stream.maxDeletedId = MIN_ID;
    stream.entriesAdded = stream.length;
    stream.findFirst();
  } else {
    stream.firstId = readId(reader);
    stream.maxDeletedId = readId(reader);
    stream.entriesAdded = readCounter(reader);
  }
  for (let left = readLength(reader); left > 0; left--) readGroup(reader, type, stream);
  return stream;
}

function readGroup(reader: ByteReader, type: number, stream: Stream): void {
  const name = readString(reader);
  const lastId = readId(reader);
  const read = type === TYPE.STREAM ? estimatedRead(stream, lastId) : readCounter(reader);
  const group = stream.createGroup(name, lastId, read);
  if (group === null) throw new Damaged("Duplicated consumer group name");
  for (let left = readLength(reader); left > 0; left--) {
    const id = idFromKey(reader.text(ID_BYTES));
    const deliveredMs = Number(reader.int64());
    const deliveries = readLength64(reader);
    if (group.pending.get(idKey(id)) !== undefined) throw new Damaged("Duplicated global PEL entry");
    group.addPending(idKey(id), id, null, deliveredMs).deliveries = deliveries;
  }
  for (let left = readLength(reader); left > 0; left--) readConsumer(reader, type, group);
  for (const { consumer } of group.pending.values()) {
    if (consumer === null) throw new Damaged("Stream CG PEL entry without consumer");
  }
}

function readConsumer(reader: ByteReader, type: number, group: StreamGroup): void {
  const name = readString(reader);
  if (group.consumers.get(name) !== undefined) throw new Damaged("Duplicate stream consumer detected.");
  const seenMs = Number(reader.int64());
  const consumer = group.addConsumer(name, seenMs);
  // Before 7.2 nobody wrote it down: the best guess.
  consumer.activeMs = type === TYPE.STREAM_3 ? Number(reader.int64()) : seenMs;
  for (let left = readLength(reader); left > 0; left--) {
    const key = reader.text(ID_BYTES);
    const pending = group.pending.get(key);
    if (pending === undefined) throw new Damaged("Consumer entry not found in group global PEL");
    if (consumer.pending.get(key) !== undefined) throw new Damaged("Duplicated consumer PEL entry");
    group.hand(pending, key, consumer);
  }
}

/** How far a group has read, for data that do not say: known at the ends only. */
function estimatedRead({ length, lastId, firstId }: Stream, id: StreamId): Integer {
  if (length === 0) return 0;
  const toLast = compareIds(id, lastId);
  if (toLast === 0) return length;
  if (toLast > 0) return UNKNOWN_READ;
  const toFirst = compareIds(id, firstId);
  return toFirst < 0 ? 0 : toFirst === 0 ? 1 : UNKNOWN_READ;
}
