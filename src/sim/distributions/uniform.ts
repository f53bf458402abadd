import type { Distribution } from "./distribution.ts";

/** Every value in [low, high) equally likely. */
export function uniform(low: number, high: number): Distribution {
  const width = high - low;
  return {
    sample: random => low + width * random.next(),
    mean: (low + high) / 2,
    variance: width ** 2 / 12,
    support: [low, high],
  };
}
