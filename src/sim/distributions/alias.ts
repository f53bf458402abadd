// Weighted choice in constant time: Walker's alias table in Vose's form. One uniform picks a column and, with its
// fraction, decides between the column and its alias.

import { assert } from "../../assert.ts";
import type { Random } from "../random.ts";

/** Draws an index in proportion to its weight. */
export function aliasTable(weights: readonly number[]): (random: Random) => number {
  const n = weights.length;
  let total = 0;
  for (const weight of weights) {
    assert(weight >= 0 && Number.isFinite(weight), `weight ${weight} is not >= 0`);
    total += weight;
  }
  assert(n > 0 && total > 0, "a weighted choice needs at least one positive weight");
  const threshold = new Float64Array(n);
  const alias = new Int32Array(n);
  const scaled = Float64Array.from(weights, weight => (weight * n) / total);
  const small: number[] = [];
  const large: number[] = [];
  for (let i = 0; i < n; i++) (scaled[i] < 1 ? small : large).push(i);
  while (small.length > 0 && large.length > 0) {
    const less = small.pop()!;
    const more = large.pop()!;
    threshold[less] = scaled[less];
    alias[less] = more;
    scaled[more] -= 1 - scaled[less];
    (scaled[more] < 1 ? small : large).push(more);
  }
  for (const i of large) threshold[i] = 1;
  for (const i of small) threshold[i] = 1;
  return random => {
    const u = random.next() * n;
    const column = Math.floor(u);
    return u - column < threshold[column] ? column : alias[column];
  };
}
