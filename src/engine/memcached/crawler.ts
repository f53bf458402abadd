// The LRU crawler walks lists from their tails and takes out what is dead. By itself it looks at a list a few seconds after
// it began, then more and more seldom, up to once an hour, unless more than one in a hundred of the items with a time to
// live will be dead by then (memcached 1.6, items.c: lru_maintainer_crawler_check; crawler.c).

import { FETCHED, NO_ITEM } from "./item-table.ts";
import { classOfList, SEGMENTS } from "./lru.ts";
import { MOST_LISTS } from "./stats.ts";
import type { MemcachedStore } from "./store.ts";

/** Time to live that is left, by minutes of the coming hour. */
const MINUTES = 61;
const HOUR = 3_600;
const STEP = 60;
const LEAST_WAIT = 5;

export class Crawler {
  private readonly next = new Float64Array(MOST_LISTS);
  private readonly wait = new Float64Array(MOST_LISTS);
  /** Items of a list that are looked at; 0: all. */
  most = 0;

  constructor(private readonly store: MemcachedStore) {}

  /** Once a second. */
  check(): void {
    const { store, next, wait } = this;
    let started = false;
    for (let list = 1; list < MOST_LISTS; list++) {
      if (store.now <= next[list]) continue;
      next[list] = store.now + LEAST_WAIT;
      if (store.lru.counts[list] === 0) continue;
      started = true;
      wait[list] = this.nextWait(wait[list], this.crawl(list));
      next[list] = store.now + wait[list] + LEAST_WAIT;
    }
    if (started) store.stats.crawlerStarts++;
  }

  private nextWait(before: number, seen: Crawled): number {
    const enough = Math.floor(seen.mortal / 100) + 1;
    let dying = 0;
    let wait = before;
    for (let minute = 0; minute < MINUTES - 1; minute++) {
      dying += seen.byMinute[minute];
      if (dying <= enough) continue;
      if (wait < minute * STEP) wait += STEP;
      else if (wait >= STEP) wait -= STEP;
      break;
    }
    if (dying === 0) wait += STEP;
    return Math.min(HOUR, wait);
  }

  /** Walks one list. */
  private crawl(list: number): Crawled {
    const { store } = this;
    const { items, lru } = store;
    const { lists } = store.stats;
    const byMinute = new Float64Array(MINUTES);
    let mortal = 0;
    let left = this.most || Number.POSITIVE_INFINITY;
    for (let item = lru.tails[list]; item !== NO_ITEM && left > 0; left--) {
      const newer = items.newer[item];
      const expires = items.expires[item];
      const flushed = store.isFlushed(item);
      lists.crawler_items_checked[list]++;
      if (flushed || (expires !== 0 && expires < store.now)) {
        lists.crawler_reclaimed[list]++;
        if (!flushed && (items.marks[item] & FETCHED) === 0) lists.expired_unfetched[list]++;
        store.unlink(item);
      } else if (expires !== 0) {
        mortal++;
        const minute = Math.floor((expires - store.now) / STEP);
        if (minute < MINUTES) byMinute[minute]++;
      }
      item = newer;
    }
    return { mortal, byMinute };
  }

  /** `lru_crawler crawl`: classes by number, or all. False: there is nothing to look at. */
  crawlClasses(classes: readonly number[]): boolean {
    let any = false;
    for (const slabClass of classes) {
      for (const segment of SEGMENTS) {
        if (this.store.lru.counts[slabClass | segment] === 0) continue;
        any = true;
        this.crawl(slabClass | segment);
      }
    }
    if (any) this.store.stats.crawlerStarts++;
    return any;
  }

  /** `lru_crawler metadump`: what is known of every item that is alive. */
  *describe(classes: readonly number[]): Generator<string> {
    const { store } = this;
    const { items, lru } = store;
    for (const list of classes.flatMap(slabClass => SEGMENTS.map(segment => slabClass | segment))) {
      for (let item = lru.tails[list]; item !== NO_ITEM; item = items.newer[item]) {
        const expires = items.expires[item];
        if ((expires !== 0 && expires < store.now) || store.isFlushed(item)) continue;
        const { startedSeconds } = store;
        yield `key=${uriText(items.keys[item])} exp=${expires === 0 ? -1 : expires + startedSeconds} ` +
          `la=${items.time[item] + startedSeconds} cas=${items.cas[item]} ` +
          `fetch=${(items.marks[item] & FETCHED) === 0 ? "no" : "yes"} ` +
          `cls=${classOfList(items.list[item])} size=${items.bytes[item]}`;
      }
    }
  }
}

function uriText(key: string): string {
  return key.replace(
    /[^A-Za-z0-9\-._~]/gu,
    byte => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

interface Crawled {
  readonly mortal: number;
  readonly byMinute: Float64Array;
}
