// libCacheSim's text formats.
//   txt   one object a line, nothing else
//   csv   any separated text; which column is which is told as libCacheSim takes it:
//         time-col=2, obj-id-col=5, obj-size-col=4, has-header=true, delimiter=,
// Columns count from 1; times are seconds. cnt-col, feature columns and the like are none of ours.

import { MAX_VALUE_BYTES } from "../values.ts";
import { Fields } from "./fields.ts";
import { firstLines, type TraceFormat, TraceFormatError, type TraceReader } from "./format.ts";
import type { TraceIntake } from "./intake.ts";
import { Lines } from "./lines.ts";
import { TRACE_DELETE, TRACE_GET, TRACE_SET, UNKNOWN_SIZE, UNKNOWN_TTL } from "./trace.ts";

export const libcachesimTxt: TraceFormat = {
  name: "libcachesim-txt",
  summary: "libCacheSim txt: one object id a line",
  source: "libCacheSim, doc/quickstart_cachesim.md, 2024-10",
  rule: "every line is a get; sizes and TTLs are unknown",
  tolerant: true,
  resolutionMs: 1_000,
  detect: head => {
    const lines = firstLines(head, 20).filter(line => line !== "");
    return lines.length > 1 && lines.every(line => /^[\w:./+-]{1,250}$/u.test(line));
  },
  read: intake => {
    const lines = new Lines({
      line: (row, data, start, end) => {
        if (end > start) {
          intake.take(row, Number.NaN, data.toString("latin1", start, end), TRACE_GET, UNKNOWN_SIZE, UNKNOWN_TTL);
        }
      },
      tooLong: row => intake.problem(row, "is no object id: it is too long"),
    });
    return {
      push: chunk => lines.push(chunk),
      finish: () => {
        lines.finish();
        intake.end(lines.row);
      },
    };
  },
};

interface CsvColumns {
  readonly time: number;
  readonly key: number;
  readonly size: number;
  readonly op: number;
  readonly ttl: number;
  readonly header: boolean;
  readonly delimiter: number;
}

const EXAMPLE = "time-col=2, obj-id-col=5, obj-size-col=4, has-header=true";
const NAMES = ["time-col", "obj-id-col", "obj-size-col", "op-col", "ttl-col", "has-header", "delimiter"] as const;

/** Reads "time-col=2, obj-id-col=5". Throws TraceFormatError. */
export function parseColumns(text: string | undefined): CsvColumns {
  if (text === undefined) {
    throw new TraceFormatError(`libcachesim-csv needs «columns:» that say which is which, such as ${EXAMPLE}`);
  }
  const given = new Map<string, string>();
  // A delimiter may be the comma that also separates the settings.
  for (const match of text.matchAll(/\s*([a-z-]+)\s*=\s*(,|[^,]*)\s*(?:,|$)/gu))
    given.set(match[1], match[2].trim() || match[2]);
  for (const name of given.keys()) {
    if (!(NAMES as readonly string[]).includes(name)) {
      throw new TraceFormatError(`columns: unknown setting «${name}»; there are ${NAMES.join(", ")}`);
    }
  }
  const column = (name: (typeof NAMES)[number]): number => {
    const value = given.get(name);
    if (value === undefined) return -1;
    const number = Number(value);
    if (!Number.isInteger(number) || number < 1) {
      throw new TraceFormatError(`columns: ${name} needs a column number from 1, got «${value}»`);
    }
    return number - 1;
  };
  const key = column("obj-id-col");
  if (key === -1) throw new TraceFormatError(`columns: obj-id-col is missing; for example ${EXAMPLE}`);
  const header = given.get("has-header") ?? "false";
  if (header !== "true" && header !== "false") {
    throw new TraceFormatError(`columns: has-header is true or false, got «${header}»`);
  }
  const delimiter = (given.get("delimiter") ?? ",").replace(/^["']|["']$/gu, "").replace("\\t", "\t");
  if (delimiter.length !== 1) throw new TraceFormatError(`columns: delimiter is one character, got «${delimiter}»`);
  return {
    time: column("time-col"),
    key,
    size: column("obj-size-col"),
    op: column("op-col"),
    ttl: column("ttl-col"),
    header: header === "true",
    delimiter: delimiter.charCodeAt(0),
  };
}

const WORDS: Readonly<Record<string, number>> = {
  get: TRACE_GET,
  gets: TRACE_GET,
  read: TRACE_GET,
  set: TRACE_SET,
  add: TRACE_SET,
  write: TRACE_SET,
  replace: TRACE_SET,
  cas: TRACE_SET,
  delete: TRACE_DELETE,
};

export const libcachesimCsv: TraceFormat = {
  name: "libcachesim-csv",
  summary: `libCacheSim csv: separated text with columns: ${EXAMPLE}`,
  source: "libCacheSim, doc/quickstart_cachesim.md, 2024-10",
  rule: "times are seconds; without op-col every line is a get; size 0 is unknown",
  tolerant: true,
  resolutionMs: 1_000,
  needsColumns: true,
  // Any separated text might be one: it has to be named.
  detect: () => false,
  read: (intake, columns) => new LibcachesimCsvReader(intake, parseColumns(columns)),
};

class LibcachesimCsvReader implements TraceReader {
  private readonly fields = new Fields();
  private readonly lines: Lines;

  constructor(
    private readonly intake: TraceIntake,
    private readonly columns: CsvColumns,
  ) {
    this.lines = new Lines({
      line: (row, data, start, end) => {
        if (end > start && !(row === 1 && columns.header)) this.request(row, data, start, end);
      },
      tooLong: row => intake.problem(row, "is too long to be a line of a trace"),
    });
  }

  push(chunk: Buffer): void {
    this.lines.push(chunk);
  }

  finish(): void {
    this.lines.finish();
    this.intake.end(this.lines.row);
  }

  private request(row: number, data: Buffer, start: number, end: number): void {
    const { fields, intake, columns } = this;
    fields.split(data, start, end, columns.delimiter);
    const last = Math.max(columns.time, columns.key, columns.size, columns.op, columns.ttl);
    if (last >= fields.count) return intake.problem(row, `${fields.count} columns, but column ${last + 1} was named`);
    const seconds = this.number(row, columns.time, "time", Number.NaN);
    const size = this.number(row, columns.size, "size", 0);
    const ttl = this.number(row, columns.ttl, "TTL", UNKNOWN_TTL);
    if (seconds === null || size === null || ttl === null) return;
    let op = TRACE_GET;
    if (columns.op !== -1) {
      const known = WORDS[fields.shown(columns.op).trim().toLowerCase()];
      if (known === undefined) {
        return intake.problem(
          row,
          `operation «${fields.shown(columns.op)}» is none of ${Object.keys(WORDS).join(", ")}`,
        );
      }
      op = known;
    }
    const key = fields.text(columns.key).trim();
    if (key === "") return intake.problem(row, "the object id is empty");
    intake.take(row, seconds * 1_000, key, op, size === 0 ? UNKNOWN_SIZE : Math.min(size, MAX_VALUE_BYTES), ttl);
  }

  /** Null when the field is no number, which is told. */
  private number(row: number, column: number, what: string, missing: number): number | null {
    if (column === -1 || this.fields.isEmpty(column)) return missing;
    const value = Number(this.fields.text(column));
    if (value >= 0) return value;
    this.intake.problem(
      row,
      `${what} «${this.fields.shown(column)}» is no number; which column is which say «columns:»`,
    );
    return null;
  }
}
