// Down-sampling that keeps spikes: a bucket of rows becomes its lowest and its highest value, never their mean.

import type { Cell } from "./spec.ts";

/** Lowest and highest of the values from index `from` up to `to`; null when all are missing. */
export function extremes(
  values: readonly Cell[],
  from: number,
  to: number,
): readonly [low: number, high: number] | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = from; i < Math.min(to, values.length); i++) {
    const value = values[i];
    if (value === null) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : null;
}

/** The column in rows of `group` values: as it is for one, else lowest and highest of each row in turn. */
export function grouped(values: readonly Cell[], group: number): Cell[] {
  if (group === 1) return [...values];
  const pairs: Cell[] = [];
  for (let from = 0; from < values.length; from += group) {
    const pair = extremes(values, from, from + group);
    pairs.push(pair === null ? null : pair[0], pair === null ? null : pair[1]);
  }
  return pairs;
}

/** The axis that belongs to `grouped`: the end of each row. */
export function groupedAxis(axis: readonly number[], group: number): number[] {
  const ends: number[] = [];
  for (let from = 0; from < axis.length; from += group) ends.push(axis[Math.min(from + group, axis.length) - 1]);
  return ends;
}
