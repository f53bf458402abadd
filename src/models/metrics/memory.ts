// Memory metrics. Percentages are of the engine's maxmemory, which is what the reserve leaves (METRICS).

import { type NodeMetric, standing } from "./metric.ts";

export const MEMORY_METRICS: readonly NodeMetric[] = [
  standing("BytesUsedForCache", "Bytes", "all that the engine has allocated", ({ node }) => node.engine.usedMemory),
  standing("DatabaseMemoryUsagePercentage", "Percent", "used_memory / maxmemory", ({ node: { engine } }) => {
    const { maxmemory } = engine.settings;
    return maxmemory === 0 ? null : (100 * engine.usedMemory) / maxmemory;
  }),
  standing(
    "DatabaseMemoryUsageCountedForEvictPercentage",
    "Percent",
    "(used_memory - mem_not_counted_for_evict) / maxmemory",
    ({ node: { engine } }) => {
      const { maxmemory } = engine.settings;
      const counted = engine.usedMemory - engine.outside.replicationExcess;
      return maxmemory === 0 ? null : (100 * counted) / maxmemory;
    },
  ),
  standing("FreeableMemory", "Bytes", "free memory of the host", ({ node }) => node.memory().freeBytes),
  standing("SwapUsage", "Bytes", "memory of the host that stands in swap", ({ node }) => node.memory().swapBytes),
  standing(
    "MemoryFragmentationRatio",
    "None",
    "resident memory / used_memory",
    ({ node }) => node.memory().fragmentationRatio,
  ),
  standing(
    "CopyOnWriteBytes",
    "Bytes",
    "pages that the running save has duplicated; not a CloudWatch metric",
    ({ node }) => (node.save === null ? 0 : node.save.bytes(node.saveProgress())),
  ),
  standing("SaveInProgress", "None", "1 while a background save runs", ({ node }) => (node.save === null ? 0 : 1)),
];
