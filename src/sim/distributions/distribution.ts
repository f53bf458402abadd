// What every distribution can do. Sampling takes the stream as argument; mean and variance feed the closed forms
// (M/G/1 needs the second moment) and the tests.

import type { Random } from "../random.ts";

export interface Distribution {
  /** Draws one value. */
  sample(random: Random): number;
  readonly mean: number;
  /** Infinite where the tail is too heavy to have one. */
  readonly variance: number;
  /** The smallest and largest value it can give. */
  readonly support: readonly [low: number, high: number];
}

/** E[X^2] = variance + mean^2. */
export function secondMoment(distribution: Distribution): number {
  return distribution.variance + distribution.mean ** 2;
}
