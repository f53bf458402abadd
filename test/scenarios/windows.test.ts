// Windows that stand for days: loads, series and costs of the whole time, and what they refuse.

import { beforeAll, describe, expect, test } from "vitest";
import type { Result } from "../../src/result.ts";
import { runScenario } from "../../src/scenarios/run.ts";
import { load, problems } from "./fixture.ts";

const RATE = '"400/s * (1 + 0.5*sin(2*pi*t/1d))"';
const SCENARIO = `name: days
duration: 3d
windows: { count: 8, length: 12s, settle: 4s, lead: 20s }
cluster: { engine: valkey-8.0, node: cache.r7g.large, replicas: 1 }
clients: [{ name: web }]
origin: { latency: 2ms, costPerMillion: $1 }
workload:
  - name: pages
    pattern: { cache-aside: { ttl: 8s } }
    rate: ${RATE}
    keys: { count: 2000 }
    preload: 100%
`;

const DAY = 86_400;
const rateAt = (t: number) => 400 * (1 + 0.5 * Math.sin((2 * Math.PI * t) / DAY));

describe("three days of a diurnal load by eight windows", () => {
  let result: Result;
  const column = (metric: string) => result.series.columns.find(one => one.metric === metric)!.values as number[];
  beforeAll(async () => {
    result = await runScenario(await load(SCENARIO));
  });

  test("the series shows the whole time, and the load of each instant of it", () => {
    const { time, periodSeconds } = result.series;
    expect(time.at(-1)).toBe(3 * DAY);
    expect(time).toHaveLength((3 * DAY) / periodSeconds);
    column("Requests").forEach((rate, row) => {
      expect(Math.abs(rate / rateAt(time[row] - periodSeconds / 2) - 1)).toBeLessThan(0.12);
    });
  });

  test("every day is like the first", () => {
    const perDay = result.series.time.length / 3;
    expect(column("HitRate").slice(perDay, 2 * perDay)).toEqual(column("HitRate").slice(0, perDay));
  });

  test("more requests find more keys within their time to live: the hit rate follows the load", () => {
    const rates = column("HitRate");
    // Windows three and seven are around the highest and the lowest load.
    expect(rates[7]).toBeGreaterThan(rates[19] + 3);
  });

  test("requests, origin and bill are those of three days and of a month", () => {
    const { summary, totals, cost, simulatedSeconds, fidelity } = result;
    expect(simulatedSeconds).toBe(3 * DAY);
    expect(summary.requests / (400 * 3 * DAY)).toBeCloseTo(1, 1);
    expect(summary.throughputPerSecond / 400).toBeCloseTo(1, 1);
    expect(totals.arrived).toBe(totals.hits + totals.misses + totals.inProgress);
    const origin = cost.lines.find(line => line.what === "requests to the origin")!;
    const misses = (totals.misses / (3 * DAY)) * 730 * 3_600;
    expect(origin.monthlyUsd / (misses / 1e6)).toBeCloseTo(1, 1);
    expect(fidelity).toMatchObject({ keysPer: 1, keys: null, windows: { count: 8, cycleSeconds: DAY, cycles: 3 } });
    expect(fidelity!.simulatedSeconds).toBe(20 + 8 * 16);
    expect(fidelity!.errors.hitRate).toBeGreaterThan(0);
    expect(result.saturation).toBe("stable");
  });

  test("what differs from window to window is no error of the mean", () => {
    expect(result.intervals.throughputPerSecond.halfWidth).toBeLessThan(20);
  });
});

describe("what windows cannot stand for is refused, with the reason", () => {
  test.each([
    ["a drill", "drills=[{at: 1h, crash-node: {}}]", "cannot happen in windows"],
    ["a warm-up", "warmup=1h", "has no effect with «windows:»"],
    ["a cycle that does not go into the duration", "windows.cycle=7h", "must go into the duration"],
    ["a cycle longer than the duration", "windows.cycle=7d", "is longer than the duration"],
    ["more time than they stand for", "duration=2m", "leave them out, or use fewer or shorter ones"],
    ["windows too short to measure", "windows.length=100ms", "leaves 100 ms of simulated time"],
    [
      "a daily backup",
      "cluster={engine: valkey-8.0, node: cache.m7g.large, backups: 1, backupWindow: 5h}",
      "cluster.backupWindow: cannot happen in windows",
    ],
    [
      "a burstable node",
      "cluster.node=cache.t4g.medium",
      "cluster.node: cannot stand in windows: CPU credits are earned and spent over hours",
    ],
    ["a check around drills", 'expect=["p99 < 2ms outside drills"]', "looks at drills"],
  ])("%s", async (_name, setting, message) => {
    expect((await problems(SCENARIO, { settings: [setting] })).join("\n")).toContain(message);
  });

  test("a load that is not the same in every cycle", async () => {
    const grows = SCENARIO.replace(RATE, '"400/s * (1 + t/3d)"');
    expect((await problems(grows)).join("\n")).toContain("is not the same in every cycle of 24 h");
    expect(await problems(grows, { settings: ["windows.cycle=3d"] })).toEqual([]);
  });
});
