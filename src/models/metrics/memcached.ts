// What CloudWatch tells of Memcached's nodes (CacheMetrics.Memcached.html, editions 2023-2026), beside the host's metrics and those
// that the engines have in common: CurrItems, Evictions, CurrConnections, NewConnections.

import { MemcachedEngine } from "../../engine/memcached/engine.ts";
import type { MemcachedStore } from "../../engine/memcached/store.ts";
import { counted, type MetricUnit, type NodeMetric, standing } from "./metric.ts";

function rising(name: string, meaning: string, of: (store: MemcachedStore) => number): NodeMetric {
  const metric = counted(name, "Count", meaning, ({ engine }) =>
    engine instanceof MemcachedEngine ? of(engine.store) : 0,
  );
  return { ...metric, read: period => (period.node.config.memcached === undefined ? undefined : metric.read(period)) };
}

function level(name: string, unit: MetricUnit, meaning: string, of: (store: MemcachedStore) => number): NodeMetric {
  return standing(name, unit, meaning, ({ node: { engine } }) =>
    engine instanceof MemcachedEngine ? of(engine.store) : undefined,
  );
}

export const MEMCACHED_METRICS: readonly NodeMetric[] = [
  level("BytesUsedForCacheItems", "Bytes", "bytes of all items (Memcached)", store => store.bytes),
  level("BytesUsedForHash", "Bytes", "bytes of the hash table (Memcached)", store => store.hashBytes),
  level(
    "UnusedMemory",
    "Bytes",
    "limit less the bytes of items; pages that classes hold are in it (Memcached)",
    store => store.settings.maxBytes - store.bytes,
  ),
  rising("CmdGet", "get commands (Memcached)", ({ stats }) => stats.getCommands),
  rising("CmdSet", "commands that store (Memcached)", ({ stats }) => stats.slabs.total("cmd_set")),
  rising("CmdTouch", "gat and touch (Memcached)", ({ stats }) => stats.touchCommands),
  rising("GetHits", "gets that found their key (Memcached)", ({ stats }) => stats.getCommands - stats.getMisses),
  rising("GetMisses", "gets that did not (Memcached)", ({ stats }) => stats.getMisses),
  rising("DeleteHits", "deletes that found their key (Memcached)", ({ stats }) => stats.slabs.total("delete_hits")),
  rising("DeleteMisses", "deletes that did not (Memcached)", ({ stats }) => stats.deleteMisses),
  rising("NewItems", "items that were stored (Memcached)", ({ stats }) => stats.totalItems),
  rising("EvictedUnfetched", "evicted, and never asked for (Memcached)", ({ stats }) =>
    stats.lists.total("evicted_unfetched"),
  ),
  rising("ExpiredUnfetched", "expired, and never asked for (Memcached)", ({ stats }) =>
    stats.lists.total("expired_unfetched"),
  ),
  rising("SlabsMoved", "pages that changed their class (Memcached)", ({ stats }) => stats.slabsMoved),
];
