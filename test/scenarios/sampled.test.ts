// A sample of the keys against the whole: its own error, memory, counts; and what it refuses. How close hit rates and percentiles
// come stands in docs/validation.md, which a test of its own holds.

import { beforeAll, describe, expect, test } from "vitest";
import type { Result } from "../../src/result.ts";
import { runScenario } from "../../src/scenarios/run.ts";
import { load, problems } from "./fixture.ts";

/** A cache for a fifth of its keys, with a time to live. */
const SCENARIO = `name: pages
duration: 5m
seed: 3
cluster:
  engine: valkey-8.0
  management: self-managed
  node: cache.m7g.large
  shards: 1
  replicas: 0
  parameters: { maxmemory: 60mb, maxmemory-policy: POLICY }
clients: [{ name: web, instances: 10 }]
origin: { latency: "lognormal(p50=2ms, p99=8ms)", concurrency: 100 }
workload:
  - name: pages
    pattern: { cache-aside: { ttl: 5m } }
    rate: 1k/s
    keys: { count: 200k, popularity: zipf(0.9) }
    values: 1KiB
    preload: 30%
warmup: 2m
`;

const run = async (policy: string, ...settings: string[]) =>
  runScenario(await load(SCENARIO.replace("POLICY", policy), { settings }));

describe("sampled(1/16)", () => {
  let exact: Result;
  let sampled: Result;
  beforeAll(async () => {
    exact = await run("allkeys-lru");
    sampled = await run("allkeys-lru", "fidelity=sampled(1/16)");
  }, 120_000);

  test("the hit rate differs from the exact one by no more than twice the error that it tells", () => {
    const difference = Math.abs(sampled.summary.hitRate! - exact.summary.hitRate!);
    expect(exact.summary.evictions).toBeGreaterThan(1_000);
    expect(difference).toBeLessThan(2 * sampled.fidelity!.errors.hitRate!);
  });

  test("memory, keys and the processor are those of all keys", () => {
    expect(sampled.nodes).toHaveLength(exact.nodes.length);
    sampled.nodes.forEach((node, i) => {
      expect(node.maxmemoryBytes).toBe(exact.nodes[i].maxmemoryBytes);
      expect(node.peakPercent! / exact.nodes[i].peakPercent!).toBeCloseTo(1, 1);
      expect(node.keys / exact.nodes[i].keys).toBeGreaterThan(0.95);
      expect(node.keys / exact.nodes[i].keys).toBeLessThan(1.05);
      expect(node.engineCpuMeanPercent / exact.nodes[i].engineCpuMeanPercent).toBeCloseTo(1, 1);
    });
  });

  test("counts are those of the whole duration, and add up", () => {
    const { totals } = sampled;
    expect(totals.arrived).toBe(
      totals.hits + totals.misses + totals.done + totals.degraded + totals.failed + totals.inProgress,
    );
    expect(totals.arrived / exact.totals.arrived).toBeCloseTo(1, 1);
    expect(sampled.summary.requests / exact.summary.requests).toBeCloseTo(1, 1);
    expect(sampled.summary.throughputPerSecond / exact.summary.throughputPerSecond).toBeCloseTo(1, 1);
    expect(sampled.clients[0].commands / exact.clients[0].commands).toBeCloseTo(1, 1);
    expect(sampled.cost.monthlyUsd! / exact.cost.monthlyUsd!).toBeCloseTo(1, 2);
    expect(sampled.simulatedSeconds).toBe(300);
    expect(sampled.fidelity!.simulatedSeconds).toBe(18.75);
    expect(sampled.series.time.at(-1)).toBe(300);
  });
});

test("an exact run says nothing of fidelity, and a sampled one says what it is", async () => {
  const short = ["duration=16s", "warmup=0s"];
  expect((await run("allkeys-lru", ...short)).fidelity).toBeUndefined();
  const { fidelity } = await run("allkeys-lru", ...short, "fidelity=sampled(1/8)");
  expect(fidelity).toMatchObject({ keysPer: 8, simulatedSeconds: 2, windows: null });
  expect(fidelity!.keys!.all).toBe(200_000);
  expect(fidelity!.keys!.simulated).toBeLessThan(30_000);
  expect(fidelity!.keys!.whole).toBeGreaterThan(20);
});

const twice = () => run("allkeys-lru", "duration=16s", "warmup=0s", "fidelity=sampled(1/16)");
test("the same seed gives the same sampled result", async () => {
  const [one, again] = [await twice(), await twice()];
  expect(again.provenance.digests).toEqual(one.provenance.digests);
  expect(again.summary).toEqual(one.summary);
  expect(again.fidelity).toEqual(one.fidelity);
});

test("keys that stand for themselves are those of as many requests, in pipelines or one by one", async () => {
  const hot = async (...settings: string[]) => {
    const text = SCENARIO.replace("POLICY", "allkeys-lru");
    const multiplex = ["fidelity=sampled(1/16)", "clients[0].pool={multiplex: true}"];
    return (await load(text, { settings: [...multiplex, ...settings] })).built.world(0, 1).workloads[0].sample!.hot;
  };
  expect(await hot("workload[0].rate=100/s", "workload[0].pipeline=10")).toBe(await hot());
  expect(await hot("workload[0].rate=100/s")).toBeLessThan(await hot());
});

describe("what a sample cannot stand for is refused, with the reason", () => {
  const refused = (text: string, ...settings: string[]) =>
    problems(text, { settings: ["fidelity=sampled(1/16)", ...settings] });
  const base = SCENARIO.replace("POLICY", "allkeys-lru");

  test("nothing is refused of a plain cache", async () => {
    expect(await refused(base)).toEqual([]);
  });

  test.each([
    ["drills", "drills=[{at: 1m, crash-node: {}}]", "drills[0]: cannot be simulated by sampled(1/16): failovers"],
    [
      "a daily backup",
      "cluster={engine: valkey-8.0, node: cache.r7g.large, backups: 1, backupWindow: 1m}",
      "cluster.backupWindow: cannot be simulated by sampled(1/16): a backup takes its own time",
    ],
    ["credits", "cluster.node=cache.t4g.medium", "cluster.node: cannot be simulated by sampled(1/16): CPU credits"],
    ["tiering", "cluster.node=cache.r6gd.xlarge", "cluster.node: cannot be simulated by sampled(1/16): which values"],
    ["few keys", "workload[0].keys.count=20k", "leaves 1,250 keys in the memory"],
    ["short lives", "workload[0].pattern={cache-aside: {ttl: 2s}}", "is too short for a sample of 1/16"],
    ["locks", "workload[0].pattern={cache-aside: {stampede: {lock: {}}}}", "what it saves depends on how many ask"],
    ["write-behind", "workload[0].pattern={write-behind: {}}", "how many writes of a key become one"],
    ["updates", "workload[0].pattern={read-modify-write: {}}", "which updates of a key meet"],
    ["walks", "workload[0].pattern={iterate: {command: scan}}", "a walk passes all that a node"],
    ["streams", "workload[0].pattern={job-stream: {consumers: 1000, work: 1ms}}", "how long jobs wait"],
    ["channels", "workload[0].pattern={publish: {subscribers: 3}}", "a channel of the sample"],
  ])("%s", async (_name, setting, message) => {
    expect((await refused(base, setting)).join("\n")).toContain(message);
  });

  test("a sample that is no sample", async () => {
    for (const text of ["sampled(1/1)", "sampled(16)", "sampled(1/9999)", "roughly"]) {
      expect((await problems(base, { settings: [`fidelity=${text}`] })).join("\n")).toContain("exact, or sampled(1/N)");
    }
  });
});
