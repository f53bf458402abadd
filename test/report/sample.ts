// Results made by arithmetic, not by running a scenario: the report is tested against them, and a change of a model does
// not touch its tests. The shape is that of a real result of a cluster that loses a primary.

import { type Result, resultSchema, SCHEMA_VERSION, type SeriesColumn } from "../../src/result.ts";
import { noise } from "./noise.ts";
import { IDLE_CLIENT } from "./sample-client.ts";

export interface SampleOptions {
  readonly shards?: number;
  readonly replicas?: number;
  readonly rows?: number;
  readonly periodSeconds?: number;
  /** Leave out drills, their events and phases. */
  readonly calm?: boolean;
}

const round = (value: number) => Number(value.toPrecision(5));

/** A failover at a third of the run, ten percent of it long, with one check that fails. */
export function sampleResult({
  shards = 2,
  replicas = 1,
  rows = 60,
  periodSeconds = 1,
  calm = false,
}: SampleOptions = {}): Result {
  const seconds = rows * periodSeconds;
  const crash = Math.floor(rows / 3);
  const outage = calm ? 0 : Math.max(1, Math.floor(rows / 10));
  const down = (row: number) => row >= crash && row < crash + outage;
  const time = Array.from({ length: rows }, (_, row) => round((row + 1) * periodSeconds));
  const columns: SeriesColumn[] = [];
  const column = (metric: string, unit: string, where: string, value: (row: number) => number | null) => {
    const values = time.map((_, row) => {
      const one = value(row);
      return one === null ? null : round(one);
    });
    columns.push({ metric, unit, where, values });
  };
  const demand = (row: number) => 10_000 + 400 * noise(row, 1);
  column("Requests", "Count/Second", "", demand);
  column("Completed", "Count/Second", "", row => demand(row) - (down(row) ? 450 : 0));
  column("Errors", "Count/Second", "", row => (down(row) ? 450 : 0));
  column("LatencyP50", "Microseconds", "", row => 680 + 20 * noise(row, 2));
  column("LatencyP90", "Microseconds", "", row => (down(row) ? 28_000 : 900) + 20 * noise(row, 3));
  column("LatencyP99", "Microseconds", "", row => (down(row) ? 46_000 : 1_100) + 30 * noise(row, 4));
  column("LatencyP999", "Microseconds", "", () => null);
  column("LatencyMean", "Microseconds", "", row => 600 + 10 * noise(row, 5));
  column("HitRate", "Percent", "", row => 99.9 - 0.2 * noise(row, 6));
  column("InProgress", "Count", "", row => (down(row) ? 90 : 6.5) + noise(row, 7));
  const names: { name: string; shard: number; primary: boolean }[] = [];
  for (let shard = 1; shard <= shards; shard++) {
    for (let member = 0; member <= replicas; member++) {
      const name = `cache-${String(shard).padStart(4, "0")}-${String(member + 1).padStart(3, "0")}`;
      names.push({ name, shard, primary: member === 0 });
    }
  }
  names.forEach(({ name, primary }, i) => {
    const lost = (row: number) => i === 0 && down(row);
    column("EngineCPUUtilization", "Percent", name, row =>
      lost(row) ? 0 : primary ? 30 + 5 * (i % 4) + 3 * noise(row, 20 + i) : 0.5,
    );
    column("BytesUsedForCache", "Bytes", name, row => (lost(row) ? 3.6e6 : 4e9 + 2e8 * (i % 3) + 1e5 * (row % 100)));
    column("CurrConnections", "Count", name, row => (primary && !lost(row) ? 320 : 0));
    column("NewConnections", "Count", name, row => (i === 1 && row === crash + outage ? 320 : 0));
    column("NetworkBytesIn", "Bytes", name, row => 240_000 * periodSeconds * (1 + noise(row, 50 + i)));
    column("NetworkBytesOut", "Bytes", name, row => 2_600_000 * periodSeconds * (1 + noise(row, 90 + i)));
    column("Evictions", "Count", name, () => 0);
    column("Reclaimed", "Count", name, row => Math.floor(6 * noise(row, 130 + i)));
    column("CopyOnWriteBytes", "Bytes", name, row => (i === 1 && row === crash + outage + 1 ? 5e7 : 0));
    column("SwapUsage", "Bytes", name, () => 0);
    column("ReplicationLag", "Seconds", name, row => (primary ? null : row === crash + outage + 2 ? 1.9 : 0.0005));
  });
  column("WaitingForConnection", "Count", "web", row => (down(row) ? 20 : 0));
  column("OpenConnections", "Count", "web", () => 320 * shards);
  if (!calm) {
    column("StaleReads", "Count", "pages", row => (row > 2 && row % 4 === 0 ? 7 : 0));
    column("StaleAgeMax", "Seconds", "pages", row => (row > 2 && row % 4 === 0 ? 0.012 : 0));
  }
  column("OriginRequests", "Count", "origin", row => (15 + (row === crash ? 3_000 : 0)) * periodSeconds);

  const start = crash * periodSeconds;
  const end = (crash + outage) * periodSeconds;
  const latencyUs = { mean: 1_731.28, p50: 702.463, p90: 968.703, p99: 31_653.9, p999: 50_724.9, max: 303_134 };
  const result: Result = {
    schemaVersion: SCHEMA_VERSION,
    version: "0.1.0",
    scenario: {
      name: "sample",
      description: "A cluster loses a primary.",
      resolved: {
        name: "sample",
        region: "us-east-1",
        cluster: { engine: "valkey-8.0", node: "cache.r7g.large", shards, replicas },
        expect: ["p99 < 2ms outside drills", "monthlyCost < $700"],
      },
      digest: "5c2512d03c7ad18bec076bbc08173fbd3676be563bba767a75aba61f3571d55a",
      overlays: ["peak hours.yaml"],
      overrides: ["cluster.shards=2"],
      file: "scenarios/sample.yaml",
    },
    seed: 42,
    replications: 1,
    partial: false,
    simulatedSeconds: round(seconds),
    verdict: "fail",
    saturation: "stable",
    checks: [
      check("p99 < 2ms outside drills", "p99", "outside drills", 1_126_400, 2_000_000, "ns", 0.4368),
      check("hitRate > 99% after warmup", "hitRate", "after warmup", 0.9982, 0.99, "share", 0.0083),
      check("memory < 80%", "memory", "after warmup", 0.42, 0.8, "share", 0.475),
      check("monthlyCost < $700", "monthlyCost", "after warmup", 740.1, 700, "USD", -0.05729),
    ],
    summary: {
      requests: 605_100,
      errors: calm ? 0 : 3_420,
      throughputPerSecond: 10_939.6,
      hitRate: 0.9982,
      evictions: 0,
      expired: 1_133,
      latencyUs,
      memory: { peakUsedBytes: 4_400_000_000, peakPercent: 41.8 },
      replicationLagMs: { p50: 0.555, p99: 1.1, max: 1_900 },
      costMonthlyUsd: 740.1,
    },
    window: {
      fromSeconds: round(Math.min(5 * periodSeconds, Math.floor(rows / 10) * periodSeconds)),
      toSeconds: round(seconds),
      warmup: { method: "given", settled: true },
    },
    intervals: {
      throughputPerSecond: interval(10_896.3, 157),
      hitRate: interval(0.99814, 0.000308),
      latencyMeanUs: interval(1_806, null),
    },
    totals: {
      arrived: 660_924,
      hits: 576_070,
      misses: 936,
      done: 56_669,
      degraded: 23_823,
      failed: 3_420,
      inProgress: 6,
    },
    clients: [
      {
        ...IDLE_CLIENT,
        connectionErrors: 81_844,
        retries: 54_601,
        commands: 120_000,
        tries: 120_000,
      },
    ],
    workloads: [
      {
        name: "pages",
        client: "web",
        requests: 550_627,
        hits: 525_881,
        misses: 923,
        degraded: 23_823,
        failed: 0,
        hitRate: 0.998248,
        latencyUs,
      },
      {
        name: "sessions",
        client: "web",
        requests: 54_473,
        hits: 0,
        misses: 0,
        degraded: 0,
        failed: 3_420,
        hitRate: null,
        latencyUs: { ...latencyUs, p999: null },
      },
    ],
    nodes: names.map(({ name, shard, primary }, i) => ({
      name,
      shard,
      role: primary ? "primary" : "replica",
      zone: `use1-az${(i % 3) + 1}`,
      state: "up",
      keys: 83_358,
      peakUsedBytes: 4_400_000_000,
      maxmemoryBytes: 10_527_885_772,
      peakPercent: 41.8,
      minFreeableBytes: 1.2e10,
      engineCpuMeanPercent: primary ? 33.2 : 0.5,
      engineCpuMaxPercent: primary ? 48.9 : 0.5,
      evictions: 0,
      expired: 409,
    })),
    serverless: null,
    replicaReads: null,
    waits: null,
    latencyCurve: [
      [0.01, 166.4],
      [0.1, 197.1],
      [0.5, 702.5],
      [0.9, 968.7],
      [0.95, 1_180],
      [0.99, 31_653.9],
      [0.999, 50_724.9],
      [0.9999, 79_429.6],
    ],
    cost: {
      book: "aws-us-east-1",
      asOf: "2026-10-02",
      purchase: "reserved-1y-no-upfront",
      lines: [
        {
          what: "client traffic across zones",
          quantity: 21_597.8933,
          unit: "GB",
          unitPriceUsd: 0.01,
          monthlyUsd: 215.98,
        },
        {
          what: "6 x cache.r7g.large valkey, 1y no-upfront",
          quantity: 4_380,
          unit: "node-hour",
          unitPriceUsd: 0.1196616,
          monthlyUsd: 524.12,
        },
      ],
      idle: [
        {
          what: "memory unused at its peak",
          quantity: 0.41,
          unit: "share of the nodes",
          unitPriceUsd: 524.12,
          monthlyUsd: 214.89,
        },
      ],
      assumptions: ["replication across zones is taken to be free"],
      monthlyUsd: 740.1,
      cashMonthlyUsd: 740.1,
      upfrontUsd: 0,
      first12MonthsUsd: 8_881.16,
      first36MonthsUsd: 26_643.48,
      unknown: [],
    },
    series: {
      periodSeconds,
      time,
      disturbed: time.flatMap((_, row) => (down(row) ? [row] : [])),
      columns,
    },
    events: calm
      ? []
      : [
          { id: 4, timeSeconds: 0.5, node: names[0].name, what: "slow: keys * took 36.2 ms", cause: null },
          { id: 1, timeSeconds: start, node: names[0].name, what: "process crashed", cause: null },
          { id: 2, timeSeconds: end, node: names[1]?.name ?? "", what: "promoted to primary of shard 1", cause: 1 },
          { id: 3, timeSeconds: end, node: "cluster bus", what: "full sync begins", cause: 2 },
        ],
    eventsDropped: calm ? 0 : 12,
    drills: calm
      ? []
      : [
          {
            drill: "crash-node",
            target: names[0].name,
            startSeconds: start,
            endSeconds: end,
            refused: null,
            phases: [
              phase("suspected", start, (end - start) * 0.6, "cluster-node-timeout"),
              phase("promoted", start + (end - start) * 0.6, (end - start) * 0.2, "election delay"),
              phase("errors over", start, end - start, "the longest of the above"),
            ],
            figures: { lostWrites: 3, forkMs: 4.8, peakCopiedBytes: 8_553_272, copiedSharePercent: 2.76 },
          },
        ],
    alarms: {
      watched: 2 * names.length,
      raised: calm
        ? []
        : [
            {
              name: "engine-cpu",
              source: "aws",
              severity: "critical",
              metric: "EngineCPUUtilization",
              rule: "average > 90, 3 of 3 periods of 60 s",
              where: names[0].name,
              inAlarmSeconds: 4,
              changes: [
                { timeSeconds: round((crash + 1) * periodSeconds), state: "ALARM" },
                { timeSeconds: round((crash + 5) * periodSeconds), state: "OK" },
              ],
            },
          ],
    },
    findings: [
      {
        id: "memory",
        severity: "warning",
        title: "Memory runs full",
        evidence: "The fullest node uses 41.8 % of maxmemory.",
        remedy: "Shorter TTLs, a larger node type or more shards.",
      },
    ],
    provenance: {
      catalogue: { prices: "aws-us-east-1, as of 2026-10-02", node: "cache.r7g.large: NODES, PARAM" },
      models: { kernel: "1", engine: "1", memory: "1: allocator formulas" },
      digests: ["f12114e526d2333e"],
    },
  };
  return resultSchema.parse(result);
}

function check(
  text: string,
  metric: string,
  window: string,
  measured: number,
  limit: number,
  unit: string,
  margin: number,
): Result["checks"][number] {
  return { text, metric, window, status: margin >= 0 ? "pass" : "fail", measured, limit, unit, margin };
}

function interval(mean: number, halfWidth: number | null): Result["intervals"][string] {
  return { mean, halfWidth, confidence: 0.95, observations: 20, method: "batch-means" };
}

function phase(name: string, startSeconds: number, lengthSeconds: number, boundBy: string) {
  return { name, startSeconds: round(startSeconds), lengthSeconds: round(lengthSeconds), boundBy };
}

/** What must never reach the page unescaped. */
export const HOSTILE = [
  '</script><img src=x onerror="fetch(1)">',
  '"><svg onload=alert(1)>',
  "' onmouseover='alert(1)",
  "<!-- <script> ]]>",
  "\u202Eevil\u0000\u0007 &lt;b&gt;",
  "=HYPERLINK(1)",
] as const;

/** The same result with hostile text wherever a scenario can put text. */
export function hostileResult(): Result {
  const result = sampleResult({ rows: 30 });
  const bad = (i: number) => HOSTILE[i % HOSTILE.length];
  const all = HOSTILE.join(" ");
  const renamed = new Map(result.nodes.map((node, i) => [node.name, `${bad(i)}-${i}`]));
  const named = (text: string) => renamed.get(text) ?? text;
  return resultSchema.parse({
    ...result,
    version: all,
    scenario: {
      ...result.scenario,
      name: all,
      description: all,
      file: all,
      overlays: [...HOSTILE],
      overrides: [...HOSTILE],
      digest: all,
      resolved: { [bad(0)]: all, name: all, region: all, cluster: { node: bad(1), engine: bad(2) } },
    },
    checks: result.checks.map((one, i) => ({ ...one, text: bad(i), window: bad(i + 1), unit: bad(i + 2) })),
    workloads: result.workloads.map((one, i) => ({ ...one, name: bad(i), client: bad(i + 1) })),
    clients: result.clients.map(one => ({ ...one, name: all })),
    nodes: result.nodes.map(one => ({ ...one, name: named(one.name), zone: all })),
    cost: {
      ...result.cost,
      book: all,
      asOf: all,
      purchase: all,
      lines: result.cost.lines.map(line => ({ ...line, what: all, unit: all })),
    },
    series: {
      ...result.series,
      columns: result.series.columns.map(column => ({ ...column, unit: all, where: named(column.where) })),
    },
    events: result.events.map((event, i) => ({ ...event, node: bad(i), what: all })),
    drills: result.drills.map(drill => ({
      ...drill,
      drill: all,
      target: all,
      phases: drill.phases.map(one => ({ ...one, name: all, boundBy: all })),
      figures: { [all]: 1 },
    })),
    findings: [{ id: all, severity: "critical", title: all, evidence: all, remedy: all }],
    provenance: { catalogue: { [all]: all }, models: { [all]: all }, digests: [all] },
  });
}
