// What a server's own threads do beside those that serve clients, each when its time has come:
//
// - The LRU maintainer looks at every class: at most 500 items of HOT and WARM are moved on, COLD's active tail goes to WARM.
//   A class where nothing moved is looked at less often, up to once a second; one with moves more often, down to every
//   millisecond. In between it works off the queue of hits on COLD.
// - Once a second it asks whether the crawler should look for the dead (crawler.ts) and whether a page should change its
//   class (automove.ts).
//
// Source: memcached 1.6, items.c (lru_maintainer_thread, lru_maintainer_juggle). The server's threads take their time; here
// a look, a crawl and the move of a page happen at one instant.

import { Automove } from "./automove.ts";
import { Crawler } from "./crawler.ts";
import { QUEUED } from "./item-table.ts";
import { COLD, HOT, TEMP, WARM } from "./lru.ts";
import { movePage } from "./page-mover.ts";
import { MOST_CLASSES } from "./slab-classes.ts";
import type { MemcachedStore } from "./store.ts";

const SHORTEST_US = 1_000;
const LONGEST_US = 1_000_000;
const MOVES = 500;
/** Room of the queue of hits: 8192 per worker thread. */
const QUEUE_PER_THREAD = 8_192;

export class Background {
  readonly crawler: Crawler;
  private readonly automove: Automove;
  private readonly queue: number[] = [];
  private readonly waitUs = new Float64Array(MOST_CLASSES);
  private readonly backoffUs = new Float64Array(MOST_CLASSES);
  private nextUs: number;
  private sleptUs = SHORTEST_US;
  private checkedSecond: number;
  private movedSecond: number;
  /** Source of the next page that nobody named a source for. */
  private turn = 0;

  constructor(private readonly store: MemcachedStore) {
    this.crawler = new Crawler(store);
    this.automove = new Automove(store);
    this.nextUs = store.nowMs * 1_000 + SHORTEST_US;
    this.checkedSecond = store.now;
    this.movedSecond = store.now;
  }

  /** A hit on COLD that moves its item to WARM; false: the queue is full. */
  bumpLater(item: number): boolean {
    const { queue, store } = this;
    if (!store.settings.lruMaintainer || queue.length >= QUEUE_PER_THREAD * store.settings.threads) return false;
    queue.push(item);
    return true;
  }

  /** Does what is due up to an instant. */
  until(nowMs: number): void {
    const { store } = this;
    if (!store.settings.lruMaintainer) return;
    const nowUs = nowMs * 1_000;
    while (this.nextUs <= nowUs) {
      store.now = Math.floor(this.nextUs / 1_000_000) - store.startedSeconds;
      this.sleptUs = this.wake();
      this.nextUs += this.sleptUs;
    }
  }

  /** One turn of the maintainer; returns how long it sleeps then. */
  private wake(): number {
    const { store, sleptUs } = this;
    const { settings } = store;
    let sleepUs = LONGEST_US;
    store.stats.juggles++;
    for (let slabClass = 1; slabClass <= store.classes.largest; slabClass++) {
      if (store.slabs.pages[slabClass].length === 0) continue;
      const left = this.waitUs[slabClass] - sleptUs;
      this.waitUs[slabClass] = left > 0 ? left : this.look(slabClass);
      sleepUs = Math.min(sleepUs, this.waitUs[slabClass]);
    }
    if (settings.lruSegmented && this.workOffQueue()) sleepUs = Math.min(sleepUs, SHORTEST_US);
    if (settings.lruCrawler && this.checkedSecond !== store.now) {
      this.checkedSecond = store.now;
      this.crawler.check();
    }
    if (settings.slabReassign && settings.slabAutomove === 1 && this.movedSecond !== store.now) {
      const { from, to } = this.automove.decide();
      if (from !== -1 && to !== -1) this.reassign(from, to);
      // Pages for everybody come one after another.
      if (to === 0) sleepUs = SHORTEST_US;
      else this.movedSecond = store.now;
    }
    return Math.max(sleepUs, SHORTEST_US);
  }

  /** Looks at a class; returns how long it is left alone. */
  private look(slabClass: number): number {
    const { backoffUs } = this;
    let backoff = backoffUs[slabClass];
    if (this.juggle(slabClass) === 0) {
      backoff = backoff === 0 ? SHORTEST_US : Math.min(LONGEST_US, backoff + Math.floor(backoff / 8));
    } else if (backoff > 0) {
      backoff = Math.floor(backoff / 2);
      if (backoff < SHORTEST_US) backoff = 0;
    }
    backoffUs[slabClass] = backoff;
    return backoff;
  }

  private juggle(slabClass: number): number {
    const { lru, settings } = this.store;
    let moved = 0;
    if (settings.tempLru) {
      while (moved < MOVES && lru.pullTail(slabClass, TEMP, 0, false, 0) > 0) moved++;
    }
    let total = 0;
    let hotAge = 0;
    let warmAge = 0;
    if (settings.lruSegmented) {
      const coldAge = lru.age(slabClass | COLD);
      hotAge = Math.floor(coldAge * settings.hotMaxFactor);
      warmAge = Math.floor(coldAge * settings.warmMaxFactor);
      total = lru.bytes[slabClass | COLD] + lru.bytes[slabClass | HOT] + lru.bytes[slabClass | WARM];
    }
    for (let i = 0; i < MOVES; i++) {
      const recent =
        lru.pullTail(slabClass, HOT, total, false, hotAge) > 0 ||
        lru.pullTail(slabClass, WARM, total, false, warmAge) > 0;
      const cold = settings.lruSegmented && lru.pullTail(slabClass, COLD, total, false, 0) > 0;
      if (!recent && !cold) break;
      moved++;
    }
    return moved;
  }

  private workOffQueue(): boolean {
    const { queue, store } = this;
    if (queue.length === 0) return false;
    const { items, lru } = store;
    for (const item of queue) {
      // Gone meanwhile, perhaps another by now.
      if ((items.marks[item] & QUEUED) === 0) continue;
      items.marks[item] &= ~QUEUED;
      lru.update(item);
    }
    queue.length = 0;
    return true;
  }

  /** Moves a page from a class (-1: the next that can spare one) to another (0: to all). */
  reassign(from: number, to: number): "OK" | "BADCLASS" | "NOSPARE" | "SAME" | "BUSY" {
    const { store } = this;
    if (from === to) return "SAME";
    const source = from === -1 ? this.nextWithPages(to) : from;
    const isClass = (one: number) => one >= 0 && one <= store.classes.largest;
    if (!isClass(source) || !isClass(to)) return "BADCLASS";
    if (store.slabs.pages[source].length < 2) return "NOSPARE";
    return movePage(store, source, to) ? "OK" : "BUSY";
  }

  private nextWithPages(besides: number): number {
    const { slabs, classes } = this.store;
    for (let tries = 0; tries < classes.largest; tries++) {
      this.turn = (this.turn % classes.largest) + 1;
      if (this.turn !== besides && slabs.pages[this.turn].length > 1) return this.turn;
    }
    return -1;
  }
}
