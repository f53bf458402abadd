// CloudWatch files: what is understood of labels, statistics, shapes of a day; and what is said of files that cannot be used.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CloudWatchOptions, observeCloudWatch } from "../../../src/planner/imports/cloudwatch.ts";
import { cellsOf, readMetricCsv, timeOf } from "../../../src/planner/imports/cloudwatch-csv.ts";
import { readMetricData, readQueries } from "../../../src/planner/imports/cloudwatch-json.ts";
import { rateText, shapeOf } from "../../../src/planner/imports/daily.ts";
import { nameSeries, placeOf } from "../../../src/planner/imports/series-name.ts";
import { compileExpression } from "../../../src/scenarios/expression.ts";
import { ScenarioError } from "../../../src/scenarios/issue.ts";
import { file } from "../../scenarios/fixture.ts";

const OPTIONS: CloudWatchOptions = { statistic: null, periodSeconds: null, shards: null, replicas: null };

const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof ScenarioError) return error.message;
    throw error;
  }
  return "";
};

type Point = readonly [label: string, values: readonly number[]];

const answers = (points: readonly Point[], period = 300) =>
  JSON.stringify({
    MetricDataResults: points.map(([Label, Values], i) => ({
      Id: `m${i}`,
      Label,
      Timestamps: Values.map((_, at) => new Date(Date.UTC(2026, 10, 1) + at * period * 1_000).toISOString()),
      Values,
      StatusCode: "Complete",
    })),
  });

const observe = (points: readonly Point[], options: Partial<CloudWatchOptions> = {}, period = 300) =>
  observeCloudWatch(readMetricData(file(answers(points, period)), new Map()), { ...OPTIONS, ...options });

const NEEDED: readonly Point[] = [
  ["shop-0001-001 GetTypeCmds", [60_000, 90_000, 60_000]],
  ["shop-0001-001 SetTypeCmds", [6_000, 6_000, 6_000]],
  ["shop-0001-001 CurrItems", [1_000, 1_000, 1_000]],
  ["shop-0001-001 BytesUsedForCache", [5e6, 5e6, 5e6]],
];

describe("labels", () => {
  it.each([
    [["cache-0001-002 GetTypeCmds"], "GetTypeCmds", "cache-0001-002"],
    [["my-shop-cache-001 CurrItems Average"], "CurrItems", "my-shop-cache-001"],
    [["", "m_getTypeCmds_0003_001"], "GetTypeCmds", "node-0003-001"],
    [["AWS/ElastiCache SetTypeCmds (Sum) shop-0002-001 0001"], "SetTypeCmds", "shop-0002-001"],
    [["CacheHits"], "CacheHits", null],
    [["a load balancer"], null, null],
  ])("%j", (texts, metric, node) => {
    expect(nameSeries(texts)).toMatchObject({ metric, node });
  });

  it("tells shard and member", () => {
    expect(placeOf("shop-0012-003")).toEqual({ shard: 12, member: 3, cluster: true });
    expect(placeOf("shop-002")).toEqual({ shard: 1, member: 2, cluster: false });
  });

  it("takes the queries' word where there are some", () => {
    const queries = readQueries(
      file(
        JSON.stringify([
          {
            Id: "m0",
            MetricStat: {
              Metric: {
                Namespace: "AWS/ElastiCache",
                MetricName: "GetTypeCmds",
                Dimensions: [
                  { Name: "CacheClusterId", Value: "shop-0001-001" },
                  { Name: "CacheNodeId", Value: "0001" },
                ],
              },
              Period: 300,
              Stat: "Sum",
            },
          },
        ]),
      ),
    );
    const [raw] = readMetricData(file(answers([["reads", [1, 2]]])), queries);
    expect(nameSeries(raw.texts)).toEqual({ metric: "GetTypeCmds", node: "shop-0001-001", statistic: "sum" });
  });
});

describe("statistics", () => {
  it("divides sums by the period and averages by a minute: both give the same rate", () => {
    const sums = observe(NEEDED.map(([label, values]) => [`${label} Sum`, values]));
    const averages = observe(
      NEEDED.map(([label, values]) => [
        `${label} Average`,
        /Cmds/u.test(label) ? values.map(value => value / 5) : values,
      ]),
    );
    expect(sums.reads).toBe(70_000 / 300);
    expect(averages.reads).toBeCloseTo(sums.reads, 9);
    expect(averages.items).toBe(1_000);
    // Items that were added up over five minutes.
    expect(sums.items).toBe(200);
  });

  it("guesses from fractions where nothing is said, and says so", () => {
    const whole = observe(NEEDED);
    expect(whole.reads).toBeCloseTo(70_000 / 300, 9);
    expect(whole.notes.join()).toContain("taken as sum");
    const broken = observe(NEEDED.map(([label, values]) => [label, values.map(value => value + 0.5)]));
    expect(broken.reads).toBeCloseTo(70_000.5 / 60, 9);
    expect(observe(NEEDED, { statistic: "average" }).reads).toBeCloseTo(70_000 / 60, 9);
  });

  it("adds reads over all nodes, writes and keys over primaries", () => {
    const replica = NEEDED.map(([label, values]): Point => [label.replace("-001 ", "-002 "), values]);
    const seen = observe([
      ...NEEDED,
      ...replica,
      ["shop-0001-001 IsMaster", [0, 0, 0]],
      ["shop-0001-002 IsMaster", [1, 1, 1]],
    ]);
    expect(seen).toMatchObject({ shards: 1, replicas: 1, items: 1_000, clusterMode: true, name: "shop" });
    expect(seen.reads).toBeCloseTo((2 * 70_000) / 300, 9);
    expect(seen.writes).toBe(20);
    expect(seen.replicaReads).toBeCloseTo(0.5, 9);
  });
});

describe("families of commands", () => {
  it("are taken from reads and writes, scripts from neither", () => {
    const seen = observe([...NEEDED, ["shop-0001-001 EvalBasedCmds", [90_000, 90_000, 90_000]]]);
    expect(seen.others).toEqual([{ name: "EvalBasedCmds", rate: 300 }]);
    expect(seen.stringReads).toBeCloseTo(seen.reads, 9);
    expect(seen.stringWrites).toBeCloseTo(seen.writes, 9);
    const hashes = observe([...NEEDED, ["shop-0001-001 HashBasedCmds", [38_000, 38_000, 38_000]]]);
    expect(hashes.stringReads).toBeCloseTo(hashes.reads / 2, 9);
    expect(hashes.stringWrites).toBeCloseTo(hashes.writes / 2, 9);
  });

  it("count on replicas what is read there, not what the primary wrote", () => {
    // A primary with as many HSET as SET, a replica that applies both and answers HGET alone.
    const of = (member: number, values: Readonly<Record<string, number>>) =>
      Object.entries(values).map(
        ([metric, rate]): Point => [`shop-0001-00${member} ${metric}`, [300 * rate, 300 * rate]],
      );
    const seen = observe([
      ...of(1, { GetTypeCmds: 100, SetTypeCmds: 100, HashBasedCmds: 100, CurrItems: 900, BytesUsedForCache: 5e4 }),
      ...of(2, { GetTypeCmds: 100, SetTypeCmds: 100, HashBasedCmds: 150, ReplicationLag: 0 }),
    ]);
    expect(seen.others).toEqual([{ name: "HashBasedCmds", rate: 175 }]);
    // Half of what the primary answers and a quarter of what the replica does.
    expect(seen.stringReads).toBeCloseTo(50 + 25, 9);
    expect(seen.stringWrites).toBeCloseTo(50, 9);
  });
});

describe("the shape of a day", () => {
  const days = 3;
  const times = Array.from({ length: days * 288 }, (_, i) => 1_793_491_200 + i * 300);

  it("is found again, whenever its peak is, and written so that t = 0 is the busiest time", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 0.8, noNaN: true }),
        fc.double({ min: 0, max: 0.15, noNaN: true }),
        fc.integer({ min: 0, max: 86_399 }),
        (first, second, peakAt) => {
          const wave = (time: number, cycles: number) => Math.cos((2 * Math.PI * cycles * (time - peakAt)) / 86_400);
          const values = times.map(time => 500 * (1 + first * wave(time, 1) + second * wave(time, 2)));
          const shape = shapeOf({ times, values, periodSeconds: 300 });
          const rate = compileExpression(rateText(shape, 2));
          expect(shape.mean).toBeCloseTo(500, 0);
          expect(rate(0) / (1_000 * (1 + first + second))).toBeCloseTo(1, 1);
          expect(rate(43_200) / (1_000 * (1 - first + second))).toBeCloseTo(1, 1);
          expect(shape.high).toBeLessThan(1.06);
        },
      ),
      { numRuns: 25 },
    );
  });

  it("leaves bursts above it to the range of the demand", () => {
    const values = times.map((_, i) => (i % 50 === 0 ? 900 : 300));
    const shape = shapeOf({ times, values, periodSeconds: 300 });
    expect(shape.waves).toEqual([]);
    expect(shape.high).toBeGreaterThan(2.5);
  });

  it("is none with less than a day", () => {
    const short = times.slice(0, 100);
    const shape = shapeOf({ times: short, values: short.map((_, i) => 100 + i), periodSeconds: 300 });
    expect(shape.waves).toEqual([]);
    expect(rateText(shape, 1)).toBe("149.5/s");
  });
});

describe("CSV", () => {
  it("reads a graph as the console saves it, and a table with a row per value", () => {
    const wide = readMetricCsv(
      "wide.csv",
      'Label,GetTypeCmds,SetTypeCmds\nFull label,"shop-0001-001 GetTypeCmds","shop-0001-001, SetTypeCmds"\n2026/11/01 00:00:00,10,1\n2026/11/01 00:05:00,20,\n',
    );
    const long = readMetricCsv(
      "long.csv",
      "timestamp,metric,node,value\n2026-11-01T00:05:00Z,GetTypeCmds,shop-0001-001,20\n2026-11-01T00:00:00Z,GetTypeCmds,shop-0001-001,10\n",
    );
    expect(wide.map(one => [nameSeries(one.texts).metric, one.values])).toEqual([
      ["GetTypeCmds", [10, 20]],
      ["SetTypeCmds", [1]],
    ]);
    expect(long[0].times).toEqual(wide[0].times);
    expect(long[0].values).toEqual([10, 20]);
  });

  it("knows times with and without zones", () => {
    expect(timeOf("2026-11-01T02:00:00+02:00")).toBe(timeOf("2026/11/01 00:00:00"));
    expect(timeOf("1793491200")).toBe(1_793_491_200);
    expect(timeOf("2026-13-01")).toBeNull();
    expect(timeOf("yesterday")).toBeNull();
  });

  it("splits cells with quotes at their columns", () => {
    expect(cellsOf('a,"b ""c"", d",e', ",").map(cell => [cell.text, cell.column])).toEqual([
      ["a", 1],
      ['b "c", d', 3],
      ["e", 16],
    ]);
  });

  it("tells every bad cell, with line and column", () => {
    const text =
      "timestamp,metric,value,colour\n2026-11-01T00:00:00Z,CurrItems,many,red\nnoon,CurrItems,3,red\n2026-11-01T00:05:00Z,CurrItems,-4,red\n1,2\n";
    const told = refusal(() => readMetricCsv("bad.csv", text));
    expect(told).toContain("bad.csv:1:24: unknown column «colour»");
    expect(told).toContain("bad.csv:2:32: is no number: «many»");
    expect(told).toContain("bad.csv:3:1: is no time: «noon»");
    expect(told).toContain("bad.csv:4:32: is below zero: -4");
    expect(told).toContain("bad.csv:5:1: 2 fields, the heading has 4");
    expect(told).toContain("5 problems");
  });
});

it("months of minutes are no more than an hour: series may be as long as files are", () => {
  const times = Array.from({ length: 150_000 }, (_, i) => 60 * i);
  const more: Point[] = [
    ["shop-0001-001 EngineCPUUtilization", [10]],
    ["shop-0001-001 DatabaseMemoryUsagePercentage", [50]],
  ];
  const raw = [...NEEDED, ...more].map(([label, values]) => ({
    texts: [label],
    times,
    values: times.map(() => values[0]),
    file: "long.json",
    path: [],
  }));
  const seen = observeCloudWatch(raw, OPTIONS);
  expect(seen.engineCpu).toBeCloseTo(0.1, 9);
  expect(seen.seconds).toBe(60 * 150_000);
});

describe("files that cannot be used", () => {
  it("takes no queries for metrics of another service", () => {
    const metric = { Namespace: "AWS/EC2", MetricName: "CPUUtilization" };
    const queries = [{ Id: "m0", MetricStat: { Metric: metric, Stat: "Average" } }];
    for (const [text, at] of [
      [JSON.stringify(queries), "[0].MetricStat"],
      [JSON.stringify({ MetricDataQueries: queries }), "MetricDataQueries[0].MetricStat"],
    ]) {
      expect(refusal(() => readQueries(file(text, "queries.json")))).toContain(
        `${at}.Metric.Namespace: is AWS/EC2: only metrics of AWS/ElastiCache`,
      );
    }
  });

  it.each([
    ["{}", "is no answer of get-metric-data"],
    ['{"Reservations": []}', "this file has Reservations"],
    ['{"MetricDataResults": [{"Label": "x", "Timesta', "is cut off"],
    ['{"MetricDataResults": []}', "is empty: the query found no metric"],
    [
      '{"MetricDataResults": [{"Label": "CurrItems", "Timestamps": ["2026-11-01T00:00:00Z"], "Values": [1, 2]}]}',
      "has 2 values for 1 timestamps",
    ],
    [
      '{"MetricDataResults": [{"Label": "CurrItems", "Timestamps": ["soon"], "Values": [1]}], "NextToken": "t"}',
      "is no time: «soon»",
    ],
    [
      '{"MetricDataResults": [{"Label": "CurrItems", "Timestamps": ["soon"], "Values": [1]}], "NextToken": "t"}',
      "fetch all pages",
    ],
    [
      '{"MetricDataResults": [{"Label": "CurrItems", "Timestamps": [1], "Values": ["a"]}]}',
      "MetricDataResults[0].Values[0]: needs a number",
    ],
    [
      '{"MetricDataResults": [{"Label": "CurrItems", "Timestamps": [1], "Values": [-1], "StatusCode": "PartialData"}]}',
      "is PartialData",
    ],
  ])("%s", (text, message) => {
    expect(refusal(() => readMetricData(file(text, "bad.json"), new Map()))).toContain(message);
  });

  it("says which metrics are missing, all of them", () => {
    const told = refusal(() => observe(NEEDED.slice(0, 1)));
    expect(told).toContain("lacks SetTypeCmds");
    expect(told).toContain("lacks CurrItems");
    expect(told).toContain("lacks BytesUsedForCache");
  });

  it("does not mix nodes up: two series of one name are refused, and labels of another service too", () => {
    expect(
      refusal(() =>
        observe([
          ["GetTypeCmds", [1]],
          ["GetTypeCmds", [2]],
        ]),
      ),
    ).toContain("neither names a node");
    expect(refusal(() => observe([["shop getTypCmds", [1]]]))).toContain("did you mean GetTypeCmds?");
    expect(observe([...NEEDED, ["CPUSurplusCreditBalance", [1]]]).notes.join()).toContain("no metric of ElastiCache");
  });

  it("needs to be told how long a single period is", () => {
    const single = NEEDED.map(([label, values]): Point => [label, values.slice(0, 1)]);
    expect(refusal(() => observe(single))).toContain("--period");
    expect(observe(single, { periodSeconds: 300 }).reads).toBe(200);
  });
});
