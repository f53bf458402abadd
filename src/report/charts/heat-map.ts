// Nodes over time as coloured cells: one path per colour, cells of the same colour joined, so that ninety nodes stay small.
// Drawn here and not by the script: it is there without JavaScript too.

import { html, type Markup } from "../markup.ts";
import { extremes } from "./bucket.ts";
import type { HeatChart } from "./chart.ts";
import { roundUp } from "./ticks.ts";

/** Colour steps; the style sheet has their colours. */
export const STEPS = 8;

/** Where a colour step begins. Steps grow with the square, so that small loads differ from none beside a high peak. */
export function stepStart(step: number, top: number): number {
  return top * (step / STEPS) ** 2;
}

const CELLS_MAX = 6_000;
const COLUMNS_MAX = 120;
const ROW_HEIGHT_MAX = 18;
/** Names need so many pixels; where rows are lower, not every row has one. */
const NAME_HEIGHT = 13;
const HEIGHT_MAX = 540;

export interface HeatScale {
  /** Where the last step ends. */
  readonly top: number;
  /** Periods per cell. */
  readonly group: number;
  readonly columns: number;
}

export function heatScale({ rows }: HeatChart, periods: number): HeatScale {
  const columns = Math.max(1, Math.min(COLUMNS_MAX, periods, Math.floor(CELLS_MAX / Math.max(1, rows.length))));
  const group = Math.max(1, Math.ceil(periods / columns));
  let high = 0;
  for (const row of rows) for (const value of row.values) high = Math.max(high, value ?? 0);
  return { top: roundUp(high), group, columns: Math.ceil(periods / group) };
}

export function renderHeatMap(chart: HeatChart, periods: number): Markup {
  const { top, group, columns } = heatScale(chart, periods);
  const paths = new Array<string>(STEPS).fill("");
  const stepAt = (row: number, column: number) => {
    const pair = extremes(chart.rows[row].values, column * group, (column + 1) * group);
    return pair === null ? null : Math.min(STEPS - 1, Math.floor(Math.sqrt(pair[1] / top) * STEPS));
  };
  for (let row = 0; row < chart.rows.length; row++) {
    for (let column = 0; column < columns; ) {
      const step = stepAt(row, column);
      let end = column + 1;
      while (end < columns && stepAt(row, end) === step) end++;
      if (step !== null) paths[step] += `M${column} ${row}h${end - column}v1H${column}z`;
      column = end;
    }
  }
  const rowHeight = Math.min(ROW_HEIGHT_MAX, HEIGHT_MAX / chart.rows.length);
  const height = Math.round(rowHeight * chart.rows.length);
  const every = Math.ceil(NAME_HEIGHT / rowHeight);
  const names = chart.rows.flatMap(({ label, name }, row) =>
    row % every === 0
      ? [html`<span title="${name}" style="top:${((row / chart.rows.length) * 100).toFixed(2)}%">${label}</span>`]
      : [],
  );
  const shapes = paths.map((path, step) => path !== "" && html`<path class="h${step}" d="${path}"/>`);
  return html`
    <div class="heat" style="height:${height}px">
      <div class="heat-names" aria-hidden="true">${names}</div>
      <div class="area">
        <svg viewBox="0 0 ${columns} ${chart.rows.length}" preserveAspectRatio="none" role="img"
          aria-label="${chart.finding}">${shapes}</svg>
        <div class="cursor" hidden></div>
      </div>
    </div>`;
}
