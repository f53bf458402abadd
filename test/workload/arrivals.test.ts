// When requests come. The yardstick is the integral of the rate: measured in it, Poisson arrivals are a process of rate
// one and paced ones stand at the whole numbers, whatever the rate does.

import { describe, expect, test } from "vitest";
import { BugError } from "../../src/assert.ts";
import { randomFrom } from "../../src/sim/random.ts";
import { nextGapNs, type Spacing } from "../../src/workload/arrivals/open.ts";
import { constantRate, RATE_STEP_NS, type Rate, variableRate } from "../../src/workload/rate.ts";
import { ksDistance } from "../sim/goodness.ts";

const SECOND = 1e9;

function arrivals(rate: Rate, spacing: Spacing, seconds: number, seed = "arrivals"): number[] {
  const random = randomFrom(seed);
  const end = seconds * SECOND;
  const instants: number[] = [];
  for (let now = 0; ; ) {
    const gap = nextGapNs(rate, spacing, random, now, end);
    if (gap === Number.POSITIVE_INFINITY || now + gap > end) return instants;
    if (!Number.isInteger(gap) || gap < 1) throw new Error(`a gap of ${gap} ns`);
    now += gap;
    instants.push(now);
  }
}

/** Requests that are due until an instant, by the sum over the rate's steps. */
function integral(perSecond: (t: number) => number, seconds: number): (ns: number) => number {
  const step = RATE_STEP_NS / SECOND;
  const sums = [0];
  for (let i = 0; i < Math.ceil(seconds / step); i++)
    sums.push(sums[i] + Math.max(0, perSecond((i + 0.5) * step)) * step);
  return ns => {
    const at = ns / RATE_STEP_NS;
    const whole = Math.min(Math.floor(at), sums.length - 2);
    return sums[whole] + (at - whole) * (sums[whole + 1] - sums[whole]);
  };
}

const RATES: readonly (readonly [name: string, perSecond: (t: number) => number])[] = [
  ["a wave", t => 500 * (1 + 0.9 * Math.sin((2 * Math.PI * t) / 7))],
  ["a step", t => (t < 5 ? 50 : 2_000)],
  ["silence in the middle", t => (t >= 3 && t < 12 ? 0 : 400)],
  ["below zero half of the time", t => 800 * Math.sin(t)],
  ["a ramp from nothing", t => 60 * t],
  ["rare", () => 0.7],
];

describe("a constant rate", () => {
  test("Poisson: counts per second have their mean as variance, gaps are exponential", () => {
    const instants = arrivals(constantRate(200), "poisson", 1_000);
    const counts = new Float64Array(1_000);
    for (const instant of instants) counts[Math.min(999, Math.floor(instant / SECOND))]++;
    const mean = instants.length / 1_000;
    const variance = counts.reduce((sum, n) => sum + (n - mean) ** 2, 0) / 999;
    // Both within five standard deviations of what 1,000 seconds give.
    expect(Math.abs(mean - 200)).toBeLessThan(5 * Math.sqrt(200 / 1_000));
    expect(Math.abs(variance / mean - 1)).toBeLessThan(5 * Math.sqrt(2 / 999));
    const gaps = Float64Array.from(instants.slice(1), (instant, i) => (instant - instants[i]) / SECOND);
    expect(ksDistance(gaps, x => 1 - Math.exp(-200 * x))).toBeLessThan(1.95);
  });

  test.each([1, 20, 4_000, 1e6])("paced at %d per second: every gap is the same", perSecond => {
    const instants = arrivals(constantRate(perSecond), "paced", 20_000 / perSecond);
    const gaps = new Set(instants.map((instant, i) => instant - (instants[i - 1] ?? 0)));
    expect([...gaps]).toEqual([SECOND / perSecond]);
    expect(instants).toHaveLength(20_000);
  });

  test("paced at a rate that no ns divides: gaps differ by less than one ns from it", () => {
    const off = arrivals(constantRate(3), "paced", 30).map((at, i) => Math.abs(at / (i + 1) - SECOND / 3));
    expect(off.length).toBe(90);
    expect(Math.max(...off)).toBeLessThan(1);
  });

  test.each(["poisson", "paced"] as const)("no rate, no request: %s", spacing => {
    expect(nextGapNs(constantRate(0), spacing, randomFrom("zero"), 0, 1e15)).toBe(Number.POSITIVE_INFINITY);
  });

  test("beyond a request per ns they still come one after the other", () => {
    expect(nextGapNs(constantRate(1e12), "paced", randomFrom("x"), 5, SECOND)).toBe(1);
  });
});

describe.each(RATES)("a rate that is %s", (name, perSecond) => {
  const seconds = 40;
  const due = integral(perSecond, seconds);

  test("Poisson arrivals are a process of rate one in the rate's integral", () => {
    const at = arrivals(variableRate(perSecond), "poisson", seconds, name).map(due);
    const total = due(seconds * SECOND);
    expect(Math.abs(at.length - total)).toBeLessThan(5 * Math.sqrt(total));
    expect(
      ksDistance(
        Float64Array.from(at, (x, i) => x - (at[i - 1] ?? 0)),
        x => 1 - Math.exp(-x),
      ),
    ).toBeLessThan(1.95);
  });

  test("paced arrivals stand at its whole numbers", () => {
    const at = arrivals(variableRate(perSecond), "paced", seconds).map(due);
    const off = at.map((x, i) => Math.abs(x - (i + 1)));
    // Every gap is rounded to whole ns.
    expect(Math.max(...off)).toBeLessThan(0.01);
    expect(Math.abs(at.length + 0.5 - due(seconds * SECOND))).toBeLessThanOrEqual(0.51);
  });

  test("its mean is the integral over time", () => {
    const mean = variableRate(perSecond).mean(seconds * SECOND);
    expect(Math.abs(mean * seconds - due(seconds * SECOND))).toBeLessThan(0.01 * due(seconds * SECOND));
  });
});

describe("a variable rate", () => {
  test("is silent where it is zero, and resumes", () => {
    const instants = arrivals(
      variableRate(t => (t >= 3 && t < 12 ? 0 : 400)),
      "poisson",
      20,
    );
    expect(instants.filter(at => at > 3 * SECOND && at < 12 * SECOND)).toEqual([]);
    expect(instants.filter(at => at >= 12 * SECOND && at < 13 * SECOND).length).toBeGreaterThan(300);
  });

  test("that ends for good gives no further arrival", () => {
    const rate = variableRate(t => (t < 1 ? 10 : 0));
    expect(nextGapNs(rate, "paced", randomFrom("x"), SECOND, 60 * SECOND)).toBe(Number.POSITIVE_INFINITY);
  });

  test("asked about the past it still tells the truth", () => {
    const rate = variableRate(t => t);
    expect([rate.at(5 * SECOND), rate.at(0), rate.at(5 * SECOND)]).toEqual([5.05, 0.05, 5.05]);
    expect(rate.nextChangeNs(5 * SECOND)).toBe(5 * SECOND + RATE_STEP_NS);
  });

  test("that is no number is a bug of whoever let it through", () => {
    expect(() => variableRate(t => 1 / (t - 5.05)).at(5 * SECOND)).toThrow(BugError);
    expect(() => variableRate(() => Number.NaN).at(0)).toThrow(BugError);
  });
});
