// Confidence intervals of the summary: over replications, or, with one, over batches of its periods.

import { FAILED } from "../models/outcome.ts";
import type { World } from "../models/world.ts";
import type { ResultInterval, Summary } from "../result.ts";
import { batchMeans } from "../sim/statistics/batch-means.ts";
import { studentInterval } from "../sim/statistics/student-t.ts";
import { significant } from "./rounding.ts";
import { endedIn, hitRateOf, type Measured } from "./window.ts";

const INTERVALS: Readonly<Record<string, (summary: Summary) => number | null>> = {
  throughputPerSecond: one => one.throughputPerSecond,
  hitRate: one => one.hitRate,
  latencyMeanUs: one => one.latencyUs.mean,
  latencyP50Us: one => one.latencyUs.p50,
  latencyP99Us: one => one.latencyUs.p99,
  latencyP999Us: one => one.latencyUs.p999,
  memoryPeakPercent: one => one.memory.peakPercent,
  errors: one => one.errors,
};

/** Student-t intervals over replications. */
export function overReplications(summaries: readonly Summary[]): Record<string, ResultInterval> {
  const intervals: Record<string, ResultInterval> = {};
  for (const [name, read] of Object.entries(INTERVALS)) {
    const values = summaries.map(read).filter(value => value !== null);
    if (values.length === summaries.length) intervals[name] = roundInterval(studentInterval(values), "replications");
  }
  return intervals;
}

/** Intervals from batches of one run's periods. */
export function overBatches(world: World, measured: Measured): Record<string, ResultInterval> {
  const periods = measured.rows.map(row => world.recorder.periods[row]).filter(period => !period.repeats);
  const perWindow = world.config.horizon?.rowsPerWindow ?? 0;
  // From window to window the load changes, which is no error: only what differs within one is.
  const means = (values: readonly number[]) => batchMeans(perWindow === 0 ? values : aroundWindows(values, perWindow));
  const perPeriod = (
    read: (outcomes: Float64Array, latency: { sum: number; count: number }, seconds: number) => number | null,
  ) =>
    periods.flatMap(period => {
      const outcomes = new Float64Array(world.recorder.totals.length);
      const latency = { sum: 0, count: 0 };
      for (const row of period.rows) {
        for (let i = 0; i < outcomes.length; i++) outcomes[i] += row.outcomes[i];
        latency.sum += row.latency.sum;
        latency.count += row.latency.count;
      }
      return read(outcomes, latency, (period.endNs - period.startNs) / 1e9) ?? [];
    });
  return {
    throughputPerSecond: roundInterval(
      means(perPeriod((outcomes, _latency, seconds) => (endedIn(outcomes) - outcomes[FAILED]) / seconds)),
      "batch-means",
    ),
    hitRate: roundInterval(means(perPeriod(hitRateOf)), "batch-means"),
    latencyMeanUs: roundInterval(
      means(perPeriod((_outcomes, { sum, count }) => (count === 0 ? null : sum / count / 1_000))),
      "batch-means",
    ),
  };
}

/** Each row around the mean of all, with the difference that it has from its window's mean. */
function aroundWindows(values: readonly number[], perWindow: number): number[] {
  const mean = (some: readonly number[]) => some.reduce((sum, value) => sum + value, 0) / some.length;
  const all = mean(values);
  return values.map((value, i) => {
    const from = i - (i % perWindow);
    return all + value - mean(values.slice(from, from + perWindow));
  });
}

function roundInterval(
  {
    mean,
    halfWidth,
    confidence,
    observations,
  }: { mean: number; halfWidth: number; confidence: number; observations: number },
  method: ResultInterval["method"],
): ResultInterval {
  return { mean: significant(mean) ?? 0, halfWidth: significant(halfWidth, 3), confidence, observations, method };
}
