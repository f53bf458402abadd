// Meta's CacheLib traces: CSV with a header, columns by name
//   key, op, size and op_count are needed; op_time (s), key_size and ttl may be there; others are not looked at
// A line stands for op_count requests. GET_LEASE is a get and SET_LEASE a set: a reader that leaves the leases out, or
// counts a line once, gets other frequencies (ben-manes/caffeine PR 1967 and PR 1980). The traces are samples of the keys: a
// traffic factor of 1/100 means that `amplify` 100, or a cache 100 times smaller, is the real thing.

import { MAX_VALUE_BYTES } from "../values.ts";
import { Fields } from "./fields.ts";
import { firstLines, type TraceFormat, type TraceReader } from "./format.ts";
import type { TraceIntake } from "./intake.ts";
import { padKey } from "./key-text.ts";
import { Lines } from "./lines.ts";
import { TRACE_DELETE, TRACE_GET, TRACE_SET, UNKNOWN_SIZE, UNKNOWN_TTL } from "./trace.ts";

const COMMA = 44;
const NEEDED = ["key", "op", "size", "op_count"] as const;
const OPTIONAL = ["op_time", "key_size", "ttl"] as const;
type Column = (typeof NEEDED)[number] | (typeof OPTIONAL)[number];

const OPERATIONS: Readonly<Record<string, number>> = {
  GET: TRACE_GET,
  GET_LEASE: TRACE_GET,
  SET: TRACE_SET,
  SET_LEASE: TRACE_SET,
  ADD: TRACE_SET,
  DELETE: TRACE_DELETE,
};

/** More requests in one line than that are no trace. */
const MOST_REPEATS = 1e9;

export const cachelib: TraceFormat = {
  name: "cachelib",
  summary: "Meta's CacheLib traces: CSV with the columns key, op, size, op_count and perhaps op_time, key_size, ttl",
  source: "cachelib.org, traces kvcache 2022-06 and 2024-01",
  rule: "a line is op_count requests; leases count as get and set; size 0 of a get is unknown; a key shorter than key_size is padded",
  tolerant: true,
  resolutionMs: 1_000,
  detect: head => {
    const names = firstLines(head, 1)[0].split(",");
    return NEEDED.every(name => names.includes(name));
  },
  read: intake => new CachelibReader(intake),
};

class CachelibReader implements TraceReader {
  private readonly fields = new Fields();
  private readonly lines: Lines;
  private readonly place = new Map<Column, number>();
  private columns = 0;

  constructor(private readonly intake: TraceIntake) {
    this.lines = new Lines({
      line: (row, data, start, end) => {
        if (this.columns === 0) this.header(row, data.toString("latin1", start, end));
        else if (end > start && this.place.size > 0) this.request(row, data, start, end);
      },
      tooLong: row => intake.problem(row, "is no line of a CacheLib trace: it is too long"),
    });
  }

  push(chunk: Buffer): void {
    this.lines.push(chunk);
  }

  finish(): void {
    this.lines.finish();
    this.intake.end(this.lines.row);
  }

  private header(row: number, text: string): void {
    const names = text.split(",").map(name => name.trim());
    this.columns = names.length;
    const missing = NEEDED.filter(name => !names.includes(name));
    if (missing.length > 0) {
      return this.intake.problem(
        row,
        `the header of a CacheLib trace names ${NEEDED.join(", ")}; missing: ${missing.join(", ")}`,
      );
    }
    for (const name of [...NEEDED, ...OPTIONAL]) {
      const at = names.indexOf(name);
      if (at !== -1) this.place.set(name, at);
    }
  }

  private request(row: number, data: Buffer, start: number, end: number): void {
    const { fields, intake, place } = this;
    fields.split(data, start, end, COMMA);
    if (fields.count !== this.columns) {
      return intake.problem(row, `${fields.count} fields, the header has ${this.columns}`);
    }
    const numberOf = (column: Column, missing: number): number => {
      const at = place.get(column);
      return at === undefined || fields.isEmpty(at) ? missing : fields.number(at);
    };
    const at = (column: Column) => place.get(column)!;
    const op = OPERATIONS[fields.shown(at("op"))];
    if (op === undefined) {
      const known = Object.keys(OPERATIONS).join(", ");
      return intake.problem(row, `op «${fields.shown(at("op"))}» is none of ${known}`);
    }
    const count = numberOf("op_count", 1);
    if (!Number.isInteger(count) || count < 1 || count > MOST_REPEATS) {
      return intake.problem(row, `op_count «${fields.shown(at("op_count"))}» is no whole number above zero`);
    }
    const size = numberOf("size", UNKNOWN_SIZE);
    if (!Number.isInteger(size) || size > MAX_VALUE_BYTES) {
      return intake.problem(row, `size «${fields.shown(at("size"))}» is no number of bytes`);
    }
    const seconds = numberOf("op_time", Number.NaN);
    const ttl = numberOf("ttl", UNKNOWN_TTL);
    if (Number.isNaN(ttl)) return intake.problem(row, `ttl «${fields.shown(at("ttl"))}» is no number of seconds`);
    const text = fields.text(at("key"));
    if (text === "") return intake.problem(row, "the key is empty");
    const key = padKey(text, numberOf("key_size", 0));
    const bytes = op === TRACE_GET && size === 0 ? UNKNOWN_SIZE : size;
    for (let i = 0; i < count; i++) {
      if (!intake.take(row, seconds * 1_000, key, op, bytes, op === TRACE_GET && ttl === 0 ? UNKNOWN_TTL : ttl)) return;
    }
  }
}
