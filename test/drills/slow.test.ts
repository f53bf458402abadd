// Drills that hold an engine thread or the origin: what blocks, for how long, and who suffers.

import { describe, expect, it } from "vitest";
import { DRILLS, scheduleDrills } from "../../src/drills/index.ts";
import { constant } from "../../src/sim/distributions/constant.ts";
import { CALM, runTo, smallWorld, type Wanted } from "../models/world.ts";

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
    const { report } = drill("slow-origin", { for: "2s", slower: 20 }, { workload: { preload: 0 }, keys: 1_000_000 });
    expect(report.phases.find(phase => phase.name === "trigger")).toMatchObject({ startNs: 2e9, endNs: 4e9 });
    expect(report.target).toBe("origin");
  });
});
