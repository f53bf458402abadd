import fc from "fast-check";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, test } from "vitest";
import { mergeSweeps } from "../../../src/planner/sweep/merge.ts";
import { sweepParquet } from "../../../src/planner/sweep/parquet.ts";
import { isIn, parseShard } from "../../../src/planner/sweep/shard.ts";
import { frontier } from "../../../src/report/sweep-page.ts";
import { rank, sweepAnswer } from "../../../src/report/sweep-text.ts";
import { parseSweep, type Sweep, type SweepHeader, type SweepRow, sweepText } from "../../../src/result/sweep.ts";

const header = (points: number): SweepHeader => ({
  kind: "cachecast-sweep",
  schemaVersion: 1,
  version: "0.1.0",
  plan: "p".repeat(64),
  scenario: "s",
  seed: 1,
  replications: 1,
  points,
  axes: ["cluster.shards"],
});

const row = (index: number, wanted: Partial<SweepRow> = {}): SweepRow => ({
  index,
  settings: { "cluster.shards": String(index + 1) },
  verdict: "pass",
  saturation: "stable",
  broken: [],
  requests: 100,
  errorRate: 0,
  throughputPerSecond: 10,
  hitRate: 0.9,
  evictions: 0,
  latencyMeanUs: 300,
  latencyP50Us: 250,
  latencyP99Us: 1_000 - index,
  latencyP999Us: null,
  memoryPeakPercent: 10,
  engineCpuMaxPercent: 5,
  replicationLagP99Ms: null,
  costMonthlyUsd: 100 * (index + 1),
  digest: `d${index}`,
  ...wanted,
});

const whole = (points: number): Sweep => ({
  header: header(points),
  rows: Array.from({ length: points }, (_, i) => row(i)),
});

test("however a sweep is split, in whatever order its parts come, the whole has the same bytes", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 9 }), fc.integer(), (points, of, order) => {
      const all = whole(points);
      const parts = Array.from({ length: of }, (_, i) => ({
        file: `part${i}`,
        sweep: { header: all.header, rows: all.rows.filter(one => isIn({ number: i + 1, of }, one.index)) },
      })).sort((a, b) => ((a.file.charCodeAt(4) * order) % 7) - ((b.file.charCodeAt(4) * order) % 7));
      const merged = mergeSweeps(parts);
      expect(Array.isArray(merged)).toBe(false);
      expect(sweepText(merged as Sweep)).toBe(sweepText(all));
    }),
    { seed: 3 },
  );
});

test("parts that lack points, contradict each other or are of another plan are all told", () => {
  const all = whole(4);
  const part = (file: string, rows: readonly SweepRow[], plan = all.header.plan) => ({
    file,
    sweep: { header: { ...all.header, plan }, rows },
  });
  const problems = mergeSweeps([
    part("a", [row(0)]),
    part("b", [row(0, { requests: 7 }), row(2)]),
    part("c", [row(3)], "q".repeat(64)),
  ]);
  expect(problems).toEqual([
    "b: has another row for point 0 than a",
    "c: is of another plan than a; parts of one sweep have the same",
    "2 of 4 points are in no part: 1, 3",
  ]);
});

describe("the file", () => {
  test("is read back as it was written, and a line that was cut off is left out when asked", () => {
    const text = sweepText(whole(3));
    expect(parseSweep(text)).toEqual(whole(3));
    const cut = text.slice(0, -20);
    expect(parseSweep(cut)).toBe("has a line 4 that is no row of a sweep");
    expect((parseSweep(cut, true) as Sweep).rows).toHaveLength(2);
    expect(parseSweep("")).toContain("is empty");
    expect(parseSweep("{}\n")).toContain("is no result of a sweep");
  });

  test("as Parquet has the same figures, read by another library", async () => {
    const bytes = sweepParquet(whole(3));
    const rows = await parquetReadObjects({ file: bytes.buffer as ArrayBuffer });
    expect(rows.map(one => [one.index, one["cluster.shards"], one.costMonthlyUsd, one.latencyP999Us])).toEqual([
      [0, "1", 100, null],
      [1, "2", 200, null],
      [2, "3", 300, null],
    ]);
  });
});

describe("--shard", () => {
  test.each<[string, Record<string, string>, unknown]>([
    ["2/8", {}, { number: 2, of: 8 }],
    ["auto/4", { JOB_COMPLETION_INDEX: "0" }, { number: 1, of: 4 }],
    ["auto/4", { AWS_BATCH_JOB_ARRAY_INDEX: "3" }, { number: 4, of: 4 }],
    ["auto/4", {}, "--shard auto/4: neither JOB_COMPLETION_INDEX nor AWS_BATCH_JOB_ARRAY_INDEX is set to a number"],
    ["9/8", {}, "--shard 9/8: there is no part 9 of 8"],
    ["0/8", {}, "--shard 0/8: there is no part 0 of 8"],
    ["half", {}, "--shard needs the form 2/8 or auto/8, got «half»"],
  ])("%s with %j", (text, environment, expected) => {
    expect(parseShard(text, environment)).toEqual(expected);
  });
});

describe("the answer", () => {
  test("is the cheapest point that holds, however cheap one is that does not", () => {
    const rows = [row(0, { verdict: "fail", broken: ["p99 < 1ms"] }), row(1), row(2)];
    expect(rank(rows).map(one => one.index)).toEqual([1, 2, 0]);
    expect(sweepAnswer({ header: header(3), rows })).toBe(
      "CHEAPEST THAT HOLDS: cluster.shards=2, $200.00 a month, p99 999 us; 2 of 3 points hold.",
    );
    expect(sweepAnswer({ header: header(3), rows: rows.slice(0, 1) })).toBe(
      "NO POINT HOLDS: all 1 break a check; 2 are not done.",
    );
  });

  test("no point of the frontier is beaten in both cost and p99 by one that holds", () => {
    const point = fc.record({
      costMonthlyUsd: fc.integer({ min: 1, max: 50 }),
      latencyP99Us: fc.integer({ min: 1, max: 50 }),
      verdict: fc.constantFrom("pass" as const, "fail" as const),
    });
    fc.assert(
      fc.property(fc.array(point, { maxLength: 30 }), points => {
        const rows = points.map((wanted, i) => row(i, wanted));
        const front = frontier(rows);
        const holding = rows.filter(one => one.verdict === "pass");
        for (const one of front) {
          expect(
            holding.some(
              other => other.costMonthlyUsd! < one.costMonthlyUsd && other.latencyP99Us! <= one.latencyP99Us,
            ),
          ).toBe(false);
        }
        expect(front.length > 0).toBe(holding.length > 0);
      }),
      { seed: 9 },
    );
  });
});
