// Both readings of a published histogram. Moments and CDF are in the table of distributions.test.ts.

import { describe, expect, test } from "vitest";
import { BugError } from "../../../src/assert.ts";
import { weighted } from "../../../src/sim/distributions/weighted.ts";
import { randomFrom } from "../../../src/sim/random.ts";
import { chiSquareTail } from "../goodness.ts";

const DRAWS = 100_000;

describe("weighted(values, weights)", () => {
  test("with as many weights as values draws those values and no others", () => {
    const values = [64, 512, 4_096, 1 << 20];
    const weights = [40, 35, 0, 25];
    const of = weighted(values, weights);
    const random = randomFrom("discrete");
    const counts = new Map<number, number>(values.map(value => [value, 0]));
    for (let i = 0; i < DRAWS; i++) {
      const value = of.sample(random);
      counts.set(value, counts.get(value)! + 1);
    }
    expect(counts.size).toBe(4);
    expect(counts.get(4_096)).toBe(0);
    const expected = weights.map(weight => (DRAWS * weight) / 100);
    expect(chiSquareTail([...counts.values()], expected)).toBeGreaterThan(1e-4);
  });

  test("with one weight fewer draws evenly between the edges", () => {
    const edges = [0, 100, 1_000, 5_000];
    const of = weighted(edges, [1, 0, 3]);
    const random = randomFrom("buckets");
    const counts = new Float64Array(50);
    for (let i = 0; i < DRAWS; i++) counts[Math.floor(of.sample(random) / 100)]++;
    // Cell 0 is the first bucket, 1 to 9 the empty one, 10 to 49 the third.
    const expected = counts.map((_, cell) => (cell === 0 ? DRAWS / 4 : cell < 10 ? 0 : (DRAWS * 0.75) / 40));
    expect(counts.slice(1, 10).every(count => count === 0)).toBe(true);
    expect(chiSquareTail(counts, expected)).toBeGreaterThan(1e-4);
    expect(of.support).toEqual([0, 5_000]);
  });

  test("ends where the weights end", () => {
    expect(weighted([1, 2, 3, 4], [0, 1, 1, 0]).support).toEqual([2, 3]);
    expect(weighted([1, 2, 3, 4], [0, 1, 0]).support).toEqual([2, 3]);
  });

  test("a bucket without width is a value", () => {
    const of = weighted([5, 5], [1]);
    expect([of.sample(randomFrom("point")), of.mean, of.variance]).toEqual([5, 5, 0]);
  });

  test("takes a table of any length", () => {
    const values = Array.from({ length: 300_000 }, (_, i) => i);
    const discrete = weighted(values, new Array<number>(300_000).fill(1));
    expect(discrete.support).toEqual([0, 299_999]);
    expect(discrete.mean).toBeCloseTo(149_999.5, 3);
    expect(weighted(values, new Array<number>(299_999).fill(1)).support).toEqual([0, 299_999]);
  });

  test.each<[string, number[], number[]]>([
    ["too few weights", [1, 2, 3], [1]],
    ["too many weights", [1, 2], [1, 2, 3]],
    ["descending edges", [2, 1, 3], [1, 1]],
    ["a negative weight", [1, 2], [1, -1]],
    ["no weight at all", [1], []],
  ])("%s: refused", (_what, values, weights) => {
    expect(() => weighted(values, weights)).toThrow(BugError);
  });
});
