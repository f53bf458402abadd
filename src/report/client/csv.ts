// The columns behind a chart, or the events, as CSV text.

import type { Frame, PageData } from "../charts/spec.ts";
import { BASE_UNITS, type UnitKind } from "../quantity.ts";

type Field = string | number | null;

/** A text that a spreadsheet would take for a formula gets an apostrophe before it. */
function field(value: Field): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const safe = /^[=+\-@\t\r]/u.test(value) ? `'${value}` : value;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csvText(rows: readonly (readonly Field[])[]): string {
  return rows.map(row => `${row.map(field).join(",")}\r\n`).join("");
}

type Lines = readonly { readonly label: string; readonly column: number }[];

function columnsOf(frame: Frame, axisName: string, { lines, kind }: { lines: Lines; kind: UnitKind }): Field[][] {
  const pair = frame.group > 1;
  const unit = BASE_UNITS[kind] === "" ? "" : ` (${BASE_UNITS[kind]})`;
  const head = lines.flatMap(({ label }) =>
    pair ? [`${label} lowest${unit}`, `${label} highest${unit}`] : [`${label}${unit}`],
  );
  const rows = frame.axis.map((end, row): Field[] => [
    end,
    ...lines.flatMap(({ column }) => {
      const values = frame.columns[column];
      return pair ? [values[2 * row], values[2 * row + 1]] : [values[row]];
    }),
  ]);
  return [[axisName, ...head], ...rows];
}

/** The rows of one chart, heat map or the event log; null for an unknown id. Values are in the units of the result. */
export function sheet(data: PageData, id: string): Field[][] | null {
  if (id === "events") {
    return [["id", "seconds", "node", "event", "cause"], ...data.events.map((event): Field[] => [...event])];
  }
  const chart = data.charts.find(one => one.id === id);
  if (chart !== undefined) {
    const axis = chart.axis === "time" ? "until_seconds" : "1/(1-share)";
    return columnsOf(data.frames[chart.frame], axis, chart);
  }
  const heat = data.sheets.find(one => one.id === id);
  return heat === undefined ? null : columnsOf(data.frames[heat.frame], "until_seconds", heat);
}
