// One database: keys, values, expiries and what the server keeps beside them for aging.
//
// Everything about a key lives in columns indexed by its entry, a small integer that stays the same while the key
// lives and is reused afterwards:
//   keys[e], values[e]   the key's bytes; the value (see values/)
//   types[e]             STRING, LIST, …
//   hashes[e]            32-bit hash of the key, seeded per engine
//   lru[e]               24 bits: seconds of the LRU clock, or minutes << 8 | logarithmic counter under LFU
//   expireAt[e]          absolute ms at which it expires, NO_EXPIRY for never
//   bytes[e]             allocator bytes of entry, key, value and expiry
//   slots[e]             hash slot, in cluster mode
// Two dicts order the entries: `main` holds all keys, `expires` those with an expiry. They behave as the server's do,
// since eviction samples them, expiry walks them and their bucket arrays count as used memory.

import { assert } from "../assert.ts";
import { Dict, type GrowthPolicy, NONE } from "./dict.ts";
import type { Layout, TableModel } from "./memory/layout.ts";
import { keySlot, SLOT_COUNT } from "./slots.ts";
import { type StringValue, stringCapacity, stringForm } from "./values/string.ts";

export const STRING = 0;
export const LIST = 1;
export const SET = 2;
export const ZSET = 3;
export const HASH = 4;
export const STREAM = 5;
export type ValueType = typeof STRING | typeof LIST | typeof SET | typeof ZSET | typeof HASH | typeof STREAM;
export const TYPE_NAMES = ["string", "list", "set", "zset", "hash", "stream"] as const;

export const NO_EXPIRY = -1;

/** A value that is not a string: it knows its own allocator bytes, and how to copy itself for a snapshot. */
export interface Collection {
  readonly bytes: number;
  /** Members, fields or entries: what freeing it costs. */
  readonly elements: number;
  readonly encoding: string;
  clone(): Collection;
}

export type Value = StringValue | Collection;

/** Bytes in use, shared by the databases of one engine. */
export interface Ledger {
  /** Entries, keys, values, expiries. */
  data: number;
  /** Bucket arrays. */
  tables: number;
}

/** Told when the memory behind an entry is written while a child process saves: it drives copy-on-write. */
export type RewriteObserver = (entry: number) => void;

export interface KeyspaceOptions {
  readonly index: number;
  readonly layout: Layout;
  readonly ledger: Ledger;
  readonly hashSeed: number;
  readonly cluster: boolean;
  readonly growth: GrowthPolicy;
  /** Whether small integers share one object (no LRU or LFU policy under a memory limit). */
  readonly shareIntegers: () => boolean;
}

const INITIAL_CAPACITY = 64;

export class Keyspace {
  keys: string[] = [];
  values: (Value | undefined)[] = [];
  types = new Uint8Array(INITIAL_CAPACITY);
  hashes = new Int32Array(INITIAL_CAPACITY);
  lru = new Uint32Array(INITIAL_CAPACITY);
  expireAt = new Float64Array(INITIAL_CAPACITY);
  bytes = new Float64Array(INITIAL_CAPACITY);
  private slots: Uint16Array;

  readonly main: Dict;
  readonly expires: Dict;
  /** Where the active expiry cycle goes on. */
  expiresCursor = 0;
  /** Running mean of remaining TTLs in ms, as INFO shows it. */
  averageTtlMs = 0;
  rewriteObserver: RewriteObserver | null = null;
  /** The database's number; SWAPDB changes it. */
  index: number;

  private capacity = INITIAL_CAPACITY;
  private highWater = 0;
  private readonly free: number[] = [];
  private readonly mainTable: TableModel;
  private readonly expiresTable: TableModel;
  private tableBytes = 0;
  /** Keys when the tables were last accounted. */
  private accountedSize = 0;
  /** Keys per slot; empty outside cluster mode. */
  private readonly slotKeys: Int32Array;
  private readonly slotVolatile: Int32Array;
  private slotDicts = 0;

  constructor(private readonly options: KeyspaceOptions) {
    const { cluster, growth } = options;
    this.index = options.index;
    this.slots = new Uint16Array(cluster ? INITIAL_CAPACITY : 0);
    this.slotKeys = new Int32Array(cluster ? SLOT_COUNT : 0);
    this.slotVolatile = new Int32Array(cluster ? SLOT_COUNT : 0);
    this.mainTable = options.layout.newTable();
    this.expiresTable = options.layout.newTable();
    const resized = () => this.accountTables();
    this.main = new Dict(() => this.hashes, INITIAL_CAPACITY, growth, resized);
    this.expires = new Dict(() => this.hashes, INITIAL_CAPACITY, growth, resized);
  }

  get size(): number {
    return this.main.size;
  }

  /** One more than the largest entry ever used: entries at or beyond do not exist. */
  get entryLimit(): number {
    return this.highWater;
  }

  /** The entry of a key, expired or not; NONE when it is not there. */
  find(key: string): number {
    const { main, keys, hashes } = this;
    if (main.size === 0) return NONE;
    if (main.rehashing) main.rehash(1);
    const hash = hashKey(key, this.options.hashSeed);
    let entry = main.first(hash);
    while (entry !== NONE) {
      if (hashes[entry] === hash && keys[entry] === key) return entry;
      entry = main.following(entry);
    }
    entry = main.firstOfNew(hash);
    while (entry !== NONE) {
      if (hashes[entry] === hash && keys[entry] === key) return entry;
      entry = main.following(entry);
    }
    return NONE;
  }

  /** Adds a key that is not there. `slot` may be given by a caller who has computed it. */
  insert(key: string, type: ValueType, value: Value, lru: number, slot = -1): number {
    const entry = this.allocate();
    this.keys[entry] = key;
    this.values[entry] = value;
    this.types[entry] = type;
    this.hashes[entry] = hashKey(key, this.options.hashSeed);
    this.lru[entry] = lru;
    this.expireAt[entry] = NO_EXPIRY;
    this.bytes[entry] = 0;
    if (this.options.cluster) this.countSlot(entry, slot === -1 ? keySlot(key) : slot);
    this.main.insert(entry);
    if (this.mainTable.followsUse) this.followUse();
    this.account(entry);
    return entry;
  }

  remove(entry: number): void {
    this.rewriteObserver?.(entry);
    if (this.expireAt[entry] !== NO_EXPIRY) {
      this.expires.remove(entry);
      if (this.options.cluster) this.countVolatile(entry, -1);
    }
    this.main.remove(entry);
    if (this.mainTable.followsUse) this.followUse();
    this.options.ledger.data -= this.bytes[entry];
    if (this.options.cluster) this.uncountSlot(entry);
    this.keys[entry] = "";
    this.values[entry] = undefined;
    this.expireAt[entry] = NO_EXPIRY;
    this.bytes[entry] = 0;
    this.free.push(entry);
  }

  /** Puts another value under an existing key; the expiry stays. */
  replace(entry: number, type: ValueType, value: Value): void {
    this.rewriteObserver?.(entry);
    this.types[entry] = type;
    this.values[entry] = value;
    this.account(entry);
  }

  /** To be called after a value was changed in place. */
  changed(entry: number): void {
    this.rewriteObserver?.(entry);
    this.account(entry);
  }

  setExpiry(entry: number, atMs: number): void {
    if (this.expireAt[entry] === NO_EXPIRY) {
      this.expireAt[entry] = atMs;
      this.expires.insert(entry);
      if (this.options.cluster) this.countVolatile(entry, 1);
      this.account(entry);
    } else {
      this.expireAt[entry] = atMs;
    }
    this.rewriteObserver?.(entry);
  }

  /** Makes a key stay for ever; false when it had no expiry. */
  clearExpiry(entry: number): boolean {
    if (this.expireAt[entry] === NO_EXPIRY) return false;
    this.expires.remove(entry);
    if (this.options.cluster) this.countVolatile(entry, -1);
    this.expireAt[entry] = NO_EXPIRY;
    this.account(entry);
    return true;
  }

  clear(): void {
    this.options.ledger.data -= this.dataBytes();
    this.main.clear();
    this.expires.clear();
    this.keys = [];
    this.values = [];
    this.free.length = 0;
    this.highWater = 0;
    this.slotKeys.fill(0);
    this.slotVolatile.fill(0);
    this.slotDicts = 0;
    this.expiresCursor = 0;
    this.averageTtlMs = 0;
    this.accountTables();
  }

  /** The hash slot of an entry; only in cluster mode. */
  slotOf(entry: number): number {
    return this.slots[entry];
  }

  keysInSlot(slot: number): number {
    return this.slotKeys[slot] ?? 0;
  }

  /** Calls back for every live entry in order of entries (not of keys or buckets). */
  forEachEntry(visit: (entry: number) => void): void {
    for (let entry = 0; entry < this.highWater; entry++) if (this.values[entry] !== undefined) visit(entry);
  }

  /** An empty keyspace becomes a copy of another one: collections are copied, immutable values shared. */
  copyFrom(source: Keyspace): void {
    assert(this.size === 0, `copy into a keyspace of ${this.size} keys`);
    source.forEachEntry(from => {
      const value = source.values[from]!;
      const copy = typeof value === "object" && "clone" in value ? (value.clone() as Value) : value;
      const entry = this.insert(source.keys[from], source.types[from] as ValueType, copy, source.lru[from]);
      if (source.expireAt[from] !== NO_EXPIRY) this.setExpiry(entry, source.expireAt[from]);
    });
  }

  private dataBytes(): number {
    let sum = 0;
    for (let entry = 0; entry < this.highWater; entry++) sum += this.bytes[entry];
    this.bytes.fill(0);
    return sum;
  }

  /** Brings the ledger up to date with what the entry takes now. */
  private account(entry: number): void {
    const value = this.values[entry]!;
    const keyLength = this.keys[entry].length;
    const hasTtl = this.expireAt[entry] !== NO_EXPIRY;
    const { layout, ledger } = this.options;
    let now: number;
    if (this.types[entry] === STRING) {
      const text = value as StringValue;
      now = layout.stringBytes(keyLength, hasTtl, stringForm(text, this.options.shareIntegers()), stringCapacity(text));
    } else {
      now = layout.collectionKeyBytes(keyLength, hasTtl) + (value as Collection).bytes;
    }
    ledger.data += now - this.bytes[entry];
    this.bytes[entry] = now;
  }

  private accountTables(): void {
    const { layout, ledger } = this.options;
    const bytes =
      layout.slotDictBytes === null
        ? this.mainTable.bytes(this.main.buckets, this.main.size) +
          this.expiresTable.bytes(this.expires.buckets, this.expires.size)
        : this.slotDicts;
    this.accountedSize = this.main.size;
    ledger.tables += bytes - this.tableBytes;
    this.tableBytes = bytes;
  }

  /** Tables whose bytes follow every key are brought up to date each time the keys changed by one in a hundred. */
  private followUse(): void {
    if (Math.abs(this.main.size - this.accountedSize) * 100 > this.accountedSize) this.accountTables();
  }

  private countSlot(entry: number, slot: number): void {
    this.slots[entry] = slot;
    this.countKeys(this.slotKeys, slot, 1);
  }

  private uncountSlot(entry: number): void {
    this.countKeys(this.slotKeys, this.slots[entry], -1);
  }

  private countVolatile(entry: number, by: number): void {
    this.countKeys(this.slotVolatile, this.slots[entry], by);
  }

  private countKeys(counts: Int32Array, slot: number, by: number): void {
    const before = counts[slot];
    counts[slot] = before + by;
    const { slotDictBytes } = this.options.layout;
    if (slotDictBytes === null) return;
    this.slotDicts += slotDictBytes(before + by) - slotDictBytes(before);
    this.accountTables();
  }

  private allocate(): number {
    if (this.free.length > 0) return this.free.pop()!;
    if (this.highWater === this.capacity) this.grow();
    return this.highWater++;
  }

  private grow(): void {
    const capacity = Math.ceil(this.capacity * 1.5);
    this.types = copyInto(new Uint8Array(capacity), this.types);
    this.hashes = copyInto(new Int32Array(capacity), this.hashes);
    this.lru = copyInto(new Uint32Array(capacity), this.lru);
    this.expireAt = copyInto(new Float64Array(capacity), this.expireAt);
    this.bytes = copyInto(new Float64Array(capacity), this.bytes);
    if (this.options.cluster) this.slots = copyInto(new Uint16Array(capacity), this.slots);
    this.main.resizeEntries(capacity);
    this.expires.resizeEntries(capacity);
    this.capacity = capacity;
  }
}

function copyInto<T extends Uint8Array | Uint16Array | Int32Array | Uint32Array | Float64Array>(to: T, from: T): T {
  to.set(from);
  return to;
}

/** A seeded 32-bit hash of a byte string: FNV-1a over the bytes, then a full avalanche. */
export function hashKey(key: string, seed: number): number {
  let hash = seed | 0;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
