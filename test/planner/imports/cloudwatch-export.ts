// The series of a run as `aws cloudwatch get-metric-data` would print them: the other side of the import.

import type { Result } from "../../../src/result.ts";

/** Metrics that a user would fetch. */
const FETCHED = [
  "GetTypeCmds",
  "SetTypeCmds",
  "CacheHits",
  "CacheMisses",
  "CurrItems",
  "CurrVolatileItems",
  "BytesUsedForCache",
  "DatabaseMemoryUsagePercentage",
  "Evictions",
  "Reclaimed",
  "CurrConnections",
  "NewConnections",
  "NetworkBytesIn",
  "NetworkBytesOut",
  "EngineCPUUtilization",
  "IsMaster",
  "HashBasedCmds",
];

const START = Date.UTC(2026, 10, 1);

/** From the row on at which the run had warmed up. */
export function asMetricData({ series }: Result, fromRow: number): string {
  const times = series.time.slice(fromRow).map(seconds => new Date(START + seconds * 1_000).toISOString());
  const results = series.columns
    .filter(column => FETCHED.includes(column.metric) && /-\d{3}$/u.test(column.where))
    .map((column, i) => {
      const points = column.values
        .slice(fromRow)
        .flatMap((value, row) => (value === null ? [] : [{ value, time: times[row] }]));
      // Latest first, as CloudWatch answers.
      points.reverse();
      return {
        Id: `m${i}`,
        Label: `${column.where} ${column.metric}`,
        Timestamps: points.map(point => point.time),
        Values: points.map(point => point.value),
        StatusCode: "Complete",
      };
    });
  return JSON.stringify({ MetricDataResults: results, Messages: [] }, null, 2);
}
