// Memory metrics. Percentages are of the engine's maxmemory, which is what the reserve leaves (METRICS).

import { type NodeMetric, standing } from "./metric.ts";

export const MEMORY_METRICS: readonly NodeMetric[] = [
  standing("BytesUsedForCache", "Bytes", "all that the engine has allocated", ({ node }) => node.ram.usedBytes),
  standing("DatabaseMemoryUsagePercentage", "Percent", "used_memory / maxmemory", ({ node: { ram } }) =>
    ram.limitBytes === 0 ? null : (100 * ram.usedBytes) / ram.limitBytes,
  ),
  standing(
    "DatabaseMemoryUsageCountedForEvictPercentage",
    "Percent",
    "(used_memory - mem_not_counted_for_evict) / maxmemory",
    ({ node: { engine, ram } }) => {
      const counted = ram.usedBytes - engine.outside.replicationExcess;
      return ram.limitBytes === 0 ? null : (100 * counted) / ram.limitBytes;
    },
  ),
  standing(
    "OutputBufferBytes",
    "Bytes",
    "replies that wait for subscribers who read slowly (of mem_clients_normal of INFO; not a CloudWatch metric)",
    ({ node: { ram } }) => (ram.slowReaders === null ? undefined : ram.slowReaderBytes),
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
    ({ node }) => (node.save === null ? 0 : node.save.bytes()),
  ),
  standing("SaveInProgress", "None", "1 while a background save runs", ({ node }) => (node.save === null ? 0 : 1)),
];
