// Data tiering (r6gd): what lies on the SSD and what moves (METRICS, UG23). CloudWatch tells the tiers of CurrItems and
// BytesUsedForCache apart by a dimension; it stands behind a colon here.

import { keyCount } from "../data-size.ts";
import type { Tiering } from "../hardware/tiering.ts";
import type { Node } from "../node.ts";
import { counted, type MetricUnit, type NodeMetric, standing } from "./metric.ts";

function moved(name: string, unit: MetricUnit, meaning: string, of: (tiering: Tiering) => number): NodeMetric {
  const metric = counted(name, unit, meaning, ({ tiering }: Node) => (tiering === null ? 0 : of(tiering)));
  return { ...metric, read: period => (period.node.tiering === null ? undefined : metric.read(period)) };
}

function tier(
  name: string,
  unit: MetricUnit,
  meaning: string,
  of: (tiering: Tiering, node: Node) => number,
): NodeMetric {
  return standing(name, unit, meaning, ({ node }) => (node.tiering === null ? undefined : of(node.tiering, node)));
}

const keys = ({ engine }: Node) => keyCount(engine);

export const TIERING_METRICS: readonly NodeMetric[] = [
  moved("BytesReadFromDisk", "Bytes", "bytes read from the SSD", ({ bytesRead }) => bytesRead),
  moved("BytesWrittenToDisk", "Bytes", "bytes written to the SSD", ({ bytesWritten }) => bytesWritten),
  moved("NumItemsReadFromDisk", "Count", "values read from the SSD", ({ itemsRead }) => itemsRead),
  moved("NumItemsWrittenToDisk", "Count", "values written to the SSD", ({ itemsWritten }) => itemsWritten),
  tier("CurrItems:Tier=Memory", "Count", "keys whose value is in memory", ({ items }, node) => keys(node) - items),
  tier("CurrItems:Tier=SSD", "Count", "keys whose value is on the SSD", ({ items }) => items),
  tier("BytesUsedForCache:Tier=Memory", "Bytes", "memory in use", (_tiering, { engine }) => engine.usedMemory),
  tier("BytesUsedForCache:Tier=SSD", "Bytes", "bytes of values on the SSD", ({ bytes }) => bytes),
  standing(
    "DatabaseCapacityUsagePercentage",
    "Percent",
    "what counts for eviction and lies on the SSD, of maxmemory and SSD together",
    ({ node: { engine, tiering } }) => {
      const { maxmemory } = engine.settings;
      if (maxmemory === 0) return null;
      if (tiering === null) return (100 * engine.usedMemory) / maxmemory;
      const counted = engine.usedMemory - engine.outside.replicationExcess + tiering.bytes;
      return (100 * counted) / (maxmemory + tiering.capacity);
    },
  ),
];
