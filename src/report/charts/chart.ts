// What a chart is before it is laid out: lines over time with what they mean, or a heat map of nodes over time. Each chart
// stands in a file of its own and in the table (index.ts).

import type { Result } from "../../result.ts";
import type { UnitKind } from "../quantity.ts";
import type { Part, Source, Values } from "./source.ts";

export interface Line {
  readonly label: string;
  readonly values: Values;
  /** Shade the space to the line with that index. */
  readonly shadeTo?: number;
}

/** A dashed line at a value: a check's limit, or a bound of the node. */
export interface Limit {
  readonly value: number;
  readonly label: string;
}

interface Common {
  readonly id: string;
  readonly title: string;
  readonly kind: UnitKind;
  /** What can be seen, as a sentence without its full stop. */
  readonly finding: string;
}

export interface LineChart extends Common {
  readonly type: "lines";
  /** At most five. */
  readonly lines: readonly Line[];
  readonly limits: readonly Limit[];
  readonly log?: boolean;
  /** The value axis starts near the lowest value instead of at zero, and ends at `ceiling`. */
  readonly ceiling?: number;
  /** Among the charts that are looked at first. */
  readonly tall?: boolean;
}

export interface HeatChart extends Common {
  readonly type: "heat";
  readonly rows: readonly Part[];
}

export type Chart = LineChart | HeatChart;

export interface ChartDefinition {
  readonly title: string;
  /** Null where the result has nothing for it. */
  plan(source: Source): Chart | null;
}

/** More lines than this cannot be told apart: then a heat map, or the sum. */
export const LINES_MAX = 5;

/** The limits of checks on any of the metrics over all workloads, in the chart's unit. */
export function limitsOf(
  result: Pick<Result, "checks">,
  metrics: readonly string[],
  convert: (limit: number) => number,
): Limit[] {
  const found = result.checks.filter(check => metrics.includes(check.metric));
  return found
    .map(check => ({ value: convert(check.limit), label: check.text }))
    .filter(({ value }, i, all) => Number.isFinite(value) && all.findIndex(one => one.value === value) === i);
}
