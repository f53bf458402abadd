// Values as RDB writes them: first the byte that says in which form, then the value. Compact collections go out as the
// blocks that the server holds in memory, larger ones element by element.

import { textOf, VirtualBytes } from "../bytes.ts";
import { HASH, LIST, SET, STREAM, STRING, type Value, type ValueType, ZSET } from "../keyspace.ts";
import type { HashValue } from "../values/hash.ts";
import type { ListValue } from "../values/list.ts";
import type { ListNode } from "../values/list-node.ts";
import type { SetValue } from "../values/set.ts";
import type { SortedSet } from "../values/sorted-set.ts";
import type { Stream } from "../values/stream.ts";
import { type StringValue, stringText } from "../values/string.ts";
import type { ByteWriter } from "./byte-writer.ts";
import type { RdbFormat } from "./format.ts";
import { intsetOf } from "./intset.ts";
import { type Element, listpackOf } from "./listpack.ts";
import { NODE_PACKED, NODE_PLAIN, TYPE } from "./opcodes.ts";
import { saveStream } from "./save-stream.ts";
import { writeBytes, writeInteger, writeLength, writeString } from "./strings.ts";

export interface SaveOptions {
  readonly format: RdbFormat;
  /** rdbcompression. */
  readonly compress: boolean;
}

/** The byte in front of a value. */
export function typeByte(type: ValueType, value: Value, { activeTimes }: RdbFormat): number {
  switch (type) {
    case STRING:
      return TYPE.STRING;
    case LIST:
      return TYPE.LIST_QUICKLIST_2;
    case SET: {
      const { encoding } = value as SetValue;
      return encoding === "intset" ? TYPE.SET_INTSET : encoding === "listpack" ? TYPE.SET_LISTPACK : TYPE.SET;
    }
    case ZSET:
      return (value as SortedSet).encoding === "listpack" ? TYPE.ZSET_LISTPACK : TYPE.ZSET_2;
    case HASH:
      return (value as HashValue).encoding === "listpack" ? TYPE.HASH_LISTPACK : TYPE.HASH;
    case STREAM:
      return activeTimes ? TYPE.STREAM_3 : TYPE.STREAM_2;
  }
}

export function saveValue(writer: ByteWriter, type: ValueType, value: Value, options: SaveOptions): void {
  switch (type) {
    case STRING:
      return saveString(writer, value as StringValue, options);
    case LIST:
      return saveList(writer, value as ListValue, options);
    case SET:
      return saveSet(writer, value as SetValue, options);
    case ZSET:
      return saveSortedSet(writer, value as SortedSet, options);
    case HASH:
      return saveHash(writer, value as HashValue, options);
    case STREAM:
      return saveStream(writer, value as Stream, options);
  }
}

function saveString(writer: ByteWriter, value: StringValue, { compress }: SaveOptions): void {
  if (typeof value === "number" || typeof value === "bigint") writeInteger(writer, value);
  // Synthetic values do not compress: not worth trying.
  else writeString(writer, stringText(value), compress && !(value instanceof VirtualBytes));
}

function* nodeElements(node: ListNode): Generator<Element> {
  for (let i = 0; i < node.count; i++) yield textOf(node.at(i));
}

function saveList(writer: ByteWriter, list: ListValue, { compress }: SaveOptions): void {
  let nodes = 0;
  for (let node = list.head; node !== null; node = node.next) nodes++;
  writeLength(writer, nodes);
  for (let node = list.head; node !== null; node = node.next) {
    writeLength(writer, node.plain ? NODE_PLAIN : NODE_PACKED);
    if (node.plain) writeString(writer, textOf(node.at(0)), compress);
    else writeBytes(writer, listpackOf(nodeElements(node)), compress);
  }
}

function saveSet(writer: ByteWriter, set: SetValue, { compress }: SaveOptions): void {
  if (set.encoding === "hashtable") {
    writeLength(writer, set.elements);
    set.forEach(member => {
      writeString(writer, member, compress);
    });
  } else if (set.integers !== null) {
    writeBytes(writer, intsetOf(set.integers), compress);
  } else {
    writeBytes(writer, listpackOf(set.members()), compress);
  }
}

function saveHash(writer: ByteWriter, hash: HashValue, { compress }: SaveOptions): void {
  if (hash.encoding === "listpack") {
    const items: Element[] = [];
    for (const [field, value] of hash.pairs()) items.push(field, textOf(value));
    writeBytes(writer, listpackOf(items), compress);
    return;
  }
  writeLength(writer, hash.elements);
  hash.forEach((field, value) => {
    writeString(writer, field, compress);
    writeString(writer, textOf(value), compress && !(value instanceof VirtualBytes));
  });
}

function saveSortedSet(writer: ByteWriter, set: SortedSet, { compress, format }: SaveOptions): void {
  if (set.encoding === "listpack") {
    const items: Element[] = [];
    set.forEach((member, score) => {
      items.push(member, format.scoreText(score));
    });
    writeBytes(writer, listpackOf(items), compress);
    return;
  }
  writeLength(writer, set.elements);
  // The greatest first: whoever loads them always inserts at the head.
  set.walk(set.elements - 1, set.elements, true, (member, score) => {
    writeString(writer, member, compress);
    writer.double(score);
  });
}
