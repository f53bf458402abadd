// Three oracles: the sorted sample itself, hdr-histogram-js at three significant digits, and the law that a histogram
// of a union is the union of the histograms.

import fc from "fast-check";
import { build } from "hdr-histogram-js";
import { describe, expect, test } from "vitest";
import { BugError } from "../../src/assert.ts";
import type { Distribution } from "../../src/sim/distributions/distribution.ts";
import { lognormalByPercentiles } from "../../src/sim/distributions/lognormal.ts";
import { pareto } from "../../src/sim/distributions/pareto.ts";
import { uniform } from "../../src/sim/distributions/uniform.ts";
import { Histogram } from "../../src/sim/histogram.ts";
import { randomFrom } from "../../src/sim/random.ts";

/** The promise at the head of the file: the middle of a bucket is within 0.4 % of each of its values. */
const PRECISION = 0.004;

const fill = (values: Iterable<number>): Histogram => {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
};

/** All that a histogram shows, for comparing two of them. */
const shown = (histogram: Histogram) => ({
  count: histogram.count,
  sum: histogram.sum,
  min: histogram.min,
  max: histogram.max,
  buckets: [...histogram.buckets()],
});

/** Whole numbers of every size up to 2^53 - 1, the neighbours of powers of two among them. */
const value = fc.oneof(
  fc.nat(600),
  fc.maxSafeNat(),
  fc.tuple(fc.integer({ min: 0, max: 52 }), fc.integer({ min: -2, max: 2 })).map(([e, d]) => Math.max(0, 2 ** e + d)),
  fc.tuple(fc.integer({ min: 0, max: 52 }), fc.double({ min: 1, max: 2, noNaN: true })).map(([e, m]) => {
    return Math.min(Number.MAX_SAFE_INTEGER, Math.floor(m * 2 ** e));
  }),
);

describe("record(value)", () => {
  test("knows any value within 0.4 %, and below 256 exactly", () => {
    fc.assert(
      fc.property(value, recorded => {
        const histogram = fill([recorded]);
        const [bucket, ...others] = [...histogram.buckets()];
        expect(others).toEqual([]);
        expect(bucket.low).toBeLessThanOrEqual(recorded);
        expect(bucket.low + bucket.width).toBeGreaterThan(recorded);
        if (recorded < 256) expect(bucket).toEqual({ low: recorded, width: 1, count: 1 });
        const middle = bucket.low + (bucket.width - 1) / 2;
        expect(Math.abs(middle - recorded)).toBeLessThanOrEqual(PRECISION * recorded);
      }),
      { numRuns: 3_000 },
    );
  });

  test.each([8, 31, 32, 40, 52])("around 2^%d the buckets meet without gap or overlap", exponent => {
    const power = 2 ** exponent;
    const width = power / 128;
    const near = [power - 1, power, power + 1, power + width - 1, power + width, 2 * power - 1];
    for (const recorded of near) {
      const [bucket] = fill([recorded]).buckets();
      const below = recorded < power;
      const size = below ? Math.max(1, width / 2) : width;
      const start = below ? power - size : power + Math.floor((recorded - power) / width) * width;
      expect(bucket, `${recorded}`).toEqual({ low: start, width: size, count: 1 });
    }
  });

  test("any fill: the buckets ascend, do not overlap and hold every record once", () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 100, size: "max" }), values => {
        let edge = 0;
        let total = 0;
        for (const { low, width, count } of fill(values).buckets()) {
          expect(low).toBeGreaterThanOrEqual(edge);
          expect(count).toBe(values.filter(one => one >= low && one < low + width).length);
          edge = low + width;
          total += count;
        }
        expect(total).toBe(values.length);
      }),
    );
  });

  test("a value recorded n times is n records", () => {
    const once = new Histogram();
    once.record(70_000, 3);
    once.record(9, 2);
    expect(shown(once)).toEqual(shown(fill([9, 70_000, 9, 70_000, 70_000])));
  });

  test.each([-1, -0.5, 0.5, 300.25, Number.NaN, Number.POSITIVE_INFINITY, -(2 ** 40), 2 ** 53, 2 ** 70])(
    "%d is refused, however large the histogram has grown",
    refused => {
      for (const histogram of [new Histogram(), fill([2 ** 52])]) {
        const before = shown(histogram);
        expect(() => histogram.record(refused)).toThrow(BugError);
        expect(shown(histogram)).toEqual(before);
      }
    },
  );
});

describe("quantile(q)", () => {
  const shares = [0, 0.001, 0.01, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 1];

  test("is the k-th smallest of n at q = k/n, whatever k/n rounds to", () => {
    for (let n = 1; n <= 250; n++) {
      const histogram = fill(Array.from({ length: n }, (_, i) => i + 1));
      for (let k = 1; k <= n; k++) expect(histogram.quantile(k / n), `${k} of ${n}`).toBe(k);
    }
  });

  test("lies within 0.4 % of the sorted sample's, and rises with q", () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 300, size: "max" }), values => {
        const sorted = Float64Array.from(values).sort();
        const histogram = fill(values);
        let before = 0;
        for (const q of shares) {
          const exact = sorted[Math.max(0, Math.ceil(q * sorted.length * (1 - 1e-12)) - 1)];
          const found = histogram.quantile(q);
          expect(Math.abs(found - exact)).toBeLessThanOrEqual(PRECISION * exact);
          expect(found).toBeGreaterThanOrEqual(before);
          before = found;
        }
        expect(histogram.quantile(1)).toBe(sorted.at(-1));
        expect(histogram.min).toBe(sorted[0]);
      }),
      { numRuns: 500 },
    );
  });

  const samples: [string, Distribution][] = [
    ["lognormal latencies", lognormalByPercentiles(300_000, 4_000_000)],
    ["pareto sizes", pareto(64, 1.1)],
    ["uniform numbers", uniform(0, 5e9)],
  ];
  test.each(samples)("of %s agrees with hdr-histogram-js", (name, distribution) => {
    const random = randomFrom(name);
    const oracle = build({ numberOfSignificantValueDigits: 3, bitBucketSize: 32 });
    const histogram = new Histogram();
    for (let i = 0; i < 100_000; i++) {
      const drawn = Math.floor(distribution.sample(random));
      histogram.record(drawn);
      oracle.recordValue(drawn);
    }
    for (const q of shares) {
      const theirs = oracle.getValueAtPercentile(100 * q);
      expect(Math.abs(histogram.quantile(q) / theirs - 1), `q = ${q}`).toBeLessThan(PRECISION + 0.001);
    }
    expect(Math.abs(histogram.mean / oracle.mean - 1)).toBeLessThan(0.001);
    expect(histogram.max).toBeLessThanOrEqual(oracle.maxValue);
    expect(histogram.count).toBe(oracle.totalCount);
  });

  test("of nothing is NaN, as is the mean", () => {
    const empty = new Histogram();
    expect([empty.quantile(0.5), empty.mean, empty.shareAtOrBelow(5)]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });
});

describe("shareAtOrBelow(value)", () => {
  test("is the sample's share up to the width of one bucket, from 0 below the minimum to 1 at the maximum", () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 100, size: "max" }), value, (values, at) => {
        const share = fill(values).shareAtOrBelow(at);
        const below = (limit: number) => values.filter(one => one <= limit).length / values.length;
        expect(share).toBeGreaterThanOrEqual(below(at));
        expect(share).toBeLessThanOrEqual(below(at * (1 + 2 * PRECISION)));
      }),
      { numRuns: 500 },
    );
    const histogram = fill([1_000, 2 ** 45]);
    const limits = [-1, 999, 1_000, 2 ** 44, 2 ** 45, 2 ** 80, Number.POSITIVE_INFINITY];
    expect(limits.map(limit => histogram.shareAtOrBelow(limit))).toEqual([0, 0, 0.5, 0.5, 1, 1, 1]);
  });
});

describe("merge(other)", () => {
  // Sums of these stay exact, so that equality is the right test.
  const values = fc.array(fc.nat(2 ** 31 - 1), { maxLength: 60, size: "max" });
  const union = (...parts: number[][]) => {
    const histogram = new Histogram();
    for (const part of parts) histogram.merge(fill(part));
    return shown(histogram);
  };

  test("is exact: the histogram of the union; so it is commutative and associative", () => {
    fc.assert(
      fc.property(values, values, values, (a, b, c) => {
        const whole = shown(fill([...a, ...b, ...c]));
        expect(union(a, b, c)).toEqual(whole);
        expect(union(c, a, b)).toEqual(whole);
        const right = fill(b);
        right.merge(fill(c));
        const left = fill(a);
        left.merge(right);
        expect(shown(left)).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });

  test("leaves the other as it was and goes on counting for itself", () => {
    const other = fill([2 ** 40, 3]);
    const before = shown(other);
    const histogram = fill([5]);
    histogram.merge(other);
    histogram.record(2 ** 40);
    expect(shown(other)).toEqual(before);
    expect(histogram.count).toBe(4);
  });
});

test("supports(q) asks for ten records beyond the quantile", () => {
  const least: [number, number][] = [
    [0.5, 20],
    [0.9, 100],
    [0.99, 1_000],
    [0.999, 10_000],
    [0.9999, 100_000],
  ];
  for (const [q, count] of least) {
    const histogram = new Histogram();
    histogram.record(1, count - 1);
    expect(histogram.supports(q), `${count - 1} records, q = ${q}`).toBe(false);
    histogram.record(1);
    expect(histogram.supports(q), `${count} records, q = ${q}`).toBe(true);
  }
});
