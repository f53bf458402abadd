// CSV of CloudWatch metrics, in the two forms that are met:
//   wide   as the console saves a graph: rows of headings (Id, Label, Full label, Statistic, …; which ones has changed over
//          the years), then one row per time with a column per series. All headings of a column are its texts
//   long   one row per value: a heading with time, metric and value, and optionally node and statistic
// Every row that cannot be used is told, with line and column.

import { type Issue, type Position, ScenarioError } from "../../scenarios/issue.ts";
import { didYouMean } from "../../scenarios/suggest.ts";
import { ordered, type RawSeries } from "./cloudwatch-json.ts";

interface Cell {
  readonly text: string;
  /** From 1. */
  readonly column: number;
  readonly length: number;
}

/** One line into cells; quotes may hold commas, and quotes that are doubled. */
export function cellsOf(line: string, separator: string): Cell[] {
  const cells: Cell[] = [];
  let at = 0;
  for (;;) {
    const start = at;
    let text = "";
    if (line[at] === '"') {
      at++;
      while (at < line.length && (line[at] !== '"' || line[at + 1] === '"')) {
        text += line[at];
        at += line[at] === '"' ? 2 : 1;
      }
      at++;
    } else {
      while (at < line.length && line[at] !== separator) text += line[at++];
    }
    while (at < line.length && line[at] !== separator) at++;
    cells.push({ text: text.trim(), column: start + 1, length: Math.max(1, at - start) });
    if (at >= line.length) return cells;
    at++;
  }
}

/** Seconds since 1970 of «2026/11/01 00:05:00», an ISO time or seconds; null where it is no time. Times without a zone are UTC. */
export function timeOf(text: string): number | null {
  if (/^\d{9,11}(?:\.\d+)?$/u.test(text)) return Number(text);
  if (/^\d{12,14}$/u.test(text)) return Number(text) / 1_000;
  const match =
    /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/u.exec(
      text,
    );
  if (match === null) return null;
  const [, year, month, day, hour = "0", minute = "0", second = "0", zone = "Z"] = match;
  const [M, D, h, m, s] = [month, day, hour, minute, second].map(Number);
  if (M < 1 || M > 12 || D < 1 || D > 31 || h > 24 || m > 59 || s > 60) return null;
  const offset =
    zone === "Z" ? 0 : (zone[0] === "-" ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2)));
  return Date.UTC(Number(year), M - 1, D, h, m, s) / 1_000 - offset * 60;
}

class Sheet {
  readonly issues: Issue[] = [];
  readonly rows: readonly { readonly line: number; readonly cells: readonly Cell[] }[];
  private readonly lines: readonly string[];

  constructor(
    readonly file: string,
    text: string,
  ) {
    this.lines = text.replace(/^\ufeff/u, "").split(/\r?\n/u);
    const first = this.lines.find(line => line.trim() !== "") ?? "";
    const separator = [",", "\t", ";"].find(one => first.includes(one)) ?? ",";
    this.rows = this.lines.flatMap((line, i) =>
      line.trim() === "" ? [] : [{ line: i + 1, cells: cellsOf(line, separator) }],
    );
  }

  tell(line: number, cell: Cell | undefined, message: string): void {
    const position: Position = {
      file: this.file,
      line,
      column: cell?.column ?? 1,
      text: this.lines[line - 1] ?? "",
      length: cell?.length ?? 1,
    };
    this.issues.push({ position, origin: this.file, path: "", message });
  }

  /** A value; null for an empty cell, which is no data point. */
  value(line: number, cell: Cell | undefined): number | null {
    if (cell === undefined || cell.text === "") return null;
    const value = Number(cell.text);
    if (!Number.isFinite(value)) this.tell(line, cell, `is no number: «${cell.text.slice(0, 40)}»`);
    else if (value < 0) this.tell(line, cell, `is below zero: ${value}; no metric of a cache is`);
    else return value;
    return null;
  }
}

/** Reads the text of a file. Throws ScenarioError with every problem. */
export function readMetricCsv(file: string, text: string): RawSeries[] {
  const sheet = new Sheet(file, text);
  const series = isLong(sheet) ? longSeries(sheet) : wideSeries(sheet);
  if (sheet.issues.length > 0) throw new ScenarioError(sheet.issues);
  return series;
}

const TIME = ["timestamp", "time", "date", "datetime"];
const METRIC = ["metric", "metricname", "metric_name", "name"];
const VALUE = ["value"];
const NODE = ["node", "cacheclusterid", "cache_cluster_id", "instance"];
const STATISTIC = ["statistic", "stat"];

function isLong({ rows }: Sheet): boolean {
  const names = rows[0]?.cells.map(cell => cell.text.toLowerCase()) ?? [];
  return names.some(name => METRIC.includes(name)) && names.some(name => VALUE.includes(name));
}

function longSeries(sheet: Sheet): RawSeries[] {
  const [head, ...rows] = sheet.rows;
  const names = head.cells.map(cell => cell.text.toLowerCase());
  const column = (wanted: readonly string[]) => names.findIndex(name => wanted.includes(name));
  const [time, metric, value, node, statistic] = [TIME, METRIC, VALUE, NODE, STATISTIC].map(column);
  if (time === -1) {
    const meant = names.map(name => didYouMean(name, TIME)).find(hint => hint !== "") ?? "";
    sheet.tell(head.line, undefined, `the heading lacks a column of times (${TIME.join(", ")})${meant}`);
    return [];
  }
  const known = new Set([time, metric, value, node, statistic]);
  head.cells.forEach((cell, i) => {
    if (!known.has(i))
      sheet.tell(head.line, cell, `unknown column «${cell.text}»: there are timestamp, metric, value, node, statistic`);
  });
  const found = new Map<string, { texts: string[]; times: number[]; values: number[] }>();
  for (const { line, cells } of rows) {
    if (cells.length !== names.length) {
      sheet.tell(line, undefined, `${cells.length} fields, the heading has ${names.length}`);
      continue;
    }
    const at = timeOf(cells[time].text);
    if (at === null)
      sheet.tell(
        line,
        cells[time],
        `is no time: «${cells[time].text.slice(0, 40)}»; needs the form 2026-11-01T12:00:00Z`,
      );
    const number = sheet.value(line, cells[value]);
    if (at === null || number === null) continue;
    const texts = [metric, node, statistic].flatMap(one => (one === -1 ? [] : [cells[one].text]));
    const key = texts.join("\n");
    let one = found.get(key);
    if (one === undefined) found.set(key, (one = { texts, times: [], values: [] }));
    one.times.push(at);
    one.values.push(number);
  }
  return [...found.values()].map(({ texts, times, values }) => ({
    texts,
    ...ordered(times, values),
    file: sheet.file,
    path: [],
  }));
}

function wideSeries(sheet: Sheet): RawSeries[] {
  const first = sheet.rows.findIndex(row => timeOf(row.cells[0].text) !== null);
  if (first === -1) {
    sheet.tell(1, undefined, "no row begins with a time such as 2026/11/01 00:05:00: this is no CSV of CloudWatch");
    return [];
  }
  const heads = sheet.rows.slice(0, first);
  const width = sheet.rows.slice(0, first + 1).reduce((most, row) => Math.max(most, row.cells.length), 0);
  if (heads.length === 0)
    sheet.tell(sheet.rows[0].line, undefined, "has no headings: they must name metric and node of each column");
  const columns = Array.from({ length: width - 1 }, (_, i) => ({
    texts: heads.flatMap(row => row.cells[i + 1]?.text ?? []).filter(text => text !== ""),
    times: [] as number[],
    values: [] as number[],
  }));
  for (const { line, cells } of sheet.rows.slice(first)) {
    const at = timeOf(cells[0].text);
    if (at === null) {
      sheet.tell(line, cells[0], `is no time: «${cells[0].text.slice(0, 40)}»; needs the form 2026/11/01 12:00:00`);
      continue;
    }
    if (cells.length > width) sheet.tell(line, cells[width], `${cells.length} fields, the headings have ${width}`);
    columns.forEach((column, i) => {
      const value = sheet.value(line, cells[i + 1]);
      if (value === null) return;
      column.times.push(at);
      column.values.push(value);
    });
  }
  return columns.map(({ texts, times, values }) => ({ texts, ...ordered(times, values), file: sheet.file, path: [] }));
}
