// stats items and stats slabs: rows by slab class.

import { COLD, HOT, SEGMENTS, TEMP, WARM } from "../lru.ts";
import type { ListStats } from "../stats.ts";
import type { MemcachedStore } from "../store.ts";
import type { StatRow } from "./statistics.ts";

type ListCounter = Exclude<keyof ListStats, "total" | "hits">;

export function slabRows(store: MemcachedStore): StatRow[] {
  const { slabs, classes, stats } = store;
  const rows: StatRow[] = [];
  let active = 0;
  for (let i = 1; i <= classes.largest; i++) {
    const pages = slabs.pages[i].length;
    if (pages === 0) continue;
    active++;
    const hits = SEGMENTS.reduce((sum: number, segment) => sum + stats.lists.hits[i | segment], 0);
    const values: StatRow[] = [
      ["chunk_size", classes.sizes[i]],
      ["chunks_per_page", classes.perPage[i]],
      ["total_pages", pages],
      ["total_chunks", pages * classes.perPage[i]],
      ["used_chunks", slabs.usedChunks(i)],
      ["free_chunks", slabs.freeChunks(i)],
      ["free_chunks_end", 0],
      ["get_hits", hits],
      ["cmd_set", stats.slabs.cmd_set[i]],
      ["delete_hits", stats.slabs.delete_hits[i]],
      ["incr_hits", stats.slabs.incr_hits[i]],
      ["decr_hits", stats.slabs.decr_hits[i]],
      ["cas_hits", stats.slabs.cas_hits[i]],
      ["cas_badval", stats.slabs.cas_badval[i]],
      ["touch_hits", stats.slabs.touch_hits[i]],
    ];
    for (const [name, value] of values) rows.push([`${i}:${name}`, value]);
  }
  rows.push(["active_slabs", active], ["total_malloced", slabs.allocated]);
  return rows;
}

export function itemRows(store: MemcachedStore): StatRow[] {
  const { lru, classes } = store;
  const rows: StatRow[] = [];
  for (let i = 1; i <= classes.largest; i++) {
    const number = SEGMENTS.reduce((sum: number, segment) => sum + lru.counts[i | segment], 0);
    if (number === 0) continue;
    for (const [name, value] of classRows(store, i, number)) rows.push([`items:${i}:${name}`, value]);
  }
  return rows;
}

function classRows(store: MemcachedStore, i: number, number: number): StatRow[] {
  const { lru, settings } = store;
  const { lists } = store.stats;
  const sum = (counter: ListCounter) =>
    SEGMENTS.reduce((total: number, segment) => total + lists[counter][i | segment], 0);
  const counted = (counter: ListCounter): StatRow => [counter, sum(counter)];
  const rows: StatRow[] = [["number", number]];
  const { lruMaintainer } = settings;
  if (lruMaintainer) {
    rows.push(
      ["number_hot", lru.counts[i | HOT]],
      ["number_warm", lru.counts[i | WARM]],
      ["number_cold", lru.counts[i | COLD]],
    );
    if (settings.tempLru) rows.push(["number_temp", lru.counts[i | TEMP]]);
    rows.push(["age_hot", lru.age(i | HOT)], ["age_warm", lru.age(i | WARM)]);
  }
  const requested = SEGMENTS.reduce((total: number, segment) => total + lru.bytes[i | segment], 0);
  rows.push(
    ["age", lru.age(i | COLD)],
    ["mem_requested", requested],
    counted("evicted"),
    counted("evicted_nonzero"),
    ["evicted_time", lists.evicted_time[i | COLD]],
    counted("outofmemory"),
    ["tailrepairs", 0],
    counted("reclaimed"),
    counted("expired_unfetched"),
    counted("evicted_unfetched"),
  );
  if (lruMaintainer) rows.push(counted("evicted_active"));
  rows.push(counted("crawler_reclaimed"), counted("crawler_items_checked"), ["lrutail_reflocked", 0]);
  if (!lruMaintainer) return rows;
  rows.push(
    counted("moves_to_cold"),
    counted("moves_to_warm"),
    counted("moves_within_lru"),
    counted("direct_reclaims"),
    ["hits_to_hot", lists.hits[i | HOT]],
    ["hits_to_warm", lists.hits[i | WARM]],
    ["hits_to_cold", lists.hits[i | COLD]],
    ["hits_to_temp", lists.hits[i | TEMP]],
  );
  return rows;
}
