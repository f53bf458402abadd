// One database: keys, values, expiries and what the server keeps beside them for aging.
//
// A key lives under an entry, a small integer that stays the same while the key lives and is reused afterwards. What
// belongs to an entry lies in two places, so that a look-up touches few cache lines (with a column per field it cost
// nine misses a call on a million keys):
//
//   refs[2e]      the key's bytes                 refs[2e + 1]  the value (see values/)
//   records       32 bytes per entry, as eight 32-bit words from word 8e:
//     word 0      32-bit hash of the key, seeded per engine
//     word 1, 2   next entry in the chain of the main dict, of the expires dict
//     word 3      bits 0–23: LRU seconds, or LFU minutes << 8 | counter; bits 24–31: type
//     word 4      allocator bytes of entry, key, value and expiry (unsigned)
//     word 5      hash slot, in cluster mode
//     words 6, 7  as one double: absolute ms of expiry, NO_EXPIRY for never
//
// Two dicts order the entries: `main` holds all keys, `expires` those with an expiry. They behave as the server's do,
// since eviction samples them, expiry walks them and their bucket arrays count as used memory.

import { assert } from "../assert.ts";
import { Dict, type GrowthPolicy, NONE } from "./dict.ts";
import type { Layout, TableModel } from "./memory/layout.ts";
import { sizeClassIndex } from "./memory/size-count.ts";
import { Records } from "./records.ts";
import { keySlot, SLOT_COUNT } from "./slots.ts";
import { plainLength, type StringValue, stringCapacity, stringForm } from "./values/string.ts";

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
  /** Bytes as MEMORY USAGE estimates them from so many samples (0: all), where that differs from `bytes`. */
  sampledBytes?(samples: number): number;
  /** What DEBUG OBJECT says beyond the usual. */
  readonly debugText?: string;
}

export type Value = StringValue | Collection;

/** Bytes in use, shared by the databases of one engine. */
export interface Ledger {
  /** Entries, keys, values, expiries. */
  data: number;
  /** Bucket arrays. */
  tables: number;
  /** Bytes of `data` by size of key (memory/size-count.ts). */
  readonly bySize: Float64Array;
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

export class Keyspace {
  private readonly records = new Records();
  private refs: (string | Value | undefined)[] = [];

  readonly main: Dict;
  readonly expires: Dict;
  /** Where the active expiry cycle goes on. */
  expiresCursor = 0;
  /** Running mean of remaining TTLs in ms, as INFO shows it. */
  averageTtlMs = 0;
  rewriteObserver: RewriteObserver | null = null;
  /** The same for whoever keeps values elsewhere, all the time; and when all keys go at once. */
  tierObserver: RewriteObserver | null = null;
  clearObserver: (() => void) | null = null;
  /** Told of every entry that is added; null nearly always. */
  insertObserver: ((entry: number) => void) | null = null;
  /** The database's number; SWAPDB changes it. */
  index: number;

  private readonly mainTable: TableModel;
  private readonly expiresTable: TableModel;
  private tableBytes = 0;
  /** Keys when the tables were last accounted. */
  private accountedSize = 0;
  /** Keys per slot, and those with an expiry; empty outside cluster mode. */
  private readonly slotKeys: Int32Array;
  private readonly slotVolatile: Int32Array;
  private slotDicts = 0;

  constructor(private readonly options: KeyspaceOptions) {
    const { cluster, growth, layout } = options;
    this.index = options.index;
    this.slotKeys = new Int32Array(cluster ? SLOT_COUNT : 0);
    this.slotVolatile = new Int32Array(cluster ? SLOT_COUNT : 0);
    this.mainTable = layout.newTable();
    this.expiresTable = layout.newTable();
    const resized = () => this.accountTables();
    this.main = new Dict(this.records, Records.NEXT_MAIN, growth, resized);
    this.expires = new Dict(this.records, Records.NEXT_EXPIRES, growth, resized);
  }

  get size(): number {
    return this.main.size;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Fields of an entry.

  keyOf(entry: number): string {
    return this.refs[2 * entry] as string;
  }

  valueOf(entry: number): Value {
    return this.refs[2 * entry + 1] as Value;
  }

  typeOf(entry: number): ValueType {
    return this.records.type(entry) as ValueType;
  }

  /** Absolute ms, or NO_EXPIRY. */
  expiryOf(entry: number): number {
    return this.records.expiry(entry);
  }

  lruOf(entry: number): number {
    return this.records.lru(entry);
  }

  setLru(entry: number, lru: number): void {
    this.records.setLru(entry, lru);
  }

  /** Allocator bytes of the key with its value and expiry. */
  bytesOf(entry: number): number {
    return this.records.bytes(entry);
  }

  /** The hash slot of an entry; only in cluster mode. */
  slotOf(entry: number): number {
    return this.records.slot(entry);
  }

  // -------------------------------------------------------------------------------------------------------------
  // Keys.

  /** The entry of a key, expired or not; NONE when it is not there. `keyHash` is `hashKey(key)` if known. */
  find(key: string, keyHash = hashKey(key)): number {
    if (this.main.rehashing) this.main.rehash(1);
    return this.peek(key, keyHash);
  }

  /** The same for somebody who only looks: a rehash that is under way stays where it is. */
  peek(key: string, keyHash = hashKey(key)): number {
    const { main, records, refs } = this;
    if (main.size === 0) return NONE;
    const hash = spread(keyHash, this.options.hashSeed);
    let entry = main.first(hash);
    while (entry !== NONE) {
      if (records.hash(entry) === hash && Object.is(refs[2 * entry], key)) return entry;
      entry = main.following(entry);
    }
    entry = main.firstOfNew(hash);
    while (entry !== NONE) {
      if (records.hash(entry) === hash && Object.is(refs[2 * entry], key)) return entry;
      entry = main.following(entry);
    }
    return NONE;
  }

  /** Adds a key that is not there. `slot` (-1: unknown) and `keyHash` may be given by a caller who has computed them. */
  insert(key: string, type: ValueType, value: Value, lru: number, slot = -1, keyHash = hashKey(key)): number {
    const entry = this.records.allocate(spread(keyHash, this.options.hashSeed), type, lru);
    this.refs[2 * entry] = key;
    this.refs[2 * entry + 1] = value;
    if (this.options.cluster) {
      this.records.setSlot(entry, slot === -1 ? keySlot(key) : slot);
      this.countKeys(this.slotKeys, entry, 1);
    }
    this.main.insert(entry);
    if (this.mainTable.followsUse) this.followUse();
    this.account(entry);
    this.insertObserver?.(entry);
    return entry;
  }

  remove(entry: number): void {
    this.rewriteObserver?.(entry);
    this.tierObserver?.(entry);
    if (this.records.expiry(entry) !== NO_EXPIRY) {
      this.expires.remove(entry);
      if (this.options.cluster) this.countKeys(this.slotVolatile, entry, -1);
    }
    this.main.remove(entry);
    if (this.mainTable.followsUse) this.followUse();
    if (this.options.cluster) this.countKeys(this.slotKeys, entry, -1);
    this.count(this.records.bytes(entry), 0);
    this.refs[2 * entry] = undefined;
    this.refs[2 * entry + 1] = undefined;
    this.records.release(entry);
  }

  /** Puts another value under an existing key; the expiry stays. */
  replace(entry: number, type: ValueType, value: Value): void {
    this.rewriteObserver?.(entry);
    this.tierObserver?.(entry);
    // Strings of one length take the same bytes: then the key need not be looked at.
    const alike =
      type === STRING &&
      this.records.type(entry) === STRING &&
      plainLength(value as StringValue) === plainLength(this.refs[2 * entry + 1] as StringValue);
    this.records.setType(entry, type);
    this.refs[2 * entry + 1] = value;
    if (!alike) this.account(entry);
  }

  /** To be called after a value was changed in place. */
  changed(entry: number): void {
    this.rewriteObserver?.(entry);
    this.tierObserver?.(entry);
    this.account(entry);
  }

  setExpiry(entry: number, atMs: number): void {
    const before = this.records.expiry(entry);
    this.records.setExpiry(entry, atMs);
    if (before === NO_EXPIRY) {
      this.expires.insert(entry);
      if (this.options.cluster) this.countKeys(this.slotVolatile, entry, 1);
      this.account(entry);
    }
    this.rewriteObserver?.(entry);
    this.tierObserver?.(entry);
  }

  /** Makes a key stay for ever; false when it had no expiry. */
  clearExpiry(entry: number): boolean {
    if (this.records.expiry(entry) === NO_EXPIRY) return false;
    this.expires.remove(entry);
    if (this.options.cluster) this.countKeys(this.slotVolatile, entry, -1);
    this.records.setExpiry(entry, NO_EXPIRY);
    this.account(entry);
    return true;
  }

  clear(): void {
    this.clearObserver?.();
    this.forEachEntry(entry => this.count(this.records.bytes(entry), 0));
    this.refs = [];
    this.records.clear();
    this.slotKeys.fill(0);
    this.slotVolatile.fill(0);
    this.slotDicts = 0;
    this.expiresCursor = 0;
    this.averageTtlMs = 0;
    this.main.clear();
    this.expires.clear();
  }

  keysInSlot(slot: number): number {
    return this.slotKeys[slot] ?? 0;
  }

  /** Calls back for every live entry in order of entries (not of keys or buckets). */
  forEachEntry(visit: (entry: number) => void): void {
    const limit = this.records.limit;
    for (let entry = 0; entry < limit; entry++) if (this.refs[2 * entry] !== undefined) visit(entry);
  }

  /** An empty keyspace becomes a copy of another one: collections are copied, immutable values shared. */
  copyFrom(source: Keyspace): void {
    assert(this.size === 0, `copy into a keyspace of ${this.size} keys`);
    source.forEachEntry(from => {
      const value = source.valueOf(from);
      const copy = typeof value === "object" && "clone" in value ? (value.clone() as Value) : value;
      const entry = this.insert(source.keyOf(from), source.typeOf(from), copy, source.lruOf(from));
      const expiry = source.expiryOf(from);
      if (expiry !== NO_EXPIRY) this.setExpiry(entry, expiry);
    });
  }

  // -------------------------------------------------------------------------------------------------------------
  // Memory.

  /** Brings the ledger up to date with what the entry takes now. */
  private account(entry: number): void {
    const { records, refs, options } = this;
    const keyLength = (refs[2 * entry] as string).length;
    const hasTtl = records.expiry(entry) !== NO_EXPIRY;
    const { layout } = options;
    let now: number;
    if (records.type(entry) === STRING) {
      const text = refs[2 * entry + 1] as StringValue;
      now = layout.stringBytes(keyLength, hasTtl, stringForm(text, options.shareIntegers()), stringCapacity(text));
    } else {
      now = layout.collectionKeyBytes(keyLength, hasTtl) + (refs[2 * entry + 1] as Collection).bytes;
    }
    const before = records.bytes(entry);
    if (now === before) return;
    this.count(before, now);
    records.setBytes(entry, now);
  }

  /** A key of `before` bytes has `now`; 0 stands for a key that is not there. */
  private count(before: number, now: number): void {
    const { ledger } = this.options;
    ledger.data += now - before;
    if (before > 0) ledger.bySize[sizeClassIndex(before)] -= before;
    if (now > 0) ledger.bySize[sizeClassIndex(now)] += now;
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

  private countKeys(counts: Int32Array, entry: number, by: number): void {
    const slot = this.records.slot(entry);
    const before = counts[slot];
    counts[slot] = before + by;
    const { slotDictBytes } = this.options.layout;
    if (slotDictBytes === null) return;
    const change = slotDictBytes(before + by) - slotDictBytes(before);
    if (change === 0) return;
    this.slotDicts += change;
    this.accountTables();
  }
}

/** A 32-bit hash of a byte string (FNV-1a). The same for every engine, so that a caller may compute it once. */
export function hashKey(key: string): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return hash;
}

/** Spreads a key's hash over all bits, differently for every engine. */
function spread(hash: number, seed: number): number {
  let h = hash ^ seed;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
