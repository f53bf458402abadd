// A distribution whose values are all so many times as large.

import type { Distribution } from "./distribution.ts";

export function scaled(of: Distribution, factor: number): Distribution {
  return {
    sample: random => factor * of.sample(random),
    mean: factor * of.mean,
    variance: factor ** 2 * of.variance,
    support: [factor * of.support[0], factor * of.support[1]],
  };
}
