// What a CloudWatch metric of a node is: name, unit and meaning as AWS documents them (CacheMetrics.Redis.html and
// CacheMetrics.HostLevel.html, editions 2023-2026), and how it is read once a period. Each family stands in a file of its
// own; the table is in index.ts.

import type { Node } from "../node.ts";
import type { ReplicationLink } from "../replication/link.ts";

export type MetricUnit = "Percent" | "Count" | "Bytes" | "Seconds" | "Microseconds" | "Count/Second" | "None";

/** One node over the period that is ending. */
export interface NodePeriod {
  readonly node: Node;
  readonly link: ReplicationLink | undefined;
  readonly periodNs: number;
  readonly nowNs: number;
  /** How far a running total has come in this period. */
  rise(total: Total): number;
}

/** A running total of a node. The same object names it in every period. */
export type Total = (node: Node) => number;

export interface NodeMetric {
  readonly name: string;
  readonly unit: MetricUnit;
  readonly meaning: string;
  /** Running totals whose rise `read` asks for. */
  readonly totals?: readonly Total[];
  /** It adds up over time, as counts of a period do. */
  readonly flow?: boolean;
  /** Null: nothing to measure in this period. Undefined: no such metric on this node. */
  read(period: NodePeriod): number | null | undefined;
}

/** A metric that is the rise of a total. */
export function counted(name: string, unit: MetricUnit, meaning: string, total: Total): NodeMetric {
  return { name, unit, meaning, totals: [total], flow: true, read: period => period.rise(total) };
}

/** A metric that is read as it stands at the end of the period. */
export function standing(
  name: string,
  unit: MetricUnit,
  meaning: string,
  read: (period: NodePeriod) => number | null | undefined,
): NodeMetric {
  return { name, unit, meaning, read };
}

/** CacheHitRate: hits among the look-ups, in percent; null when there were none. */
export function hitPercent(hits: number, misses: number): number | null {
  const all = hits + misses;
  return all === 0 ? null : (100 * hits) / all;
}
