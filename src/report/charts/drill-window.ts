// The charts of a drill: its own stretch of time, enlarged, because an outage of ten seconds is one pixel of a long run.

import type { DrillResult } from "../../result.ts";
import type { Line, LineChart } from "./chart.ts";
import { tellPeak, tellRise } from "./finding.ts";
import { latencyLines } from "./latency.ts";
import { drillEnd, hasValues, type Source, startOf, whole } from "./source.ts";

export interface DrillWindow {
  readonly from: number;
  readonly to: number;
  /** The injection. */
  readonly origin: number;
}

/** Later phases than this multiple of the disturbance would press the outage together again. */
const STRETCH = 3;
const MARGIN = 0.15;

/** The stretch to show: the disturbance with some calm on both sides, and the later phases where they are near. */
export function windowOf(drill: DrillResult, source: Source): DrillWindow {
  const { result } = source;
  const origin = drill.startSeconds;
  const period = result.series.periodSeconds;
  const length = Math.max(drillEnd(drill, result) - origin, period);
  const reach = drill.phases.map(phase => phase.startSeconds + phase.lengthSeconds - origin);
  const near = reach.filter(seconds => seconds <= STRETCH * length);
  const shown = Math.max(length, ...near);
  const margin = Math.max(2 * period, MARGIN * shown);
  return {
    from: Math.max(0, origin - margin),
    to: Math.min(Math.max(result.simulatedSeconds, origin), origin + shown + margin),
    origin,
  };
}

/** Drills beyond these are told in words and tables only. */
export const ENLARGED_MAX = 8;

/** What the enlarged charts of one drill show. */
export interface DrillPlan {
  readonly window: DrillWindow;
  /** End of each row. */
  readonly time: readonly number[];
  readonly charts: readonly LineChart[];
}

/** Latency, and what failed, if anything did. */
export function planDrill(drill: DrillResult, index: number, source: Source): DrillPlan {
  const window = windowOf(drill, source);
  const rows = source.time.flatMap((end, row) =>
    end >= window.from && startOf(source.time, row) <= window.to ? [row] : [],
  );
  // What is usual stays what it is in the whole run; what is told happened here.
  const near: Source = { ...source, measured: rows, origin: drill.startSeconds };
  const cut = (lines: readonly Line[]) =>
    lines.map(line => ({ ...line, values: rows.map(row => line.values[row]) })).filter(line => hasValues(line.values));
  const charts: LineChart[] = [];
  const latency = latencyLines(source);
  const shown = cut(latency);
  if (shown.length > 0) {
    const told = latency.find(line => line.label === "p99") ?? latency[latency.length - 1];
    charts.push({
      type: "lines",
      id: `drill-${index + 1}-latency`,
      title: "Latency around the drill",
      kind: "us",
      log: true,
      lines: shown,
      limits: [],
      finding: tellRise(near, told.label, "us", told.values),
    });
  }
  const errors = whole(source, "Errors");
  if (errors !== null && rows.some(row => (errors[row] ?? 0) > 0)) {
    charts.push({
      type: "lines",
      id: `drill-${index + 1}-errors`,
      title: "Failures around the drill",
      kind: "rate",
      lines: cut([{ label: "failed", values: errors }]),
      limits: [],
      finding: tellPeak(near, "The rate of failures", "no request fails", "rate", errors),
    });
  }
  return { window, time: rows.map(row => source.time[row]), charts: charts.filter(chart => chart.lines.length > 0) };
}
