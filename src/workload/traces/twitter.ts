// Twitter's cache-trace: one request a line, no header
//   timestamp (s), anonymised key, key size, value size, client id, operation, TTL (s)
// The value size of a get is that of the value it found, 0 when unknown; the TTL is 0 unless the operation stores.

import { MAX_VALUE_BYTES } from "../values.ts";
import { Fields } from "./fields.ts";
import { firstLines, type TraceFormat, type TraceReader } from "./format.ts";
import type { TraceIntake } from "./intake.ts";
import { padKey } from "./key-text.ts";
import { Lines } from "./lines.ts";
import { TRACE_DELETE, TRACE_GET, TRACE_SET, UNKNOWN_SIZE, UNKNOWN_TTL } from "./trace.ts";

const COMMA = 44;
const FIELDS = 7;

/** Operations, and what becomes of each: what needs the key to be there already stores it all the same. */
const OPERATIONS: Readonly<Record<string, number>> = {
  get: TRACE_GET,
  gets: TRACE_GET,
  set: TRACE_SET,
  add: TRACE_SET,
  replace: TRACE_SET,
  cas: TRACE_SET,
  append: TRACE_SET,
  prepend: TRACE_SET,
  incr: TRACE_SET,
  decr: TRACE_SET,
  delete: TRACE_DELETE,
};

export const twitter: TraceFormat = {
  name: "twitter",
  summary: "Twitter's cache-trace: timestamp, key, key size, value size, client, operation, TTL",
  source: "github.com/twitter/cache-trace, 2020",
  rule: "add, replace, cas, append, prepend, incr and decr are sets; value size 0 of a get is unknown; a key shorter than its key size is padded",
  tolerant: true,
  resolutionMs: 1_000,
  detect: head =>
    firstLines(head, 5).every(line => {
      const fields = line.split(",");
      return fields.length >= FIELDS && /^\d+$/u.test(fields[0]) && Object.hasOwn(OPERATIONS, fields.at(-2)!);
    }),
  read: intake => new TwitterReader(intake),
};

class TwitterReader implements TraceReader {
  private readonly fields = new Fields();
  private readonly lines: Lines;

  constructor(private readonly intake: TraceIntake) {
    this.lines = new Lines({
      line: (row, data, start, end) => {
        if (end > start) this.request(row, data, start, end);
      },
      tooLong: row => intake.problem(row, "is no line of a Twitter trace: it is too long"),
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
    const { fields, intake } = this;
    fields.split(data, start, end, COMMA);
    // Keys may hold commas: the fields are counted from the other end.
    const extra = fields.count - FIELDS;
    if (extra < 0) return intake.problem(row, `${fields.count} fields, a Twitter trace has ${FIELDS}`);
    let key = fields.text(1);
    for (let i = 2; i <= 1 + extra; i++) key += `,${fields.text(i)}`;
    const seconds = fields.number(0);
    const keySize = fields.number(2 + extra);
    const size = fields.number(3 + extra);
    const op = OPERATIONS[fields.shown(5 + extra)];
    const ttl = fields.number(6 + extra);
    if (Number.isNaN(seconds)) return intake.problem(row, `timestamp «${fields.shown(0)}» is no number of seconds`);
    if (op === undefined) {
      const known = Object.keys(OPERATIONS).join(", ");
      return intake.problem(row, `operation «${fields.shown(5 + extra)}» is none of ${known}`);
    }
    if (Number.isNaN(size) || size > MAX_VALUE_BYTES) {
      return intake.problem(row, `value size «${fields.shown(3 + extra)}» is no number of bytes`);
    }
    if (Number.isNaN(ttl)) return intake.problem(row, `TTL «${fields.shown(6 + extra)}» is no number of seconds`);
    if (key === "") return intake.problem(row, "the key is empty");
    const reads = op === TRACE_GET;
    intake.take(
      row,
      seconds * 1_000,
      padKey(key, keySize),
      op,
      reads && size === 0 ? UNKNOWN_SIZE : size,
      reads ? UNKNOWN_TTL : ttl,
    );
  }
}
