import type { Distribution } from "./distribution.ts";

/** Always the same value. */
export function constant(value: number): Distribution {
  return { sample: () => value, mean: value, variance: 0, support: [value, value] };
}
