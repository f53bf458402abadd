// Who answers reads, in closed form against the simulation, and what a plan makes of it.

import { describe, expect, it } from "vitest";
import { worldCurve } from "../../src/planner/plan/curve.ts";
import { Evaluator } from "../../src/planner/plan/evaluate.ts";
import { baseParts, demandAt } from "../../src/planner/plan/worlds.ts";
import { runScenario } from "../../src/scenarios/run.ts";
import { load } from "../scenarios/fixture.ts";

const scenario = (readFrom: string, replicas: number, zones = 3) => `name: readers
duration: 4s
warmup: 1s
period: 1s
zones: ${zones}
cluster: { engine: valkey-8.0, node: cache.m7g.large, shards: 1, replicas: ${replicas}${replicas > 0 ? ", multiAz: true" : ""} }
clients: [{ name: web, instances: 12, readFrom: ${readFrom}, pool: { size: 8 } }]
origin: { latency: 2ms, concurrency: 400 }
workload:
  - name: pages
    commands: { "GET {key}": 80%, "SET {key} {value}": 20% }
    rate: 3k/s
    keys: { count: 2k, popularity: zipf(0.9) }
    values: 1KiB
    preload: 100%
slo: { lag: 50ms }
`;

async function both(readFrom: string, replicas: number, zones = 3) {
  const { built, ...loaded } = await load(scenario(readFrom, replicas, zones));
  const curve = worldCurve(built, demandAt(baseParts(built), { rate: 1, keys: 1, values: 1 }));
  const evaluator = new Evaluator(built);
  const told = evaluator.evaluate({ engine: "valkey-8.0", node: built.node, shards: 1, replicas }, curve);
  const { series, nodes } = await runScenario({ built, ...loaded });
  const level = (metric: string, where: string) => {
    const values = series.columns.find(one => one.metric === metric && one.where === where)?.values.slice(1, 4) ?? [];
    return values.reduce((sum: number, value) => sum + (value ?? 0), 0) / Math.max(1, values.length);
  };
  const gets = nodes.map(({ name, role }) => ({ role, gets: level("GetTypeCmds", name) }));
  const all = gets.reduce((sum, one) => sum + one.gets, 0);
  const primary = gets.filter(one => one.role === "primary").reduce((sum, one) => sum + one.gets, 0);
  return {
    told,
    reading: evaluator.view(curve).reading(replicas, evaluator.spread(replicas)),
    primaryShare: primary / all,
    replicaShare: Math.max(0, ...gets.flatMap(one => (one.role === "primary" ? [] : one.gets))) / all,
    busiest: Math.max(...nodes.map(({ name }) => level("EngineCPUUtilization", name))) / 100,
  };
}

describe("reads are answered as in the simulation, and the busiest member decides", () => {
  it.each([
    ["primary", 1, 3],
    ["replica", 2, 3],
    ["any", 2, 3],
    ["nearest", 1, 3],
    ["nearest", 2, 3],
    ["nearest", 2, 2],
    ["nearest", 3, 3],
    ["zone-replica", 1, 3],
    ["zone-replica", 3, 2],
  ])("%s with %i replicas in %i zones", async (readFrom, replicas, zones) => {
    const { reading, primaryShare, replicaShare, told, busiest } = await both(readFrom, replicas, zones);
    expect(Math.abs(reading.primary - primaryShare)).toBeLessThan(0.03);
    expect(Math.abs(reading.replica - replicaShare)).toBeLessThan(0.03);
    // What all answer together is everything, and none answers more than the busiest.
    expect(reading.primary + replicas * reading.replica).toBeGreaterThanOrEqual(1 - 1e-9);
    expect(Math.abs(told.cpuUse / busiest - 1)).toBeLessThan(0.15);
  });

  it("reads of the own zone cross none, where each zone has a member", async () => {
    expect((await both("nearest", 2)).reading.crossing).toBe(0);
    expect((await both("nearest", 1)).reading.crossing).toBeCloseTo(1 / 3, 9);
    expect((await both("zone-replica", 1)).reading.crossing).toBeCloseTo(2 / 3, 9);
    expect((await both("zone-replica", 3, 2)).reading.crossing).toBe(0);
    expect((await both("primary", 2)).reading.crossing).toBeCloseTo(2 / 3, 9);
  });
});

describe("a candidate stands in the zones that it would have, whatever the scenario's own cluster has", () => {
  /** One replica, as a scenario with so many of its own has it judged. */
  const judged = async (own: string) => {
    const text = scenario("nearest", 0).replace("replicas: 0", own);
    const { built } = await load(text.replace("slo: { lag: 50ms }", "slo: { lag: 1ns }"));
    const curve = worldCurve(built, demandAt(baseParts(built), { rate: 1, keys: 1, values: 1 }));
    const evaluator = new Evaluator(built);
    const told = evaluator.evaluate({ engine: "valkey-8.0", node: built.node, shards: 1, replicas: 1 }, curve);
    const reading = evaluator.view(curve).reading(1, evaluator.spread(1));
    expect(told.bottleneck.name).toBe("replication lag");
    return { reading, trafficUsd: told.trafficUsd, lagNs: told.bottleneck.needed };
  };

  it("none, one or two replicas: the same reads, traffic and lag", async () => {
    const one = await judged("replicas: 1");
    expect(await judged("replicas: 0")).toEqual(one);
    expect(await judged("replicas: 2, multiAz: true")).toEqual(one);
  });

  const missed = async (cluster: string, slo: string) => {
    const text = scenario("primary", 0).replace("replicas: 0", `${cluster}, multiAz: false`);
    const { built } = await load(text.replace("slo: { lag: 50ms }", `slo: { ${slo} }`));
    const curve = worldCurve(built, demandAt(baseParts(built), { rate: 1, keys: 1, values: 1 }));
    const told = new Evaluator(built).evaluate(
      { engine: "valkey-8.0", node: built.node, shards: 1, replicas: 2 },
      curve,
    );
    return told.fits ? null : told.bottleneck.name;
  };

  it("«multiAz: false» does not outlive the loss of a zone, and promotes nobody with cluster mode disabled", async () => {
    expect(await missed("replicas: 2", "zoneLoss: true")).toBe("replicas in other zones");
    expect(await missed("replicas: 2", "recovery: 5m")).toBeNull();
    expect(await missed("replicas: 2, mode: single", "recovery: 5m")).toBe("replicas to promote");
  });

  it("«multiAz: false» keeps members in one zone: more reads cross, and the stream does not", async () => {
    const [apart, together] = [await judged("replicas: 0"), await judged("replicas: 0, multiAz: false")];
    expect(together.reading.crossing).toBeGreaterThan(apart.reading.crossing);
    expect(together.lagNs).toBeLessThan(apart.lagNs);
  });
});
