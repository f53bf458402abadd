// Which part of a run is measured. A given warm-up is taken as it is. Otherwise MSER-5 looks for the end of it in the
// hit rate per period (in the mean latency where nothing is looked up): that is what moves while a cache fills. Drills
// would look like changes of the system, so only the time before the first one is searched.

import { HIT, MISS } from "../models/outcome.ts";
import type { Recorder } from "../models/recorder.ts";
import { mserCut } from "../sim/statistics/mser.ts";

export interface Warmup {
  readonly endNs: number;
  readonly method: "given" | "mser-5" | "none";
  /** False when the series had not settled where it could be searched. */
  readonly settled: boolean;
}

/** Shorter series say nothing about warm-up. */
const LEAST_PERIODS = 20;

export function findWarmup(recorder: Recorder, given: number | "auto", firstDrillNs: number): Warmup {
  if (given !== "auto") return { endNs: given, method: "given", settled: true };
  const periods = recorder.periods.filter(period => period.endNs <= firstDrillNs);
  if (periods.length < LEAST_PERIODS) return { endNs: 0, method: "none", settled: false };
  const lookups = periods.some(period => period.rows.some(row => row.outcomes[HIT] + row.outcomes[MISS] > 0));
  let last = 0;
  const series = periods.map(({ rows }) => {
    let above = 0;
    let below = 0;
    for (const { outcomes, latency } of rows) {
      above += lookups ? outcomes[HIT] : latency.sum;
      below += lookups ? outcomes[HIT] + outcomes[MISS] : latency.count;
    }
    if (below > 0) last = above / below;
    return last;
  });
  const { cut, settled } = mserCut(series);
  return { endNs: cut === 0 ? 0 : periods[cut - 1].endNs, method: "mser-5", settled };
}
