// Whole runs: the same scenario and seed give the same bytes, whoever watches; an interruption leaves a result that is
// whole in itself; every request that came is accounted for.

import { beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { parseResult, resultText } from "../../src/report/json.ts";
import type { Result } from "../../src/result.ts";
import { canonicalJson, type Loaded } from "../../src/scenarios/load.ts";
import { type Progress, type RunOptions, runScenario } from "../../src/scenarios/run.ts";
import { BASE, file, load } from "./fixture.ts";

/** All that makes a run: open and closed loops, misses, writes, a failover, a save. */
const BUSY = `name: busy
seed: 9
duration: 20s
period: 500ms
cluster:
  engine: valkey-8.0
  node: cache.r7g.large
  shards: 2
  replicas: 1
  failover: { profile: upstream, nodeTimeout: 2s, restart: 3s, requireFullCoverage: false }
clients:
  - { name: web, instances: 4, timeout: 100ms }
  - { name: pipes, instances: 2, pool: { multiplex: true } }
origin: { latency: "lognormal(p50=3ms, p99=20ms)" }
workload:
  - { name: pages, pattern: { cache-aside: { ttl: 3s +-50% } }, rate: 1.5k/s * (1 + 0.5*sin(t)), keys: { count: 2k }, values: 500B }
  - { name: carts, commands: { "SET {key} {value} EX {ttl}": 60%, "GET {key}": 40% }, ttl: 5s, keys: { count: 300, prefix: "cart:" }, users: { count: 20, think: exponential(100ms) } }
  - { name: batch, client: pipes, commands: { "INCRBY n{int:1..9} {int:1..5}": 1 }, rate: 20/s, arrivals: paced, pipeline: 5, keys: { count: 1 } }
drills:
  - { at: 6s, crash-node: { shard: 1 } }
  - { at: 15s, snapshot: { from: replica } }
expect: [p99 < 10s, hitRate > 10%]
`;

async function run(text: string, options: RunOptions = {}): Promise<Result> {
  return runScenario(await load(text), options);
}

/** Every request that came has ended in one way or is under way. */
function expectConservation({ totals }: Result) {
  const { arrived, ...rest } = totals;
  expect(Object.values(rest).reduce((sum, n) => sum + n, 0)).toBe(arrived);
}

/** Stops after so many looks between slices. */
function stopAfter(looks: number): () => boolean {
  let seen = 0;
  return () => ++seen > looks;
}

let busy: Result;
let busyText: string;
let loaded: Loaded;
beforeAll(async () => {
  loaded = await load(BUSY);
  busy = await runScenario(loaded);
  busyText = resultText(busy);
});

describe("the same again", () => {
  test("scenario and seed give the same bytes, from the same plan and from a new one", async () => {
    expect(resultText(await runScenario(loaded))).toBe(busyText);
    const again = await runScenario(await load(BUSY));
    expect(resultText({ ...again, scenario: { ...again.scenario, file: busy.scenario.file } })).toBe(busyText);
  });

  test("another seed gives another run", async () => {
    const other = await runScenario(loaded, { seed: 10 });
    expect(other.seed).toBe(10);
    expect(other.provenance.digests).not.toEqual(busy.provenance.digests);
    expect(other.totals.arrived).not.toBe(busy.totals.arrived);
    expect(other.scenario.digest).toBe(busy.scenario.digest);
  });

  test("watching changes nothing: progress is told in order, up to the end", async () => {
    const told: Progress[] = [];
    const watched = await runScenario(loaded, { progress: one => told.push(one), interrupted: () => false });
    expect(resultText(watched)).toBe(busyText);
    expect(told.length).toBeGreaterThan(3);
    expect(told.map(one => one.simulatedNs)).toEqual(told.map(one => one.simulatedNs).sort((a, b) => a - b));
    expect(told.at(-1)).toMatchObject({ simulatedNs: 20e9, durationNs: 20e9, requests: busy.totals.arrived });
  });

  test("observers change nothing: a run has the same result with and without them", async () => {
    const quiet = BUSY.replace(/^drills:\n(?: {2}- .*\n)*/mu, "").replace("duration: 20s", "duration: 4s");
    const loaded = await load(quiet);
    const watched = await runScenario(loaded, { observe: true });
    expect(watched.drills).toEqual([]);
    expect(resultText(watched)).toBe(resultText(await runScenario(loaded)));
    const busy = await run(BUSY, { observe: false });
    expect(busy.provenance.digests).toEqual((await run(BUSY)).provenance.digests);
  });

  test("the order of keys in the YAML is of no account", async () => {
    const turned = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(turned)
        : typeof value === "object" && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([key, inner]) => [key, turned(inner)]),
            )
          : value;
    // The order of a mix of commands is the order of its draws: it stays.
    const reversed = turned(parse(BUSY)) as { workload: Record<string, unknown>[] };
    reversed.workload.forEach((one, i) => {
      if (one.commands !== undefined) one.commands = parse(BUSY).workload[i].commands;
    });
    const text = stringify(reversed);
    expect(text.indexOf("expect")).toBeLessThan(text.indexOf("name"));
    const other = await run(text);
    expect(other.scenario.digest).toBe(busy.scenario.digest);
    expect(other.provenance.digests).toEqual(busy.provenance.digests);
    expect(canonicalJson(other.summary)).toBe(canonicalJson(busy.summary));
  });

  test("any other change of the scenario is another digest", async () => {
    const digests = await Promise.all(
      [BUSY, BUSY.replace("seed: 9", "seed: 8"), BUSY.replace("500B", "501B")].map(
        async text => (await load(text)).digest,
      ),
    );
    expect(new Set(digests).size).toBe(3);
  });
});

describe("what is in a result", () => {
  test("it is what its schema says, and comes back from its text", () => {
    expect(parseResult(busyText)).toEqual(busy);
  });

  test("requests are accounted for, in all and by workload", () => {
    expectConservation(busy);
    expect(busy.totals.inProgress).toBeLessThan(30);
    const [pages] = busy.workloads;
    expect(pages.hits + pages.misses + pages.degraded + pages.failed).toBe(pages.requests);
    expect(busy.summary.requests).toBe(busy.workloads.reduce((sum, one) => sum + one.requests, 0));
  });

  test("series are as long as their time axis and the drills' rows are marked", () => {
    expect(busy.series.time).toEqual(Array.from({ length: 40 }, (_, i) => (i + 1) / 2));
    for (const { values, metric, where } of busy.series.columns) expect(values, `${metric} ${where}`).toHaveLength(40);
    expect(busy.series.disturbed).toContain(12);
    expect(busy.series.disturbed).not.toContain(11);
  });

  test("a rate gives its requests: paced exactly, bursts whole", () => {
    const batch = busy.workloads.find(one => one.name === "batch")!;
    // 20 bursts of 5 a second from the end of the warm-up on.
    const seconds = busy.window.toSeconds - busy.window.fromSeconds;
    expect(Math.abs(batch.requests - 100 * seconds)).toBeLessThanOrEqual(10);
  });

  test("a closed loop keeps Little's law: users = throughput x (think + response)", async () => {
    const { workloads, window } = await run(
      BASE.replace("rate: 50/s", "users: { count: 200, think: exponential(50ms) }")
        .replace("10s", "60s")
        .concat("warmup: 10s\n"),
    );
    const [{ requests, latencyUs }] = workloads;
    const throughput = requests / (window.toSeconds - window.fromSeconds);
    expect(Math.abs(throughput * (0.05 + latencyUs.mean! / 1e6) - 200)).toBeLessThan(4);
  });

  test("a check without anything to measure fails, and says so", async () => {
    const { checks, verdict } = await run(`${BASE}expect: [writeOutage < 5s, p99 < 1s during drills, errors == 0]\n`);
    expect(checks.map(check => check.status)).toEqual(["no-data", "no-data", "pass"]);
    expect(verdict).toBe("fail");
  });
});

describe("replications", () => {
  test("are independent, start with the single run, and give intervals", async () => {
    const five = await runScenario(loaded, { replications: 5 });
    expect(new Set(five.provenance.digests).size).toBe(5);
    expect(five.provenance.digests[0]).toBe(busy.provenance.digests[0]);
    expect(five.summary).toEqual(busy.summary);
    expect(five.replications).toBe(5);
    for (const name of ["throughputPerSecond", "hitRate", "latencyMeanUs", "errors"]) {
      expect(five.intervals[name]).toMatchObject({ method: "replications", observations: 5 });
      expect(five.intervals[name].halfWidth).toBeGreaterThan(0);
    }
    expect(busy.intervals.hitRate.method).toBe("batch-means");
    const { mean, halfWidth } = five.intervals.throughputPerSecond;
    expect(Math.abs(busy.summary.throughputPerSecond - mean)).toBeLessThan(4 * halfWidth!);
    expect(parseResult(resultText(five))).toEqual(five);
  });
});

describe("an interrupted run", () => {
  test.each([0, 1])("after %d slices is a result of what there was, marked partial", async looks => {
    const stopped = await runScenario(loaded, { interrupted: stopAfter(looks) });
    expect(stopped.partial).toBe(true);
    expect(stopped.verdict).toBe("fail");
    expect(stopped.simulatedSeconds).toBeGreaterThan(0);
    expect(stopped.simulatedSeconds).toBeLessThan(20);
    expect(stopped.series.time.at(-1)).toBe(stopped.simulatedSeconds);
    expectConservation(stopped);
    expect(parseResult(resultText(stopped))).toEqual(stopped);
  });

  test("in a later replication gives the whole ones before it", async () => {
    const slices = await sliceCount();
    const stopped = await runScenario(loaded, { replications: 3, interrupted: stopAfter(slices + 1) });
    expect(stopped).toMatchObject({ partial: true, verdict: "fail", replications: 1, simulatedSeconds: 20 });
    expect(resultText({ ...stopped, partial: false, verdict: "pass" })).toBe(busyText);
  });

  test("that was asked to stop when it had ended is whole", async () => {
    const slices = await sliceCount();
    const ended = await runScenario(loaded, { interrupted: stopAfter(slices - 1) });
    expect(ended.partial).toBe(false);
  });

  async function sliceCount(): Promise<number> {
    let slices = 0;
    await runScenario(loaded, { progress: () => slices++ });
    return slices;
  }
});

test("scenarios that only differ in their file's name differ in nothing else", async () => {
  const [one, other] = await Promise.all(
    [file(BASE), file(BASE)].map(async name =>
      (await import("../../src/scenarios/load.ts")).loadScenario({ file: name }),
    ),
  );
  const [left, right] = [await runScenario(one), await runScenario(other)];
  expect({ ...left, scenario: null }).toEqual({ ...right, scenario: null });
});
