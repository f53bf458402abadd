// One plot: a specification becomes a Chart.js chart. Everything that Chart.js would guess is given: the data are parsed and
// in order, nothing moves, and the plot area begins and ends at the same places in every chart.

import {
  Chart,
  type ChartConfiguration,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  type Scale,
} from "chart.js";
import annotation, { type AnnotationOptions } from "chartjs-plugin-annotation";
import { formatNumber } from "../../units.ts";
import type { ChartSpec, Frame } from "../charts/spec.ts";
import { dashOf } from "../charts/strokes.ts";
import { linearTicks, logTicks, timeLabel, timeTicks } from "../charts/ticks.ts";
import { isLonely, pointsOf } from "./points.ts";
import type { Palette } from "./theme.ts";

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale, Filler, annotation);

const FONT = { size: 11, family: 'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif' };
const AXIS_HEIGHT = 20;
const TICK_PIXELS = 70;
const VALUE_TICK_PIXELS = 32;

function percentileTicks(to: number): number[] {
  const ticks = [1, 2];
  for (let tick = 10; tick <= to; tick *= 10) ticks.push(tick);
  return ticks;
}

function percentileLabel(x: number): string {
  return `p${Number((100 * (1 - 1 / x)).toPrecision(10))}`;
}

function setTicks(scale: Scale, values: readonly number[]): void {
  scale.ticks = values.map(value => ({ value }));
}

function annotations({ from, to, divide, limits, regions, marks }: ChartSpec, palette: Palette): AnnotationOptions[] {
  const boxes = regions.map(
    ([start, end]): AnnotationOptions => ({
      type: "box",
      xMin: Math.max(start, from),
      xMax: Math.min(end, to),
      backgroundColor: palette.region,
      borderWidth: 0,
      drawTime: "beforeDatasetsDraw",
      display: start < to && end > from,
    }),
  );
  const instants = marks.map(
    (mark): AnnotationOptions => ({
      type: "line",
      scaleID: "x",
      value: mark,
      borderColor: palette.mark,
      borderWidth: 1,
      borderDash: [2, 3],
      drawTime: "beforeDatasetsDraw",
    }),
  );
  const lines = limits.map(
    ({ value }): AnnotationOptions => ({
      type: "line",
      scaleID: "y",
      value: value / divide,
      borderColor: palette.limit,
      borderWidth: 1.5,
      borderDash: [5, 4],
    }),
  );
  return [...boxes, ...instants, ...lines];
}

function horizontal(spec: ChartSpec, palette: Palette) {
  const { axis, from, to, origin } = spec;
  const time = axis === "time";
  return {
    type: time ? "linear" : "logarithmic",
    min: from,
    max: to,
    border: { color: palette.axis },
    grid: { color: palette.grid, tickLength: 3 },
    ticks: {
      color: palette.text,
      font: FONT,
      maxRotation: 0,
      autoSkip: false,
      padding: 2,
      callback: (value: number | string) =>
        time ? timeLabel(Number(value) - origin, origin !== 0) : percentileLabel(Number(value)),
    },
    afterBuildTicks: (scale: Scale) =>
      setTicks(scale, time ? timeTicks(from, to, origin, Math.max(2, scale.width / TICK_PIXELS)) : percentileTicks(to)),
    afterFit: (scale: Scale) => {
      scale.height = AXIS_HEIGHT;
      scale.paddingLeft = 0;
      scale.paddingRight = 0;
    },
  } as const;
}

function vertical({ log, bottom, top, divide }: ChartSpec, palette: Palette, gutter: number) {
  const [min, max] = [bottom / divide, top / divide];
  return {
    type: log ? "logarithmic" : "linear",
    min,
    max,
    border: { color: palette.axis },
    grid: { color: palette.grid, tickLength: 3 },
    ticks: {
      color: palette.text,
      font: FONT,
      autoSkip: false,
      padding: 3,
      callback: (value: number | string) => formatNumber(Number(value)),
    },
    afterBuildTicks: (scale: Scale) =>
      setTicks(scale, log ? logTicks(min, max) : linearTicks(min, max, Math.max(2, scale.height / VALUE_TICK_PIXELS))),
    afterFit: (scale: Scale) => {
      scale.width = gutter;
      scale.paddingTop = 0;
      scale.paddingBottom = 0;
    },
  } as const;
}

export interface Edges {
  readonly gutter: number;
  readonly edge: number;
}

export function configure(
  spec: ChartSpec,
  frame: Frame,
  palette: Palette,
  { gutter, edge }: Edges,
): ChartConfiguration<"line"> {
  return {
    type: "line",
    data: {
      datasets: spec.lines.map(({ label, column, shadeTo }, i) => {
        const points = pointsOf(spec, frame, column).map(({ x, y }) => ({ x, y: y / spec.divide }));
        return {
          label,
          data: points,
          borderColor: palette.lines[i],
          backgroundColor: palette.lines[i],
          borderWidth: 1.5,
          borderDash: [...dashOf(i)],
          borderJoinStyle: "round",
          pointRadius: points.map((_, at) => (isLonely(points, at) || spec.bridged ? 2 : 0)),
          pointHitRadius: 0,
          fill: shadeTo === null ? false : { target: shadeTo, above: "transparent", below: palette.shade },
        };
      }),
    },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      parsing: false,
      normalized: true,
      events: [],
      layout: { padding: { top: 7, right: edge, bottom: 0, left: 0 }, autoPadding: false },
      scales: { x: horizontal(spec, palette), y: vertical(spec, palette, gutter) },
      plugins: { annotation: { annotations: annotations(spec, palette), clip: true } },
    },
  };
}

export { Chart };
