import type { Distribution } from "./distribution.ts";

/** Pareto of the first kind: P(X > x) = (scale / x)^shape for x >= scale. */
export function pareto(scale: number, shape: number): Distribution {
  return {
    sample: random => scale / (1 - random.next()) ** (1 / shape),
    mean: shape > 1 ? (shape * scale) / (shape - 1) : Number.POSITIVE_INFINITY,
    variance: shape > 2 ? (scale ** 2 * shape) / ((shape - 1) ** 2 * (shape - 2)) : Number.POSITIVE_INFINITY,
    support: [scale, Number.POSITIVE_INFINITY],
  };
}
