// A node of a stream: up to stream-node-max-entries entries in one listpack. Nobody needs the listpack itself here; its size
// does matter, since it decides when the next node begins and what the stream costs. It is laid out as
//
//   live, deleted, number of fields, the fields of the first entry, 0
//   and per entry: flags, ms and number relative to the first, [number of fields, fields and values | values], words back
//
// An entry with the fields of the first one leaves them out. A deleted entry stays, with a flag, until its node goes.

import type { Bytes } from "../bytes.ts";
import type { SizeClass } from "../memory/allocator.ts";
import {
  LISTPACK_OVERHEAD,
  listpackEntryBytes,
  listpackIntegerBytes,
  listpackStringBytes,
} from "../memory/listpack.ts";
import { compareIds, difference64, idKey, type StreamId } from "./stream-id.ts";

export interface StreamEntry extends StreamId {
  readonly fields: readonly Bytes[];
  readonly values: readonly Bytes[];
  deleted: boolean;
}

/** A node asks for so much at once; smaller limits ask for less. */
const PREALLOCATED = 4_096;
const FLAG_BYTES = 2;

function elementBytes(element: Bytes): number {
  return typeof element === "string" ? listpackEntryBytes(element) : listpackStringBytes(element.length);
}

function sumOfBytes(elements: readonly Bytes[]): number {
  let bytes = 0;
  for (const element of elements) bytes += elementBytes(element);
  return bytes;
}

function sameFields(left: readonly Bytes[], right: readonly Bytes[]): boolean {
  if (left === right) return true;
  if (left.length !== right.length) return false;
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
  return true;
}

export class StreamNode {
  readonly key: string;
  /** Deleted ones included, in the order of their ids. */
  readonly entries: StreamEntry[] = [];
  live = 0;
  /** Bytes of the listpack, and of its allocation. */
  size: number;
  allocated: number;

  constructor(
    readonly first: StreamId,
    /** Those of the first entry. */
    readonly fields: readonly Bytes[],
    private readonly sizeClass: SizeClass,
    maxBytes: number,
  ) {
    this.key = idKey(first);
    this.allocated = sizeClass(
      maxBytes > 0 ? Math.max(LISTPACK_OVERHEAD, Math.min(maxBytes, PREALLOCATED)) : PREALLOCATED,
    );
    // Zero deleted, the number of fields, the fields, a zero; the number of live ones is 0 only while there is no entry.
    const zero = listpackIntegerBytes(0);
    this.size = LISTPACK_OVERHEAD + zero + zero + listpackIntegerBytes(fields.length) + sumOfBytes(fields) + zero;
    this.resize(0);
  }

  get deleted(): number {
    return this.entries.length - this.live;
  }

  get last(): StreamEntry {
    return this.entries[this.entries.length - 1];
  }

  private resize(by: number): void {
    this.size += by;
    if (by < 0 || this.size > this.allocated) this.allocated = this.sizeClass(this.size);
  }

  /** Cuts the allocation to what is needed: nothing will be added any more. */
  close(): void {
    if (this.size < this.allocated) this.allocated = this.sizeClass(this.size);
  }

  append({ ms, seq }: StreamId, fields: readonly Bytes[], values: readonly Bytes[]): void {
    const same = sameFields(this.fields, fields);
    const count = fields.length;
    const words = same ? count + 3 : 2 * count + 4;
    const bytes =
      FLAG_BYTES +
      listpackIntegerBytes(difference64(ms, this.first.ms)) +
      listpackIntegerBytes(difference64(seq, this.first.seq)) +
      (same ? 0 : listpackIntegerBytes(count) + sumOfBytes(fields)) +
      sumOfBytes(values) +
      listpackIntegerBytes(words);
    this.resize(listpackIntegerBytes(this.live + 1) - listpackIntegerBytes(this.live));
    this.entries.push({ ms, seq, fields: same ? this.fields : fields, values, deleted: false });
    this.live++;
    this.resize(bytes);
  }

  /** Marks an entry as deleted; the caller sees to the counters of several at once. */
  delete(entry: StreamEntry): void {
    this.recount(this.live - 1, this.deleted + 1);
    entry.deleted = true;
    this.live--;
  }

  /** The two counters are integers of the listpack, longer the larger they are. */
  private recount(live: number, deleted: number): void {
    this.resize(listpackIntegerBytes(live) - listpackIntegerBytes(this.live));
    this.resize(listpackIntegerBytes(deleted) - listpackIntegerBytes(this.deleted));
  }

  /** Where the first entry with this id or a later one is. */
  lowerBound(id: StreamId): number {
    const { entries } = this;
    let low = 0;
    let high = entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareIds(entries[middle], id) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  clone(): StreamNode {
    const copy = new StreamNode(this.first, this.fields, this.sizeClass, 0);
    for (const entry of this.entries) copy.entries.push({ ...entry });
    copy.live = this.live;
    copy.size = this.size;
    copy.allocated = this.sizeClass(this.size);
    return copy;
  }
}
