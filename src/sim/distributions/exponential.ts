import type { Distribution } from "./distribution.ts";
import { standardExponential } from "./ziggurat.ts";

/** Memoryless gaps: the times between events of a Poisson process. */
export function exponential(mean: number): Distribution {
  return {
    sample: random => mean * standardExponential(random),
    mean,
    variance: mean ** 2,
    support: [0, Number.POSITIVE_INFINITY],
  };
}
