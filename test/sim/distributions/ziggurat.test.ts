// Body and tail against the exact laws. A million draws see a deviation of one part in a thousand anywhere. The tail
// beyond the last layer is one draw in two thousand, so its law is looked at with a stream that leads straight there.

import { describe, expect, test } from "vitest";
import { standardExponential, standardNormal } from "../../../src/sim/distributions/ziggurat.ts";
import { type Random, randomFrom } from "../../../src/sim/random.ts";
import { chiSquareTail, ksDistance, normalCdf } from "../goodness.ts";

const sampleOf = (draw: () => number, length = 1_000_000) => Float64Array.from({ length }, draw);

/** Counts in cells of equal width over [low, high), what lies outside in the outer cells; and what they should be. */
function cells(sample: Float64Array, low: number, high: number, count: number, cdf: (x: number) => number) {
  const width = (high - low) / count;
  const observed = new Float64Array(count);
  for (const x of sample) observed[Math.min(count - 1, Math.max(0, Math.floor((x - low) / width)))]++;
  const edge = (i: number) => (i === 0 ? 0 : i === count ? 1 : cdf(low + i * width));
  return { observed, expected: observed.map((_, i) => sample.length * (edge(i + 1) - edge(i))) };
}

/** A stream whose next number lies at the very end of the base layer, 1/layers wide: beyond it is the tail. */
function intoTail(random: Random, layers: number): Random {
  let first = true;
  const next = () => {
    if (!first) return random.next();
    first = false;
    return (1 - 1e-9) / layers;
  };
  return { ...random, next };
}

describe("standardExponential", () => {
  const random = randomFrom("ziggurat/exponential");
  const sample = sampleOf(() => standardExponential(random));
  const cdf = (x: number) => -Math.expm1(-x);

  test("follows 1 - exp(-x)", () => {
    expect(ksDistance(sample, cdf)).toBeLessThan(1.95);
    const { observed, expected } = cells(sample, 0, 12, 600, cdf);
    expect(chiSquareTail(observed, expected)).toBeGreaterThan(1e-3);
  });

  test("has the tail of an exponential: as often as it should, and beyond r it starts afresh", () => {
    const r = 7.69711747013105;
    const draws = 3_000_000;
    let beyond = 0;
    for (let i = 0; i < draws; i++) if (standardExponential(random) > r) beyond++;
    const due = draws * Math.exp(-r);
    expect(Math.abs(beyond - due)).toBeLessThan(4 * Math.sqrt(due));
    const tail = sampleOf(() => standardExponential(intoTail(random, 256)) - r, 200_000);
    expect(ksDistance(tail, cdf)).toBeLessThan(1.95);
  });
});

describe("standardNormal", () => {
  const random = randomFrom("ziggurat/normal");
  const sample = sampleOf(() => standardNormal(random));

  test("follows the normal law, both signs alike", () => {
    // Cells instead of a CDF per draw: the law is dear to evaluate.
    const { observed, expected } = cells(sample, -5, 5, 500, normalCdf);
    expect(chiSquareTail(observed, expected)).toBeGreaterThan(1e-3);
    const negative = sample.reduce((count, x) => count + (x < 0 ? 1 : 0), 0);
    expect(Math.abs(negative - 500_000)).toBeLessThan(4 * 500);
  });

  test("has the moments of the normal law up to the sixth", () => {
    // E[Z^k] for k = 1..6, and the variance E[Z^2k] - E[Z^k]^2 of each.
    const moments = [0, 1, 0, 3, 0, 15];
    const variances = [1, 2, 15, 96, 945, 10_170];
    moments.forEach((moment, i) => {
      const found = sample.reduce((sum, x) => sum + x ** (i + 1), 0) / sample.length;
      expect(Math.abs(found - moment), `E[Z^${i + 1}]`).toBeLessThan(4 * Math.sqrt(variances[i] / sample.length));
    });
  });

  test("has the tail of a normal beyond r, as often as it should", () => {
    const r = 3.6541528853610088;
    const draws = 5_000_000;
    let beyond = 0;
    for (let i = 0; i < draws; i++) if (Math.abs(standardNormal(random)) > r) beyond++;
    const share = 2 * normalCdf(-r);
    expect(Math.abs(beyond - draws * share)).toBeLessThan(4 * Math.sqrt(draws * share));
    // The first of 512 parts of the unit interval is the base layer of the positive half.
    const tail = sampleOf(() => standardNormal(intoTail(random, 512)), 200_000);
    expect(ksDistance(tail, x => 1 - (2 * normalCdf(-x)) / share)).toBeLessThan(1.95);
  });
});
