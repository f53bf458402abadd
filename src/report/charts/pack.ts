// From planned charts to what the page carries: which columns, in which frames, drawn how, small enough for one file. When
// a run is long its frames keep the lowest and highest value of several periods; the windows of drills stay sharp.

import type { Result } from "../../result.ts";
import { valueAxis } from "./axis.ts";
import type { HeatChart, LineChart } from "./chart.ts";
import type { DrillPlan } from "./drill-window.ts";
import { encode, type FrameBuilder, frameBuilder } from "./frames.ts";
import type { PercentileChart } from "./percentile.ts";
import { drillEnd, type Source } from "./source.ts";
import type { ChartSpec, LineSpec, PageData, SheetSpec } from "./spec.ts";

/** Characters of base64 that the data may take in the page. */
const SIZE_MAX = 200_000;
/** More values than this never fit: not worth trying. */
const VALUES_MAX = 150_000;

export interface Plan {
  readonly source: Source;
  readonly charts: readonly LineChart[];
  readonly heats: readonly HeatChart[];
  /** By index of the drill; null where it is not enlarged. */
  readonly drills: readonly (DrillPlan | null)[];
  readonly percentiles: PercentileChart | null;
}

export interface Packed {
  readonly data: PageData;
  readonly base64: string;
}

/** More points than this on one line cannot be told apart on a screen. */
const POINTS_MAX = 800;

/** Periods per drawn point; each of several becomes two points, the lowest and the highest. */
export function periodsPerPoint(rows: number): number {
  return rows <= POINTS_MAX ? 1 : Math.ceil(rows / (POINTS_MAX / 2));
}

const MARKS_MAX = 12;

/** Instants to mark: all events while they are few, else those that begin a chain. */
export function marksOf({ events }: Result): number[] {
  const all = events.length <= MARKS_MAX ? events : events.filter(event => event.cause === null);
  return [...new Set(all.map(event => event.timeSeconds))].slice(0, 2 * MARKS_MAX);
}

interface Place {
  readonly frame: number;
  readonly from: number;
  readonly to: number;
  readonly origin: number;
  readonly rows: number;
}

/** Everything about a chart but how many rows the frame joins, which is known last. */
type Draft = Omit<ChartSpec, "merge"> & { readonly perPoint: number };

function lineSpecs(lines: LineChart["lines"], builder: FrameBuilder): LineSpec[] {
  return lines.map(({ label, values, shadeTo }) => ({ label, column: builder.add(values), shadeTo: shadeTo ?? null }));
}

function draft(
  chart: LineChart,
  place: Place,
  builder: FrameBuilder,
  regions: ChartSpec["regions"],
  marks: number[],
): Draft {
  const { bottom, top, unit, divide, shown } = valueAxis(chart);
  const { frame, from, to, origin, rows } = place;
  return {
    id: chart.id,
    frame,
    axis: "time",
    from,
    to,
    origin,
    log: chart.log === true,
    bottom,
    top,
    unit,
    divide,
    kind: chart.kind,
    perPoint: periodsPerPoint(rows),
    bridged: false,
    lines: lineSpecs(chart.lines, builder),
    limits: shown,
    regions,
    marks: marks.filter(mark => mark >= from && mark <= to),
  };
}

function draftPercentiles(chart: PercentileChart, frame: number, builder: FrameBuilder): Draft {
  const { bottom, top, unit, divide, shown } = valueAxis({ ...chart, kind: "us", log: true });
  return {
    id: chart.id,
    frame,
    axis: "percentile",
    from: 1,
    to: Math.max(10, 1.2 / (1 - chart.shares[chart.shares.length - 1])),
    origin: 0,
    log: true,
    bottom,
    top,
    unit,
    divide,
    kind: "us",
    perPoint: 1,
    bridged: true,
    lines: lineSpecs(chart.lines, builder),
    limits: shown,
    regions: [],
    marks: [],
  };
}

/** Lays everything out, and thins the long frames until the data fits. */
export function pack(plan: Plan, result: Result, sizeMax = SIZE_MAX): Packed {
  const { time } = plan.source;
  const regions = result.drills
    .filter(drill => drill.refused === null)
    .map((drill): [number, number] => [drill.startSeconds, drillEnd(drill, result)]);
  const marks = marksOf(result);
  const builders: FrameBuilder[] = [];
  const open = (axis: readonly number[]) => builders.push(frameBuilder(axis)) - 1;
  const drafts: Draft[] = [];

  const main = open(time);
  const run = { frame: main, from: 0, to: result.simulatedSeconds, origin: 0, rows: time.length };
  for (const chart of plan.charts) drafts.push(draft(chart, run, builders[main], regions, marks));
  for (const enlarged of plan.drills) {
    if (enlarged === null) continue;
    const { window, time: rows, charts } = enlarged;
    const frame = open(rows);
    const place = { frame, ...window, rows: rows.length };
    for (const chart of charts) drafts.push(draft(chart, place, builders[frame], regions, marks));
  }
  if (plan.percentiles !== null) {
    const frame = open(plan.percentiles.shares.map(share => Number((1 / (1 - share)).toPrecision(6))));
    drafts.push(draftPercentiles(plan.percentiles, frame, builders[frame]));
  }
  const sheets = plan.heats.map((chart): SheetSpec => {
    const frame = open(time);
    const lines = chart.rows.map(row => ({ label: row.name, column: builders[frame].add(row.values) }));
    return { id: chart.id, frame, kind: chart.kind, lines };
  });

  const values = builders.reduce((sum, builder) => sum + builder.thinnable(), 0);
  let first = 1;
  // From two periods per row on, a row holds two values.
  while (values > VALUES_MAX && (2 * values) / first > VALUES_MAX) first *= 2;
  for (let group = first; ; group *= 2) {
    const frames = builders.map(builder => builder.finish(group));
    const data: PageData = {
      name: result.scenario.name,
      frames,
      charts: drafts.map(({ perPoint, ...spec }) => ({
        ...spec,
        merge: Math.ceil(perPoint / frames[spec.frame].group),
      })),
      sheets,
      events: result.events.map(({ id, timeSeconds, node, what, cause }) => [id, timeSeconds, node, what, cause]),
    };
    const base64 = encode(data);
    if (base64.length <= sizeMax || group >= time.length) return { data, base64 };
  }
}
