import { assert } from "../../assert.ts";
import type { Distribution } from "./distribution.ts";

/** Draws one of the observed values, each equally likely. */
export function empirical(values: readonly number[]): Distribution {
  assert(values.length > 0, "empirical: needs at least one value");
  const sorted = Float64Array.from(values).sort();
  let sum = 0;
  for (const value of sorted) sum += value;
  const mean = sum / sorted.length;
  let squares = 0;
  for (const value of sorted) squares += (value - mean) ** 2;
  return {
    sample: random => sorted[random.below(sorted.length)],
    mean,
    variance: squares / sorted.length,
    support: [sorted[0], sorted[sorted.length - 1]],
  };
}
