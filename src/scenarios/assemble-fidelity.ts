// How much of what a result says was simulated, and how sure the rest is.
//
// Hit rate, sampled keys: the ratio estimator over G groups of sampled keys within strata of popularity. With hits H_g and reads R_g
// of group g and the ratio r of its stratum, e_g = H_g - r R_g is what the group differs by, and
//
//   half width = t(G - 1) sqrt( (1 - 1/N) * sum over strata of G / (G - 1) * sum of e_g^2 ) / reads of all keys
//
// Hit rate, windows with all keys: the same over the rows of each window around their own window's rate. Percentiles: a share q
// of n independent latencies scatters by sqrt(q (1 - q) / n), read off the distribution at either end.
//
// Left out: that neighbouring latencies are alike; what the models of sampling leave out (models/horizon.ts).

import { jStat } from "jstat";
import { GROUPS } from "../models/key-groups.ts";
import { HIT, MISS } from "../models/outcome.ts";
import type { Period } from "../models/recorder.ts";
import type { World } from "../models/world.ts";
import type { Result } from "../result.ts";
import type { Histogram } from "../sim/histogram.ts";
import type { Built } from "./build.ts";
import { significant, sure } from "./rounding.ts";
import type { Measured } from "./window.ts";

const CONFIDENCE = 0.95;
const BUCKET = 0.004;

export function fidelityOf({ fidelity }: Built, world: World, measured: Measured): Result["fidelity"] {
  if (fidelity === null) return undefined;
  const { config } = world;
  const { windows, keysPer } = fidelity;
  const samples = config.workloads.flatMap(one => one.sample ?? []);
  const sum = (of: (sample: (typeof samples)[number]) => number) => samples.reduce((total, one) => total + of(one), 0);
  const errors = errorsOf(world, measured, keysPer);
  return {
    keysPer,
    keys:
      keysPer === 1
        ? null
        : { all: sum(one => one.keys), simulated: sum(one => one.count), whole: sum(one => one.hot) },
    simulatedSeconds: sure(world.sim.now / 1e9),
    windows:
      windows === null
        ? null
        : {
            count: windows.count,
            cycleSeconds: sure(windows.cycleNs / 1e9),
            cycles: windows.cycles,
            lengthSeconds: sure(windows.lengthNs / 1e9),
            settleSeconds: sure(windows.settleNs / 1e9),
            leadSeconds: sure(windows.leadNs / 1e9),
          },
    errors,
    confidence: CONFIDENCE,
  };
}

function errorsOf(world: World, { rows, latency }: Measured, keysPer: number) {
  const periods = rows.map(row => world.recorder.periods[row]).filter(period => !period.repeats);
  const hitRate = world.keyGroups === null ? overRows(world, periods) : overGroups(world, rows, keysPer);
  return { hitRate, p50Us: ofQuantile(latency, 0.5), p99Us: ofQuantile(latency, 0.99) };
}

function readsOf(periods: readonly Period[]): number {
  let reads = 0;
  for (const { rows } of periods) for (const { outcomes } of rows) reads += outcomes[HIT] + outcomes[MISS];
  return reads;
}

function overGroups({ keyGroups, recorder, config }: World, rows: readonly number[], keysPer: number): number | null {
  // Groups were kept for all rows of the run, the ones that led to others included.
  const kept = config.horizon!.rows.flatMap(({ stands }, index) => (stands === null ? [] : [index]));
  const sums = new Float64Array(keyGroups!.periods[0]?.length ?? 0);
  const periods: Period[] = [];
  for (const row of rows) {
    const period = recorder.periods[row];
    if (period.repeats) continue;
    periods.push(period);
    const counts = keyGroups!.periods[kept[row]];
    for (let g = 0; g < counts.length; g++) sums[g] += counts[g] * period.weight;
  }
  const all = readsOf(periods);
  if (all === 0) return null;
  const half = sums.length / 2;
  let variance = 0;
  for (let from = 0; from < half; from += GROUPS) {
    variance += ofStratum(sums.subarray(from, from + GROUPS), sums.subarray(half + from, half + from + GROUPS));
  }
  return significant((quantileOfT(GROUPS - 1) * Math.sqrt((1 - 1 / keysPer) * variance)) / all, 3);
}

/** Variance of a stratum's hits. */
function ofStratum(reads: Float64Array, hits: Float64Array): number {
  const groups = reads.reduce((sum, one) => sum + (one > 0 ? 1 : 0), 0);
  if (groups < 2) return 0;
  const ratio = hits.reduce((sum, one) => sum + one, 0) / reads.reduce((sum, one) => sum + one, 0);
  return (groups / (groups - 1)) * hits.reduce((sum, one, g) => sum + (one - ratio * reads[g]) ** 2, 0);
}

function overRows({ config }: World, periods: readonly Period[]): number | null {
  const per = config.horizon!.rowsPerWindow;
  if (per < 2) return null;
  let squares = 0;
  for (let from = 0; from < periods.length; from += per) {
    const window = periods.slice(from, from + per).map(period => [readsOf([period]), hitsOf(period)] as const);
    const reads = window.reduce((sum, [one]) => sum + one, 0);
    if (reads === 0) continue;
    const ratio = window.reduce((sum, [, one]) => sum + one, 0) / reads;
    squares += (per / (per - 1)) * window.reduce((sum, [all, hits]) => sum + (hits - ratio * all) ** 2, 0);
  }
  const all = readsOf(periods);
  const degrees = periods.length - Math.ceil(periods.length / per);
  return all === 0 ? null : significant((quantileOfT(degrees) * Math.sqrt(squares)) / all, 3);
}

function hitsOf({ rows }: Period): number {
  return rows.reduce((sum, { outcomes }) => sum + outcomes[HIT], 0);
}

function quantileOfT(degrees: number): number {
  return jStat.studentt.inv(1 - (1 - CONFIDENCE) / 2, degrees);
}

/** Half width of a percentile, in microseconds. */
function ofQuantile(latency: Histogram, q: number): number | null {
  if (!latency.supports(q)) return null;
  const reach = jStat.normal.inv(1 - (1 - CONFIDENCE) / 2, 0, 1) * Math.sqrt((q * (1 - q)) / latency.count);
  const high = latency.quantile(Math.min(1, q + reach));
  const low = latency.quantile(Math.max(0, q - reach));
  // What lies in one bucket of the histogram cannot be told apart.
  return significant(Math.max((high - low) / 2, BUCKET * latency.quantile(q)) / 1_000, 3);
}
