// Keys: how many there are, how many look-ups find one, how many go and why (METRICS).

import { keyCount, volatileCount } from "../data-size.ts";
import { counted, hitPercent, type NodeMetric, standing, type Total } from "./metric.ts";

const hits: Total = node => node.engine.stats.keyspaceHits;
const misses: Total = node => node.engine.stats.keyspaceMisses;

export const KEYSPACE_METRICS: readonly NodeMetric[] = [
  standing("CurrItems", "Count", "keys", ({ node }) => node.ram.items(keyCount(node.engine))),
  standing("CurrVolatileItems", "Count", "keys with a time to live", ({ node }) =>
    node.ram.items(volatileCount(node.engine)),
  ),
  counted("CacheHits", "Count", "read-only look-ups that found their key", hits),
  counted("CacheMisses", "Count", "read-only look-ups that did not", misses),
  {
    name: "CacheHitRate",
    unit: "Percent",
    meaning: "hits / (hits + misses)",
    totals: [hits, misses],
    read: ({ rise }) => hitPercent(rise(hits), rise(misses)),
  },
  counted("Evictions", "Count", "keys evicted for the memory limit", node => node.engine.stats.evictedKeys),
  counted("Reclaimed", "Count", "keys expired", node => node.engine.stats.expiredKeys),
];
