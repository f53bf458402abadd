// The hit rate of Memcached at one size, by running its own store on all requests: gets, each with a set on a miss.
//
// It is never made smaller. Memory comes in pages of 1 MB, at least one for each slab class that is used, so a cache of a few
// pages, or a tenth of one, is no likeness of a larger one: at small sizes classes hold more than the limit, as they do there.

import { VirtualBytes } from "../../engine/bytes.ts";
import { NO_ITEM } from "../../engine/memcached/item-table.ts";
import { flatSettings, modernSettings } from "../../engine/memcached/settings.ts";
import { MemcachedStore } from "../../engine/memcached/store.ts";
import { TRACE_DELETE, TRACE_GET } from "../../workload/traces/trace.ts";
import type { MiniResult } from "./mini-simulation.ts";
import type { RequestLog } from "./requests.ts";

/** Segmented LRU as upstream has it since 1.5; and one list per class, as `no_modern` and ElastiCache have it. */
export const MEMCACHED_POLICIES = ["memcached", "memcached-flat"] as const;
export type MemcachedPolicy = (typeof MEMCACHED_POLICIES)[number];

export function isMemcachedPolicy(name: string): name is MemcachedPolicy {
  return (MEMCACHED_POLICIES as readonly string[]).includes(name);
}

const EPOCH_MS = 1_700_000_000_000;
const MIB = 1_048_576;

/** `bytes`: the limit of item memory, taken as whole pages. */
export function memcachedSimulation(log: RequestLog, policy: MemcachedPolicy, bytes: number): MiniResult {
  const given = { maxBytes: Math.max(1, Math.floor(bytes / MIB)) * MIB, itemSizeMax: MIB };
  const store = new MemcachedStore(policy === "memcached" ? modernSettings(given) : flatSettings(given), EPOCH_MS);
  const { texts } = log.names;
  const values: (VirtualBytes | undefined)[] = [];
  let reads = 0;
  let hits = 0;
  for (let i = 0; i < log.count; i++) {
    const key = log.keys[i];
    const op = log.ops[i];
    store.setTime(Math.max(store.nowMs, EPOCH_MS + log.times[i]));
    const item = op === TRACE_GET || op === TRACE_DELETE ? store.find(texts[key]) : NO_ITEM;
    if (op === TRACE_DELETE) {
      if (item !== NO_ITEM) store.unlink(item);
      continue;
    }
    if (op === TRACE_GET) {
      reads++;
      if (item !== NO_ITEM) {
        store.bump(item);
        hits++;
        continue;
      }
    }
    const value = (values[key] ??= new VirtualBytes(log.valueBytes(key), key));
    const ttl = log.ttls[i];
    const made = store.allocate(texts[key], 0, store.realTime(ttl > 0 ? Math.max(1, Math.ceil(ttl)) : 0), value.length);
    if (made === NO_ITEM || !store.fill(made, value.length)) continue;
    store.items.values[made] = value;
    store.store(made, "set", 0);
  }
  const { lists, getExpired } = store.stats;
  return {
    hitRate: reads === 0 ? 0 : hits / reads,
    rate: 1,
    evictions: store.evictions,
    expired: getExpired + lists.total("reclaimed") + lists.total("crawler_reclaimed"),
  };
}
