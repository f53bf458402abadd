// The metrics that `expect:` can check, as a table: what each means, its unit, how it is read from a run's window. A new
// metric is one row.

import { wasRaised } from "../models/alarms/watch.ts";
import { ALLOWANCE_METRICS } from "../models/metrics/network.ts";
import { FAILED } from "../models/outcome.ts";
import { highest, type Metric, type MetricSource, total } from "./metric.ts";
import { CACHING_METRICS } from "./metrics-caching.ts";
import { DRILL_METRICS } from "./metrics-drills.ts";
import { REPLICA_METRICS } from "./metrics-replicas.ts";
import { endedIn, hitRateOf } from "./window.ts";

function percentile(name: string, q: number): Metric {
  return {
    name,
    summary: `latency that ${q * 100} % of the requests stay below`,
    unit: "duration",
    perWorkload: true,
    read: ({ measured }) => (measured.latency.supports(q) ? measured.latency.quantile(q) : null),
  };
}

/** Lowest value of a node metric over the window's rows and all nodes. */
function lowest({ recorder, measured }: MetricSource, metric: string): number | null {
  let least: number | null = null;
  for (const column of recorder.columns) {
    if (column.metric !== metric) continue;
    for (const row of measured.rows) {
      const value = column.values[row];
      if (value != null && (least === null || value < least)) least = value;
    }
  }
  return least;
}

/** The same; null where nothing reports the metric. */
function totalOf(source: MetricSource, metric: string): number | null {
  return source.recorder.columns.some(one => one.metric === metric) ? total(source, metric) : null;
}

const scale = (value: number | null, factor: number) => (value === null ? null : value * factor);

export const METRICS: readonly Metric[] = [
  percentile("p50", 0.5),
  percentile("p90", 0.9),
  percentile("p99", 0.99),
  percentile("p999", 0.999),
  {
    name: "mean",
    summary: "mean latency",
    unit: "duration",
    perWorkload: true,
    read: ({ measured }) => (measured.latency.count === 0 ? null : measured.latency.mean),
  },
  {
    name: "max",
    summary: "longest latency",
    unit: "duration",
    perWorkload: true,
    read: ({ measured }) => (measured.latency.count === 0 ? null : measured.latency.max),
  },
  {
    name: "hitRate",
    summary: "share of look-ups answered by the cache",
    unit: "share",
    perWorkload: true,
    read: ({ measured }) => hitRateOf(measured.outcomes),
  },
  {
    name: "errorRate",
    summary: "share of the requests that failed",
    unit: "share",
    perWorkload: true,
    read: ({ measured }) => {
      const ended = endedIn(measured.outcomes);
      return ended === 0 ? null : measured.outcomes[FAILED] / ended;
    },
  },
  {
    name: "errors",
    summary: "requests that failed",
    unit: "count",
    perWorkload: true,
    read: ({ measured }) => measured.outcomes[FAILED],
  },
  {
    name: "throughput",
    summary: "requests answered per second",
    unit: "rate",
    perWorkload: true,
    read: ({ measured }) =>
      measured.seconds === 0 ? null : (endedIn(measured.outcomes) - measured.outcomes[FAILED]) / measured.seconds,
  },
  {
    name: "memory",
    summary: "highest DatabaseMemoryUsagePercentage of any node",
    unit: "share",
    perWorkload: false,
    read: source => scale(highest(source, "DatabaseMemoryUsagePercentage"), 0.01),
  },
  {
    name: "engineCpu",
    summary: "highest EngineCPUUtilization of any node in a period",
    unit: "share",
    perWorkload: false,
    read: source => scale(highest(source, "EngineCPUUtilization"), 0.01),
  },
  {
    name: "cpu",
    summary: "highest CPUUtilization of any node in a period",
    unit: "share",
    perWorkload: false,
    read: source => scale(highest(source, "CPUUtilization"), 0.01),
  },
  {
    name: "cpuAllowance",
    summary: "lowest share of its CPU that a burstable node's credits allowed",
    unit: "share",
    perWorkload: false,
    read: source => scale(lowest(source, "CPUAllowance"), 0.01),
  },
  {
    name: "networkExceeded",
    summary: "packets queued or dropped over a network allowance",
    unit: "count",
    perWorkload: false,
    read: source => ALLOWANCE_METRICS.reduce((sum, metric) => sum + total(source, metric), 0),
  },
  {
    name: "dropped",
    summary: "requests and replies that a node's interface dropped and TCP sent again",
    unit: "count",
    perWorkload: false,
    read: source => total(source, "NetworkMessagesDropped"),
  },
  {
    name: "tierReads",
    summary: "values read from the SSD of nodes with data tiering",
    unit: "count",
    perWorkload: false,
    read: source => total(source, "NumItemsReadFromDisk"),
  },
  {
    name: "ecpu",
    summary: "ECPU per second of a serverless cache",
    unit: "rate",
    perWorkload: false,
    read: source => {
      const ecpu = totalOf(source, "ElastiCacheProcessingUnits");
      return ecpu === null || source.measured.seconds === 0 ? null : ecpu / source.measured.seconds;
    },
  },
  {
    name: "throttled",
    summary: "commands that a serverless cache throttled",
    unit: "count",
    perWorkload: false,
    read: source => totalOf(source, "ThrottledCmds"),
  },
  {
    name: "stored",
    summary: "most data that a serverless cache held, in bytes",
    unit: "count",
    perWorkload: false,
    read: source => (totalOf(source, "ThrottledCmds") === null ? null : highest(source, "BytesUsedForCache")),
  },
  {
    name: "evictions",
    summary: "keys evicted",
    unit: "count",
    perWorkload: false,
    read: source => total(source, "Evictions"),
  },
  {
    name: "expired",
    summary: "keys expired",
    unit: "count",
    perWorkload: false,
    read: source => total(source, "Reclaimed"),
  },
  {
    name: "swap",
    summary: "highest SwapUsage of any node, in bytes",
    unit: "count",
    perWorkload: false,
    read: source => highest(source, "SwapUsage"),
  },
  {
    name: "replicationLag",
    summary: "highest replication lag at the end of a period",
    unit: "duration",
    perWorkload: false,
    read: source => scale(highest(source, "ReplicationLag"), 1e9),
  },
  {
    name: "alarms",
    summary: "alarms that were raised at any time of the run, one for each alarm and node",
    unit: "count",
    perWorkload: false,
    read: ({ alarms }) => alarms.filter(wasRaised).length,
  },
  {
    name: "criticalAlarms",
    summary: "the same, of severity critical",
    unit: "count",
    perWorkload: false,
    read: ({ alarms }) => alarms.filter(one => one.alarm.severity === "critical" && wasRaised(one)).length,
  },
  {
    name: "monthlyCost",
    summary: "cost of a month, fees spread over their terms",
    unit: "usd",
    perWorkload: false,
    read: ({ monthlyUsd }) => monthlyUsd,
  },
  ...DRILL_METRICS,
  ...REPLICA_METRICS,
  ...CACHING_METRICS,
];
