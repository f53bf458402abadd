// A page changes its class: the oldest page of the source is emptied. Items on it move to free chunks of their class as far as
// there are any, dead ones are dropped, the rest is evicted (memcached 1.6, slabs.c: slab_rebalance_move). Who moved is new:
// it has another CAS id, stands at the head of its list, and its age begins again, as on the server.

import { CHUNKED, LINKED, NO_ITEM } from "./item-table.ts";
import { SEGMENTS } from "./lru.ts";
import { GLOBAL_POOL, NO_PAGE } from "./slabs.ts";
import type { MemcachedStore } from "./store.ts";

/** False: a value is just being received or read on that page, and it stays for now. */
export function movePage(store: MemcachedStore, from: number, to: number): boolean {
  const { slabs, stats } = store;
  const page = slabs.pages[from][0];
  if (from !== GLOBAL_POOL) {
    const found = itemsOn(store, from, page);
    const chunks = found.reduce((sum, item) => sum + chunksOn(store, item, from, page), 0);
    if (chunks < slabs.usedOn(from, page) || found.includes(store.locked)) return false;
    slabs.strip(from, page);
    for (const item of found) emptyChunk(store, item, from, page);
  }
  slabs.hand(page, from, to);
  stats.slabsMoved++;
  return true;
}

/** Linked items with a chunk on the page. */
function itemsOn(store: MemcachedStore, slabClass: number, page: number): number[] {
  const { items, lru } = store;
  const found: number[] = [];
  for (const segment of SEGMENTS) {
    for (let item = lru.tails[slabClass | segment]; item !== NO_ITEM; item = items.newer[item]) {
      if (items.page[item] === page && (items.marks[item] & CHUNKED) === 0) found.push(item);
    }
  }
  for (const item of items.chains.keys()) {
    if ((items.marks[item] & LINKED) !== 0 && chunksOn(store, item, slabClass, page) > 0) found.push(item);
  }
  return found;
}

function chunksOn({ items }: MemcachedStore, item: number, slabClass: number, page: number): number {
  const chain = items.chains.get(item);
  if (chain === undefined) return 1;
  let count = 0;
  for (let i = 0; i < chain.length; i += 2) if (chain[i] === slabClass && chain[i + 1] === page) count++;
  return count;
}

function emptyChunk(store: MemcachedStore, item: number, slabClass: number, page: number): void {
  const { items, slabs, stats } = store;
  const expires = items.expires[item];
  if ((expires !== 0 && expires < store.now) || store.isFlushed(item)) return store.unlink(item);
  const chain = items.chains.get(item);
  if (chain === undefined) {
    const other = slabs.take(slabClass, false);
    if (other === NO_PAGE) {
      stats.evictionsNoMemory++;
      return store.unlink(item);
    }
    items.page[item] = other;
    stats.rescues++;
    return store.relink(item);
  }
  for (let i = 0; i < chain.length; i += 2) {
    if (chain[i] !== slabClass || chain[i + 1] !== page) continue;
    const other = slabs.take(slabClass, false);
    if (other === NO_PAGE) {
      stats.evictionsNoMemory++;
      return store.unlink(item);
    }
    chain[i + 1] = other;
    if (i === 0) {
      items.page[item] = other;
      stats.rescues++;
      store.relink(item);
    } else stats.chunkRescues++;
  }
}
