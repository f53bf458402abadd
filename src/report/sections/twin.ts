// The table behind a chart: the same values for those who cannot see it or want the figure. Long runs are shown in steps,
// as lowest and highest; the file to download has every row that the page has.

import { formatNumber } from "../../units.ts";
import { extremes, groupedAxis } from "../charts/bucket.ts";
import type { Line } from "../charts/chart.ts";
import type { Cell } from "../charts/spec.ts";
import { html, type Markup, name } from "../markup.ts";
import { type Scale, saySeconds } from "../quantity.ts";
import { type Column, dataTable } from "./data-table.ts";

const ROWS_MAX = 60;

/** A value in a column's unit; nothing where nothing was measured. */
export function inScale(value: Cell, { divide }: Scale): string {
  return value === null ? "" : formatNumber(value / divide);
}

function span(values: readonly Cell[], from: number, to: number, scale: Scale): string {
  const pair = extremes(values, from, to);
  if (pair === null) return "";
  const low = inScale(pair[0], scale);
  const high = inScale(pair[1], scale);
  return low === high ? low : `${low} – ${high}`;
}

export function downloadButton(id: string, what: string): Markup {
  return html`<button type="button" class="needs-js" data-csv="${id}">Download ${what} as CSV</button>`;
}

interface Twin {
  readonly id: string;
  readonly title: string;
  readonly time: readonly number[];
  readonly origin: number;
  readonly lines: readonly Line[];
  readonly scale: Scale;
  readonly periodSeconds: number;
  /** Periods per row of the data in the page. */
  readonly group: number;
}

export function renderTwin({ id, title, time, origin, lines, scale, periodSeconds, group }: Twin): Markup {
  const step = Math.ceil(time.length / ROWS_MAX);
  const ends = groupedAxis(time, Math.max(1, step));
  const columns: Column<number>[] = [
    { head: "until", unit: "s", cell: end => formatNumber(end - origin, 5) },
    ...lines.map(
      ({ label, values }): Column<number> => ({
        head: label,
        unit: scale.unit,
        cell: (_end, row) => span(values, row * step, (row + 1) * step, scale),
      }),
    ),
  ];
  const note =
    step > 1
      ? html`<p class="note">Each row covers ${saySeconds(step * periodSeconds)}: lowest – highest of its periods.</p>`
      : null;
  const file =
    group > 1
      ? html`<p class="note">The run is long: the CSV has the lowest and highest value of every ${group} periods. The result file has every period.</p>`
      : null;
  return html`
    <details class="twin">
      <summary>Table</summary>
      ${note}${file}${downloadButton(id, "all rows")}
      ${dataTable(title, columns, ends)}
    </details>`;
}

const HEAT_COLUMNS = 12;

interface HeatTwin {
  readonly id: string;
  readonly title: string;
  readonly time: readonly number[];
  readonly rows: readonly { readonly name: string; readonly values: readonly Cell[] }[];
  readonly scale: Scale;
  readonly group: number;
}

/** Nodes by time steps, the highest value of each. */
export function renderHeatTwin({ id, title, time, rows, scale, group }: HeatTwin): Markup {
  const step = Math.max(1, Math.ceil(time.length / HEAT_COLUMNS));
  const ends = groupedAxis(time, step);
  const columns: Column<HeatTwin["rows"][number]>[] = [
    { head: "node", words: true, cell: row => name(row.name) },
    ...ends.map(
      (end, i): Column<HeatTwin["rows"][number]> => ({
        head: `until ${saySeconds(end)}`,
        unit: scale.unit,
        cell: ({ values }) => inScale(extremes(values, i * step, (i + 1) * step)?.[1] ?? null, scale),
      }),
    ),
  ];
  const file =
    group > 1 ? html`<p class="note">The CSV has the lowest and highest value of every ${group} periods.</p>` : null;
  return html`
    <details class="twin">
      <summary>Table</summary>
      <p class="note">The highest value of each stretch.</p>
      ${file}${downloadButton(id, "all rows")}
      ${dataTable(title, columns, rows)}
    </details>`;
}
