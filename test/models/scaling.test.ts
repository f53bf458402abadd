// The cluster changes its shape: nothing is lost at a planned change of primary, one change at a time, reads through the
// reader endpoint stay where they connected.

import { describe, expect, it } from "vitest";
import { zoneFor } from "../../src/models/cluster-placement.ts";
import { DONE, FAILED } from "../../src/models/outcome.ts";
import { changeReplicas } from "../../src/models/scaling/change-replicas.ts";
import type { ManoeuvreReport } from "../../src/models/scaling/manoeuvre.ts";
import { scaleOut } from "../../src/models/scaling/scale-out.ts";
import { switchOver } from "../../src/models/scaling/switch-over.ts";
import { constant } from "../../src/sim/distributions/constant.ts";
import { CALM, commands, managed, runTo, smallConfig, smallWorld } from "./world.ts";

const report = (): ManoeuvreReport => ({ target: "", phases: [], figures: {}, refused: null });

const SCALING = {
  provisioningNs: constant(2e9),
  handOverNs: constant(0),
  drainNs: 1e9,
  migration: { method: "slot-by-slot" as const, batch: 100, parallel: 3 },
};

describe("a planned change of primary", () => {
  it("loses nothing and holds writers up for no more than milliseconds", () => {
    const world = smallWorld({
      keys: 300,
      rate: 3_000,
      seconds: 8,
      cluster: { shards: 1 },
      workload: commands("INCR {key}"),
    });
    const [shard] = world.cluster.shards;
    let paused: number | null = null;
    for (const second of [2, 4, 6]) {
      world.sim.after(second * 1e9, "hand over", () => {
        switchOver(world.cluster, shard, shard.replicas[0], null, ns => {
          paused = ns;
        });
      });
    }
    runTo(world, 11);
    expect(paused).toBeLessThan(10e6);
    expect(world.recorder.totals[FAILED]).toBe(0);
    const db = shard.primary.engine.database(0);
    let sum = 0;
    db.forEachEntry(entry => {
      sum += Number(db.valueOf(entry));
    });
    expect(sum).toBe(world.recorder.totals[DONE]);
    expect(shard.replicas[0].engine.database(0).size).toBe(db.size);
  });
});

describe("changes of the cluster", () => {
  it("come one at a time: a second one is refused with the reason", () => {
    const world = smallWorld({ keys: 500, rate: 500, seconds: 20, cluster: { scaling: SCALING } });
    const [first, second] = [report(), report()];
    let ended = 0;
    world.sim.after(1e9, "first", () => scaleOut(world.cluster, 1, first, () => ended++));
    world.sim.after(2e9, "second", () => changeReplicas(world.cluster, 2, second, () => ended++));
    runTo(world, 20);
    expect(second.refused).toBe("the cluster is being changed: scaling out by 1 shard, for 1 s now");
    expect([first.refused, ended]).toEqual([null, 2]);
    expect(world.cluster.members).toHaveLength(4);
    expect(world.cluster.shards[3].replicas).toHaveLength(1);
    expect(world.cluster.capacity.nodes).toBe(8);
    expect(world.cluster.capacity.means()[0].nodes).toBeCloseTo((6 * 3 + 8 * 17) / 20, 6);
  });

  it("gives a new shard as many replicas as the cluster is to have, also while a host is lost", () => {
    const failover = managed({ detection: 1, promotion: 1, replacement: 1_000 });
    const world = smallWorld({ keys: 500, rate: 500, seconds: 20, cluster: { scaling: SCALING, failover } });
    const { cluster } = world;
    world.sim.after(1e9, "lost", () => world.crash(cluster.shards[0].replicas[0], "lost"));
    world.sim.after(5e9, "scale out", () => scaleOut(cluster, 1, report(), () => {}));
    runTo(world, 20);
    expect(cluster.shards.map(shard => shard.replicas.length)).toEqual([0, 1, 1, 1]);
  });

  it("puts members into the zones that are named, and else apart", () => {
    const { cluster } = smallConfig({});
    expect([0, 1].map(member => zoneFor(cluster, 3, 1, member))).toEqual([1, 2]);
    const named = { ...cluster, placement: { preferred: [2, 0], shards: [[0, 0]] } };
    expect([0, 1].map(member => zoneFor(named, 3, 0, member))).toEqual([0, 0]);
    expect([0, 1].map(member => zoneFor(named, 3, 1, member))).toEqual([0, 2]);
  });
});

describe("the reader endpoint", () => {
  it("is no load balancer: four instances on three replicas load one of them twice", () => {
    const world = smallWorld({
      keys: 500,
      rate: 2_000,
      seconds: 6,
      latency: CALM,
      cluster: {
        mode: "single",
        shards: 1,
        replicasPerShard: 3,
        failover: managed({ detection: 1, promotion: 1, dns: 1, replacement: 1000 }),
      },
      parameters: { "cluster-enabled": "no" },
      client: { instances: 4, readFrom: "replica", dnsTtlNs: 1e9 },
      workload: { ...commands("GET {key}"), preload: 1 },
    });
    runTo(world, 6);
    const [{ replicas, primary }] = world.cluster.shards;
    const calls = replicas.map(replica => replica.engine.stats.keyspaceHits).sort((a, b) => b - a);
    expect(calls[0] / calls[1]).toBeCloseTo(2, 1);
    expect(calls[1] / calls[2]).toBeCloseTo(1, 1);
    expect(primary.engine.stats.keyspaceHits).toBe(0);
  });
});
