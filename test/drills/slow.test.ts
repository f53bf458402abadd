// Drills that hold an engine thread or the origin: what blocks, for how long, and who suffers.

import { describe, expect, it } from "vitest";
import { DRILLS, scheduleDrills } from "../../src/drills/index.ts";
import { constant } from "../../src/sim/distributions/constant.ts";
import { CALM, columnOf, runTo, smallWorld, type Wanted } from "../models/world.ts";

function drill(name: string, options: unknown, wanted: Wanted = {}, seconds = 12) {
  const world = smallWorld({
    keys: 20_000,
    rate: 500,
    seconds,
    latency: CALM,
    cluster: { shards: 1, replicasPerShard: 0, multiAz: false },
    workload: { preload: 1, ttlSeconds: null, valueBytes: constant(100) },
    ...wanted,
  });
  const spec = DRILLS.find(one => one.name === name)!;
  const [report] = scheduleDrills(world, [{ atNs: 2e9, name, options: spec.options.parse(options) }]);
  runTo(world, seconds);
  world.checkConservation();
  return { world, report, node: world.cluster.nodes[0] };
}

describe("KEYS", () => {
  it("holds the thread in proportion to the keys, and stands in the slow log", () => {
    const few = drill("keys-command", {}).report.figures.blockedMs;
    const { report, node, world } = drill(
      "keys-command",
      {},
      {
        keys: 80_000,
        parameters: { "slowlog-log-slower-than": "1000" },
      },
    );
    expect(report.figures.blockedMs / few).toBeGreaterThan(3.5);
    expect(report.phases[0]).toMatchObject({ name: "blocked", boundBy: "keys of the node" });
    expect(report.endNs).not.toBeNull();
    expect(node.engine.durations.slowlog.latest(5).map(({ words }) => words[0])).toContain("keys");
    expect(world.log.events.some(({ what }) => what.startsWith("slow: keys *"))).toBe(true);
  });
});

describe("a big sorted set", () => {
  const off = { "lazyfree-lazy-user-del": "no" };

  it("freed by DEL holds the thread; by UNLINK, or with lazyfree-lazy-user-del, it does not", () => {
    const blocked = (by: string, parameters: Record<string, string>) =>
      drill("delete-big-key", { members: 50_000, by }, { parameters }).report.figures.blockedMs;
    const del = blocked("DEL", off);
    // 50 ns a member and more, scaled to the node's core.
    expect(del).toBeGreaterThan(1);
    expect(blocked("UNLINK", off)).toBeLessThan(del / 20);
    expect(blocked("DEL", { "lazyfree-lazy-user-del": "yes" })).toBeLessThan(del / 20);
  });

  it("is on the replica too, and goes there as well", () => {
    const wanted = { parameters: off, cluster: { shards: 1, replicasPerShard: 1, multiAz: false } };
    const { world } = drill("delete-big-key", { members: 5_000 }, wanted);
    const replica = world.cluster.shards[0].replicas[0];
    expect(replica.effort.backgroundNs).toBe(0);
    // Nobody else asks it for anything: 50 ns a member on its engine thread, and the call.
    expect(replica.workedNs / replica.cpu.scaled(5_000 * 50)).toBeCloseTo(1, 1);
    expect(replica.engine.databases[0]?.size).toBe(world.cluster.nodes[0].engine.databases[0]?.size);
  });
});

describe("a script that does not end", () => {
  it("blocks until lua-time-limit, then answers BUSY until it is killed, then all is well", () => {
    const { report, world, node } = drill(
      "runaway-script",
      { killAfter: "1s" },
      { parameters: { "lua-time-limit": "2000" } },
    );
    const ends = Object.fromEntries(report.phases.map(phase => [phase.name, (phase.endNs - 2e9) / 1e9]));
    expect(ends.blocked).toBeCloseTo(2, 1);
    expect(ends.BUSY).toBeCloseTo(3, 1);
    expect(node.engine.busyScript).toBeNull();
    expect(world.clients[0].counters.timeouts).toBeGreaterThan(50);
    expect(world.clients[0].counters.errorReplies).toBeGreaterThan(50);
    expect(report.endNs! / 1e9).toBeGreaterThan(5);
  });
});

describe("a script that takes its time", () => {
  const limit = { "lua-time-limit": "1000" };

  it("ends by itself, below the limit without anybody hearing BUSY, and stands in the slow log with all of its time", () => {
    const { report, world, node } = drill("runaway-script", { runs: "700ms" }, { parameters: limit });
    expect(report.figures.scriptSeconds).toBeCloseTo(0.7, 2);
    expect(report.phases.map(({ name }) => name)).not.toContain("BUSY");
    expect(world.clients[0].counters.errorReplies).toBe(0);
    expect(node.engine.durations.slowlog.latest(1)[0].us / 1e6).toBeCloseTo(0.7, 2);
  });

  it("fills the thread all the while: EngineCPUUtilization is 100 % though it only answers BUSY", () => {
    const { world } = drill("runaway-script", { runs: "5s", killAfter: "never" }, { parameters: limit });
    const cpu = columnOf(world, "EngineCPUUtilization");
    for (const second of [3, 4, 5]) expect(cpu[second]).toBeGreaterThan(99);
    expect(cpu[8]).toBeLessThan(5);
  });

  it("cannot be killed once it has written: the service restarts the engine, and what it held is gone", () => {
    const { world, report, node } = drill(
      "runaway-script",
      { writes: true, killAfter: "500ms", restart: "2s" },
      { parameters: limit },
    );
    const told = world.log.events.map(({ what }) => what).join("; ");
    expect(told).toContain("UNKILLABLE");
    expect(node.state).toBe("up");
    expect(report.phases.find(({ name }) => name === "BUSY")?.boundBy).toBe("the restart");
    expect(node.engine.execute(node.engine.session(9), ["dbsize"])).toBeLessThan(2_000);
  });

  it.each([
    ["beyond the limit", "20s"],
    ["within the limit", "4s"],
  ])("dies with its process, if it runs %s: the next one answers, and no script ends", (_, runs) => {
    const world = smallWorld({
      keys: 100,
      rate: 100,
      seconds: 8,
      latency: CALM,
      parameters: { "lua-time-limit": "5000" },
      cluster: { shards: 1, replicasPerShard: 0, multiAz: false },
    });
    const plan = (name: string, atNs: number, options: unknown) => ({
      atNs,
      name,
      options: DRILLS.find(one => one.name === name)!.options.parse(options),
    });
    scheduleDrills(world, [
      plan("runaway-script", 1e9, { runs, killAfter: "never" }),
      plan("reboot-node", 2e9, { for: "1s" }),
    ]);
    runTo(world, 3.5);
    const [node] = world.cluster.nodes;
    expect([node.state, node.engine.busyScript]).toEqual(["up", null]);
    runTo(world, 8);
    expect(world.log.events.map(({ what }) => what)).not.toContain("the script ends");
    expect(node.engine.durations.slowlog.latest(9).map(({ words }) => words[0])).not.toContain("eval");
  });

  it("is killed by an operator who comes after the limit, not by one who comes before", () => {
    const world = smallWorld({
      keys: 1_000,
      rate: 100,
      seconds: 8,
      latency: CALM,
      parameters: limit,
      cluster: { shards: 1, replicasPerShard: 0, multiAz: false },
    });
    const plan = (name: string, atNs: number, options: unknown = {}) => ({
      atNs,
      name,
      options: DRILLS.find(one => one.name === name)!.options.parse(options),
    });
    const reports = scheduleDrills(world, [
      plan("runaway-script", 1e9, { killAfter: "never" }),
      plan("script-kill", 1.5e9),
      plan("script-kill", 4e9),
      plan("script-kill", 5e9),
    ]);
    runTo(world, 8);
    expect(reports.map(({ refused }) => refused === null)).toEqual([true, false, true, false]);
    expect(reports[3].refused).toContain("NOTBUSY");
    expect(reports[0].figures.scriptSeconds).toBeCloseTo(3, 1);
  });
});

describe("keys that end at one instant", () => {
  it("come back at the pace of the active expire cycle: 1.8 us a key, a quarter of the time at most", () => {
    const { report, world } = drill(
      "mass-expiry",
      {},
      { keys: 50_000, rate: 50, workload: { preload: 1, ttlSeconds: constant(3_600), valueBytes: constant(50) } },
    );
    expect(report.figures.keys).toBeGreaterThan(49_000);
    // 1.8 us a key on the reference core, by this node's core; and a quarter of that, or more while fast cycles help.
    const cpu = world.cluster.nodes[0].cpu.scaled(50_000 * 1_800) / 1e9;
    expect(report.figures.reclaimSeconds).toBeGreaterThan(cpu);
    expect(report.figures.reclaimSeconds).toBeLessThan(cpu / 0.25 + 0.3);
  });

  it("end on replicas as they do on the primary", () => {
    const { world } = drill(
      "mass-expiry",
      { share: "50%" },
      {
        keys: 5_000,
        rate: 50,
        cluster: { shards: 1, replicasPerShard: 1, multiAz: false },
        workload: { preload: 1, ttlSeconds: constant(3_600) },
      },
    );
    const [one, other] = world.cluster.nodes.map(({ engine }) => engine.databases[0]?.size);
    expect(one).toBe(other);
    expect(one).toBeLessThan(2_800);
  });
});

describe("a hot key that runs out", () => {
  it("is asked of the origin by all who come while it is made", () => {
    const wanted: Wanted = { keys: 1, rate: 1_000, origin: { latencyNs: constant(100e6) } };
    const { report } = drill("expire-hot-key", {}, wanted, 8);
    expect(report.target).toBe("product:0");
    expect(report.figures.originRequests).toBeGreaterThan(80);
    expect(report.figures.originRequests).toBeLessThan(130);
  });
});

describe("a slow origin", () => {
  it("is slow for as long as it is told, and says what it was", () => {
    const wanted = { workload: { preload: 0 }, keys: 1_000_000, origin: { latencyNs: constant(1e6) } };
    const { report, world } = drill("slow-origin", { for: "2s", slower: 20 }, wanted);
    expect(report.phases.find(phase => phase.name === "trigger")).toMatchObject({ startNs: 2e9, endNs: 4e9 });
    expect(report.target).toBe("origin");
    const latency = columnOf(world, "OriginLatency");
    for (const second of [1, 5, 6]) expect(latency[second]).toBeCloseTo(latency[0], 0);
    for (const second of [2, 3]) expect(latency[second] / latency[0]).toBeGreaterThan(10);
  });
});
