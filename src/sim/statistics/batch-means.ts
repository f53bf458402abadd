// The interval of a mean from one long run. Neighbouring observations of a queue are correlated, so the run is cut into
// batches long enough that their means are nearly independent, and the t interval is taken over the batch means.

import { type Interval, studentInterval } from "./student-t.ts";

/**
 * Cuts the observations into `batches` equal batches (a remainder at the start is left out, where warm-up lingers) and
 * returns the t interval of their means. Fewer observations than batches give an infinite half-width.
 */
export function batchMeans(values: readonly number[], batches = 20, confidence = 0.95): Interval {
  const size = Math.floor(values.length / batches);
  if (size === 0) return { ...studentInterval(values, confidence), halfWidth: Number.POSITIVE_INFINITY };
  const start = values.length - size * batches;
  const means: number[] = [];
  for (let batch = 0; batch < batches; batch++) {
    let sum = 0;
    for (let i = 0; i < size; i++) sum += values[start + batch * size + i];
    means.push(sum / size);
  }
  return studentInterval(means, confidence);
}
