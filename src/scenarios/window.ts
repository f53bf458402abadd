// Stretches of a run over which something is measured: a set of whole periods. Percentiles of a window are exact, since
// every period keeps its own histogram.

import { HIT, MISS } from "../models/outcome.ts";
import type { Period, Recorder } from "../models/recorder.ts";
import { Histogram } from "../sim/histogram.ts";

/** Which periods count. */
export interface Window {
  readonly name: string;
  includes(period: Period): boolean;
}

/** What happened in a window, of one workload or of all. */
export interface Measured {
  readonly seconds: number;
  readonly arrived: number;
  readonly outcomes: Float64Array;
  readonly latency: Histogram;
  /** Indices of the periods that count. */
  readonly rows: readonly number[];
}

/** Adds up the window's periods; `workload` null takes all. */
export function measure(recorder: Recorder, window: Window, workload: number | null): Measured {
  const latency = new Histogram();
  const outcomes = new Float64Array(recorder.totals.length);
  const rows: number[] = [];
  let arrived = 0;
  let ns = 0;
  recorder.periods.forEach((period, index) => {
    if (!window.includes(period)) return;
    rows.push(index);
    arrived += period.arrived;
    ns += period.endNs - period.startNs;
    period.rows.forEach((row, at) => {
      if (workload !== null && at !== workload) return;
      latency.mergeSnapshot(row.latency);
      for (let i = 0; i < outcomes.length; i++) outcomes[i] += row.outcomes[i];
    });
  });
  return { seconds: ns / 1e9, arrived, outcomes, latency, rows };
}

export function hitRateOf(outcomes: Float64Array): number | null {
  const lookups = outcomes[HIT] + outcomes[MISS];
  return lookups === 0 ? null : outcomes[HIT] / lookups;
}

export function endedIn(outcomes: Float64Array): number {
  let sum = 0;
  for (const count of outcomes) sum += count;
  return sum;
}
