// Segmented LRU (memcached 1.6, items.c and doc/new_lru.txt), a set of lists per slab class.
//
//   HOT   new items. Beyond 20 % of the class's bytes, or older than 0.2 × the age of COLD's tail, the tail moves on:
//         to WARM if it was asked for twice since it came (ACTIVE), else to COLD.
//   WARM  items that earned their place. An ACTIVE tail goes round again; beyond 40 %, or older than 2 × that age, to COLD.
//   COLD  the rest; what is asked for here twice moves to WARM a moment later. Memory is taken from its tail.
//   TEMP  items with a short TTL, if switched on: they are never moved, only reclaimed.
//
// Without segments there is COLD alone, and a hit moves an item to the front at most once a minute.

import { ACTIVE, FETCHED, type ItemTable, NO_ITEM } from "./item-table.ts";
import type { MemcachedSettings } from "./settings.ts";
import { type ListStats, MOST_LISTS } from "./stats.ts";

export const HOT = 0;
export const WARM = 64;
export const COLD = 128;
export const TEMP = 192;
export const SEGMENTS = [HOT, WARM, COLD, TEMP] as const;
export type Segment = (typeof SEGMENTS)[number];
const CLASS = 63;

/** How far a look at a tail goes past items that it may not touch, or that were dead. */
const TRIES = 5;

export function classOfList(list: number): number {
  return list & CLASS;
}

export function segmentOfList(list: number): number {
  return list & ~CLASS;
}

/** What a pull needs of the store. */
export interface Graveyard {
  readonly now: number;
  /** Its hash lock is held: nobody may move it. */
  readonly locked: number;
  isFlushed(item: number): boolean;
  unlink(item: number): void;
  /** slab_automove=2: somebody was evicted here. */
  evicted(slabClass: number): void;
}

export class Lru {
  readonly heads = new Int32Array(MOST_LISTS).fill(NO_ITEM);
  readonly tails = new Int32Array(MOST_LISTS).fill(NO_ITEM);
  readonly counts = new Float64Array(MOST_LISTS);
  readonly bytes = new Float64Array(MOST_LISTS);

  constructor(
    private readonly items: ItemTable,
    private readonly settings: MemcachedSettings,
    private readonly stats: () => ListStats,
    private readonly store: Graveyard,
  ) {}

  /** At the head of the list that the item names. */
  link(item: number): void {
    const { items, heads, tails } = this;
    const list = items.list[item];
    const head = heads[list];
    items.newer[item] = NO_ITEM;
    items.older[item] = head;
    if (head !== NO_ITEM) items.newer[head] = item;
    else tails[list] = item;
    heads[list] = item;
    this.counts[list]++;
    this.bytes[list] += items.bytes[item];
  }

  unlink(item: number): void {
    const { newer, older, list: lists, bytes } = this.items;
    const list = lists[item];
    const before = newer[item];
    const after = older[item];
    if (before === NO_ITEM) this.heads[list] = after;
    else older[before] = after;
    if (after === NO_ITEM) this.tails[list] = before;
    else newer[after] = before;
    this.counts[list]--;
    this.bytes[list] -= bytes[item];
  }

  private move(item: number, segment: Segment): void {
    this.unlink(item);
    this.items.list[item] = classOfList(this.items.list[item]) | segment;
    this.link(item);
  }

  /** A hit that was noted (`Store.bump`) takes effect: from COLD to WARM, or to the front of the only list. */
  update(item: number): void {
    const { items, settings, store } = this;
    if (settings.lruSegmented) {
      items.time[item] = store.now;
      if (segmentOfList(items.list[item]) !== COLD || (items.marks[item] & ACTIVE) === 0) return;
      items.marks[item] &= ~ACTIVE;
      this.move(item, WARM);
      this.stats().moves_to_warm[items.list[item]]++;
    } else if (items.time[item] < store.now - UPDATE_INTERVAL) {
      items.time[item] = store.now;
      this.unlink(item);
      this.link(item);
    }
  }

  /** Seconds since COLD's last item moved; 0 without any. */
  age(list: number): number {
    const tail = this.tails[list];
    return tail === NO_ITEM ? 0 : this.store.now - this.items.time[tail];
  }

  /** Looks at the tail of a segment: reclaims, moves or evicts. Returns how many it did away with or moved. */
  pullTail(slabClass: number, segment: Segment, totalBytes: number, evicts: boolean, maxAge: number): number {
    const { items, store } = this;
    const list = slabClass | segment;
    let removed = 0;
    let next: number;
    for (let search = this.tails[list], tries = TRIES; search !== NO_ITEM && tries > 0; search = next, tries--) {
      next = items.newer[search];
      if (search === store.locked) continue;
      if (this.isDead(search)) {
        const stats = this.stats();
        stats.reclaimed[list]++;
        if ((items.marks[search] & FETCHED) === 0) stats.expired_unfetched[list]++;
        store.unlink(search);
        removed++;
        continue;
      }
      if (segment === TEMP) return removed;
      if (segment === COLD) return removed + this.pullCold(search, list, evicts);
      const moved = this.pullRecent(search, list, segment, totalBytes, maxAge);
      removed += moved;
      // What was active in WARM goes round, and the look goes on; everything else ends it.
      if (moved === 0 || segmentOfList(items.list[search]) !== segment) return removed;
    }
    return removed;
  }

  private isDead(item: number): boolean {
    const expires = this.items.expires[item];
    return (expires !== 0 && expires < this.store.now) || this.store.isFlushed(item);
  }

  private pullRecent(item: number, list: number, segment: Segment, totalBytes: number, maxAge: number): number {
    const { items, settings } = this;
    const stats = this.stats();
    if ((items.marks[item] & ACTIVE) !== 0) {
      items.marks[item] &= ~ACTIVE;
      if (segment === WARM) stats.moves_within_lru[list]++;
      else stats.moves_to_warm[list]++;
      this.move(item, WARM);
      return 1;
    }
    const percent = segment === HOT ? settings.hotLruPercent : settings.warmLruPercent;
    // A share that rounds to nothing counts as that of WARM, as the server has it.
    const limit = Math.floor((totalBytes * percent) / 100) || Math.floor((totalBytes * settings.warmLruPercent) / 100);
    if (this.bytes[list] <= limit && this.store.now - items.time[item] <= maxAge) return 0;
    stats.moves_to_cold[list]++;
    this.move(item, COLD);
    return 1;
  }

  private pullCold(item: number, list: number, evicts: boolean): number {
    const { items, settings, store } = this;
    const stats = this.stats();
    if (evicts) {
      if (!settings.evicts) return 0;
      stats.evicted[list]++;
      stats.evicted_time[list] = store.now - items.time[item];
      if (items.expires[item] !== 0) stats.evicted_nonzero[list]++;
      if ((items.marks[item] & FETCHED) === 0) stats.evicted_unfetched[list]++;
      if ((items.marks[item] & ACTIVE) !== 0) stats.evicted_active[list]++;
      store.unlink(item);
      store.evicted(classOfList(list));
      return 1;
    }
    if (!settings.lruSegmented || (items.marks[item] & ACTIVE) === 0) return 0;
    stats.moves_to_warm[list]++;
    items.marks[item] &= ~ACTIVE;
    this.move(item, WARM);
    return 1;
  }
}

/** Seconds within which a second hit does not move an item again. */
export const UPDATE_INTERVAL = 60;
