// A chart in the page: title and unit, legend with the line styles and peaks, the finding, the plot, and its table. Without
// JavaScript everything but the plot is there.

import { formatNumber } from "../../units.ts";
import { valueAxis } from "../charts/axis.ts";
import type { HeatChart, Limit, Line, LineChart } from "../charts/chart.ts";
import { heatScale, renderHeatMap, STEPS, stepStart } from "../charts/heat-map.ts";
import { renderTicks } from "../charts/lane.ts";
import { periodsPerPoint } from "../charts/pack.ts";
import { dashOf } from "../charts/strokes.ts";
import { html, type Markup } from "../markup.ts";
import { say, saySeconds, scaleFor, type UnitKind } from "../quantity.ts";
import type { Page } from "./section.ts";
import { renderHeatTwin, renderTwin } from "./twin.ts";

function swatch(stroke: Markup, dash: readonly number[]): Markup {
  return html`<svg class="swatch" width="26" height="8" aria-hidden="true"><line x1="0" x2="26" y1="4" y2="4" ${stroke}${dash.length > 0 && html` stroke-dasharray="${dash.join(" ")}"`}/></svg>`;
}

function peakOf({ values }: Line, kind: UnitKind, least: boolean): string {
  let peak: number | null = null;
  for (const value of values) {
    if (value !== null && (peak === null || (least ? value < peak : value > peak))) peak = value;
  }
  return peak === null ? "" : say(kind, peak);
}

/** Which end of a line the legend tells while no pointer stands on the plot. */
type Told = "max" | "min" | null;

/** Each line with its style and its peak, which gives way to the value under the pointer; then the limits. */
export function legend(lines: readonly Line[], kind: UnitKind, limits: readonly Limit[], told: Told): Markup {
  const values = (line: Line, i: number) =>
    told !== null && html` <small>${told}</small> <b data-line="${i}">${peakOf(line, kind, told === "min")}</b>`;
  return html`
    <ul class="legend">
      ${lines.map(
        (line, i) =>
          html`<li>${swatch(html`class="s${i}"`, dashOf(i))}<bdi>${line.label}</bdi>${values(line, i)}</li>\n`,
      )}
      ${limits.map(({ label }) => html`<li>${swatch(html`class="limit"`, [5, 4])}<bdi>${label}</bdi></li>\n`)}
    </ul>`;
}

interface FigureParts {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly finding: string;
  readonly legend: Markup | null;
  readonly plot: Markup;
  readonly note?: string;
  readonly twin: Markup;
}

export function figure({ id, title, unit, finding, legend, plot, note = "", twin }: FigureParts): Markup {
  return html`
    <figure class="chart" id="chart-${id}">
      <div class="chart-head"><h3>${title}${unit !== "" && html` <small>${unit}</small>`}</h3>${legend}</div>
      <figcaption>${finding}.${note !== "" && html` <span class="note">${note}</span>`}</figcaption>
      ${plot}
      ${twin}
    </figure>`;
}

export function canvas(id: string, finding: string, tall: boolean): Markup {
  return html`
    <div class="plot needs-js${tall && " tall"}" data-chart="${id}">
      <canvas role="img" aria-label="${finding}"></canvas>
      <div class="area"><div class="cursor" hidden></div></div>
    </div>`;
}

interface LineFigure {
  readonly time: readonly number[];
  readonly origin: number;
  readonly page: Page;
}

export function lineFigure(chart: LineChart, { time, origin, page }: LineFigure): Markup {
  const axis = valueAxis(chart);
  const { periodSeconds } = page.result.series;
  const { data } = page.packed;
  const spec = data.charts.find(one => one.id === chart.id);
  const group = spec === undefined ? 1 : data.frames[spec.frame].group;
  const perPoint = Math.max(periodsPerPoint(time.length), group);
  const notes = [
    ...(perPoint > 1 ? [`1 point = ${saySeconds(perPoint * periodSeconds)}, min to max.`] : []),
    ...(axis.beyond.length > 0 ? [`Beyond this axis: ${axis.beyond.map(limit => limit.label).join(", ")}.`] : []),
  ];
  return figure({
    id: chart.id,
    title: chart.title,
    unit: chart.log === true ? `${axis.unit}, log scale` : axis.unit,
    finding: chart.finding,
    legend: legend(chart.lines, chart.kind, axis.shown, chart.ceiling === undefined ? "max" : "min"),
    plot: canvas(chart.id, chart.finding, chart.tall === true),
    note: notes.join(" "),
    twin: renderTwin({
      id: chart.id,
      title: chart.title,
      time,
      origin,
      lines: chart.lines,
      scale: axis,
      periodSeconds,
      group,
    }),
  });
}

export function heatFigure(chart: HeatChart, page: Page): Markup {
  const { time } = page.plan.source;
  const { top, group } = heatScale(chart, time.length);
  const scale = scaleFor(chart.kind, top);
  const { data } = page.packed;
  const sheet = data.sheets.find(one => one.id === chart.id);
  const steps = Array.from({ length: STEPS / 2 }, (_, half) => {
    const end = formatNumber(stepStart(2 * half + 2, top) / scale.divide);
    return html`<i class="h${2 * half}"></i><i class="h${2 * half + 1}"></i><span>${end}</span>`;
  });
  const { periodSeconds } = page.result.series;
  const note = group > 1 ? `1 cell = ${saySeconds(group * periodSeconds)}, its highest value.` : "";
  return figure({
    id: chart.id,
    title: `${chart.title} by node`,
    unit: scale.unit,
    finding: chart.finding,
    legend: html`<p class="legend heat-scale"><span>0</span>${steps}<span>${scale.unit}</span></p>`,
    plot: html`${renderHeatMap(chart, time.length)}<div class="area-row">${renderTicks({ from: 0, to: page.result.simulatedSeconds }, 0, false)}</div>`,
    note,
    twin: renderHeatTwin({
      id: chart.id,
      title: chart.title,
      time,
      rows: chart.rows,
      scale,
      group: sheet === undefined ? 1 : data.frames[sheet.frame].group,
    }),
  });
}
