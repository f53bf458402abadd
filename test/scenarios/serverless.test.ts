// Serverless caches as scenarios: what they meter and bill, how they throttle and grow, what happens at their maxima, and
// what has no meaning for them.

import { describe, expect, test } from "vitest";
import type { Result } from "../../src/result.ts";
import { runScenario } from "../../src/scenarios/run.ts";
import { HOURS_PER_MONTH } from "../../src/units.ts";
import { load, problems } from "./fixture.ts";

const BASE = `name: serverless
duration: 20s
warmup: 0s
period: 1s
cluster: { engine: valkey-8.0, deployment: serverless }
clients: [{ name: web, pool: { size: 50 } }]
origin: { latency: 1ms }
workload:
  - name: gets
    commands: { "GET {key}": 1 }
    rate: 200/s
    arrivals: paced
    keys: { count: 500, popularity: uniform }
    values: 3000B
    preload: 100%
`;

async function run(...settings: string[]): Promise<Result> {
  return await runScenario(await load(BASE, { settings }));
}

const column = ({ series }: Result, metric: string) => series.columns.find(one => one.metric === metric)?.values ?? [];
const total = (result: Result, metric: string) =>
  column(result, metric).reduce((sum: number, one) => sum + (one ?? 0), 0);
const line = ({ cost }: Result, what: RegExp) => cost.lines.find(one => what.test(one.what));

test("its clients may say how they speak TLS, which it always has", async () => {
  expect(await problems(BASE, { settings: ["clients[0].tls.resume=false"] })).toEqual([]);
});

test("partitions are for the requests of the busiest second: those of a pipeline are many", async () => {
  const shards = async (...settings: string[]) =>
    (await load(BASE, { settings: ["clients[0].pool={multiplex: true}", ...settings] })).built.world(0, 1).cluster
      .shards;
  const alone = await shards("workload[0].rate=100k/s");
  expect(alone).toBe(4);
  expect(await shards("workload[0].rate=10k/s", "workload[0].pipeline=10")).toBe(alone);
});

describe("metering", () => {
  test("200 GET/s of 3,000 B are 200 times their kilobytes, and the bill carries them on over the month", async () => {
    const result = await run();
    const each = (3_000 + "$3000\r\n\r\n".length + "*2\r\n$3\r\nget\r\n$7\r\nkey:123\r\n".length) / 1_024;
    expect(result.serverless?.ecpuPerSecond).toBeCloseTo(200 * each, -1);
    expect(total(result, "ElastiCacheProcessingUnits")).toBeCloseTo(result.serverless?.ecpu ?? 0, -1);
    expect(total(result, "TotalCmdsCount")).toBe(result.totals.done);
    const month = (200 * each * 3_600 * HOURS_PER_MONTH * 0.0023) / 1e6;
    expect(line(result, /requests, serverless/u)?.monthlyUsd).toBeCloseTo(month, 1);
    expect(result.serverless?.throttled).toBe(0);
  });

  test("small requests are one ECPU each", async () => {
    const result = await run("workload[0].values=100B");
    expect(result.serverless?.ecpuPerSecond).toBeCloseTo(200, 0);
  });

  test("stored is what the keys take, at least the engine's minimum; an idle cache costs 6.13 and 91.25 a month", async () => {
    const idle = ["workload[0].rate=0/s", "workload[0].preload=0%", "duration=2s"];
    expect((await run(...idle)).cost.monthlyUsd).toBe(6.13);
    expect((await run(...idle, "cluster.engine=redis-7.1")).cost.monthlyUsd).toBe(91.25);
    const filled = await run("workload[0].keys.count=40k", "workload[0].rate=1/s");
    const bytes = filled.serverless?.meanStoredBytes ?? 0;
    expect(bytes / 40_000).toBeGreaterThan(3_000);
    expect(bytes / 40_000).toBeLessThan(3_250);
    expect(line(filled, /data stored, serverless/u)?.monthlyUsd).toBeCloseTo((bytes / 2 ** 30) * 0.084 * 730, 1);
    expect(line(filled, /up to the minimum/u)).toBeUndefined();
  });

  test("a minimum is billed whether it is used or not: 100,000 ECPU/s are 1.224 an hour at 0.0034", async () => {
    const result = await run("cluster.engine=redis-7.1", "cluster.serverless.minimum.ecpu=100k/s");
    const ecpu = result.cost.lines.filter(one => one.unit === "million ECPU");
    const hourly = ecpu.reduce((sum, one) => sum + one.quantity * one.unitPriceUsd, 0) / HOURS_PER_MONTH;
    expect(hourly).toBeCloseTo(1.224, 6);
    expect(result.cost.idle.map(one => one.what)).toContain("ECPU minimum, unused");
    expect(result.serverless?.supportedEcpuPerSecond.start).toBe(100_000);
  });

  test("a savings plan takes its discount off", async () => {
    const [plain, plan] = [await run(), await run("cluster.purchase=savings-plan-1y", "billing.savingsPlan=20%")];
    expect(plan.cost.monthlyUsd).toBeCloseTo(0.8 * (plain.cost.monthlyUsd ?? 0), 1);
  });
});

describe("limits", () => {
  const FAST = "cluster.serverless.doubling=4s";
  const small = (supported: string) => ["workload[0].values=100B", `cluster.serverless.supported=${supported}`, FAST];

  test("demand that outgrows the cache is throttled until it has doubled often enough", async () => {
    const result = await run(...small("30/s"));
    const throttled = column(result, "ThrottledCmds");
    expect(throttled.slice(2, 6).every(one => (one ?? 0) > 0)).toBe(true);
    expect(throttled.slice(-4)).toEqual([0, 0, 0, 0]);
    expect(column(result, "SupportedECPU").at(-1)).toBe(480);
    expect(result.serverless).toMatchObject({ doublings: 4, supportedEcpuPerSecond: { start: 30, end: 480 } });
    expect(result.events.map(event => event.what)).toContain("supports 480/s ECPU");
    expect(result.findings.map(one => one.id)).toContain("throttled");
    // What is refused fails; nothing else does.
    expect(result.totals.failed).toBe(result.serverless?.refused);
    expect(result.serverless?.refused).toBeGreaterThan(0);
  });

  test("a maximum throttles for good, and the finding says so", async () => {
    const result = await run(...small("100/s"), "cluster.serverless.maximum.ecpu=100/s");
    expect(column(result, "SupportedECPU").at(-1)).toBe(100);
    const late = column(result, "TotalCmdsCount").slice(-5);
    for (const one of late) expect(Math.abs((one ?? 0) - 100)).toBeLessThan(12);
    expect(result.findings.find(one => one.id === "throttled")?.title).toMatch(/at the maximum/u);
    expect(result.findings.map(one => one.id)).toContain("near-maximum");
  });

  test("commands that are held come late but come", async () => {
    const held = await run(...small("150/s"), "cluster.serverless.hold=5s", "clients[0].timeout=10s", "duration=6s");
    expect(held.serverless).toMatchObject({ refused: 0 });
    expect(held.serverless?.throttled).toBeGreaterThan(0);
    expect(held.totals.failed).toBe(0);
    expect(held.summary.latencyUs.max).toBeGreaterThan(100_000);
  });

  test("a command that is refused falls back to the origin where the pattern allows it", async () => {
    const pattern = ["~workload[0].commands", "workload[0].pattern={cache-aside: {}}"];
    const result = await run(...small("30/s"), ...pattern);
    expect(result.totals.degraded).toBeGreaterThan(0);
    expect(result.totals.failed).toBe(0);
  });

  const FILLING = [
    'workload[0].commands={"SET {key} {value} EX {ttl}": 1}',
    "workload[0].ttl=1h",
    "workload[0].preload=0%",
    "workload[0].keys={count: 100k, popularity: uniform}",
    "workload[0].rate=500/s",
    "cluster.serverless.maximum.storage=2MiB",
  ];

  test("at the maximum of storage keys with a TTL go, and nothing fails", async () => {
    const result = await run(...FILLING);
    expect(total(result, "Evictions")).toBeGreaterThan(1_000);
    expect(result.totals.failed).toBe(0);
    expect(result.serverless?.peakStoredBytes).toBeLessThan(2.1 * 2 ** 20);
  });

  test("without a TTL writes fail with OOM there", async () => {
    const result = await run(...FILLING, "~workload[0].ttl", 'workload[0].commands={"SET {key} {value}": 1}');
    expect(total(result, "Evictions")).toBe(0);
    expect(result.totals.failed).toBeGreaterThan(1_000);
    expect(result.serverless?.peakStoredBytes).toBeLessThan(2.1 * 2 ** 20);
  });
});

describe("the service as clients see it", () => {
  test("proxies decide the latency: 1 to 2 ms at p50 with the default profile, less with a shorter one", async () => {
    const zones = "clients[0].instances=6";
    const usual = (await run(zones)).summary.latencyUs.p50 ?? 0;
    expect(usual).toBeGreaterThan(900);
    expect(usual).toBeLessThan(2_000);
    expect((await run(zones, "cluster.serverless.latency=50us")).summary.latencyUs.p50).toBeLessThan(usual - 300);
  });

  test("one endpoint: as many connections as the pools have, however many engines stand behind it", async () => {
    const result = await run("cluster.serverless.supported=300k/s");
    expect(column(result, "CurrConnections").at(-1)).toBe(50);
    expect(result.nodes).toEqual([]);
  });

  test("reads from replicas start with 90,000 ECPU/s and are spread over them", async () => {
    const result = await run("clients[0].readFrom=replica");
    expect(result.serverless?.supportedEcpuPerSecond.start).toBe(90_000);
    expect(result.totals.failed).toBe(0);
  });

  test("the same scenario and seed give the same run", async () => {
    const [one, other] = [await run("duration=3s"), await run("duration=3s")];
    expect(one.provenance.digests).toEqual(other.provenance.digests);
    expect([one.serverless, one.cost, one.series]).toEqual([other.serverless, other.cost, other.series]);
  });
});

describe("what has no meaning", () => {
  const told = (...settings: string[]) => problems(BASE, { settings });

  test.each([
    [
      "cluster.node=cache.r7g.large",
      "cluster.node: has no meaning with «deployment: serverless»: nodes are the business",
    ],
    ["cluster.shards=1", "cluster.shards: has no meaning"],
    [
      "cluster.tls=true",
      "cluster.tls: has no meaning with «deployment: serverless»: a serverless cache always has TLS",
    ],
    [
      "cluster.mode=single",
      "cluster.mode: has no meaning with «deployment: serverless»: a serverless cache always has",
    ],
    ["cluster.parameters={maxmemory-policy: allkeys-lru}", "cluster.parameters: has no meaning"],
    ["cluster.failover={detection: 5s}", "cluster.failover: has no meaning"],
    [
      "cluster.purchase=reserved-1y-all-upfront",
      "cluster.purchase: a serverless cache is on-demand or savings-plan-1y",
    ],
    ["cluster.engine=redis-7.0", "cluster.engine: serverless caches run Valkey 7.2 and later or Redis OSS 7.1"],
    ["drills=[{at: 5s, crash-node: {}}]", "drills[0]: a serverless cache shows no nodes"],
    ["cluster.durability.mode=sync", "cluster.durability: has no meaning"],
    ['workload[0].commands={"KEYS *": 1}', "serverless caches do not offer KEYS"],
    [
      "cluster.serverless.maximum.ecpu=20M/s",
      "cluster.serverless.maximum.ecpu: must lie above zero and be at most 15 M/s",
    ],
    ["cluster.serverless.minimum.storage=6TiB", "cluster.serverless.minimum.storage: must be above zero and at most"],
    [
      "cluster.serverless={minimum: {ecpu: 2k/s}, maximum: {ecpu: 1k/s}}",
      "minimum.ecpu: lies above the maximum of 1 k/s",
    ],
    ["cluster.serverless={minimum: {ecpu: 2k/s}, supported: 1k/s}", "supported: lies below the minimum of 2 k/s"],
    ["alarms={own: [{name: x, metric: EngineCPUUtilization, above: 90}]}", "no serverless cache reports"],
  ])("%s", async (setting, message) => {
    expect((await told(setting)).join("\n")).toContain(message);
  });

  test("and the other way round", async () => {
    const nodes = ["cluster.deployment=nodes", "cluster.node=cache.r7g.large"];
    expect(await told(...nodes, "cluster.serverless.growAt=40%")).toEqual([
      "cluster.serverless: has no meaning with «deployment: nodes»; use «deployment: serverless»",
    ]);
    expect(await told(...nodes)).toEqual([]);
    expect(await told("cluster.deployment=nodes")).toEqual([
      expect.stringMatching(/^cluster: needs «node:», a node type such as/u),
    ]);
  });

  test("checks on throttling are none of a cluster of nodes", async () => {
    const settings = ["cluster={engine: valkey-8.0, node: cache.r7g.large}", "expect=[throttled == 0]", "duration=2s"];
    const [check] = (await run(...settings)).checks;
    expect(check.status).toBe("no-data");
    const [serverless] = (await run("expect=[throttled == 0, ecpu > 500]", "duration=2s")).checks;
    expect(serverless.status).toBe("pass");
  });
});
