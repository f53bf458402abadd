// What a metric that `expect:` can check is, and how the columns of a run's series are read over a window.

import type { DrillReport } from "../drills/drill.ts";
import type { WatchedAlarm } from "../models/alarms/watch.ts";
import type { Recorder } from "../models/recorder.ts";
import type { Measured } from "./window.ts";

/** How a limit is written: a duration, a share, bytes, dollars, or a plain number. */
export type MetricUnit = "duration" | "share" | "usd" | "count" | "rate";

export interface MetricSource {
  readonly recorder: Recorder;
  readonly measured: Measured;
  readonly drills: readonly DrillReport[];
  readonly monthlyUsd: number | null;
  readonly alarms: readonly WatchedAlarm[];
  /** The workload that is asked about; null: all. */
  readonly workload: string | null;
}

export interface Metric {
  readonly name: string;
  readonly summary: string;
  readonly unit: MetricUnit;
  /** Whether `workload.metric` makes sense. */
  readonly perWorkload: boolean;
  /** Durations in ns, shares 0–1. Null: nothing to measure. */
  read(source: MetricSource): number | null;
}

/** Highest value of a metric over the window's rows, of all nodes or workloads or of one. */
export function highest(
  { recorder, measured }: MetricSource,
  metric: string,
  where: string | null = null,
): number | null {
  let best: number | null = null;
  for (const column of recorder.columns) {
    if (column.metric !== metric || (where !== null && column.where !== where)) continue;
    for (const row of measured.rows) {
      const value = column.values[row];
      if (value != null && (best === null || value > best)) best = value;
    }
  }
  return best;
}

/** Sum of a metric over the window's rows. */
export function total({ recorder, measured }: MetricSource, metric: string, where: string | null = null): number {
  let sum = 0;
  for (const column of recorder.columns) {
    if (column.metric !== metric || (where !== null && column.where !== where)) continue;
    for (const row of measured.rows) sum += column.values[row] ?? 0;
  }
  return sum;
}
