// The item store of a Memcached server: hash table, slabs and lists, with its clock given from outside. What it does is the
// server's do_item_* and do_store_item (memcached 1.6: items.c, memcached.c); what commands it serves stands in text/.
//
// The hash table is a Map: nothing that clients can see depends on the order of buckets. Its bytes are counted as the
// server's own table has them, beside the limit of item memory.

import type { Bytes } from "../bytes.ts";
import { textOf } from "../bytes.ts";
import { Background } from "./background.ts";
import {
  ACTIVE,
  BINARY_KEY,
  CHUNKED,
  FETCHED,
  ItemTable,
  LINKED,
  NO_ITEM,
  QUEUED,
  STALE,
  TOKEN_SENT,
} from "./item-table.ts";
import { COLD, classOfList, HOT, Lru, segmentOfList, TEMP, UPDATE_INTERVAL } from "./lru.ts";
import type { MemcachedSettings } from "./settings.ts";
import { SizeHistogram } from "./size-histogram.ts";
import { chainClasses, headerClass } from "./slab-chains.ts";
import { itemBytes, type SlabClasses, slabClasses } from "./slab-classes.ts";
import { NO_PAGE, Slabs } from "./slabs.ts";
import { MemcachedStats } from "./stats.ts";

export type StoreMode = "set" | "add" | "replace" | "append" | "prepend" | "cas";
export type Stored = "STORED" | "NOT_STORED" | "EXISTS" | "NOT_FOUND";

/** Times beyond 30 days are points in time, those up to it are from now. */
const MONTH = 2_592_000;
/** The clock begins so far above zero, so that nothing that happened has the time 0. */
const FIRST_SECOND = UPDATE_INTERVAL + 2;
const PULLS = 10;

export class MemcachedStore {
  readonly items = new ItemTable();
  readonly classes: SlabClasses;
  readonly slabs: Slabs;
  readonly lru: Lru;
  readonly background: Background;
  readonly sizes: SizeHistogram;
  stats = new MemcachedStats();
  readonly index = new Map<string, number>();
  /** Seconds of the server's own clock, and the unix time of its zero. */
  now: number;
  readonly startedSeconds: number;
  nowMs: number;
  locked = NO_ITEM;
  /** Items that were evicted so far. */
  evictions = 0;
  /** Bytes of all linked items. */
  bytes = 0;
  hashPower: number;
  private lastCas = 0;
  private oldestLive = 0;
  private oldestCas = 0;

  constructor(
    readonly settings: MemcachedSettings,
    nowMs: number,
  ) {
    this.classes = slabClasses(settings);
    this.slabs = new Slabs(settings, this.classes);
    this.lru = new Lru(this.items, settings, () => this.stats.lists, this);
    this.sizes = new SizeHistogram(settings.itemSizeMax);
    this.hashPower = settings.hashPower;
    this.startedSeconds = Math.floor(nowMs / 1_000) - FIRST_SECOND;
    this.now = FIRST_SECOND;
    this.nowMs = nowMs;
    this.background = new Background(this);
  }

  /** Moves the clock, and does what is due in the background until then. */
  setTime(nowMs: number): void {
    this.background.until(nowMs);
    this.nowMs = nowMs;
    this.now = Math.floor(nowMs / 1_000) - this.startedSeconds;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Times.

  /** A time as clients give it, on the server's clock. */
  realTime(given: number): number {
    const time = given < 0 ? MONTH + 1 : given;
    if (time === 0) return 0;
    if (time <= MONTH) return time + this.now;
    return time <= this.startedSeconds ? 1 : time - this.startedSeconds;
  }

  isFlushed(item: number): boolean {
    const { oldestLive, oldestCas, items } = this;
    if (oldestLive === 0 || oldestLive > this.now) return false;
    const cas = items.cas[item];
    return items.time[item] <= oldestLive || (oldestCas !== 0 && cas !== 0 && cas < oldestCas);
  }

  /** Everything that is there when the time has come goes; 0: now. */
  flushAll(delay: number): void {
    const newest = delay > 0 ? this.realTime(delay) : this.now;
    this.oldestLive = this.settings.cas ? newest - 1 : newest;
    if (this.settings.cas && this.oldestLive <= this.now) this.oldestCas = this.nextCas();
  }

  /** Seconds since it was started. */
  get uptime(): number {
    return this.now - UPDATE_INTERVAL;
  }

  /** For `stats settings`. */
  get oldest(): number {
    return this.oldestLive;
  }

  nextCas(): number {
    return this.settings.cas ? ++this.lastCas : 0;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Finding.

  /** The live item under a key, untouched, or NO_ITEM; a dead one is done away with. */
  find(key: string): number {
    const item = this.index.get(key);
    if (item === undefined) return NO_ITEM;
    if (this.isFlushed(item)) this.stats.getFlushed++;
    else {
      const expires = this.items.expires[item];
      if (expires === 0 || expires > this.now) return item;
      this.stats.getExpired++;
    }
    this.unlink(item);
    return NO_ITEM;
  }

  /** Notes that an item was asked for. It is ACTIVE from the second time on; in COLD the background moves it then. */
  bump(item: number): void {
    const { items, lru } = this;
    const marks = items.marks[item];
    if (!this.settings.lruSegmented) {
      items.marks[item] = marks | FETCHED;
      lru.update(item);
    } else if ((marks & ACTIVE) === 0) {
      if ((marks & FETCHED) === 0) items.marks[item] = marks | FETCHED;
      else if (segmentOfList(items.list[item]) !== COLD) {
        items.marks[item] = marks | ACTIVE;
        items.time[item] = this.now;
      } else if (this.background.bumpLater(item)) items.marks[item] = marks | ACTIVE | QUEUED;
      else this.stats.bumpsDropped++;
    }
  }

  // -------------------------------------------------------------------------------------------------------------
  // Room.

  fits(keyBytes: number, flags: number, valueBytes: number): boolean {
    return this.classes.classOf(itemBytes(keyBytes, flags, valueBytes, this.settings.cas)) !== 0;
  }

  /** An item without a value yet, in no list; NO_ITEM: too large, or no memory. Large ones get a header only. */
  allocate(key: string, flags: number, expires: number, valueBytes: number): number {
    const { items, settings, classes } = this;
    const bytes = itemBytes(key.length, flags, valueBytes, settings.cas);
    const own = classes.classOf(bytes);
    if (own === 0) return NO_ITEM;
    const chunked = bytes > settings.slabChunkMax;
    const from = chunked ? headerClass(classes, key.length, flags, settings.cas) : own;
    const page = this.pullChunk(from);
    if (page === NO_PAGE) {
      this.stats.lists.outofmemory[own]++;
      return NO_ITEM;
    }
    const item = items.take();
    items.keys[item] = key;
    items.bytes[item] = bytes;
    items.flags[item] = flags;
    items.expires[item] = expires;
    items.cas[item] = 0;
    items.page[item] = page;
    items.list[item] = own | this.firstSegment(expires);
    if (chunked) {
      items.marks[item] = CHUNKED;
      items.chains.set(item, [from, page]);
    }
    return item;
  }

  private firstSegment(expires: number): number {
    const { settings } = this;
    // The server computes it without a sign: no TTL, or one that is over, is a long one.
    if (settings.tempLru && expires >= this.now && expires - this.now <= settings.temporaryTtl) return TEMP;
    return settings.lruSegmented ? HOT : COLD;
  }

  /** Chunks for the value of a large item. False: no memory; the item is not there any more then. */
  fill(item: number, valueBytes: number): boolean {
    const chain = this.items.chains.get(item);
    if (chain === undefined) return true;
    const { slabChunkMax } = this.settings;
    for (const wanted of chainClasses(this.classes, valueBytes + 2, slabChunkMax)) {
      let from = wanted;
      let page = this.pullChunk(from);
      if (page === NO_PAGE && from !== this.classes.largest) {
        from = this.classes.largest;
        page = this.pullChunk(from);
      }
      if (page === NO_PAGE) {
        this.release(item);
        return false;
      }
      chain.push(from, page);
    }
    return true;
  }

  /** A free chunk of a class, from the tails of its lists if need be. */
  private pullChunk(slabClass: number): number {
    const { lru, settings, slabs } = this;
    let page = NO_PAGE;
    let pulls = 0;
    for (; pulls < PULLS; pulls++) {
      if (!settings.lruSegmented) lru.pullTail(slabClass, COLD, 0, false, 0);
      page = slabs.take(slabClass);
      if (page !== NO_PAGE) break;
      if (lru.pullTail(slabClass, COLD, 0, true, 0) > 0) continue;
      if (!settings.lruSegmented) break;
      lru.pullTail(slabClass, HOT, 0, false, 0);
    }
    if (pulls > 0) this.stats.lists.direct_reclaims[slabClass] += pulls;
    return page;
  }

  evicted(slabClass: number): void {
    this.evictions++;
    const { slabReassign, slabAutomove } = this.settings;
    if (slabReassign && slabAutomove === 2) this.background.reassign(-1, slabClass);
  }

  /** Gives the memory of an item back that is in no list. */
  release(item: number): void {
    const { items, slabs } = this;
    const chain = items.chains.get(item);
    if (chain === undefined) slabs.release(classOfList(items.list[item]), items.page[item]);
    else {
      for (let i = 0; i < chain.length; i += 2) slabs.release(chain[i], chain[i + 1]);
      items.chains.delete(item);
    }
    items.giveBack(item);
  }

  // -------------------------------------------------------------------------------------------------------------
  // Being there.

  link(item: number): void {
    const { items } = this;
    items.marks[item] |= LINKED;
    items.time[item] = this.now;
    items.cas[item] = this.nextCas();
    this.index.set(items.keys[item], item);
    this.bytes += items.bytes[item];
    this.stats.totalItems++;
    this.lru.link(item);
    this.sizes.add(items, item);
    if (this.index.size > 1.5 * 2 ** this.hashPower) this.hashPower++;
  }

  /** Takes an item out and gives its memory back. */
  unlink(item: number): void {
    const { items } = this;
    this.index.delete(items.keys[item]);
    this.bytes -= items.bytes[item];
    this.lru.unlink(item);
    this.sizes.remove(items, item);
    this.release(item);
  }

  /** It has moved to another chunk and counts as new. */
  relink(item: number): void {
    const { items } = this;
    this.lru.unlink(item);
    this.sizes.remove(items, item);
    items.time[item] = this.now;
    items.cas[item] = this.nextCas();
    this.lru.link(item);
    this.sizes.add(items, item);
    this.stats.totalItems++;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Storing.

  /**
   * Stores an allocated item that has its value. `cas` is what the client gave, 0 for none; `keepsStale` lets an older id
   * through and leaves the item stale. What was not stored is released.
   */
  store(item: number, mode: StoreMode, cas: number, keepsStale = false): Stored {
    const old = this.find(this.items.keys[item]);
    const stored = old === NO_ITEM ? this.storeNew(mode) : this.storeOver(old, item, mode, cas, keepsStale);
    if (stored !== "STORED") {
      this.release(item);
      return stored;
    }
    if (old !== NO_ITEM) {
      if (mode === "append" || mode === "prepend") return this.join(old, item, mode);
      this.unlink(old);
    }
    this.link(item);
    return stored;
  }

  /** The id of the item that was stored last. */
  get casOfLast(): number {
    return this.lastCas;
  }

  private storeNew(mode: StoreMode): Stored {
    if (mode === "add" || mode === "set") return "STORED";
    if (mode !== "cas") return "NOT_STORED";
    this.stats.casMisses++;
    return "NOT_FOUND";
  }

  private storeOver(old: number, item: number, mode: StoreMode, cas: number, keepsStale: boolean): Stored {
    const { items } = this;
    const oldCas = items.cas[old];
    switch (mode) {
      case "add":
        // What is there stays, and counts as used.
        this.lru.update(old);
        return "NOT_STORED";
      case "append":
      case "prepend":
        return cas !== 0 && cas !== oldCas ? "EXISTS" : "STORED";
      case "cas": {
        const isStale = keepsStale && cas !== 0 && cas < oldCas;
        if (isStale) {
          items.expires[item] = items.expires[old];
          items.marks[item] |= STALE | (items.marks[old] & TOKEN_SENT);
        } else if (cas === 0 || cas !== oldCas) {
          this.stats.slabs.cas_badval[classOfList(items.list[old])]++;
          return "EXISTS";
        }
        this.stats.slabs.cas_hits[classOfList(items.list[old])]++;
        return "STORED";
      }
      default:
        return "STORED";
    }
  }

  /** A new item of both values takes the place of the old one. */
  private join(old: number, added: number, mode: "append" | "prepend"): Stored {
    const { items } = this;
    const first = textOf(items.values[mode === "append" ? old : added]);
    const second = textOf(items.values[mode === "append" ? added : old]);
    this.locked = old;
    const value = first + second;
    const item = this.allocate(items.keys[old], items.flags[old], items.expires[old], value.length);
    const there = item !== NO_ITEM && this.fill(item, value.length);
    this.locked = NO_ITEM;
    this.release(added);
    if (!there) return "NOT_STORED";
    items.values[item] = value;
    this.unlink(old);
    this.link(item);
    return "STORED";
  }

  /** Puts another value of the same or less length into an item, in its place. */
  overwrite(item: number, value: Bytes): void {
    const { items } = this;
    this.sizes.remove(items, item);
    items.cas[item] = this.nextCas();
    this.sizes.add(items, item);
    items.values[item] = value;
    this.lru.update(item);
  }

  /** The length of an item's value. */
  valueBytes(item: number): number {
    return this.items.values[item].length;
  }

  markBinary(item: number): void {
    this.items.marks[item] |= BINARY_KEY;
  }

  get hashBytes(): number {
    return 8 * 2 ** this.hashPower;
  }
}
