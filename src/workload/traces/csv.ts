// The trace format of cachecast: CSV with a header that names the columns
//   time_ms   milliseconds since any origin, never falling; may have decimals; empty: unknown
//   key       any text without comma, quote or line end
//   op        get, set or delete; missing column or empty field: get
//   size      value bytes; empty: unknown
//   ttl_s     seconds to live; 0: none; empty: unknown
// in any order; time_ms and key are required. Bad rows are reported, not skipped.

import { MAX_VALUE_BYTES } from "../values.ts";
import { Fields } from "./fields.ts";
import { firstLines, type TraceFormat, type TraceReader } from "./format.ts";
import type { TraceIntake } from "./intake.ts";
import { Lines, MAX_LINE_BYTES } from "./lines.ts";
import { TRACE_DELETE, TRACE_GET, TRACE_SET, UNKNOWN_SIZE, UNKNOWN_TTL } from "./trace.ts";

const COLUMNS = ["time_ms", "key", "op", "size", "ttl_s"] as const;
type Column = (typeof COLUMNS)[number];

const COMMA = 44;
const QUOTE = 34;

export const csv: TraceFormat = {
  name: "cachecast",
  summary: `CSV with the header ${COLUMNS.join(",")}`,
  source: "this project",
  rule: "an empty op is a get; times must not fall",
  tolerant: false,
  resolutionMs: 0,
  detect: head => {
    const names = firstLines(head, 1)[0]
      .replace(/^\u00ef\u00bb\u00bf/u, "")
      .split(",")
      .map(name => name.trim());
    return names.includes("time_ms") && names.includes("key");
  },
  read: intake => new CsvReader(intake),
};

class CsvReader implements TraceReader {
  private readonly lines: Lines;
  private readonly fields = new Fields();
  /** Field number by column; -1: the file has none. */
  private readonly place: Readonly<Record<Column, number>> = { time_ms: -1, key: -1, op: -1, size: -1, ttl_s: -1 };
  private columns = 0;
  private headed = false;
  /** A header that cannot be used makes every row unreadable: then only the header is complained of. */
  private headerIsBad = false;

  constructor(private readonly intake: TraceIntake) {
    this.lines = new Lines({
      line: (row, data, start, end) => this.line(row, data, start, end),
      tooLong: row => this.tooLong(row),
    });
  }

  push(chunk: Buffer): void {
    this.lines.push(chunk);
  }

  finish(): void {
    this.lines.finish();
    const { intake } = this;
    if (!this.headed) return intake.problem(1, "the file is empty; the first line must name the columns");
    if (intake.rows === 0 && intake.problemCount === 0) intake.problem(this.lines.row, "no requests after the header");
    intake.end(this.lines.row);
  }

  private tooLong(row: number): void {
    if (!this.headerIsBad) this.intake.problem(row, `has over ${MAX_LINE_BYTES} bytes: this is no line of a trace`);
    this.headerIsBad ||= !this.headed;
    this.headed = true;
  }

  private line(row: number, data: Buffer, start: number, end: number): void {
    if (!this.headed) {
      this.header(row, data.toString("latin1", start, end));
      this.headerIsBad = this.intake.problemCount > 0;
    } else if (end > start && !this.headerIsBad) {
      this.request(row, data, start, end);
    }
  }

  private header(row: number, text: string): void {
    this.headed = true;
    const names = text
      .replace(/^\u00ef\u00bb\u00bf/u, "")
      .split(",")
      .map(name => name.trim());
    this.columns = names.length;
    const place = this.place as Record<Column, number>;
    names.forEach((name, i) => {
      if (!(COLUMNS as readonly string[]).includes(name)) {
        this.intake.problem(row, `unknown column «${name.slice(0, 40)}»; the columns are ${COLUMNS.join(", ")}`);
      } else place[name as Column] = i;
    });
    for (const name of ["time_ms", "key"] as const) {
      if (place[name] === -1) this.intake.problem(row, `the header lacks the column «${name}»`);
    }
    if (new Set(names).size !== names.length) this.intake.problem(row, "the header names a column twice");
  }

  private request(row: number, data: Buffer, start: number, end: number): void {
    const { fields, intake, place } = this;
    fields.split(data, start, end, COMMA);
    const quote = data.indexOf(QUOTE, start);
    if (quote !== -1 && quote < end) return intake.problem(row, "quotes are not part of the trace format");
    if (fields.count !== this.columns) {
      return intake.problem(row, `${fields.count} fields, the header has ${this.columns}`);
    }
    const timeMs = fields.number(place.time_ms);
    if (Number.isNaN(timeMs) && !fields.isEmpty(place.time_ms)) {
      return intake.problem(row, `time_ms «${fields.shown(place.time_ms)}» is no decimal number of zero or more`);
    }
    if (fields.isEmpty(place.key)) return intake.problem(row, "the key is empty");
    let op = TRACE_GET;
    if (place.op !== -1 && !fields.isEmpty(place.op)) {
      const word = fields.shown(place.op);
      if (word === "set") op = TRACE_SET;
      else if (word === "delete") op = TRACE_DELETE;
      else if (word !== "get") return intake.problem(row, `op «${word}» is none of get, set and delete`);
    }
    const size = this.optional(place.size, UNKNOWN_SIZE);
    if (!Number.isInteger(size)) {
      return intake.problem(row, `size «${fields.shown(place.size)}» is no whole number of bytes`);
    }
    if (size > MAX_VALUE_BYTES) {
      return intake.problem(row, `size ${size} is above ${MAX_VALUE_BYTES}, what the engine takes`);
    }
    const ttl = this.optional(place.ttl_s, UNKNOWN_TTL);
    if (Number.isNaN(ttl)) return intake.problem(row, `ttl_s «${fields.shown(place.ttl_s)}» is no number of seconds`);
    intake.take(row, timeMs, fields.text(place.key), op, size, ttl);
  }

  private optional(field: number, missing: number): number {
    return field === -1 || this.fields.isEmpty(field) ? missing : this.fields.number(field);
  }
}
