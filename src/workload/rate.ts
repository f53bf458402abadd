// Arrival rates over time. A constant rate, or one that follows an expression of t. The expression is tabulated once
// in steps of a tenth of a second of simulated time as the run reaches them, and within a step the rate is constant,
// which makes the arrivals exact for that step function and cheap.

import { fail } from "../assert.ts";
import { NS_PER_SECOND } from "../units.ts";

/** Events per second at an instant. */
export interface Rate {
  at(nowNs: number): number;
  /** Instant at which the rate may change next; Infinity when it never does. */
  nextChangeNs(nowNs: number): number;
  /** Mean over [0, durationNs]. */
  mean(durationNs: number): number;
}

export function constantRate(perSecond: number): Rate {
  return { at: () => perSecond, nextChangeNs: () => Number.POSITIVE_INFINITY, mean: () => perSecond };
}

/** A rate times a factor that grows from 1 at `fromNs` to `factor` at `fullNs`, in steps, and stays there. */
export function surgingRate(rate: Rate, factor: number, fromNs: number, fullNs: number): Rate {
  const times = (nowNs: number) => {
    if (nowNs >= fullNs) return factor;
    const step = Math.floor((nowNs - fromNs) / RATE_STEP_NS + 0.5) * RATE_STEP_NS;
    return 1 + (factor - 1) * Math.min(1, Math.max(0, step / (fullNs - fromNs)));
  };
  return {
    at: nowNs => rate.at(nowNs) * times(nowNs),
    nextChangeNs(nowNs) {
      const next = rate.nextChangeNs(nowNs);
      return nowNs >= fullNs ? next : Math.min(next, nowNs + RATE_STEP_NS / 2, fullNs);
    },
    mean: durationNs => rate.mean(durationNs) * factor,
  };
}

/** Within a step the rate is that of the step's middle. */
export const RATE_STEP_NS = NS_PER_SECOND / 10;

/** A rate that follows a function of t in seconds. Negative results count as zero; what is no number is a bug. */
export function variableRate(perSecond: (tSeconds: number) => number): Rate {
  let step = -1;
  let value = 0;
  const at = (nowNs: number) => {
    const wanted = Math.floor(nowNs / RATE_STEP_NS);
    if (wanted !== step) {
      step = wanted;
      // The middle of the step, so that a step function of the expression is met on average.
      value = perSecond(((wanted + 0.5) * RATE_STEP_NS) / NS_PER_SECOND);
      if (!Number.isFinite(value)) fail(`rate at t = ${wanted / 10} s is ${value}`);
      value = Math.max(0, value);
    }
    return value;
  };
  return {
    at,
    nextChangeNs: nowNs => (Math.floor(nowNs / RATE_STEP_NS) + 1) * RATE_STEP_NS,
    mean(durationNs) {
      const samples = 1_000;
      let sum = 0;
      for (let i = 0; i < samples; i++) {
        sum += Math.max(0, perSecond((((i + 0.5) / samples) * durationNs) / NS_PER_SECOND));
      }
      return sum / samples;
    },
  };
}
