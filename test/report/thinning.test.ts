// Down-sampling keeps spikes and gaps; the points of a line show what is in the data and nothing else; what is packed is
// small, and as exact as it says.

import { inflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { extremes, grouped, groupedAxis } from "../../src/report/charts/bucket.ts";
import { pack, periodsPerPoint } from "../../src/report/charts/pack.ts";
import type { Cell, ChartSpec, Frame } from "../../src/report/charts/spec.ts";
import { csvText, sheet } from "../../src/report/client/csv.ts";
import { isLonely, pointsOf } from "../../src/report/client/points.ts";
import { planPage } from "../../src/report/html.ts";
import { sampleResult } from "./sample.ts";

const cells = fc.array(fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }), { nil: null }), { maxLength: 200 });
const groups = fc.integer({ min: 1, max: 50 });

function ends(values: readonly Cell[]): readonly [number, number] | null {
  const known = values.filter(value => value !== null);
  return known.length === 0 ? null : [Math.min(...known), Math.max(...known)];
}

describe("for every column and every group size", () => {
  test("extremes are the lowest and highest of what is there", () => {
    fc.assert(
      fc.property(cells, values => {
        expect(extremes(values, 0, values.length)).toEqual(ends(values));
      }),
    );
  });

  test("grouped rows have the extremes of their own periods, in order", () => {
    fc.assert(
      fc.property(cells, groups, (values, group) => {
        const rows = grouped(values, group);
        if (group === 1) {
          expect(rows).toEqual(values);
          return;
        }
        expect(rows.length).toBe(2 * Math.ceil(values.length / group));
        for (let row = 0; 2 * row < rows.length; row++) {
          const own = ends(values.slice(row * group, (row + 1) * group));
          expect([rows[2 * row], rows[2 * row + 1]]).toEqual(own ?? [null, null]);
        }
      }),
    );
  });

  test("the grouped axis has the end of each group", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), groups, (count, group) => {
        const axis = Array.from({ length: count }, (_, i) => i + 1);
        const grouped = groupedAxis(axis, group);
        expect(grouped.length).toBe(Math.ceil(count / group));
        expect(grouped).toEqual(grouped.map((_, i) => Math.min(count, (i + 1) * group)));
      }),
    );
  });
});

function spec(overrides: Partial<ChartSpec>): ChartSpec {
  return {
    id: "x",
    frame: 0,
    axis: "time",
    from: 0,
    to: 100,
    origin: 0,
    log: false,
    bottom: 0,
    top: 1,
    unit: "",
    divide: 1,
    kind: "count",
    merge: 1,
    bridged: false,
    lines: [],
    limits: [],
    regions: [],
    marks: [],
    ...overrides,
  };
}

function frame(values: readonly Cell[], group = 1): Frame {
  const axis = values.map((_, i) => i + 1);
  return { axis: groupedAxis(axis, group), group, columns: [grouped(values, group)] };
}

describe("pointsOf", () => {
  test("one point per row, a gap for a null", () => {
    const points = pointsOf(spec({}), frame([1, null, 3]), 0);
    expect(points).toEqual([
      { x: 1, y: 1 },
      { x: 2, y: Number.NaN },
      { x: 3, y: 3 },
    ]);
  });

  test("a bridged line passes over gaps", () => {
    expect(pointsOf(spec({ bridged: true }), frame([1, null, 3]), 0).map(point => point.x)).toEqual([1, 3]);
  });

  test("a log axis has no zeros", () => {
    expect(pointsOf(spec({ log: true }), frame([0, 5]), 0)[0].y).toBeNaN();
  });

  test("for every column, grouping and merging: the drawn extremes are those of the data", () => {
    fc.assert(
      fc.property(cells, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }), (values, group, merge) => {
        const points = pointsOf(spec({ merge }), frame(values, group), 0);
        expect(ends(points.map(({ y }) => (Number.isNaN(y) ? null : y)))).toEqual(ends(values));
        expect(points.every(({ x }, i) => i === 0 || x >= points[i - 1].x)).toBe(true);
        expect(points.length).toBeLessThanOrEqual(2 * Math.ceil(values.length / (group * merge)) + 2);
      }),
    );
  });

  test("a value between gaps is found, so that it can be shown as a dot", () => {
    const points = pointsOf(spec({}), frame([null, 4, null, 5, 6]), 0);
    expect(points.map((_, i) => isLonely(points, i))).toEqual([false, true, false, false, false]);
  });
});

describe("pack", () => {
  test("a short run is kept as it is", () => {
    const { packed, plan } = planPage(sampleResult());
    const latency = packed.data.charts.find(chart => chart.id === "latency")!;
    expect(packed.data.frames[latency.frame].group).toBe(1);
    expect(latency.merge).toBe(1);
    const told = plan.charts.find(chart => chart.id === "latency")!;
    for (const [i, line] of told.lines.entries()) {
      expect(packed.data.frames[latency.frame].columns[latency.lines[i].column]).toEqual(line.values);
    }
  });

  test("a long run of many nodes fits, keeps every spike, and the drill stays sharp", () => {
    const result = sampleResult({ shards: 45, rows: 3_600 });
    const { packed, plan } = planPage(result);
    expect(packed.base64.length).toBeLessThanOrEqual(200_000);
    for (const chart of plan.charts) {
      const drawn = packed.data.charts.find(one => one.id === chart.id)!;
      const { columns, group } = packed.data.frames[drawn.frame];
      expect(drawn.merge * group).toBeGreaterThanOrEqual(periodsPerPoint(3_600));
      for (const [i, line] of chart.lines.entries())
        expect(ends(columns[drawn.lines[i].column])).toEqual(ends(line.values));
    }
    const drill = packed.data.charts.find(chart => chart.id === "drill-1-latency")!;
    expect(packed.data.frames[drill.frame].group).toBe(1);
  });

  test("what travels is what was packed, to five digits", () => {
    const { packed } = planPage(sampleResult());
    const sent = JSON.parse(inflateSync(Buffer.from(packed.base64, "base64")).toString()) as typeof packed.data;
    const exact = packed.data.frames.flatMap(frame => frame.columns.flat());
    const received = sent.frames.flatMap(frame => frame.columns.flat());
    expect(received.map(value => value === null)).toEqual(exact.map(value => value === null));
    const error = received.map(
      (value, i) => Math.abs((value ?? 0) - (exact[i] ?? 0)) / Math.max(1e-12, Math.abs(exact[i] ?? 0)),
    );
    expect(Math.max(...error)).toBeLessThanOrEqual(5e-5);
  });

  test("a smaller limit gives smaller data, at the price of rows only", () => {
    const { plan, result } = planPage(sampleResult({ rows: 3_600 }));
    const full = pack(plan, result);
    const small = pack(plan, result, full.base64.length / 3);
    expect(small.base64.length).toBeLessThanOrEqual(full.base64.length / 3);
    expect(small.data.charts.map(chart => chart.id)).toEqual(full.data.charts.map(chart => chart.id));
  });
});

describe("csv", () => {
  const { packed } = planPage(sampleResult({ shards: 3 }));

  test("of a chart: every row, values in the unit of the header", () => {
    const rows = sheet(packed.data, "latency")!;
    expect(rows[0]).toEqual(["until_seconds", "p50 (us)", "p90 (us)", "p99 (us)"]);
    expect(rows.length).toBe(61);
    const p99 = sampleResult().series.columns.find(column => column.metric === "LatencyP99")!.values;
    expect(rows.slice(1).map(row => row[3])).toEqual(p99);
  });

  test("of a heat map: a column per node", () => {
    expect(sheet(packed.data, "cpu")![0]).toHaveLength(7);
  });

  test("of a thinned run: lowest and highest", () => {
    const { plan, result, packed: full } = planPage(sampleResult({ rows: 3_600 }));
    const thinned = pack(plan, result, full.base64.length / 3);
    expect(sheet(thinned.data, "hit-rate")![0]).toEqual([
      "until_seconds",
      "hit rate lowest (%)",
      "hit rate highest (%)",
    ]);
  });

  test("of nothing known: null", () => {
    expect(sheet(packed.data, "nonsense")).toBeNull();
  });

  const fields: [value: string | number | null, written: string][] = [
    [null, ""],
    [-1.5, "-1.5"],
    ["a,b", '"a,b"'],
    ['say "x"', '"say ""x"""'],
    ["=HYPERLINK(1)", "'=HYPERLINK(1)"],
    ["@x", "'@x"],
    ["-x", "'-x"],
    ["a\nb", '"a\nb"'],
  ];
  test.each(fields)("field %j is written %s", (value, written) => {
    expect(csvText([[value]])).toBe(`${written}\r\n`);
  });
});
