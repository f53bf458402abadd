// Drills as reports: what each says about the fault that it put into a world.

import { describe, expect, it } from "vitest";
import { DRILLS, type PlannedDrill, scheduleDrills } from "../../src/drills/index.ts";
import { constant } from "../../src/sim/distributions/constant.ts";
import { CALM, commands, managed, runTo, smallWorld, type Wanted } from "../models/world.ts";

const FAILOVER = managed({ detection: 10, promotion: 4, dns: 2, replacement: 30 });

function plan(name: string, atSeconds: number, given: unknown = {}): PlannedDrill {
  return { name, atNs: atSeconds * 1e9, options: DRILLS.find(drill => drill.name === name)!.options.parse(given) };
}

function run(wanted: Wanted, drills: readonly PlannedDrill[], seconds = 80) {
  const world = smallWorld({ rate: 2_000, seconds, latency: CALM, ...wanted });
  const reports = scheduleDrills(world, drills);
  runTo(world, seconds);
  return { world, reports };
}

const WRITES: Wanted = {
  workload: commands("SET {key} {value}"),
};

describe("crash-node", () => {
  it("shows each phase with what it depends on, and ends when clients no longer suffer", () => {
    const { world, reports } = run({ ...WRITES, cluster: { shards: 2, failover: FAILOVER } }, [plan("crash-node", 10)]);
    const [report] = reports;
    expect(report.target).toBe("bench-0001-001");
    expect(report.refused).toBeNull();
    const ends = new Map(report.phases.map(phase => [phase.name, (phase.endNs - report.startNs) / 1e9]));
    expect(ends.get("detected")).toBeCloseTo(10, 6);
    expect(ends.get("promoted")).toBeCloseTo(14, 6);
    // Clients find the way by MOVED from the other shard's... or by their refresh, within a second or so.
    expect(ends.get("first write")!).toBeGreaterThan(14);
    expect(ends.get("first write")!).toBeLessThan(16);
    expect(ends.get("errors over")!).toBeGreaterThanOrEqual(ends.get("first write")! - 0.2);
    expect(ends.get("replica rebuilt")!).toBeGreaterThan(30);
    expect(report.endNs! / 1e9).toBeLessThan(30);
    // A killed process has handed everything to its kernel: nothing is lost (0 of 40 measured runs).
    expect(report.figures.lostWrites).toBe(0);
    expect(report.phases.every(phase => phase.boundBy.length > 5)).toBe(true);
    const disturbed = world.recorder.periods.filter(period => period.disturbed).map(period => period.startNs / 1e9);
    expect(disturbed[0]).toBe(10);
    expect(disturbed.length).toBeGreaterThanOrEqual(14);
    expect(disturbed.length).toBeLessThan(22);
  });

  it("of a replica never stops writes", () => {
    const { world, reports } = run({ ...WRITES, cluster: { shards: 1, failover: FAILOVER } }, [
      plan("crash-node", 10, { role: "replica" }),
    ]);
    expect(reports[0].target).toBe("bench-0001-002");
    expect(reports[0].phases.map(phase => phase.name)).toContain("replica rebuilt");
    expect(reports[0].phases.map(phase => phase.name)).not.toContain("promoted");
    expect(world.clients[0].counters.connectionErrors + world.clients[0].counters.timeouts).toBe(0);
  });
});

describe("lose-host", () => {
  it("loses what was under way to the replicas: about rate x (delay of the replica - delay of the client)", () => {
    // models/physics.md, section 2: what is younger than one way and up to one batch is not at the replica yet.
    const failover = managed({ detection: 1, promotion: 1, dns: 2, replacement: 30 });
    let lost = 0;
    for (let seed = 0; seed < 12; seed++) {
      const wanted = { ...WRITES, rate: 20_000, seed, cluster: { shards: 1, failover } };
      lost += run(wanted, [plan("lose-host", 1)], 4).reports[0].figures.lostWrites;
    }
    expect(lost / 12).toBeGreaterThan(20_000 * 350e-6);
    expect(lost / 12).toBeLessThan(20_000 * 550e-6);
  });

  it("lets clients wait for their timeouts, unlike a crash", () => {
    const timeouts = (name: string) =>
      run({ ...WRITES, cluster: { shards: 1, failover: FAILOVER } }, [plan(name, 10)]).world.clients[0].counters
        .timeouts;
    expect(timeouts("crash-node")).toBe(0);
    expect(timeouts("lose-host")).toBeGreaterThan(50);
  });
});

describe("snapshot", () => {
  it("saves on a replica of every shard by default, on the primary where there is none or when told", () => {
    const targets = (wanted: Wanted, given: unknown) =>
      run({ keys: 2_000, ...wanted }, [plan("snapshot", 5, given)], 20).reports[0].target;
    expect(targets({ cluster: { shards: 2 } }, {})).toBe("bench-0001-002, bench-0002-002");
    expect(targets({ cluster: { shards: 2, replicasPerShard: 0 } }, {})).toBe("bench-0001-001, bench-0002-001");
    expect(targets({ cluster: { shards: 2 } }, { from: "primary", shard: 2 })).toBe("bench-0002-001");
  });

  it("reports fork, duration, copied pages and memory left", () => {
    const { reports } = run(
      {
        ...WRITES,
        keys: 50_000,
        rate: 10_000,
        workload: { ...WRITES.workload, preload: 1, valueBytes: constant(2_000) },
      },
      [plan("snapshot", 5, { from: "primary", shard: 1 })],
      30,
    );
    const { figures, phases, endNs } = reports[0];
    expect(figures.forkMs).toBeGreaterThan(1);
    expect(figures.peakCopiedBytes).toBeGreaterThan(3_000_000);
    expect(figures.rewrittenKeys).toBeGreaterThan(100);
    expect(figures.freeAfterBytes).toBeGreaterThan(1e9);
    expect(phases.map(phase => phase.name)).toEqual(["bench-0001-001 fork", "bench-0001-001 save"]);
    expect(endNs).toBe(phases[1].endNs);
  });
});

describe("a drill that cannot be done", () => {
  it.each([
    ["crash-node", { shard: 9 }, "there is no shard 9: the cluster has 3"],
    ["lose-host", { role: "replica", replica: 4 }, "shard 1 has 1 replicas, not 4"],
  ])("%s with %j says why and disturbs nothing", (name, given, why) => {
    const { world, reports } = run({ cluster: {} }, [plan(name, 5, given)], 10);
    expect(reports[0].refused).toBe(why);
    expect(reports[0].endNs).toBe(5e9);
    expect(world.cluster.nodes.every(node => node.state === "up")).toBe(true);
  });

  it("meets a node that is already dead", () => {
    const { reports } = run({ cluster: { failover: FAILOVER } }, [plan("crash-node", 5), plan("lose-host", 6)], 10);
    expect(reports[1].refused).toBe("bench-0001-001 is not running");
  });
});
