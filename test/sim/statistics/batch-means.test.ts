// An AR(1) series x' = 0.9 x + noise stands for a queue: neighbours are correlated, and the mean of n observations has
// a variance about (1 + 0.9) / (1 - 0.9) = 19 times that of independent ones.

import { describe, expect, test } from "vitest";
import { standardNormal } from "../../../src/sim/distributions/ziggurat.ts";
import { type Random, randomFrom } from "../../../src/sim/random.ts";
import { batchMeans } from "../../../src/sim/statistics/batch-means.ts";
import { studentInterval } from "../../../src/sim/statistics/student-t.ts";

const MEAN = 40;

function autoregressive(random: Random, length: number): number[] {
  // Starts in the stationary law, so that there is no warm-up to mistake for the effect.
  let deviation = standardNormal(random) / Math.sqrt(1 - 0.81);
  return Array.from({ length }, () => {
    const value = MEAN + deviation;
    deviation = 0.9 * deviation + standardNormal(random);
    return value;
  });
}

describe("batchMeans(values)", () => {
  test("covers the mean of a correlated series as often as it claims, where the plain interval does not", () => {
    const runs = 600;
    let covered = 0;
    let plainCovered = 0;
    for (let run = 0; run < runs; run++) {
      const values = autoregressive(randomFrom(`ar/${run}`), 10_000);
      const batched = batchMeans(values);
      if (Math.abs(batched.mean - MEAN) <= batched.halfWidth) covered++;
      const plain = studentInterval(values);
      if (Math.abs(plain.mean - MEAN) <= plain.halfWidth) plainCovered++;
    }
    // 95 % within four standard errors (0.9 % each); the plain interval is sqrt(19) times too narrow: 35 %.
    expect(Math.abs(covered / runs - 0.95)).toBeLessThan(0.036);
    expect(plainCovered / runs).toBeLessThan(0.5);
  });

  test("the half-width is that of the theory of AR(1)", () => {
    const length = 100_000;
    const widths = Array.from({ length: 30 }, (_, run) => {
      return batchMeans(autoregressive(randomFrom(`width/${run}`), length)).halfWidth;
    });
    // Var(mean) = 1 / (1 - 0.9)^2 / n; t(0.975, 19) = 2.093.
    const due = 2.093 * Math.sqrt(100 / length);
    expect(Math.abs(studentInterval(widths).mean / due - 1)).toBeLessThan(0.1);
  });

  test("cuts into equal batches and leaves a remainder out at the start", () => {
    // Means 2, 5, 8 of the batches after the first two values.
    const interval = batchMeans([1_000, -1_000, 1, 2, 3, 4, 5, 6, 7, 8, 9], 3, 0.9);
    expect(interval).toEqual(studentInterval([2, 5, 8], 0.9));
  });

  test("fewer observations than batches give no interval", () => {
    expect(batchMeans([1, 2, 3], 20)).toMatchObject({ mean: 2, halfWidth: Number.POSITIVE_INFINITY });
  });
});
