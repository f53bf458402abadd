// What a chart shows, as a sentence: for those who cannot see it, and for those who have no time to look.

import { say, saySeconds, type UnitKind } from "../quantity.ts";
import { drillIn, type Source, startOf, type Values } from "./source.ts";
import { timeLabel } from "./ticks.ts";

export interface Extreme {
  readonly row: number;
  readonly value: number;
}

export interface Course {
  readonly low: Extreme;
  readonly high: Extreme;
}

function extreme(values: Values, rows: readonly number[], better: (one: number, other: number) => boolean) {
  let best: Extreme | null = null;
  for (const row of rows) {
    const value = values[row];
    if (value != null && (best === null || better(value, best.value))) best = { row, value };
  }
  return best;
}

const above = (one: number, other: number) => one > other;
const below = (one: number, other: number) => one < other;

/** The ends of a column after the warm-up; null without values. */
export function courseOf({ measured }: Source, values: Values): Course | null {
  const high = extreme(values, measured, above);
  const low = extreme(values, measured, below);
  return high === null || low === null ? null : { low, high };
}

/** Fewer rows say nothing about what is usual. */
const ROWS_MIN = 5;

/** The median outside drills before a row, or over all such rows when few come before it. */
function usualBefore({ calm }: Source, values: Values, row: number): number {
  const before = calm.filter(one => one < row);
  const rows = before.length >= ROWS_MIN ? before : calm;
  const sorted = rows.flatMap(one => values[one] ?? []).sort((a, b) => a - b);
  return sorted.length === 0 ? values[row]! : sorted[sorted.length >> 1];
}

/** Outside drills the last event is named when it lies no more periods before. */
const NEAR = 10;

/** " at 24.5 s, during crash-node at 20 s"; in a drill's own charts " at +4.5 s". */
export function when(source: Source, row: number): string {
  const { result, time, origin } = source;
  if (origin !== null) return ` at ${timeLabel(time[row] - origin, true)}`;
  const at = ` at ${saySeconds(time[row])}`;
  const drill = drillIn(source, row);
  if (drill !== undefined) return `${at}, during ${drill.drill} at ${saySeconds(drill.startSeconds)}`;
  const end = time[row];
  const from = end - NEAR * (end - startOf(time, row));
  const event = result.events.findLast(one => one.timeSeconds > from && one.timeSeconds <= end);
  if (event === undefined) return at;
  return `${at}, ${saySeconds(end - event.timeSeconds)} after event #${event.id} (${event.what})`;
}

/** Changes below this share of the usual value are called steady. */
const STEADY = 0.25;

function between(subject: string, kind: UnitKind, low: number, high: number): string {
  const [from, to] = [say(kind, low), say(kind, high)];
  return from === to ? `${subject} stays at ${from}` : `${subject} stays between ${from} and ${to}`;
}

function nothing(subject: string): string {
  return `${subject} has no values after the warm-up`;
}

/** For what is bad when it is high. Where the peak lies outside drills, the peak within them is told as well. */
export function tellRise(source: Source, subject: string, kind: UnitKind, values: Values): string {
  const course = courseOf(source, values);
  if (course === null) return nothing(subject);
  const { low, high } = course;
  const usual = usualBefore(source, values, high.row);
  if (high.value <= usual * (1 + STEADY)) return between(subject, kind, low.value, high.value);
  const peak = `${say(kind, high.value)}${when(source, high.row)}`;
  const upset = source.measured.filter(row => drillIn(source, row) !== undefined);
  const within = upset.includes(high.row) ? null : extreme(values, upset, above);
  const first = usualBefore(source, values, within?.row ?? high.row);
  const from = `${subject} rises from ${say(kind, first)} to`;
  if (within === null || within.value <= first * (1 + STEADY)) return `${from} ${peak}`;
  return `${from} ${say(kind, within.value)}${when(source, within.row)}, and to ${peak}`;
}

/** For what is bad when it is low. */
export function tellFall(source: Source, subject: string, kind: UnitKind, values: Values): string {
  const course = courseOf(source, values);
  if (course === null) return nothing(subject);
  const { low, high } = course;
  const usual = usualBefore(source, values, low.row);
  if (low.value >= usual * (1 - STEADY / 10)) return between(subject, kind, low.value, high.value);
  return `${subject} falls from ${say(kind, usual)} to ${say(kind, low.value)}${when(source, low.row)}`;
}

/** For what should not happen at all: "none", or the peak. */
export function tellPeak(source: Source, subject: string, none: string, kind: UnitKind, values: Values): string {
  const course = courseOf(source, values);
  if (course === null || course.high.value === 0) return none;
  return `${subject} reaches ${say(kind, course.high.value)}${when(source, course.high.row)}`;
}
