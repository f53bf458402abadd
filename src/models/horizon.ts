// A run that stands for a longer time than it simulates, in one of two ways or both.
//
// Sampled keys. One key in N is simulated (workload/key-sample.ts), in 1/N of the memory (sampled-memory.ts), for 1/N of the time
// and at the full rate of requests, while the engines' clock passes N times faster:
//
//   requests      rate x length / N          the keys of the sample together get every request
//   per key       N x its own rate in 1/N of the time: as many requests as ever between two expiries, evictions, decays
//   service, waits, pools, network, origin   at their own rates and times, unscaled: utilisation, waits and percentiles are as
//                                            with all keys, since as many requests come a second and take as long
//   counts        simulated x N              bytes and keys: fixed + hot + (rest) x N
//
// It is the thinned load with service times N times as long, seen in a time that passes N times slower; in that form waits
// would have to be divided by N again. Keys that stand for themselves keep their requests per second, so their TTLs are N times
// as long on the engines' clock. They are chosen so that 1/N of their requests still keeps them (scenarios/fidelity-sample.ts).
//
// Windows. Of each stretch of the load's cycle a short window is simulated, after a time in which the cache settles; the load
// passes through the whole stretch meanwhile. Windows follow each other in the order of the cycle, each begins with the
// cache that the one before it left, and all have the same weight; cycles that are alike are simulated once.
//
// Assumed: the load changes slowly against waits and, with windows, against what is in the cache.
// Left out: queues that grow for long come out N times (with windows, slot / window times) too short; a miss that is under way
// lasts N times as long on the cache's clock, so a second one for the same key is N times as likely; LRU's clock goes on by
// cron, every N tenths of a second of the cache's time.

import { Histogram } from "../sim/histogram.ts";
import type { HorizonConfig } from "./config.ts";
import type { Period, Recorder } from "./recorder.ts";

/** Turns what a finished run has recorded into what it stands for. */
export function stretch(recorder: Recorder, horizon: HorizonConfig): void {
  const { periods, columns, totals } = recorder;
  // The row in which a run was interrupted stands for nothing.
  const whole = (index: number) =>
    horizon.rows[index] !== undefined && periods[index].endNs >= horizon.rows[index].endNs;
  const kept = periods.flatMap((_, index) => (whole(index) && horizon.rows[index].stands !== null ? [index] : []));
  const stretched = kept.map(index => standing(periods[index], horizon.rows[index].stands!));
  const none = new Histogram().snapshot();
  const cycleNs = horizon.lengthNs / horizon.cycles;
  for (const column of columns) {
    const once = kept.map((index, i) => {
      const value = column.values[index] ?? null;
      return value === null || !column.flow ? value : value * stretched[i].weight;
    });
    column.values.length = 0;
    for (let cycle = 0; cycle < horizon.cycles; cycle++) column.values.push(...once);
  }
  periods.length = 0;
  periods.push(...stretched);
  for (let cycle = 1; cycle < horizon.cycles; cycle++) {
    for (const period of stretched) {
      periods.push({
        ...period,
        startNs: period.startNs + cycle * cycleNs,
        endNs: period.endNs + cycle * cycleNs,
        rows: period.rows.map(({ outcomes }) => ({ outcomes, latency: none })),
        repeats: true,
      });
    }
  }
  totals.fill(0);
  for (const { rows } of periods) {
    for (const { outcomes } of rows) for (let i = 0; i < totals.length; i++) totals[i] += outcomes[i];
  }
}

function standing(period: Period, { fromNs, toNs }: { fromNs: number; toNs: number }): Period {
  const weight = (toNs - fromNs) / (period.endNs - period.startNs);
  return {
    ...period,
    startNs: fromNs,
    endNs: toNs,
    arrived: Math.round(period.arrived * weight),
    rows: period.rows.map(({ outcomes, latency }) => ({
      outcomes: outcomes.map(count => Math.round(count * weight)),
      latency,
    })),
    weight,
  };
}

/** The instant of the horizon that a simulated one stands for; what leads to a row counts as the beginning of that row. */
export function instantOf({ rows }: HorizonConfig, simulatedNs: number): number {
  let at = rows.findIndex(row => row.endNs >= simulatedNs);
  if (at === -1) at = rows.length - 1;
  const startNs = at === 0 ? 0 : rows[at - 1].endNs;
  const { endNs, stands } = rows[at];
  if (stands === null) return rows[at + 1]?.stands?.fromNs ?? 0;
  const share = Math.min(1, (simulatedNs - startNs) / (endNs - startNs));
  return stands.fromNs + share * (stands.toNs - stands.fromNs);
}
