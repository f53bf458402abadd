// A distribution of sizes at a few points of equal weight, so that what is not linear in a size (allocator classes, second
// moments, interfaces) can be averaged over it. Points are the means of equal parts of a sorted sample, and their mean is
// made to be the distribution's own.

import type { Distribution } from "../../sim/distributions/distribution.ts";
import { randomFrom } from "../../sim/random.ts";

const POINTS = 64;
const DRAWS = 8_192;

/** Ascending; one point where all values are the same. */
export function sizePoints(sizes: Distribution): Float64Array {
  const [low, high] = sizes.support;
  if (low === high) return Float64Array.of(low);
  const random = randomFrom("planner/size-points");
  const draws = Float64Array.from({ length: DRAWS }, () => sizes.sample(random)).sort();
  const width = DRAWS / POINTS;
  const points = Float64Array.from({ length: POINTS }, (_, i) => {
    let sum = 0;
    for (let at = i * width; at < (i + 1) * width; at++) sum += draws[at];
    return sum / width;
  });
  const drawn = meanOf(points);
  if (!Number.isFinite(sizes.mean) || drawn === 0) return points;
  return points.map(point => (point * sizes.mean) / drawn);
}

export function meanOf(points: Float64Array): number {
  let sum = 0;
  for (const point of points) sum += point;
  return sum / points.length;
}

/** Mean of a function over the points. */
export function average(points: Float64Array, of: (size: number) => number): number {
  let sum = 0;
  for (const point of points) sum += of(point);
  return sum / points.length;
}
