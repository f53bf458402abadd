// The CloudWatch metrics of a serverless cache (METRICS; serverless pages of the guide, 2026): one value for the whole,
// since its nodes are not shown. Read once a period.

import type { Histogram } from "../../sim/histogram.ts";
import { keyCount, volatileCount } from "../data-size.ts";
import { hitPercent, type MetricUnit } from "../metrics/metric.ts";
import type { Node } from "../node.ts";
import type { Recorder } from "../recorder.ts";
import type { ServerlessCache } from "./cache.ts";

interface CachePeriod {
  readonly cache: ServerlessCache;
  /** How far a running total has come in this period. */
  rise(total: CacheTotal): number;
}

type CacheTotal = (cache: ServerlessCache) => number;

export interface CacheMetric {
  readonly name: string;
  readonly unit: MetricUnit;
  readonly meaning: string;
  readonly totals: readonly CacheTotal[];
  /** Null: nothing to measure in this period. */
  read(period: CachePeriod): number | null;
}

/** A figure of the engines, added up. */
function ofNodes(read: (node: Node) => number): CacheTotal {
  return ({ nodes }) => nodes.reduce((sum, node) => sum + read(node), 0);
}

/** Of the primaries only: replicas hold the same keys. */
function ofPrimaries(read: (node: Node) => number): CacheTotal {
  return ({ nodes }) => nodes.reduce((sum, node) => sum + (node.engine.role === "primary" ? read(node) : 0), 0);
}

function counted(name: string, unit: MetricUnit, meaning: string, total: CacheTotal): CacheMetric {
  return { name, unit, meaning, totals: [total], read: period => period.rise(total) };
}

function standing(name: string, unit: MetricUnit, meaning: string, total: CacheTotal): CacheMetric {
  return { name, unit, meaning, totals: [], read: ({ cache }) => total(cache) };
}

function latency(name: string, what: string, of: (cache: ServerlessCache) => Histogram): CacheMetric[] {
  const metric = (suffix: string, meaning: string, read: (histogram: Histogram) => number | null): CacheMetric => ({
    name: `${name}${suffix}`,
    unit: "Microseconds",
    meaning: `${meaning} of successful ${what}, proxies included`,
    totals: [],
    read: ({ cache }) => {
      const value = read(of(cache));
      return value === null ? null : value / 1_000;
    },
  });
  return [
    metric("", "mean time", one => (one.count === 0 ? null : one.mean)),
    ...[0.5, 0.99].map(q =>
      metric(`:p${100 * q}`, `p${100 * q} of the time`, one => (one.supports(q) ? one.quantile(q) : null)),
    ),
  ];
}

const hits = ofNodes(node => node.engine.stats.keyspaceHits);
const misses = ofNodes(node => node.engine.stats.keyspaceMisses);

export const SERVERLESS_METRICS: readonly CacheMetric[] = [
  counted("ElastiCacheProcessingUnits", "Count", "ECPU consumed in the period", ({ ledger }) => ledger.ecpu),
  counted("ThrottledCmds", "Count", "commands above a limit, held or refused", ({ capacity }) => capacity.throttled),
  counted(
    "RefusedCmds",
    "Count",
    "of the throttled commands those that got an error; not a CloudWatch metric",
    ({ capacity }) => capacity.refused,
  ),
  counted("TotalCmdsCount", "Count", "commands executed", cache => cache.commands),
  standing(
    "SupportedECPU",
    "Count/Second",
    "rate that the cache supports at the moment; not a CloudWatch metric",
    ({ capacity }) => capacity.supported,
  ),
  standing("BytesUsedForCache", "Bytes", "data stored", cache => cache.storedBytes),
  standing(
    "CurrItems",
    "Count",
    "keys",
    ofPrimaries(({ engine }) => keyCount(engine)),
  ),
  standing(
    "CurrVolatileItems",
    "Count",
    "keys with a time to live",
    ofPrimaries(({ engine }) => volatileCount(engine)),
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
  counted(
    "Evictions",
    "Count",
    "keys evicted at the maximum of storage",
    ofPrimaries(node => node.engine.stats.evictedKeys),
  ),
  counted(
    "Reclaimed",
    "Count",
    "keys expired",
    ofPrimaries(node => node.engine.stats.expiredKeys),
  ),
  standing(
    "CurrConnections",
    "Count",
    "client connections",
    ofNodes(node => node.connections),
  ),
  counted(
    "NewConnections",
    "Count",
    "connections accepted in the period",
    ofNodes(node => node.newConnections),
  ),
  counted(
    "NetworkBytesIn",
    "Bytes",
    "bytes received",
    ofNodes(node => node.networkIn.bytes),
  ),
  counted(
    "NetworkBytesOut",
    "Bytes",
    "bytes sent",
    ofNodes(node => node.networkOut.bytes),
  ),
  ...latency("SuccessfulReadRequestLatency", "reads", cache => cache.latency.reads),
  ...latency("SuccessfulWriteRequestLatency", "writes", cache => cache.latency.writes),
];

const TOTALS: readonly CacheTotal[] = [...new Set(SERVERLESS_METRICS.flatMap(metric => metric.totals))];

export class ServerlessMetrics {
  private before: ReadonlyMap<CacheTotal, number>;

  constructor(private readonly cache: ServerlessCache) {
    this.before = this.read();
  }

  private read(): ReadonlyMap<CacheTotal, number> {
    return new Map(TOTALS.map(total => [total, total(this.cache)]));
  }

  /** Writes the period's values. */
  gather(recorder: Recorder): void {
    const { cache, before } = this;
    const now = this.read();
    const rise = (total: CacheTotal) => now.get(total)! - before.get(total)!;
    for (const metric of SERVERLESS_METRICS) {
      recorder.set(metric.name, metric.unit, cache.name, metric.read({ cache, rise }));
    }
    this.before = now;
    cache.periodOver();
  }
}
