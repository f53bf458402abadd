// One table, all distributions: moments, support and, where there is a density, the exact CDF. Seeds are fixed, so a
// failure repeats; the bounds are five standard errors and, for Kolmogorov and Smirnov, one sample in a thousand.

import { randomExponential, randomLogNormal, randomNormal, randomPareto } from "d3-random";
import { describe, expect, test } from "vitest";
import { BugError } from "../../../src/assert.ts";
import { constant } from "../../../src/sim/distributions/constant.ts";
import { type Distribution, secondMoment } from "../../../src/sim/distributions/distribution.ts";
import { empirical } from "../../../src/sim/distributions/empirical.ts";
import { exponential } from "../../../src/sim/distributions/exponential.ts";
import { lognormal, lognormalByMean, lognormalByPercentiles } from "../../../src/sim/distributions/lognormal.ts";
import { mixture } from "../../../src/sim/distributions/mixture.ts";
import { pareto } from "../../../src/sim/distributions/pareto.ts";
import { uniform } from "../../../src/sim/distributions/uniform.ts";
import { weighted } from "../../../src/sim/distributions/weighted.ts";
import { standardNormal } from "../../../src/sim/distributions/ziggurat.ts";
import { zipf } from "../../../src/sim/distributions/zipf.ts";
import { randomFrom } from "../../../src/sim/random.ts";
import { ksDistance, ksDistanceOfTwo, normalCdf } from "../goodness.ts";

interface Row {
  readonly of: Distribution;
  readonly mean: number;
  readonly variance: number;
  /** Only where the distribution has a density. */
  readonly cdf?: (x: number) => number;
}

const lognormalCdf = (mu: number, sigma: number) => (x: number) => normalCdf((Math.log(x) - mu) / sigma);
const exponentialCdf = (mean: number) => (x: number) => -Math.expm1(-x / mean);
const clamp = (p: number) => Math.min(1, Math.max(0, p));

// Means and variances are written out here, not read from the code.
const table: Record<string, Row> = {
  "constant(7)": { of: constant(7), mean: 7, variance: 0 },
  "uniform(-3, 9)": { of: uniform(-3, 9), mean: 3, variance: 12, cdf: x => clamp((x + 3) / 12) },
  "exponential(250)": { of: exponential(250), mean: 250, variance: 62_500, cdf: exponentialCdf(250) },
  "lognormal(1, 0.5)": {
    of: lognormal(1, 0.5),
    mean: Math.exp(1.125),
    variance: (Math.exp(0.25) - 1) * Math.exp(2.25),
    cdf: lognormalCdf(1, 0.5),
  },
  "lognormalByMean(1200, 0.8)": {
    of: lognormalByMean(1_200, 0.8),
    mean: 1_200,
    variance: (Math.exp(0.64) - 1) * 1_200 ** 2,
    cdf: lognormalCdf(Math.log(1_200) - 0.32, 0.8),
  },
  "lognormalByPercentiles(4, 9)": {
    // sigma = ln(9/4) / 2.3263478740408408 = 0.348583
    of: lognormalByPercentiles(4, 9),
    mean: 4 * Math.exp(0.348583 ** 2 / 2),
    variance: (Math.exp(0.348583 ** 2) - 1) * 16 * Math.exp(0.348583 ** 2),
    cdf: lognormalCdf(Math.log(4), 0.348583),
  },
  "pareto(2, 6)": { of: pareto(2, 6), mean: 2.4, variance: 0.24, cdf: x => 1 - (2 / x) ** 6 },
  "zipf(100, 0.99)": { of: zipf(100, 0.99), ...zipfMoments(100, 0.99) },
  empirical: { of: empirical([5, 1, 1, 3]), mean: 2.5, variance: 2.75 },
  "weighted, discrete": { of: weighted([1, 10, 100], [5, 3, 2]), mean: 23.5, variance: 2_030.5 - 23.5 ** 2 },
  "weighted, buckets": {
    of: weighted([0, 10, 20, 100], [1, 0, 3]),
    mean: 46.25,
    variance: (100 / 3 + 3 * (12_400 / 3)) / 4 - 46.25 ** 2,
    cdf: x => (x < 10 ? x / 40 : clamp(0.25 + (0.75 * Math.max(0, x - 20)) / 80)),
  },
  "mixture of two exponentials": {
    of: mixture([
      { weight: 9, of: exponential(1) },
      { weight: 1, of: exponential(11) },
    ]),
    mean: 2,
    variance: 0.9 * 2 + 0.1 * 242 - 4,
    cdf: x => 0.9 * exponentialCdf(1)(x) + 0.1 * exponentialCdf(11)(x),
  },
};

function zipfMoments(n: number, s: number): { mean: number; variance: number } {
  const ranks = Array.from({ length: n }, (_, rank) => ({ rank, weight: (rank + 1) ** -s }));
  const total = ranks.reduce((sum, { weight }) => sum + weight, 0);
  const mean = ranks.reduce((sum, { rank, weight }) => sum + (rank * weight) / total, 0);
  return { mean, variance: ranks.reduce((sum, { rank, weight }) => sum + ((rank - mean) ** 2 * weight) / total, 0) };
}

const SAMPLES = 200_000;

const draw = (of: Distribution, seed: string): Float64Array => {
  const random = randomFrom(seed);
  return Float64Array.from({ length: SAMPLES }, () => of.sample(random));
};

describe.each(Object.entries(table))("%s", (name, { of, mean, variance, cdf }) => {
  const sample = draw(of, name);

  test("states its mean and variance", () => {
    expect(Math.abs(of.mean - mean)).toBeLessThanOrEqual(1e-5 * Math.abs(mean));
    expect(Math.abs(of.variance - variance)).toBeLessThanOrEqual(1e-4 * variance);
    expect(secondMoment(of)).toBeCloseTo(of.variance + of.mean ** 2, 9);
  });

  test("draws them within five standard errors, inside its support", () => {
    const found = sample.reduce((sum, x) => sum + x, 0) / SAMPLES;
    const squares = sample.reduce((sum, x) => sum + (x - found) ** 2, 0) / SAMPLES;
    const fourths = sample.reduce((sum, x) => sum + (x - found) ** 4, 0) / SAMPLES;
    expect(Math.abs(found - mean)).toBeLessThanOrEqual(5 * Math.sqrt(variance / SAMPLES));
    expect(Math.abs(squares - variance)).toBeLessThanOrEqual(5 * Math.sqrt((fourths - squares ** 2) / SAMPLES));
    const [low, high] = of.support;
    expect(sample.every(x => x >= low && x <= high)).toBe(true);
  });

  if (cdf !== undefined) {
    test("follows its exact CDF", () => {
      expect(ksDistance(sample, cdf)).toBeLessThan(1.95);
    });
  }
});

describe("d3-random draws from the same distributions", () => {
  const pairs: [string, Distribution, (uniform: () => number) => () => number][] = [
    ["exponential", exponential(4), source => randomExponential.source(source)(1 / 4)],
    ["normal", { ...constant(0), sample: standardNormal }, source => randomNormal.source(source)(0, 1)],
    ["lognormal", lognormal(2, 0.7), source => randomLogNormal.source(source)(2, 0.7)],
    ["pareto", pareto(1, 1.5), source => randomPareto.source(source)(1.5)],
  ];
  test.each(pairs)("%s", (name, ours, theirs) => {
    const next = theirs(randomFrom(`d3/${name}`).next);
    const oracle = Float64Array.from({ length: SAMPLES }, next);
    expect(ksDistanceOfTwo(draw(ours, name), oracle)).toBeLessThan(1.95);
  });
});

describe("tails too heavy for a moment", () => {
  test("pareto says so by Infinity", () => {
    expect([pareto(1, 1).mean, pareto(1, 2).variance]).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
    expect(pareto(1, 1.5).mean).toBe(3);
  });

  test("a mixture with one inherits it, unless its weight is zero", () => {
    const heavy = (weight: number) =>
      mixture([
        { weight: 1, of: constant(5) },
        { weight, of: pareto(1, 0.9) },
      ]);
    expect([heavy(1).mean, heavy(1).variance]).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
    expect([heavy(0).mean, heavy(0).variance]).toEqual([5, 0]);
    expect([heavy(1).support, heavy(0).support]).toEqual([
      [1, Number.POSITIVE_INFINITY],
      [5, 5],
    ]);
  });

  test("the variance of like constants is zero, never a rounding below it", () => {
    for (let value = 0.1; value < 50; value *= 1.37) {
      const part = { weight: 0.1, of: constant(value) };
      const { variance } = mixture([part, part, { weight: 0.7, of: constant(value) }]);
      expect(variance).toBeGreaterThanOrEqual(0);
      expect(variance).toBeLessThan(1e-12 * value ** 2);
    }
  });
});

describe("what makes no distribution is refused", () => {
  test.each<[string, () => Distribution]>([
    ["empirical of nothing", () => empirical([])],
    ["a negative sigma", () => lognormal(0, -1)],
    ["p99 below p50", () => lognormalByPercentiles(10, 9)],
    ["a p50 of zero", () => lognormalByPercentiles(0, 9)],
    ["a mixture of nothing", () => mixture([])],
    ["a mixture of zero weights", () => mixture([{ weight: 0, of: constant(1) }])],
  ])("%s", (_what, make) => {
    expect(make).toThrow(BugError);
  });
});
