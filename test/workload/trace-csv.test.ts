// The reader of trace files: what was written comes out, however the bytes are cut; what is wrong is told with its row.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { csv } from "../../src/workload/traces/csv.ts";
import { TraceIntake } from "../../src/workload/traces/intake.ts";
import {
  TRACE_GET,
  TRACE_SET,
  TraceBuffer,
  TraceKeys,
  UNKNOWN_SIZE,
  UNKNOWN_TTL,
} from "../../src/workload/traces/trace.ts";

interface Row {
  readonly ns: number;
  readonly key: string;
  readonly op: number;
  readonly size: number;
  readonly ttl: number;
}

/** Feeds bytes in pieces that end at the cuts; returns everything that the parser makes of them. */
function parse(bytes: Buffer | string, cuts: readonly number[] = [], speed = 1) {
  const data = Buffer.from(bytes as string, "latin1");
  const keys = new TraceKeys();
  const buffer = new TraceBuffer(4);
  const intake = new TraceIntake(keys, buffer, { speed });
  const parser = csv.read(intake, undefined);
  const ends = [...new Set(cuts.map(cut => cut % (data.length + 1)))].sort((a, b) => a - b);
  let from = 0;
  for (const end of [...ends, data.length]) {
    parser.push(data.subarray(from, end));
    from = end;
  }
  parser.finish();
  const rows: Row[] = [];
  for (; buffer.length > 0; buffer.skip()) {
    rows.push({ ns: buffer.nextNs, key: keys.texts[buffer.key], op: buffer.op, size: buffer.size, ttl: buffer.ttl });
  }
  const { problems, problemCount, firstMs, lastMs } = intake;
  return { rows, problems, problemCount, firstMs, lastMs, counted: intake.rows };
}

const HEADER = "time_ms,key,op,size,ttl_s\n";
const messages = (text: string) => parse(text).problems.map(({ row, message }) => `${row}: ${message}`);

/** Rows as text, with the columns in any order or left out, both line ends, a byte order mark or none. */
const file = fc
  .record({
    rows: fc.array(
      fc.record({
        gap: fc.constantFrom("0", "1", "0.5", "250", "3.125"),
        key: fc.stringMatching(/^[!#-+\--~\u00a0-\u00ff]{1,12}$/u),
        op: fc.constantFrom("get", "set", ""),
        size: fc.constantFrom("", "0", "17", "1048576"),
        ttl: fc.constantFrom("", "0", "60", "0.25"),
      }),
      { minLength: 1, maxLength: 30 },
    ),
    columns: fc.shuffledSubarray(["time_ms", "key", "op", "size", "ttl_s"], { minLength: 5 }),
    without: fc.subarray(["op", "size", "ttl_s"]),
    end: fc.constantFrom("\n", "\r\n"),
    mark: fc.boolean(),
    last: fc.boolean(),
    start: fc.constantFrom(0, 12, 1_700_000_000_000),
  })
  .map(({ rows, columns, without, end, mark, last, start }) => {
    const names = columns.filter(name => !without.includes(name));
    const lines = [names.join(",")];
    const expected: Row[] = [];
    let ms = start;
    for (const { gap, key, op, size, ttl } of rows) {
      ms += Number(gap);
      const fields: Record<string, string> = { time_ms: String(ms), key, op, size, ttl_s: ttl };
      lines.push(names.map(name => fields[name]).join(","));
      expected.push({
        ns: Math.round((ms - start - Number(rows[0].gap)) * 1e6),
        key,
        op: op === "set" && names.includes("op") ? TRACE_SET : TRACE_GET,
        size: size === "" || without.includes("size") ? UNKNOWN_SIZE : Number(size),
        ttl: ttl === "" || without.includes("ttl_s") ? UNKNOWN_TTL : Number(ttl),
      });
    }
    const text = `${mark ? "\u00ef\u00bb\u00bf" : ""}${lines.join(end)}${last ? end : ""}`;
    return { text, expected };
  });

describe("good files", () => {
  test("rows come out as they were written, whatever the form and the chunks", () => {
    fc.assert(
      fc.property(file, fc.array(fc.nat(), { maxLength: 12 }), ({ text, expected }, cuts) => {
        const { rows, problems, counted } = parse(text, cuts);
        expect(problems).toEqual([]);
        expect(rows).toEqual(expected);
        expect(counted).toBe(expected.length);
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  test("byte by byte is one way of cutting too", () => {
    const text = `${HEADER}1,a,get,5,6\r\n2.5,b,set,,0\n\n9,c,,7,`;
    const every = Array.from({ length: text.length }, (_, i) => i);
    expect(parse(text, every)).toEqual(parse(text));
    expect(parse(text).rows.map(row => row.ns)).toEqual([0, 1_500_000, 8_000_000]);
  });

  test("only time_ms and key are needed", () => {
    const { rows, problems } = parse("key,time_ms\nk,5\n");
    expect(problems).toEqual([]);
    expect(rows).toEqual([{ ns: 0, key: "k", op: TRACE_GET, size: UNKNOWN_SIZE, ttl: UNKNOWN_TTL }]);
  });

  test.each([
    [2, 500_000],
    [0.5, 2_000_000],
    [1_000, 1_000],
  ])("speed %d divides the times", (speed, ns) => {
    expect(parse(`${HEADER}10,a,,,\n11,b,,,\n`, [], speed).rows[1].ns).toBe(ns);
  });

  test("more decimals than a double holds are read over", () => {
    const { rows, problems } = parse(
      `${HEADER}1700000000000.123456789123456789,a,,,\n1700000000001.623456789123456789,b,,,\n`,
    );
    expect(problems).toEqual([]);
    // At 1.7e12 ms doubles stand 0.24 us apart.
    expect(Math.abs(rows[1].ns - 1_500_000)).toBeLessThan(500);
  });

  test("keys are bytes: what is not ASCII stays as it is", () => {
    const bytes = Buffer.concat([Buffer.from(`${HEADER}1,`), Buffer.from("ключ", "utf8"), Buffer.from(",,,\n")]);
    expect(Buffer.from(parse(bytes.toString("latin1")).rows[0].key, "latin1").toString("utf8")).toBe("ключ");
  });

  test("a key has one number, in order of appearance", () => {
    const keys = new TraceKeys();
    expect(["b", "a", "b", "__proto__", "constructor", "a"].map(key => keys.number(key))).toEqual([0, 1, 0, 2, 3, 1]);
    expect(keys.texts).toEqual(["b", "a", "__proto__", "constructor"]);
  });
});

describe("bad files", () => {
  test.each<[string, string, string]>([
    ["an empty file", "", "1: the file is empty; the first line must name the columns"],
    ["a header only", HEADER, "1: no requests after the header"],
    ["a column that does not exist", "time_ms,key,sise\n1,a,5\n", "1: unknown column «sise»"],
    ["a column twice", "time_ms,key,key\n1,a,b\n", "1: the header names a column twice"],
    ["no time", "key\na\nb\nc\n", "1: the header lacks the column «time_ms»"],
    ["no key", "time_ms\n1\n2\n3\n", "1: the header lacks the column «key»"],
    ["too few fields", `${HEADER}1,a\n`, "2: 2 fields, the header has 5"],
    ["too many fields", `${HEADER}1,a,get,5,6,7\n`, "2: 6 fields, the header has 5"],
    ["an empty key", `${HEADER}1,,get,5,6\n`, "2: the key is empty"],
    ["a negative time", `${HEADER}-1,a,get,5,6\n`, "2: time_ms «-1» is no decimal number"],
    ["an exponent", `${HEADER}1e3,a,get,5,6\n`, "2: time_ms «1e3»"],
    ["two points", `${HEADER}1.2.3,a,get,5,6\n`, "2: time_ms «1.2.3»"],
    ["a point alone", `${HEADER}.,a,get,5,6\n`, "2: time_ms «.»"],
    ["falling times", `${HEADER}5,a,,,\n4.9,a,,,\n`, "3: time_ms 4.9 lies before the row above (5)"],
    ["an unknown operation", `${HEADER}1,a,del,5,6\n`, "2: op «del» is none of get, set and delete"],
    ["a size in words", `${HEADER}1,a,get,big,6\n`, "2: size «big» is no whole number of bytes"],
    ["half a byte", `${HEADER}1,a,get,1.5,6\n`, "2: size «1.5» is no whole number of bytes"],
    ["ten gigabytes", `${HEADER}1,a,get,10000000000,6\n`, "2: size 10000000000 is above 536870912"],
    ["a ttl in words", `${HEADER}1,a,get,5,soon\n`, "2: ttl_s «soon» is no number of seconds"],
    ["quotes", `${HEADER}1,"a",get,5,6\n`, "2: quotes are not part of the trace format"],
    ["rows after empty lines", `${HEADER}1,a,,,\n\n\nx,a,,,\n`, "5: time_ms «x»"],
  ])("%s", (_name, text, expected) => {
    const found = messages(text);
    expect(found.length, found.join("; ")).toBe(1);
    expect(found[0]).toContain(expected);
  });

  test("a file without header: every column that it lacks or has too many", () => {
    expect(messages("1,a,get,5,6\n2,b,get,5,6\n")).toEqual([
      ...["1", "a", "get", "5", "6"].map(
        name => `1: unknown column «${name}»; the columns are time_ms, key, op, size, ttl_s`,
      ),
      "1: the header lacks the column «time_ms»",
      "1: the header lacks the column «key»",
    ]);
  });

  test("each bad row is told once, with its number, and good ones between them are read", () => {
    const text = `${HEADER}1,a,,,\nx,a,,,\n2,b,,,\n3,,,,\n1,c,,,\n4,d,,,\n`;
    const { problems, rows } = parse(text);
    expect(problems.map(one => one.row)).toEqual([3, 5, 6]);
    expect(rows.map(row => row.key)).toEqual(["a", "b", "d"]);
  });

  test("of many problems the first twenty are kept and all are counted", () => {
    const { problems, problemCount } = parse(HEADER + "x,a,,,\n".repeat(500));
    expect(problems.map(one => one.row)).toEqual(Array.from({ length: 20 }, (_, i) => i + 2));
    expect(problemCount).toBe(500);
  });

  test("a huge line is one problem of its row, whatever the chunks, and the next row is read", () => {
    const text = `${HEADER}1,a,,,\n2,${"b".repeat(1_100_000)},,,\n3,c,,,\n`;
    for (const cuts of [
      [],
      [500_000],
      [40, 1_060_000],
      [1_100_020],
      Array.from({ length: 30 }, (_, i) => i * 40_000),
    ]) {
      const { problems, rows } = parse(text, cuts);
      expect(problems).toEqual([{ row: 3, message: "has over 1048576 bytes: this is no line of a trace" }]);
      expect(rows.map(row => row.key)).toEqual(["a", "c"]);
    }
    expect(messages("x".repeat(3_000_000))).toEqual(["1: has over 1048576 bytes: this is no line of a trace"]);
  });

  test("binary garbage is refused, and any cut of it the same way", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(), { maxLength: 8 }), (bytes, cuts) => {
        const text = Buffer.from(bytes).toString("latin1");
        const whole = parse(text);
        expect(whole.problemCount).toBeGreaterThan(0);
        expect(parse(text, cuts)).toEqual(whole);
        expect(parse(HEADER + text, cuts)).toEqual(parse(HEADER + text));
      }),
      { seed: 5, numRuns: 300 },
    );
  });
});
