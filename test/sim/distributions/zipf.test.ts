// Ranks against exact probabilities, summed here term by term and not taken from the code.

import { describe, expect, test } from "vitest";
import { BugError } from "../../../src/assert.ts";
import { zipf } from "../../../src/sim/distributions/zipf.ts";
import { randomFrom } from "../../../src/sim/random.ts";
import { chiSquareTail } from "../goodness.ts";

const EXPONENTS = [0, 0.5, 0.99, 1, 1.2, 2.68, 5];
const SIZES = [1, 2, 10, 1_000, 1_000_000];
const DRAWS = 200_000;

function exact(n: number, s: number): Float64Array {
  const weights = Float64Array.from({ length: n }, (_, rank) => (rank + 1) ** -s);
  const total = weights.reduceRight((sum, weight) => sum + weight, 0);
  return weights.map(weight => weight / total);
}

describe.each(EXPONENTS)("zipf(n, %d)", s => {
  test.each(SIZES)("n = %d: ranks have their exact probabilities", n => {
    const of = zipf(n, s);
    const random = randomFrom(`zipf/${n}/${s}`);
    const probabilities = exact(n, s);
    const counts = new Float64Array(n);
    for (let i = 0; i < DRAWS; i++) counts[of.rank(random)]++;
    // A rank outside 0..n-1 would be lost by the typed array.
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(DRAWS);
    expect(
      chiSquareTail(
        counts,
        probabilities.map(p => p * DRAWS),
      ),
    ).toBeGreaterThan(1e-4);
    for (const rank of [0, 1, 2, Math.floor(n / 2), n - 1]) {
      if (rank < n) expect(of.probability(rank) / probabilities[rank]).toBeCloseTo(1, 9);
    }
  });
});

describe("zipf(n, s)", () => {
  test("n of a hundred million needs no table: its head is drawn as it should be", () => {
    const of = zipf(100_000_000, 1.2);
    const random = randomFrom("zipf/large");
    // zeta(1.2) = 5.591582441177751, less the terms beyond n, which Euler and Maclaurin give as n^-0.2 / 0.2.
    const total = 5.591582441177751 - 1e8 ** -0.2 / 0.2;
    const counts = new Float64Array(21);
    for (let i = 0; i < DRAWS; i++) counts[Math.min(20, of.rank(random))]++;
    const head = Float64Array.from({ length: 20 }, (_, rank) => (DRAWS * (rank + 1) ** -1.2) / total);
    const rest = DRAWS - head.reduce((sum, count) => sum + count, 0);
    expect(chiSquareTail(counts, [...head, rest])).toBeGreaterThan(1e-4);
  });

  test("exponents a hair from 1 give what 1 gives", () => {
    const ranks = (s: number) => {
      const random = randomFrom("zipf/near one");
      return Array.from({ length: 1_000 }, () => zipf(1_000, s).rank(random));
    };
    for (const s of [1 - 1e-15, 1 - 1e-12, 1 + 1e-15, 1 + 1e-12]) expect(ranks(s)).toEqual(ranks(1));
  });

  test("an exponent beyond all measure leaves the first rank", () => {
    const of = zipf(1_000_000, 500);
    const random = randomFrom("zipf/steep");
    for (let i = 0; i < 1_000; i++) expect(of.rank(random)).toBe(0);
  });

  test.each<[number, number]>([
    [0, 1],
    [-1, 1],
    [1.5, 1],
    [Number.NaN, 1],
    [10, -0.1],
    [10, Number.NaN],
    [10, Number.POSITIVE_INFINITY],
  ])("n = %d, s = %d is refused", (n, s) => {
    expect(() => zipf(n, s)).toThrow(BugError);
  });
});
