// The trace format of cachecast: CSV with a header that names the columns
//   time_ms   milliseconds since any origin, never falling; may have decimals
//   key       any text without comma, quote or line end
//   op        get or set; missing column or empty field: get
//   size      value bytes; empty: unknown
//   ttl_s     seconds to live; 0: none; empty: unknown
// in any order; time_ms and key are required.
//
// The parser is fed chunks of bytes and pushes rows into a buffer. It looks at bytes and not at strings, since a replay
// is only as fast as its reader; a general CSV reader made up half of a run's time. Bad rows are reported, not skipped.

import { MAX_VALUE_BYTES } from "../values.ts";
import { TRACE_GET, TRACE_SET, type TraceBuffer, type TraceKeys, UNKNOWN_SIZE, UNKNOWN_TTL } from "./trace.ts";

/** A row that cannot be used. Rows are counted from 1, the header being row 1. */
export interface TraceProblem {
  readonly row: number;
  readonly message: string;
}

const COLUMNS = ["time_ms", "key", "op", "size", "ttl_s"] as const;
type Column = (typeof COLUMNS)[number];

const COMMA = 44;
const NEWLINE = 10;
const RETURN = 13;
const QUOTE = 34;
const DOT = 46;
const ZERO = 48;
const NS_PER_MS = 1_000_000;

/** Longest line that is still believed to be one; beyond it the file is something else. */
const MAX_LINE_BYTES = 1 << 20;

const NOTHING = Buffer.alloc(0);
/** Digits that a double keeps: decimals beyond them are read over. */
const KEPT_DIGITS = 16;

export class TraceCsvParser {
  rows = 0;
  firstMs = Number.NaN;
  lastMs = Number.NaN;
  /** The first problems; `problemCount` counts all of them. */
  readonly problems: TraceProblem[] = [];
  problemCount = 0;

  private pending: Buffer = NOTHING;
  /** Bytes of the current line that were let go because it is too long. */
  private dropped = 0;
  private row = 0;
  private order: Column[] | null = null;
  /** A header that cannot be used makes every row unreadable: then only the header is complained of. */
  private headerIsBad = false;
  private readonly fieldStart = new Int32Array(COLUMNS.length);
  private readonly fieldEnd = new Int32Array(COLUMNS.length);

  /** `speed` divides the times: 2 replays twice as fast. Without a buffer the rows are only checked and counted. */
  constructor(
    private readonly keys: TraceKeys,
    private readonly buffer: TraceBuffer | null,
    private readonly speed = 1,
    private readonly problemLimit = 20,
  ) {}

  push(chunk: Buffer): void {
    const data = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    let start = 0;
    for (;;) {
      const end = data.indexOf(NEWLINE, start);
      if (end === -1) break;
      this.line(data, start, end);
      start = end + 1;
    }
    this.pending = data.subarray(start);
    if (this.dropped + this.pending.length > MAX_LINE_BYTES) {
      this.dropped += this.pending.length;
      this.pending = NOTHING;
    }
  }

  /** The file has ended; a last line without line end is taken. */
  finish(): void {
    if (this.pending.length > 0 || this.dropped > 0) this.line(this.pending, 0, this.pending.length);
    this.pending = NOTHING;
    if (this.order === null) this.problem("the file is empty; the first line must name the columns");
    else if (this.rows === 0 && this.problemCount === 0) this.problem("no requests after the header");
    if (this.buffer !== null) this.buffer.finished = true;
  }

  private problem(message: string): void {
    this.problemCount++;
    if (this.problems.length < this.problemLimit) this.problems.push({ row: Math.max(1, this.row), message });
  }

  private line(data: Buffer, start: number, lineEnd: number): void {
    this.row++;
    const length = this.dropped + lineEnd - start;
    this.dropped = 0;
    const end = lineEnd > start && data[lineEnd - 1] === RETURN ? lineEnd - 1 : lineEnd;
    if (length > MAX_LINE_BYTES) {
      if (!this.headerIsBad) this.problem(`has over ${MAX_LINE_BYTES} bytes: this is no line of a trace`);
      this.headerIsBad ||= this.order === null;
      this.order ??= [];
    } else if (this.order === null) {
      this.header(data.toString("latin1", start, end));
      this.headerIsBad = this.problemCount > 0;
    } else if (end > start && !this.headerIsBad) {
      this.request(data, start, end);
    }
  }

  private header(text: string): void {
    const names = text
      .replace(/^\u00ef\u00bb\u00bf/u, "")
      .split(",")
      .map(name => name.trim());
    this.order = [];
    for (const name of names) {
      if ((COLUMNS as readonly string[]).includes(name)) this.order.push(name as Column);
      else this.problem(`unknown column «${name.slice(0, 40)}»; the columns are ${COLUMNS.join(", ")}`);
    }
    for (const name of ["time_ms", "key"] as const) {
      if (!this.order.includes(name)) this.problem(`the header lacks the column «${name}»`);
    }
    if (new Set(this.order).size !== this.order.length) this.problem("the header names a column twice");
  }

  private request(data: Buffer, start: number, end: number): void {
    const order = this.order!;
    let field = 0;
    let from = start;
    for (let at = start; at <= end; at++) {
      if (at < end && data[at] === QUOTE) return this.problem("quotes are not part of the trace format");
      if (at < end && data[at] !== COMMA) continue;
      if (field < order.length) {
        const column = COLUMNS.indexOf(order[field]);
        this.fieldStart[column] = from;
        this.fieldEnd[column] = at;
      }
      field++;
      from = at + 1;
    }
    if (field !== order.length) return this.problem(`${field} fields, the header has ${order.length}`);
    this.take(data);
  }

  private take(data: Buffer): void {
    const has = (column: Column) => this.order!.includes(column);
    const timeMs = this.number(data, 0);
    if (Number.isNaN(timeMs))
      return this.problem(`time_ms «${this.text(data, 0)}» is no decimal number of zero or more`);
    if (timeMs < this.lastMs) return this.problem(`time_ms ${timeMs} lies before the row above (${this.lastMs})`);
    if (this.fieldEnd[1] === this.fieldStart[1]) return this.problem("the key is empty");
    let op = TRACE_GET;
    if (has("op") && this.fieldEnd[2] > this.fieldStart[2]) {
      const word = this.text(data, 2);
      if (word === "set") op = TRACE_SET;
      else if (word !== "get") return this.problem(`op «${word}» is neither get nor set`);
    }
    const size = has("size") ? this.optional(data, 3, UNKNOWN_SIZE) : UNKNOWN_SIZE;
    if (!Number.isInteger(size)) return this.problem(`size «${this.text(data, 3)}» is no whole number of bytes`);
    if (size > MAX_VALUE_BYTES) return this.problem(`size ${size} is above ${MAX_VALUE_BYTES}, what the engine takes`);
    const ttl = has("ttl_s") ? this.optional(data, 4, UNKNOWN_TTL) : UNKNOWN_TTL;
    if (Number.isNaN(ttl)) return this.problem(`ttl_s «${this.text(data, 4)}» is no number of seconds`);

    this.rows++;
    if (Number.isNaN(this.firstMs)) this.firstMs = timeMs;
    this.lastMs = timeMs;
    const key = this.keys.number(data.toString("latin1", this.fieldStart[1], this.fieldEnd[1]));
    this.buffer?.push(Math.round(((timeMs - this.firstMs) * NS_PER_MS) / this.speed), key, op, size, ttl);
  }

  private text(data: Buffer, column: number): string {
    return data.toString(
      "latin1",
      this.fieldStart[column],
      Math.min(this.fieldEnd[column], this.fieldStart[column] + 40),
    );
  }

  private optional(data: Buffer, column: number, missing: number): number {
    return this.fieldEnd[column] === this.fieldStart[column] ? missing : this.number(data, column);
  }

  /** An unsigned decimal number; NaN when the field is none. */
  private number(data: Buffer, column: number): number {
    const end = this.fieldEnd[column];
    let value = 0;
    let scale = 0;
    let digits = 0;
    for (let at = this.fieldStart[column]; at < end; at++) {
      const byte = data[at];
      if (byte === DOT && scale === 0) {
        scale = 1;
        continue;
      }
      const digit = byte - ZERO;
      if (digit < 0 || digit > 9) return Number.NaN;
      if (scale !== 0 && digits >= KEPT_DIGITS) continue;
      value = value * 10 + digit;
      digits++;
      if (scale !== 0) scale *= 10;
    }
    if (digits === 0 || digits > 18) return Number.NaN;
    return scale === 0 ? value : value / scale;
  }
}
