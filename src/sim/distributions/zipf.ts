// Zipf ranks: P(k) proportional to k^-s for k = 1..n, any exponent s >= 0 (0 is uniform), no table.
//
// Method: rejection-inversion (W. Hörmann, G. Derflinger, "Rejection-inversion to generate variates from monotone
// discrete distributions", ACM TOMACS 6(3), 1996). The hat is the integral H of x^-s, which has a closed inverse; a
// draw costs one inversion and, in most cases, no second look: ranks within `always` of the drawn point are accepted
// outright. The expected number of rounds is below 1.2 for every s and n.

import { assert } from "../../assert.ts";
import type { Random } from "../random.ts";
import type { Distribution } from "./distribution.ts";

/** log1p(x) / x, continued through x = 0. */
function log1pOverX(x: number): number {
  return Math.abs(x) > 1e-8 ? Math.log1p(x) / x : 1 - x * (0.5 - x * (1 / 3 - x * 0.25));
}

/** expm1(x) / x, continued through x = 0. */
function expm1OverX(x: number): number {
  return Math.abs(x) > 1e-8 ? Math.expm1(x) / x : 1 + x * 0.5 * (1 + (x / 3) * (1 + x * 0.25));
}

/** Terms that are added one by one; the others come from the Euler-Maclaurin formula, with an error below 1e-13. */
const EXACT_TERMS = 200;

/** Sum of k^-s for k = 1..n. */
function powerSum(n: number, s: number): number {
  let sum = 0;
  for (let k = Math.min(n, EXACT_TERMS); k >= 1; k--) sum += k ** -s;
  if (n <= EXACT_TERMS) return sum;
  const from = EXACT_TERMS;
  // From the last exact term to n: the integral, half of the difference at the ends, and the first corrections.
  const logRatio = Math.log(n / from);
  const integral = from ** (1 - s) * expm1OverX((1 - s) * logRatio) * logRatio;
  const slope = (x: number) => -s * x ** (-s - 1);
  const third = (x: number) => -s * (s + 1) * (s + 2) * x ** (-s - 3);
  return sum + integral + (n ** -s - from ** -s) / 2 + (slope(n) - slope(from)) / 12 - (third(n) - third(from)) / 720;
}

export interface ZipfRanks extends Distribution {
  /** Draws a rank in 0..n-1; rank 0 is the most popular. */
  rank(random: Random): number;
  /** Share of the draws that fall on this rank (0-based). */
  probability(rank: number): number;
}

/** `n` ranks with exponent `s`. */
export function zipf(n: number, s: number): ZipfRanks {
  assert(Number.isInteger(n) && n >= 1, `zipf: needs at least one rank, got ${n}`);
  assert(s >= 0 && Number.isFinite(s), `zipf: exponent ${s} is not >= 0`);
  const oneMinusS = 1 - s;
  // H(x) = (x^(1-s) - 1) / (1-s), written so that s = 1 (the logarithm) is its limit and not a special case.
  const integral = (x: number): number => {
    const logX = Math.log(x);
    return expm1OverX(oneMinusS * logX) * logX;
  };
  const integralInverse = (y: number): number => {
    const t = Math.max(-1, y * oneMinusS);
    return Math.exp(log1pOverX(t) * y);
  };
  const density = (x: number): number => Math.exp(-s * Math.log(x));

  const low = integral(1.5) - 1;
  const high = integral(n + 0.5);
  const always = 2 - integralInverse(integral(2.5) - density(2));

  const rank = (random: Random): number => {
    for (;;) {
      const u = high + random.next() * (low - high);
      const x = integralInverse(u);
      let k = Math.floor(x + 0.5);
      if (k < 1) k = 1;
      else if (k > n) k = n;
      if (k - x <= always || u >= integral(k + 0.5) - density(k)) return k - 1;
    }
  };

  let weights: { total: number; first: number; second: number } | undefined;
  const sums = () => {
    if (weights === undefined) {
      const total = powerSum(n, s);
      const first = powerSum(n, s - 1);
      weights = {
        total,
        // Ranks count from zero, powers from one.
        first: first / total - 1,
        second: (powerSum(n, s - 2) - 2 * first) / total + 1,
      };
    }
    return weights;
  };
  return {
    rank,
    sample: rank,
    probability: at => density(at + 1) / sums().total,
    get mean() {
      return sums().first;
    },
    get variance() {
      return sums().second - sums().first ** 2;
    },
    support: [0, n - 1],
  };
}
