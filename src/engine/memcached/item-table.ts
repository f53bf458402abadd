// Items in columns: a number stands for an item, from the allocation of its chunk to its release.

import type { Bytes } from "../bytes.ts";

export const NO_ITEM = -1;

/** It is in the hash table and in a list. */
export const LINKED = 1;
/** It was asked for since it was stored. */
export const FETCHED = 2;
/** It was asked for again: it flows to WARM instead of COLD. */
export const ACTIVE = 4;
/** Larger than slab_chunk_max: a header and a chain of chunks. */
export const CHUNKED = 8;
/** Meta commands: one client has been told to fetch the value anew. */
export const TOKEN_SENT = 16;
export const STALE = 32;
/** Its key came in base64 and goes out so. */
export const BINARY_KEY = 64;
/** It stands in the queue of those that move to WARM. */
export const QUEUED = 128;

const FIRST_CAPACITY = 1_024;

export class ItemTable {
  readonly keys: string[] = [];
  readonly values: Bytes[] = [];
  /** All that it takes: `itemBytes`. */
  bytes = new Int32Array(FIRST_CAPACITY);
  flags = new Uint32Array(FIRST_CAPACITY);
  /** Seconds of the server's clock; 0: never. */
  expires = new Uint32Array(FIRST_CAPACITY);
  /** When it was stored or last moved; not at every access (lru.ts). */
  time = new Int32Array(FIRST_CAPACITY);
  cas = new Float64Array(FIRST_CAPACITY);
  marks = new Uint8Array(FIRST_CAPACITY);
  /** Class and segment: the number of its list. */
  list = new Uint8Array(FIRST_CAPACITY);
  /** The page that its chunk lies in; of a chain, the header's. */
  page = new Int32Array(FIRST_CAPACITY);
  newer = new Int32Array(FIRST_CAPACITY);
  older = new Int32Array(FIRST_CAPACITY);
  /** Chunks of large items: class and page in turn, the header's first. */
  readonly chains = new Map<number, number[]>();
  private readonly unused: number[] = [];
  private made = 0;

  take(): number {
    const item = this.unused.pop() ?? this.made++;
    if (item === this.bytes.length) this.grow();
    this.marks[item] = 0;
    return item;
  }

  giveBack(item: number): void {
    this.marks[item] = 0;
    this.keys[item] = "";
    this.values[item] = "";
    this.unused.push(item);
  }

  private grow(): void {
    const size = this.bytes.length * 2;
    this.bytes = wider(this.bytes, new Int32Array(size));
    this.flags = wider(this.flags, new Uint32Array(size));
    this.expires = wider(this.expires, new Uint32Array(size));
    this.time = wider(this.time, new Int32Array(size));
    this.cas = wider(this.cas, new Float64Array(size));
    this.marks = wider(this.marks, new Uint8Array(size));
    this.list = wider(this.list, new Uint8Array(size));
    this.page = wider(this.page, new Int32Array(size));
    this.newer = wider(this.newer, new Int32Array(size));
    this.older = wider(this.older, new Int32Array(size));
  }
}

function wider<T extends { set(values: T): void }>(old: T, into: T): T {
  into.set(old);
  return into;
}
