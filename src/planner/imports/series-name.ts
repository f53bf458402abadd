// Which metric, node and statistic a series is, from the texts that stand beside it. A GetMetricData answer carries no
// dimensions, only the query's id and its label; CloudWatch's own labels hold what tells the series of a graph apart, which
// is the node or the metric or both. So words are looked for: a metric of ElastiCache, a node's id, a statistic.

import { NODE_METRICS } from "../../models/metrics/index.ts";
import type { Statistic } from "./series.ts";

/** Of serverless caches, which no node reports. */
const OTHER_METRICS = ["ElastiCacheProcessingUnits", "ThrottledCmds", "TotalCmdsCount"];

/** By their names in lower case. */
const METRICS = new Map(
  [...NODE_METRICS.map(one => one.name), ...OTHER_METRICS].map(name => [name.toLowerCase(), name]),
);

export const METRIC_NAMES: readonly string[] = [...METRICS.values()];

const STATISTIC_WORDS: Readonly<Record<string, Statistic>> = {
  sum: "sum",
  average: "average",
  avg: "average",
  mean: "average",
  maximum: "maximum",
  max: "maximum",
  minimum: "minimum",
  min: "minimum",
};

/** cache-0001-001 with cluster mode, cache-001 without. */
const NODE = /(?<![\w-])([a-z][a-z0-9]*(?:-[a-z0-9]+)*?)(?:-(\d{4}))?-(\d{3})(?![\w-])/iu;
/** Ids of queries may hold no hyphen. */
const NODE_IN_ID = /(?:^|_)(?:(\d{4})_)?(\d{3})(?:_|$)/u;

export interface SeriesName {
  readonly metric: string | null;
  readonly node: string | null;
  readonly statistic: Statistic | null;
}

/** Reads the texts in turn; what an earlier one says stands. */
export function nameSeries(texts: readonly string[]): SeriesName {
  let [metric, node, statistic]: [string | null, string | null, Statistic | null] = [null, null, null];
  for (const text of texts) {
    const words = text.split(/[^A-Za-z0-9]+/u).map(word => word.toLowerCase());
    metric ??= words.map(word => METRICS.get(word)).find(name => name !== undefined) ?? null;
    statistic ??= words.map(word => STATISTIC_WORDS[word]).find(word => word !== undefined) ?? null;
    const whole = NODE.exec(text);
    const parts = whole === null ? NODE_IN_ID.exec(text) : null;
    node ??=
      whole?.[0].toLowerCase() ?? (parts === null ? null : ["node", parts[1], parts[2]].filter(Boolean).join("-"));
  }
  return { metric, node, statistic };
}

/** Shard and member of a node's id; cluster mode disabled has one shard. */
export function placeOf(node: string): { readonly shard: number; readonly member: number; readonly cluster: boolean } {
  const match = NODE.exec(node);
  if (match === null) return { shard: 1, member: 1, cluster: false };
  return { shard: Number(match[2] ?? 1), member: Number(match[3]), cluster: match[2] !== undefined };
}
