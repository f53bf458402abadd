import { describe, expect, test } from "vitest";
import { standardNormal } from "../../../src/sim/distributions/ziggurat.ts";
import { randomFrom } from "../../../src/sim/random.ts";
import { pairedInterval, studentInterval } from "../../../src/sim/statistics/student-t.ts";

/** Percentage points of Student's t as printed tables give them: degrees of freedom, 90 %, 95 %, 99 % two-sided. */
const TABLE = [
  [1, 6.314, 12.706, 63.657],
  [2, 2.92, 4.303, 9.925],
  [3, 2.353, 3.182, 5.841],
  [5, 2.015, 2.571, 4.032],
  [9, 1.833, 2.262, 3.25],
  [10, 1.812, 2.228, 3.169],
  [30, 1.697, 2.042, 2.75],
  [60, 1.671, 2.0, 2.66],
  [120, 1.658, 1.98, 2.617],
  [100_000, 1.645, 1.96, 2.576],
] as const;

describe("studentInterval(values, confidence)", () => {
  test.each(TABLE)("%d degrees of freedom: the quantiles of the tables", (freedom, t90, t95, t99) => {
    // Values -1, 0, 1 in turn; the standard error is computed here.
    const values = Array.from({ length: freedom + 1 }, (_, i) => (i % 3) - 1);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const error = Math.sqrt(squares / freedom / (freedom + 1));
    for (const [confidence, t] of [
      [0.9, t90],
      [0.95, t95],
      [0.99, t99],
    ]) {
      const interval = studentInterval(values, confidence);
      expect(interval.halfWidth / error).toBeCloseTo(t, 3);
      expect(interval).toMatchObject({ confidence, observations: freedom + 1 });
      expect(interval.mean).toBeCloseTo(mean, 12);
    }
  });

  test("one observation has a mean and no interval, like ones an interval of zero", () => {
    expect(studentInterval([4])).toEqual({
      mean: 4,
      halfWidth: Number.POSITIVE_INFINITY,
      confidence: 0.95,
      observations: 1,
    });
    expect(studentInterval([4, 4, 4])).toMatchObject({ mean: 4, halfWidth: 0 });
    expect(studentInterval([])).toMatchObject({ mean: Number.NaN, halfWidth: Number.POSITIVE_INFINITY });
  });

  test.each([
    [3, 0.9],
    [5, 0.95],
    [10, 0.95],
    [10, 0.99],
  ])("over %d normal observations it covers the mean in %d of the cases", (n, confidence) => {
    const random = randomFrom(`coverage/${n}/${confidence}`);
    const runs = 4_000;
    let covered = 0;
    for (let run = 0; run < runs; run++) {
      const { mean, halfWidth } = studentInterval(
        Array.from({ length: n }, () => 50 + 8 * standardNormal(random)),
        confidence,
      );
      if (Math.abs(mean - 50) <= halfWidth) covered++;
    }
    const error = Math.sqrt((confidence * (1 - confidence)) / runs);
    expect(Math.abs(covered / runs - confidence)).toBeLessThan(4 * error);
  });
});

describe("pairedInterval(left, right)", () => {
  test("is the interval of right minus left, so what both share drops out", () => {
    const random = randomFrom("pairs");
    const noise = Array.from({ length: 10 }, () => 1_000 * standardNormal(random));
    const left = noise.map(value => 500 + value);
    const right = noise.map((value, i) => 510 + value + (i % 2));
    const interval = pairedInterval(left, right, 0.99);
    const differences = studentInterval([10, 11, 10, 11, 10, 11, 10, 11, 10, 11], 0.99);
    expect(interval.mean).toBeCloseTo(10.5, 9);
    expect(interval.halfWidth).toBeCloseTo(differences.halfWidth, 9);
    expect(studentInterval(right, 0.99).halfWidth).toBeGreaterThan(100 * interval.halfWidth);
  });
});
