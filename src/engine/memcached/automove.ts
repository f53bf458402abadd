// Which page should change its class (memcached 1.6, slab_automove.c). Once a second every class adds a sample to a window of
// 30: the age of COLD's tail, its share of all evictions, whether anything was evicted or grew.
//
// - A class with more than 2.5 pages of free chunks that was quiet for a whole window gives a page to the pool.
// - Else the class with the oldest tail (and more than two pages) gives one to the class with the youngest tail among those
//   that evict (in more than half of the window, or a quarter of all evictions), if that age is below 0.8 × the oldest.

import { COLD, HOT } from "./lru.ts";
import { MOST_CLASSES } from "./slab-classes.ts";
import type { MemcachedStore } from "./store.ts";

const SOURCE_PAGES = 2;
const SPARE_PAGES = 2.5;
const BUSY_SHARE = 0.25;

export interface PageMove {
  readonly from: number;
  readonly to: number;
}

const NOBODY: PageMove = { from: -1, to: -1 };

export class Automove {
  private readonly ages: Float64Array;
  private readonly dirty: Uint8Array;
  private readonly evicting: Uint8Array;
  private readonly shares: Float64Array;
  private readonly evictedBefore = new Float64Array(MOST_CLASSES);
  private readonly refusedBefore = new Float64Array(MOST_CLASSES);
  private readonly pagesBefore = new Float64Array(MOST_CLASSES);
  private readonly size: number;
  private round = 0;

  constructor(private readonly store: MemcachedStore) {
    this.size = store.settings.slabAutomoveWindow;
    const cells = MOST_CLASSES * this.size;
    this.ages = new Float64Array(cells);
    this.dirty = new Uint8Array(cells);
    this.evicting = new Uint8Array(cells);
    this.shares = new Float64Array(cells);
  }

  decide(): PageMove {
    const { store, size, evictedBefore, refusedBefore, pagesBefore } = this;
    const { lists } = store.stats;
    const evicted = (slabClass: number) => lists.evicted[slabClass | COLD] - evictedBefore[slabClass];
    let all = 0;
    for (let slabClass = 1; slabClass <= store.classes.largest; slabClass++) all += evicted(slabClass);
    this.round++;
    let found: PageMove | null = null;
    let oldest = -1;
    let oldestAge = 0;
    let youngest = -1;
    let youngestAge = Number.POSITIVE_INFINITY;
    let youngestEvicts = false;
    for (let slabClass = 1; slabClass <= store.classes.largest && found === null; slabClass++) {
      const pages = store.slabs.pages[slabClass].length;
      const cell = slabClass * size + (this.round % size);
      const now = evicted(slabClass);
      this.ages[cell] = store.lru.age(slabClass | COLD);
      this.evicting[cell] = now > 0 ? 1 : 0;
      this.shares[cell] = now > 0 ? now / all : 0;
      const changed = lists.outofmemory[slabClass | HOT] > refusedBefore[slabClass] || pages > pagesBefore[slabClass];
      this.dirty[cell] = now > 0 || changed ? 1 : 0;
      const age = Math.floor(this.sum(this.ages, slabClass) / size);
      const spare = store.slabs.freeChunks(slabClass) > store.classes.perPage[slabClass] * SPARE_PAGES;
      if (spare && this.sum(this.dirty, slabClass) === 0) found = { from: slabClass, to: 0 };
      if (age > oldestAge && pages > SOURCE_PAGES) {
        oldest = slabClass;
        oldestAge = age;
      }
      const busy =
        this.sum(this.evicting, slabClass) > Math.floor(size / 2) ||
        this.sum(this.shares, slabClass) / size > BUSY_SHARE;
      if (busy && age < youngestAge) {
        youngest = slabClass;
        youngestAge = age;
        youngestEvicts = now > 0;
      }
    }
    for (let slabClass = 1; slabClass <= store.classes.largest; slabClass++) {
      evictedBefore[slabClass] = lists.evicted[slabClass | COLD];
      refusedBefore[slabClass] = lists.outofmemory[slabClass | HOT];
      pagesBefore[slabClass] = store.slabs.pages[slabClass].length;
    }
    if (found !== null) return found;
    if (youngest === -1 || oldest === -1 || this.round <= size || !youngestEvicts) return NOBODY;
    return youngestAge < oldestAge * store.settings.slabAutomoveRatio ? { from: oldest, to: youngest } : NOBODY;
  }

  private sum(window: Float64Array | Uint8Array, slabClass: number): number {
    let total = 0;
    for (let i = slabClass * this.size; i < (slabClass + 1) * this.size; i++) total += window[i];
    return total;
  }
}
