// Drills of faults as reports: what each says about the fault that it put into a world, and what does not fit a cluster.

import { describe, expect, it } from "vitest";
import type { DrillFacts } from "../../src/drills/drill.ts";
import { drillNamed, type PlannedDrill, scheduleDrills } from "../../src/drills/index.ts";
import { parseSide } from "../../src/drills/parties.ts";
import { constant } from "../../src/sim/distributions/constant.ts";
import { Histogram } from "../../src/sim/histogram.ts";
import { CALM, columnOf, commands, managed, runTo, smallWorld, type Wanted } from "../models/world.ts";

const MANAGED = managed({ detection: 5, promotion: 2, dns: 1, replacement: 20 });
const UPSTREAM = {
  profile: "upstream" as const,
  nodeTimeoutNs: 3e9,
  requireFullCoverage: false,
  restartNs: constant(1_000e9),
};

function plan(name: string, atSeconds: number, given: unknown = {}): PlannedDrill {
  return { name, atNs: atSeconds * 1e9, options: drillNamed(name)!.options.parse(given) };
}

function run(wanted: Wanted, drills: readonly PlannedDrill[], seconds: number) {
  const world = smallWorld({
    latency: CALM,
    keys: 2_000,
    rate: 400,
    seconds,
    ...wanted,
    workload: {
      preload: 1,
      ttlSeconds: null,
      ...commands("SET {key} {value}"),
      ...wanted.workload,
    },
  });
  const reports = scheduleDrills(world, drills);
  runTo(world, seconds);
  world.checkConservation();
  return { world, reports, report: reports[0] };
}

const names = (phases: readonly { name: string }[]) => phases.map(phase => phase.name);

describe("a freeze that is shorter than the detection", () => {
  it("is over when it is over: no failover, and one phase", () => {
    const { report } = run({ cluster: { failover: MANAGED } }, [plan("freeze-node", 10, { for: "3s" })], 30);
    expect(names(report.phases)).toEqual(["frozen", "errors over"]);
    expect(report.figures.recoverySeconds).toBeGreaterThan(2.9);
    expect(report.figures.recoverySeconds).toBeLessThan(4.5);
    expect(report.figures.lostWrites).toBeUndefined();
    expect(report.figures.availabilityPercent).toBeLessThan(90);
  });
});

describe("an isolated zone", () => {
  it("loses what its primary accepts before it finds itself in a minority", () => {
    const { report, world } = run(
      { cluster: { failover: UPSTREAM } },
      [plan("isolate-zone", 10, { zone: 1, for: "15s" })],
      50,
    );
    expect(report.target).toBe("zone 1 ↔ rest");
    expect(names(report.phases)).toEqual(expect.arrayContaining(["suspected", "promoted", "first write", "cut"]));
    expect(report.figures.lostWrites).toBeGreaterThan(50);
    expect(report.endNs).toBeGreaterThan(25e9);
    expect(world.cluster.shards.every(shard => shard.replicas.length === 1)).toBe(true);
  });
});

describe("a zone that goes with its clients", () => {
  it("leaves the work to the instances of the others", () => {
    const { report, world } = run(
      { cluster: { failover: UPSTREAM } },
      [plan("zone-outage", 10, { zone: 1, clients: "leave", for: "20s" })],
      60,
    );
    expect(report.target).toBe("use1-az1");
    expect(report.endNs).toBeGreaterThan(30e9);
    // Nobody of the zone asks while it is away: the others' errors end with the failover, some seven seconds later.
    const errors = columnOf(world, "Errors", "");
    expect(Math.max(...errors.slice(20, 29))).toBe(0);
    const requests = columnOf(world, "Requests", "");
    expect(Math.min(...requests.slice(12, 28))).toBeGreaterThan(300);
  });
});

describe("lost packets", () => {
  it("cost 200 ms each: p50 stays, the share of the losses is slow, nothing fails over", () => {
    const { report, world } = run(
      { rate: 2_000, client: { timeoutNs: 2e9 }, cluster: { failover: MANAGED } },
      [plan("packet-loss", 5, { from: "clients", to: "nodes", loss: "2%", for: "20s" })],
      30,
    );
    const latency = new Histogram();
    for (const period of world.recorder.periods.slice(6, 24)) latency.mergeSnapshot(period.rows[0].latency);
    expect(latency.quantile(0.5)).toBeLessThan(1e6);
    expect(latency.quantile(0.99)).toBeGreaterThan(200e6);
    // 2 % of the requests and 2 % of the replies wait 200 ms: 8 ms in the mean.
    expect(latency.shareAtOrBelow(1e6)).toBeCloseTo(0.98 ** 2, 2);
    expect(latency.sum / latency.count).toBeGreaterThan(6e6);
    expect(latency.sum / latency.count).toBeLessThan(11e6);
    expect(report.figures.availabilityPercent).toBe(100);
    expect(world.cluster.nodes).toHaveLength(6);
  });
});

describe("added latency", () => {
  it("between zones shows in the requests that cross, and ends", () => {
    const { world } = run(
      {},
      [plan("inject-latency", 5, { from: "clients of zone 2", to: "nodes", delay: "20ms", for: "10s" })],
      25,
    );
    const max = (from: number, to: number) =>
      Math.max(...world.recorder.periods.slice(from, to).map(period => period.rows[0].latency.max));
    expect(max(0, 5)).toBeLessThan(5e6);
    expect(max(6, 14)).toBeGreaterThan(40e6);
    expect(max(17, 25)).toBeLessThan(5e6);
  });
});

describe("a slow node", () => {
  it("makes its shard slow and nobody fail over", () => {
    const { report, world } = run(
      { cluster: { failover: UPSTREAM } },
      [plan("slow-node", 5, { factor: 100, for: "10s" })],
      25,
    );
    expect(names(report.phases)).toEqual(["slow"]);
    expect(world.cluster.shards[0].primary.name).toBe("bench-0001-001");
  });
});

describe("TestFailover", () => {
  it("waits for no detection, and is refused while another one is under way", () => {
    const { reports, world } = run(
      { cluster: { failover: MANAGED } },
      [
        plan("test-failover", 5, { shard: 1 }),
        plan("test-failover", 8, { shard: 2 }),
        plan("test-failover", 40, { shard: 2 }),
      ],
      80,
    );
    const [first, second, third] = reports;
    const promoted = first.phases.find(phase => phase.name === "promoted")!;
    expect(promoted.endNs).toBe(7e9);
    expect(names(first.phases)).not.toContain("detected");
    expect(first.figures.lostWrites).toBe(0);
    expect(second.refused).toContain("another TestFailover of this cluster is under way");
    expect(third.refused).toBeNull();
    expect(world.cluster.shards[1].primary.name).toBe("bench-0002-002");
  });

  it("is allowed for 15 node groups in any 24 hours", () => {
    const failover = managed({ detection: 5, promotion: 1, dns: 1, replacement: 3 });
    const drills = Array.from({ length: 16 }, (_, i) => plan("test-failover", 2 + 5 * i, { shard: 1 + (i % 3) }));
    const { reports } = run({ keys: 100, rate: 20, cluster: { failover } }, drills, 90);
    expect(reports.map(report => report.refused !== null)).toEqual([...Array<boolean>(15).fill(false), true]);
    expect(reports[15].refused).toContain("15 node groups were tested in the last 24 hours");
  });
});

describe("a reboot", () => {
  it("of a primary fails nothing over: it comes back empty and its replica clears its data with it", () => {
    const { report, world } = run(
      { cluster: { mode: "single", shards: 1, failover: MANAGED }, parameters: { "cluster-enabled": "no" } },
      [plan("reboot-node", 10, { for: "5s" })],
      40,
    );
    const [shard] = world.cluster.shards;
    expect(shard.primary.name).toBe("bench-0001-001");
    expect(names(report.phases)).toContain("rebooting");
    expect(report.figures.lostWrites).toBeGreaterThanOrEqual(2_000);
    expect(shard.replicas[0].engine.database(0).size).toBe(shard.primary.engine.database(0).size);
  });
});

const FACTS: DrillFacts = {
  shards: 3,
  lastShard: 3,
  replicas: 1,
  mode: "cluster",
  zones: 3,
  failover: "managed",
  multiAz: true,
  node: "cache.r7g.large",
  engine: "valkey-8.0",
  clients: ["web"],
  auth: { token: false, passwords: [] },
  atomicSlots: false,
  workloads: [],
  data: [],
  earlier: [],
  against: () => [],
};

describe("what does not fit the cluster", () => {
  it.each([
    ["partition", { from: "primary of shard 7", to: "rest" }, {}, "there is no shard 7: the cluster has 3"],
    ["partition", { from: "zone 4", to: "rest" }, {}, "there is no zone 4: the scenario has 3"],
    ["partition", { from: "replica 2 of shard 1", to: "rest" }, {}, "there is no replica 2: a shard has 1"],
    ["partition", { from: "rest", to: "rest" }, {}, "both sides are the rest: name one of them"],
    [
      "packet-loss",
      { from: "clients", to: "nodes", loss: "100%" },
      {},
      "loses everything: that is the drill «partition»",
    ],
    ["packet-loss", { from: "clients", to: "nodes", loss: 0 }, {}, "loses nothing: the drill would have no effect"],
    ["inject-latency", { from: "all", to: "all", delay: "0ms" }, {}, "delays nothing: the drill would have no effect"],
    ["isolate-zone", {}, { zones: 1 }, "there is one zone only: it has nobody to be cut off from"],
    ["zone-outage", { zone: 3 }, { zones: 2 }, "there is no zone 3: the scenario has 2"],
    ["zone-outage", {}, { zones: 1 }, "there is one zone only: nobody is left to take over the load"],
    ["freeze-node", { for: "10ms" }, {}, "is below 50ms: that is a slow command, no freeze"],
    ["test-failover", {}, { failover: "upstream" as const }, "is a call of ElastiCache's control plane"],
    ["test-failover", {}, { replicas: 0 }, "needs a replica that can be promoted, and there is none"],
    ["test-failover", {}, { mode: "single" as const, multiAz: false }, "with «multiAz: true» only"],
    ["reboot-node", {}, {}, "ElastiCache does not reboot nodes in cluster mode"],
  ])("%s %j says so", (name, given, facts, message) => {
    const drill = drillNamed(name)!;
    const problems = drill.problems!(drill.options.parse(given), { ...FACTS, ...facts });
    expect(problems.map(problem => problem.message).join()).toContain(message);
  });

  it.each([
    ["crash-node", {}],
    ["lose-host", {}],
    ["freeze-node", {}],
    ["slow-node", {}],
    ["zone-outage", {}],
    ["isolate-zone", {}],
    ["partition", { from: "zone 1", to: "rest" }],
    ["packet-loss", { from: "clients", to: "nodes" }],
    ["inject-latency", { from: "clients", to: "nodes" }],
    ["test-failover", {}],
  ])("%s with options that fit has no problem", (name, given) => {
    const drill = drillNamed(name)!;
    expect(drill.problems?.(drill.options.parse(given), FACTS) ?? []).toEqual([]);
  });
});

describe("parties in words", () => {
  it.each([
    "all",
    "rest",
    "nodes",
    "clients",
    "zone 2",
    "nodes of zone 1",
    "clients of  zone 3",
    "shard 1",
    "primary of shard 2",
  ])("%s", text => {
    expect(parseSide(text)?.text).toBe(text.replace("  ", " "));
  });

  it.each(["", "zone", "zone x", "replica of shard 1", "node 1", "clients of shard 1", "primary"])(
    "«%s» is none",
    text => {
      expect(parseSide(text)).toBeNull();
    },
  );
});
