// Goodness of fit for the tests of random numbers: how far a sample lies from the distribution it should have.

import { jStat } from "jstat";

/** P(Z <= z) of the standard normal, through the chi-square law of Z^2. */
export function normalCdf(z: number): number {
  const within = jStat.chisquare.cdf(z * z, 1);
  return z < 0 ? (1 - within) / 2 : (1 + within) / 2;
}

/**
 * Kolmogorov and Smirnov's distance between a sample and an exact CDF, times sqrt(n). Beyond 1.95 lies one sample in a
 * thousand.
 */
export function ksDistance(sample: Float64Array, cdf: (x: number) => number): number {
  const sorted = sample.slice().sort();
  const n = sorted.length;
  let distance = 0;
  for (let i = 0; i < n; i++) {
    const p = cdf(sorted[i]);
    distance = Math.max(distance, (i + 1) / n - p, p - i / n);
  }
  return distance * Math.sqrt(n);
}

/** The same between two samples. */
export function ksDistanceOfTwo(one: Float64Array, other: Float64Array): number {
  const left = one.slice().sort();
  const right = other.slice().sort();
  let distance = 0;
  let i = 0;
  let j = 0;
  while (i < left.length && j < right.length) {
    const at = Math.min(left[i], right[j]);
    while (i < left.length && left[i] <= at) i++;
    while (j < right.length && right[j] <= at) j++;
    distance = Math.max(distance, Math.abs(i / left.length - j / right.length));
  }
  return distance * Math.sqrt((left.length * right.length) / (left.length + right.length));
}

/**
 * Pearson's chi-square of observed against expected counts: the chance of so large a misfit. Neighbouring cells are
 * joined until each expects at least ten, so order them so that joining makes sense.
 */
export function chiSquareTail(observed: ArrayLike<number>, expected: ArrayLike<number>): number {
  const cells: { seen: number; due: number }[] = [];
  let cell = { seen: 0, due: 0 };
  for (let i = 0; i < expected.length; i++) {
    cell.seen += observed[i];
    cell.due += expected[i];
    if (cell.due >= 10) {
      cells.push(cell);
      cell = { seen: 0, due: 0 };
    }
  }
  const last = cells.at(-1);
  if (last !== undefined) {
    last.seen += cell.seen;
    last.due += cell.due;
  }
  if (cells.length < 2) return 1;
  const misfit = cells.reduce((sum, { seen, due }) => sum + (seen - due) ** 2 / due, 0);
  return 1 - jStat.chisquare.cdf(misfit, cells.length - 1);
}
