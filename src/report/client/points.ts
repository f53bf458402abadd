// Points of a line. A point that stands for several rows becomes two, their lowest and their highest value, in the order
// that follows the line; a gap in the values is a gap in the line.

import { extremes } from "../charts/bucket.ts";
import type { ChartSpec, Frame } from "../charts/spec.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export function pointsOf({ merge, log, bridged }: ChartSpec, frame: Frame, column: number): Point[] {
  const values = frame.columns[column];
  const perRow = frame.group === 1 ? 1 : 2;
  const points: Point[] = [];
  let before = Number.NaN;
  for (let row = 0; row < frame.axis.length; row += merge) {
    const x = frame.axis[Math.min(row + merge, frame.axis.length) - 1];
    const pair = extremes(values, row * perRow, (row + merge) * perRow);
    if (pair === null || (log && pair[1] <= 0)) {
      if (!bridged) points.push({ x, y: Number.NaN });
      before = Number.NaN;
      continue;
    }
    const [low, high] = log && pair[0] <= 0 ? [pair[1], pair[1]] : pair;
    const fallsFirst = Math.abs(before - high) < Math.abs(before - low);
    points.push({ x, y: fallsFirst ? high : low });
    if (low !== high) points.push({ x, y: fallsFirst ? low : high });
    before = points[points.length - 1].y;
  }
  return points;
}

/** Whether a point has no neighbour, so that no line would show it. */
export function isLonely(points: readonly Point[], index: number): boolean {
  const gap = (at: number) => points[at] === undefined || Number.isNaN(points[at].y);
  return !gap(index) && gap(index - 1) && gap(index + 1);
}
