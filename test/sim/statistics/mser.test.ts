// Planted transients: what MSER-5 should cut is known, because the test put it there.

import { describe, expect, test } from "vitest";
import { standardNormal } from "../../../src/sim/distributions/ziggurat.ts";
import { randomFrom } from "../../../src/sim/random.ts";
import { mserCut } from "../../../src/sim/statistics/mser.ts";

const SEEDS = Array.from({ length: 100 }, (_, i) => i);

/** Normal noise of standard deviation 1 on top of a trend. */
function series(seed: number, length: number, trend: (i: number) => number): number[] {
  const random = randomFrom(`mser/${seed}`);
  return Array.from({ length }, (_, i) => trend(i) + standardNormal(random));
}

const share = (holds: (seed: number) => boolean) => SEEDS.filter(holds).length / SEEDS.length;

describe("mserCut(values)", () => {
  test("finds the end of a step within five groups, from above and from below", () => {
    for (const height of [8, -8]) {
      const found = share(seed => {
        const { cut, settled } = mserCut(series(seed, 2_000, i => (i < 300 ? height : 0)));
        return settled && cut >= 300 && cut <= 325;
      });
      expect(found).toBeGreaterThanOrEqual(0.9);
    }
  });

  test("never leaves part of a step in", () => {
    expect(share(seed => mserCut(series(seed, 2_000, i => (i < 303 ? 8 : 0))).cut >= 300)).toBe(1);
  });

  test("cuts an exponential approach where it drowns in the noise", () => {
    const found = share(seed => {
      const { cut, settled } = mserCut(series(seed, 4_000, i => -20 * Math.exp(-i / 100)));
      // After 3 time constants the transient is one standard deviation, after 6 a twentieth.
      return settled && cut >= 200 && cut <= 700;
    });
    expect(found).toBeGreaterThanOrEqual(0.95);
  });

  test("cuts next to nothing from a series that was settled from the start", () => {
    const cuts = SEEDS.map(seed => mserCut(series(seed, 2_000, () => 5)).cut).sort((left, right) => left - right);
    expect(cuts[50]).toBeLessThanOrEqual(100);
  });

  test("says of a drifting series that it never settled", () => {
    for (const slope of [0.02, -0.02]) {
      expect(share(seed => !mserCut(series(seed, 2_000, i => slope * i)).settled)).toBe(1);
    }
  });

  test.each([0, 0.1, 1 / 3, -7.3, 1e-9, 1e10 + 0.1, 1e15 / 3])("keeps all of a flat series of %d", value => {
    for (const length of [20, 99, 1_000]) {
      expect(mserCut(new Array<number>(length).fill(value))).toEqual({ cut: 0, settled: true });
    }
  });

  test("does not depend on the level or the scale of the series", () => {
    for (const seed of SEEDS.slice(0, 20)) {
      const values = series(seed, 1_000, i => (i < 120 ? 5 : 0));
      const cut = mserCut(values);
      expect(mserCut(values.map(value => value + 1e9))).toEqual(cut);
      expect(mserCut(values.map(value => 1e9 * value))).toEqual(cut);
    }
  });

  test("cuts whole groups of the given size, and less than four groups say nothing", () => {
    const values = series(1, 700, i => (i < 100 ? 8 : 0));
    expect(mserCut(values, 7).cut % 7).toBe(0);
    expect(mserCut([1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 4, 4, 4, 4])).toEqual({ cut: 0, settled: false });
    expect(mserCut([])).toEqual({ cut: 0, settled: false });
  });
});
