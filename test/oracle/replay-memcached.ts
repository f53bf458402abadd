// Feeds a request sequence of shared/truth to the Memcached engine as memcached got it: get, on a miss set, at the speed of the
// measurement.

import { VirtualBytes } from "../../src/engine/bytes.ts";
import { NO_ITEM } from "../../src/engine/memcached/item-table.ts";
import { flatSettings, modernSettings } from "../../src/engine/memcached/settings.ts";
import { MemcachedStore } from "../../src/engine/memcached/store.ts";
import { type MemcachedCell, workload } from "./truth.ts";

export interface MemcachedReplay {
  readonly hitRate: number;
  readonly items: number;
  readonly evictions: number;
  readonly pageBytes: number;
}

/** Gets, each with a set on a miss; the share that hit, and what is there at the end. */
export function replayMemcached(cell: MemcachedCell): MemcachedReplay {
  const given = { maxBytes: cell.m_mb * 1_048_576 };
  const start = 1_800_000_000_000;
  const store = new MemcachedStore(cell.variant === "no_modern" ? flatSettings(given) : modernSettings(given), start);
  const { keys, size } = workload(cell.workload);
  let hits = 0;
  const perMs = cell.reps[0].replay_rps / 1_000;
  for (let i = 0; i < keys.length; i++) {
    store.setTime(start + i / perMs);
    const item = store.find(keys[i]);
    if (item !== NO_ITEM) {
      store.bump(item);
      hits++;
      continue;
    }
    const made = store.allocate(keys[i], 0, 0, size[i]);
    if (made === NO_ITEM) continue;
    store.items.values[made] = new VirtualBytes(size[i], i);
    if (store.fill(made, size[i])) store.store(made, "set", 0);
  }
  return {
    hitRate: hits / keys.length,
    items: store.index.size,
    evictions: store.stats.lists.total("evicted"),
    pageBytes: store.slabs.allocated,
  };
}
