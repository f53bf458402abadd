// What the charts make of a result: which lines, from which columns, and the sentence that says what can be seen.

import { describe, expect, test } from "vitest";
import type { LineChart } from "../../src/report/charts/chart.ts";
import { windowOf } from "../../src/report/charts/drill-window.ts";
import { planCharts } from "../../src/report/charts/index.ts";
import { planPercentiles } from "../../src/report/charts/percentile.ts";
import { drawnPhases } from "../../src/report/charts/phase-lane.ts";
import { readSource, shortNames } from "../../src/report/charts/source.ts";
import { planPage } from "../../src/report/html.ts";
import type { Result } from "../../src/result.ts";
import { sampleResult } from "./sample.ts";

function chartsOf(result: Result) {
  return planCharts(readSource(result)).charts;
}

function lineChart(result: Result, id: string): LineChart {
  const chart = chartsOf(result).find(one => one.id === id);
  if (chart?.type !== "lines") throw new Error(`no line chart ${id}`);
  return chart;
}

function valuesOf(result: Result, metric: string, where = "") {
  return result.series.columns.find(column => column.metric === metric && column.where === where)!.values;
}

/** The same result with one column's values changed. */
function changed(result: Result, metric: string, change: (value: number | null, row: number) => number | null): Result {
  const columns = result.series.columns.map(column =>
    column.metric === metric ? { ...column, values: column.values.map(change) } : column,
  );
  return { ...result, series: { ...result.series, columns } };
}

describe("charts", () => {
  test("stand in the order of a look at a system, and never have more than five lines", () => {
    for (const shards of [1, 2, 3, 6, 45]) {
      const charts = chartsOf(sampleResult({ shards }));
      expect(charts.map(chart => chart.id)).toEqual([
        "demand",
        "latency",
        "hit-rate",
        "churn",
        "memory",
        "fork",
        "cpu",
        "lag",
        "backlog",
        "connections",
        "network",
      ]);
      for (const chart of charts) if (chart.type === "lines") expect(chart.lines.length).toBeLessThanOrEqual(5);
    }
  });

  test("a few nodes are lines, more are a heat map", () => {
    const cpu = (shards: number) => chartsOf(sampleResult({ shards })).find(chart => chart.id === "cpu")!;
    expect(cpu(2).type).toBe("lines");
    const heat = cpu(3);
    expect(heat.type === "heat" && heat.rows.map(row => row.label)).toEqual([
      "0001-001",
      "0001-002",
      "0002-001",
      "0002-002",
      "0003-001",
      "0003-002",
    ]);
  });

  test("of many nodes the primaries come first", () => {
    const heat = chartsOf(sampleResult({ shards: 15 })).find(chart => chart.id === "cpu")!;
    const names = heat.type === "heat" ? heat.rows.map(row => row.label) : [];
    expect(names.slice(0, 15).every(name => name.endsWith("-001"))).toBe(true);
    expect(names.slice(15).every(name => name.endsWith("-002"))).toBe(true);
  });

  test("sums over nodes are sums, and rates are per second whatever the period", () => {
    const result = sampleResult({ shards: 2, periodSeconds: 2 });
    const evicted = lineChart(result, "churn").lines.find(line => line.label === "expired")!;
    const columns = result.series.columns.filter(column => column.metric === "Reclaimed");
    const expected = columns[0].values.map((_, row) => columns.reduce((sum, one) => sum + one.values[row]!, 0) / 2);
    expect(evicted.values).toEqual(expected);
  });

  test("the busiest node is the highest of each period, in bits", () => {
    const result = sampleResult({ shards: 2 });
    const busiest = lineChart(result, "network").lines.find(line => line.label === "out, busiest node")!;
    const columns = result.series.columns.filter(column => column.metric === "NetworkBytesOut");
    const expected = columns[0].values.map((_, row) => 8 * Math.max(...columns.map(one => one.values[row]!)));
    busiest.values.forEach((value, row) => {
      expect(value).toBeCloseTo(expected[row], 3);
    });
  });

  test("calls to the origin are counts of a period as a rate", () => {
    const result = sampleResult();
    const calls = lineChart(result, "demand").lines.find(line => line.label === "calls to the origin")!;
    expect(calls.values.slice(1, 20)).toEqual(new Array(19).fill(15));
    expect(calls.values[20]).toBe(3_015);
  });

  test("memory: nodes while they fit, then the fullest of each shard, then of all", () => {
    const labels = (shards: number) => lineChart(sampleResult({ shards }), "memory").lines.map(line => line.label);
    expect(labels(2)).toEqual(["0001-001", "0001-002", "0002-001", "0002-002", "with copied pages"]);
    expect(labels(3)).toEqual(["shard 1", "shard 2", "shard 3", "with copied pages"]);
    expect(labels(10)).toEqual(["fullest node", "with copied pages"]);
  });

  test("copied pages are added where they are copied, and nowhere else", () => {
    const result = sampleResult();
    const copies = lineChart(result, "memory").lines.find(line => line.label === "with copied pages")!;
    const used = valuesOf(result, "BytesUsedForCache", "cache-0001-002");
    const copied = valuesOf(result, "CopyOnWriteBytes", "cache-0001-002");
    copies.values.forEach((value, row) => {
      expect(value).toBe(copied[row]! > 0 ? used[row]! + copied[row]! : null);
    });
  });

  test("limits of checks are lines in the unit of the chart; those on one workload are not", () => {
    const result = sampleResult();
    const memory = lineChart(result, "memory").limits;
    expect(lineChart(result, "latency").limits).toEqual([{ value: 2_000, label: "p99 < 2ms outside drills" }]);
    expect(lineChart(result, "hit-rate").limits).toEqual([{ value: 99, label: "hitRate > 99% after warmup" }]);
    expect(memory.map(limit => limit.value)).toEqual([0.8 * 10_527_885_772, 10_527_885_772]);
    const own = result.checks.map(check => ({ ...check, metric: `pages.${check.metric}` }));
    expect(lineChart({ ...result, checks: own }, "latency").limits).toEqual([]);
  });

  test("what has no values is left out and named", () => {
    const result = sampleResult();
    const bare = { ...result, series: { ...result.series, columns: [] } };
    expect(planCharts(readSource(bare)).charts).toEqual([]);
    const silent = changed(result, "HitRate", () => null);
    expect(planCharts(readSource(silent)).absent).toContain("Hit rate");
  });
});

describe("findings", () => {
  test("say from where, to where, when and during what", () => {
    expect(lineChart(sampleResult(), "latency").finding).toMatch(
      /^p99 rises from 1\.1\d ms to 46 ms at 2\d s, during crash-node at 20 s$/u,
    );
  });

  test("say when nothing happens", () => {
    const finding = lineChart(sampleResult({ calm: true }), "latency").finding;
    expect(finding).toMatch(/^p99 stays between 1\.1 ms and 1\.13 ms$/u);
    expect(lineChart(sampleResult({ calm: true }), "demand").finding).toContain("no request fails");
  });

  test("tell a higher peak outside the drill as well, and what went before it", () => {
    const late = changed(sampleResult(), "LatencyP99", (value, row) => (row === 28 ? 90_000 : value));
    expect(lineChart(late, "latency").finding).toMatch(
      /to 46 ms at 2\d s, during crash-node at 20 s, and to 90 ms at 29 s, 3 s after event #3 \(full sync begins\)$/u,
    );
  });

  test("ignore the warm-up", () => {
    const early = changed(sampleResult(), "LatencyP99", (value, row) => (row === 2 ? 9e9 : value));
    expect(lineChart(early, "latency").finding).toBe(lineChart(sampleResult(), "latency").finding);
  });

  test("tell a fall from what was usual before it", () => {
    const fallen = changed(sampleResult(), "HitRate", (_, row) => (row < 30 ? 99 : row === 30 ? 40 : 70));
    expect(lineChart(fallen, "hit-rate").finding).toMatch(/^The hit rate falls from 99 % to 40 % at 31 s/u);
  });

  test("name the hottest node", () => {
    const finding = chartsOf(sampleResult({ shards: 3 })).find(chart => chart.id === "cpu")!.finding;
    expect(finding).toMatch(/^cache-0002-001 is the hottest: 4\d(\.\d)? % at /u);
  });
});

describe("drill windows", () => {
  const source = readSource(sampleResult());
  const drill = source.result.drills[0];

  test("show the disturbance with calm on both sides, zero at the injection", () => {
    const window = windowOf(drill, source);
    expect(window.origin).toBe(drill.startSeconds);
    expect(window.from).toBeLessThan(drill.startSeconds);
    expect(window.to).toBeGreaterThan(drill.endSeconds!);
  });

  test("include a later phase that is near, and leave out one that would press the outage together", () => {
    const later = (seconds: number) => ({
      ...drill,
      phases: [{ name: "replica rebuilt", startSeconds: 20, lengthSeconds: seconds, boundBy: "" }],
    });
    expect(windowOf(later(15), source).to).toBeGreaterThan(35);
    expect(windowOf(later(39), source).to).toBeLessThan(35);
  });

  test("reach to the end of the run when the drill was not over", () => {
    expect(windowOf({ ...drill, endSeconds: null }, source).to).toBe(60);
  });

  test("stay within the run", () => {
    const window = windowOf({ ...drill, startSeconds: 0, endSeconds: 60 }, source);
    expect([window.from, window.to]).toEqual([0, 60]);
  });

  test("the charts have the rows of the window, and tell time from the injection", () => {
    const { plan } = planPage(sampleResult({ rows: 600 }));
    const { window, time, charts } = plan.drills[0]!;
    expect(time.every(end => end >= window.from && end - 1 <= window.to)).toBe(true);
    expect(charts.map(chart => chart.id)).toEqual(["drill-1-latency", "drill-1-errors"]);
    expect(charts[0].finding).toMatch(/at \+\d+ s$/u);
    for (const chart of charts) for (const line of chart.lines) expect(line.values).toHaveLength(time.length);
  });

  test("nothing failed: no plot of nothing", () => {
    const quiet = changed(sampleResult(), "Errors", () => 0);
    expect(planPage(quiet).plan.drills[0]!.charts.map(chart => chart.id)).toEqual(["drill-1-latency"]);
  });

  test("of many phases the longest are drawn, in their order", () => {
    const phases = Array.from({ length: 40 }, (_, i) => ({
      name: String(i),
      startSeconds: i,
      lengthSeconds: (i * 7) % 40,
      boundBy: "",
    }));
    const drawn = drawnPhases(phases);
    expect(drawn).toHaveLength(12);
    expect(Math.min(...drawn.map(one => one.lengthSeconds))).toBe(28);
    expect(drawn.map(one => one.startSeconds)).toEqual(drawn.map(one => one.startSeconds).sort((a, b) => a - b));
  });
});

describe("percentiles", () => {
  test("all requests and each workload over the shares that any of them has", () => {
    const chart = planPercentiles(sampleResult())!;
    expect(chart.lines.map(line => line.label)).toEqual(["all requests", "pages", "sessions"]);
    expect(chart.shares).toEqual([0.01, 0.1, 0.5, 0.9, 0.95, 0.99, 0.999, 0.9999]);
    expect(chart.lines[2].values).toEqual([null, null, 702.463, 968.703, null, 31_653.9, null, null]);
    expect(chart.finding).toBe(
      "Answered: half of the requests within 702 us, 99 % within 31.7 ms, 99.9 % within 50.7 ms",
    );
  });

  test("one workload is all requests; many are cut to the busiest four", () => {
    const result = sampleResult();
    expect(planPercentiles({ ...result, workloads: result.workloads.slice(0, 1) })!.lines).toHaveLength(1);
    const many = Array.from({ length: 9 }, (_, i) => ({ ...result.workloads[0], name: `w${i}`, requests: i }));
    expect(planPercentiles({ ...result, workloads: many })!.lines.map(line => line.label)).toEqual([
      "all requests",
      "w8",
      "w7",
      "w6",
      "w5",
    ]);
  });

  test("nothing measured: no chart", () => {
    expect(planPercentiles({ ...sampleResult(), latencyCurve: [], workloads: [] })).toBeNull();
  });
});

describe("shortNames", () => {
  const cases: [names: string[], short: string[]][] = [
    [
      ["cache-0001-001", "cache-0002-001"],
      ["0001-001", "0002-001"],
    ],
    [["cache-0001-001"], ["cache-0001-001"]],
    [
      ["a", "b"],
      ["a", "b"],
    ],
    [
      ["x-1", "y-1"],
      ["x-1", "y-1"],
    ],
    [
      ["c-1", "c-1-2"],
      ["1", "1-2"],
    ],
    [[], []],
  ];
  test.each(cases)("%j: %j", (names, short) => {
    expect(shortNames(names)).toEqual(short);
  });
});
