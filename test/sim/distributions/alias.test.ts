// The table is exact if, over all uniforms, each index gets its share of the unit interval. A grid of uniforms stands
// for the interval; an index gains or loses at most one grid point at each border, and there are two per column.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BugError } from "../../../src/assert.ts";
import { aliasTable } from "../../../src/sim/distributions/alias.ts";
import { randomFrom } from "../../../src/sim/random.ts";
import { chiSquareTail } from "../goodness.ts";

const GRID = 20_000;

/** Share of the unit interval that the table gives to each index. */
function shares(weights: readonly number[]): Float64Array {
  let at = 0;
  const grid = { ...randomFrom("unused"), next: () => (at++ + 0.5) / GRID };
  const pick = aliasTable(weights);
  const counts = new Float64Array(weights.length);
  for (let i = 0; i < GRID; i++) counts[pick(grid)]++;
  return counts.map(count => count / GRID);
}

describe("aliasTable(weights)", () => {
  test("gives each index its exact share, and one of weight zero none", () => {
    const weight = fc.oneof(
      { weight: 1, arbitrary: fc.constant(0) },
      { weight: 2, arbitrary: fc.nat(5) },
      { weight: 2, arbitrary: fc.double({ min: 1e-6, max: 1e6, noNaN: true }) },
    );
    fc.assert(
      fc.property(fc.array(weight, { minLength: 1, maxLength: 40, size: "max" }), weights => {
        const total = weights.reduce((sum, one) => sum + one, 0);
        fc.pre(total > 0);
        shares(weights).forEach((share, i) => {
          if (weights[i] === 0) expect(share).toBe(0);
          else expect(Math.abs(share - weights[i] / total)).toBeLessThanOrEqual((2 * weights.length) / GRID);
        });
      }),
      { numRuns: 200 },
    );
  });

  test("only proportions matter", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 20, size: "max" }), weights => {
        expect(shares(weights.map(weight => weight * 1_024))).toEqual(shares(weights));
      }),
      { numRuns: 50 },
    );
  });

  test("a hundred thousand weights are drawn in their proportions", () => {
    const weights = Array.from({ length: 100_000 }, (_, i) => (i % 7 === 3 ? 0 : 1 + (i % 5)));
    const total = weights.reduce((sum, one) => sum + one, 0);
    const pick = aliasTable(weights);
    const random = randomFrom("alias");
    const counts = new Float64Array(weights.length);
    const draws = 1_000_000;
    for (let i = 0; i < draws; i++) counts[pick(random)]++;
    expect(counts.every((count, i) => count === 0 || weights[i] > 0)).toBe(true);
    const expected = weights.map(weight => (draws * weight) / total);
    expect(chiSquareTail(counts, expected)).toBeGreaterThan(1e-4);
  });

  test.each<[string, number[]]>([
    ["no weights", []],
    ["only zeros", [0, 0]],
    ["a negative weight", [1, -1]],
    ["NaN", [1, Number.NaN]],
    ["Infinity", [1, Number.POSITIVE_INFINITY]],
  ])("%s is refused", (_what, weights) => {
    expect(() => aliasTable(weights)).toThrow(BugError);
  });
});
