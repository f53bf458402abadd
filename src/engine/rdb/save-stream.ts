// Streams as RDB writes them: the nodes as listpacks, the counters, the groups with what is pending and for whom.

import { textOf } from "../bytes.ts";
import type { Stream } from "../values/stream.ts";
import type { Consumer, Pending, StreamGroup } from "../values/stream-group.ts";
import { difference64, type Integer, idKey, type StreamId } from "../values/stream-id.ts";
import type { StreamNode } from "../values/stream-node.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { type Element, listpackOf } from "./listpack.ts";
import type { SaveOptions } from "./save-value.ts";
import { writeBytes, writeLength, writeString } from "./strings.ts";

export const DELETED = 1;
export const SAME_FIELDS = 2;

/** The elements of a node's listpack: its head, then the entries, each ending with how many elements it took. */
function nodeItems(node: StreamNode): Element[] {
  const { first, fields } = node;
  const items: Element[] = [node.live, node.deleted, fields.length, ...fields.map(textOf), 0];
  for (const entry of node.entries) {
    const same = entry.fields === fields;
    const count = entry.fields.length;
    items.push((same ? SAME_FIELDS : 0) | (entry.deleted ? DELETED : 0));
    items.push(difference64(entry.ms, first.ms), difference64(entry.seq, first.seq));
    if (!same) items.push(count);
    for (let i = 0; i < count; i++) {
      if (!same) items.push(textOf(entry.fields[i]));
      items.push(textOf(entry.values[i]));
    }
    items.push(same ? count + 3 : 2 * count + 4);
  }
  return items;
}

/** A counter as an unsigned number of 64 bits: unknown ones are negative. */
function unsigned(value: Integer): Integer {
  return value < 0 ? BigInt.asUintN(64, BigInt(value)) : value;
}

function writeId(writer: ByteWriter, { ms, seq }: StreamId): void {
  writeLength(writer, ms);
  writeLength(writer, seq);
}

export function saveStream(writer: ByteWriter, stream: Stream, options: SaveOptions): void {
  writeLength(writer, stream.nodeCount);
  for (const node of stream.allNodes) {
    writeString(writer, node.key, options.compress);
    writeBytes(writer, listpackOf(nodeItems(node)), options.compress);
  }
  writeLength(writer, stream.length);
  writeId(writer, stream.lastId);
  writeId(writer, stream.firstId);
  writeId(writer, stream.maxDeletedId);
  writeLength(writer, unsigned(stream.entriesAdded));
  writeLength(writer, stream.groups?.size ?? 0);
  for (const group of stream.groups?.values() ?? []) saveGroup(writer, group, options);
}

function saveGroup(writer: ByteWriter, group: StreamGroup, options: SaveOptions): void {
  writeString(writer, group.name, options.compress);
  writeId(writer, group.lastId);
  writeLength(writer, unsigned(group.entriesRead));
  writeLength(writer, group.pending.size);
  for (const { id, deliveredMs, deliveries } of group.pending.values()) {
    writer.text(idKey(id));
    writer.int64(Math.trunc(deliveredMs));
    writeLength(writer, unsigned(deliveries));
  }
  writeLength(writer, group.consumers.size);
  for (const consumer of group.consumers.values()) saveConsumer(writer, consumer, options);
}

function saveConsumer(writer: ByteWriter, { name, seenMs, activeMs, pending }: Consumer, options: SaveOptions): void {
  writeString(writer, name, options.compress);
  writer.int64(Math.trunc(seenMs));
  if (options.format.activeTimes) writer.int64(Math.trunc(activeMs));
  writeLength(writer, pending.size);
  for (const { id } of pending.values() as Iterable<Pending>) writer.text(idKey(id));
}
