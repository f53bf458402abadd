// Nodes that stand still, are slow, are cut off; zones that go. What their clients and their shards see of it.

import { describe, expect, it } from "vitest";
import { clientsIn } from "../../../src/models/faults/links.ts";
import type { World } from "../../../src/models/world.ts";
import { constant } from "../../../src/sim/distributions/constant.ts";
import { CALM, commands, managed, runTo, smallWorld, type Wanted } from "../world.ts";

const CUT = { loss: 1, extraNs: 0, jitterNs: 0 };
const UPSTREAM = {
  profile: "upstream" as const,
  nodeTimeoutNs: 5e9,
  requireFullCoverage: false,
  restartNs: constant(1_000e9),
};
const MANAGED = managed({ detection: 10, promotion: 2, dns: 1, replacement: 40 });

/** Writes of everybody to everything; three shards with a replica each. */
function writers(wanted: Wanted = {}): World {
  return smallWorld({
    latency: CALM,
    keys: 3_000,
    rate: 600,
    seconds: 90,
    ...wanted,
    workload: {
      preload: 1,
      ttlSeconds: null,
      ...commands("SET {key} {value}"),
      ...wanted.workload,
    },
  });
}

function texts(world: World): string[] {
  return world.log.events.map(event => `${(event.timeNs / 1e9).toFixed(1)} ${event.where} ${event.what}`);
}

describe("a frozen process", () => {
  it("answers what came meanwhile when it goes on, and changes nothing else", () => {
    const world = writers({ rate: 300, client: { timeoutNs: 10e9 }, cluster: { shards: 1, failover: MANAGED } });
    const { primary } = world.cluster.shards[0];
    world.sim.after(10e9, "freeze", () => world.nodeFaults.freeze(primary));
    world.sim.after(13e9, "thaw", () => world.nodeFaults.thaw(primary));
    runTo(world, 40);
    expect(world.clients[0].counters.timeouts).toBe(0);
    expect(world.cluster.shards[0].primary).toBe(primary);
    const longest = Math.max(...world.recorder.periods.map(period => period.rows[0].latency.max));
    expect(longest).toBeGreaterThan(2.95e9);
    expect(longest).toBeLessThan(3.1e9);
    expect(texts(world).some(text => text.includes("answers again: nothing is done"))).toBe(true);
  });

  it("executes what clients had given up waiting for, too: it stands in the socket", () => {
    const world = writers({ client: { retry: { attempts: 1, backoffLowNs: 1, backoffHighNs: 1, jitter: "none" } } });
    const { primary } = world.cluster.shards[0];
    const calls = () => primary.engine.stats.commandsProcessed;
    let before = 0;
    world.sim.after(10e9, "freeze", () => world.nodeFaults.freeze(primary));
    world.sim.after(10.9e9, "thaw", () => {
      before = calls();
      expect(world.clients[0].counters.timeouts).toBeGreaterThan(50);
      world.nodeFaults.thaw(primary);
      // Six instances with pools of 16: as many commands as there were connections, or as came.
      expect(calls() - before).toBeGreaterThan(50);
    });
    runTo(world, 20);
    world.checkConservation();
  });

  it("that is killed takes with it what it had promised: its clients hear of that at once", () => {
    const world = writers({ client: { timeoutNs: 1_000e9, retry: { attempts: 1 } }, cluster: { shards: 1 } });
    const { requests } = world;
    const { primary } = world.cluster.shards[0];
    runTo(world, 10);
    primary.block(0.5e9);
    runTo(world, 10.1);
    world.nodeFaults.freeze(primary);
    const waiting = () =>
      requests.alive.reduce((sum, alive, i) => sum + (alive === 1 && requests.startedNs[i] < 10.1e9 ? 1 : 0), 0);
    runTo(world, 12);
    expect(waiting()).toBeGreaterThan(20);
    world.crash(primary, "down");
    runTo(world, 12.1);
    expect(waiting()).toBe(0);
  });

  it("is replaced as leader after the node timeout, and steps down when it goes on: it loses what it then accepted", () => {
    const world = writers({ cluster: { failover: UPSTREAM } });
    const [shard] = world.cluster.shards;
    const old = shard.primary;
    world.sim.after(10e9, "freeze", () => world.nodeFaults.freeze(old));
    world.sim.after(30e9, "thaw", () => world.nodeFaults.thaw(old));
    runTo(world, 29);
    expect(shard.primary).not.toBe(old);
    expect(old.engine.role).toBe("primary");
    runTo(world, 40);
    expect(old.engine.role).toBe("replica");
    expect(shard.replicas).toEqual([old]);
    expect(world.cluster.linkOf(old)?.offset).toBeGreaterThan(0);
    expect(old.engine.database(0).size).toBe(shard.primary.engine.database(0).size);
  });
});

describe("a slow node", () => {
  it("takes so many times as long, and is as fast as ever afterwards", () => {
    const world = writers({ rate: 200, cluster: { shards: 1, replicasPerShard: 0, multiAz: false } });
    const { primary } = world.cluster.shards[0];
    world.sim.after(10e9, "slow", () => {
      const recover = primary.thread.slow(1_000);
      world.sim.after(10e9, "fast", recover);
    });
    runTo(world, 30);
    const mean = (from: number, to: number) => {
      const rows = world.recorder.periods.slice(from, to).map(period => period.rows[0].latency);
      return rows.reduce((sum, row) => sum + row.sum, 0) / rows.reduce((sum, row) => sum + row.count, 0);
    };
    expect(mean(11, 20) / mean(0, 10)).toBeGreaterThan(2.5);
    expect(mean(22, 30) / mean(0, 10)).toBeLessThan(1.05);
  });
});

describe("a primary that is cut off from the other nodes", () => {
  /** Everybody but its own zone's clients loses the primary of shard 1, which is in zone 1, from 10 s to 40 s. */
  function cutOff(failover: typeof UPSTREAM | typeof MANAGED): { world: World; heal: () => void } {
    const world = writers({ cluster: { failover } });
    const old = world.cluster.shards[0].primary;
    let heal = () => {};
    world.sim.after(10e9, "cut", () => {
      const isInside = (party: number) => party === old.id || party === clientsIn(old.zone);
      heal = world.breakLinks({ covers: (a, b) => isInside(a) !== isInside(b), ...CUT }, "network", "cut").heal;
    });
    world.sim.after(40e9, "heal", () => heal());
    return { world, heal: () => heal() };
  }

  it("upstream: goes on writing for its own zone until the timeout, then refuses; the majority elects another one", () => {
    const { world } = cutOff(UPSTREAM);
    const [shard] = world.cluster.shards;
    const old = shard.primary;
    runTo(world, 14.5);
    const early = old.stream!.offset;
    expect(old.clusterDown).toBe(false);
    runTo(world, 25);
    expect(shard.primary).not.toBe(old);
    expect(shard.epoch).toBeGreaterThan(old.epoch);
    expect(old.clusterDown).toBe(true);
    expect(old.stream!.offset).toBeGreaterThan(early);
    const late = old.stream!.offset;
    runTo(world, 39);
    expect(old.stream!.offset).toBe(late);
    runTo(world, 60);
    expect([old.engine.role, old.clusterDown, old.outlook]).toEqual(["replica", false, null]);
    expect(old.engine.database(0).size).toBe(shard.primary.engine.database(0).size);
    // Writes of one zone of three to one shard of three between the cut and the refusal: some 6 s of 66 a second.
    const lost = texts(world).map(text => /; (\d+) (?:more )?changes lost/u.exec(text)?.[1] ?? 0);
    const sum = lost.reduce<number>((total, one) => total + Number(one), 0);
    expect(sum).toBeGreaterThan(200);
    expect(sum).toBeLessThan(700);
  });

  it("managed: is fenced before another one is promoted, so that two never write at a time", () => {
    const { world } = cutOff(MANAGED);
    const [shard] = world.cluster.shards;
    const old = shard.primary;
    runTo(world, 21.9);
    expect([shard.primary, old.state]).toEqual([old, "up"]);
    runTo(world, 22.1);
    expect(old.state).toBe("lost");
    expect(shard.primary).not.toBe(old);
    runTo(world, 80);
    // The replacement waited for its time, not for the link.
    expect(shard.replicas).toHaveLength(1);
    expect(world.cluster.linkOf(shard.replicas[0])).toBeDefined();
  });

  it("managed: stays what it was when the network is back before the detection", () => {
    const world = writers({ cluster: { failover: MANAGED } });
    const { primary } = world.cluster.shards[0];
    world.sim.after(10e9, "cut", () => {
      const { heal } = world.breakLinks(
        { covers: (a, b) => a === primary.id || b === primary.id, ...CUT },
        "network",
        "cut",
      );
      world.sim.after(8e9, "heal", heal);
    });
    runTo(world, 70);
    expect(world.cluster.shards[0].primary).toBe(primary);
    expect(world.cluster.nodes).toHaveLength(6);
  });

  it("upstream: nobody is elected where no side has a majority", () => {
    const world = writers({ zones: 2, cluster: { shards: 2, failover: UPSTREAM } });
    world.sim.after(10e9, "cut", () => {
      const zone = (party: number) => (party >= 0 ? world.cluster.nodes[party].zone : -1 - party);
      world.breakLinks({ covers: (a, b) => zone(a) !== zone(b), ...CUT }, "network", "cut");
    });
    const before = world.cluster.shards.map(shard => shard.primary.name);
    runTo(world, 60);
    expect(world.cluster.shards.map(shard => shard.primary.name)).toEqual(before);
    expect(world.cluster.shards.every(shard => shard.primary.clusterDown)).toBe(true);
  });
});

describe("replication over a link that is cut", () => {
  it("catches up partially from the backlog after a short one, and with the retransmission that TCP had planned", () => {
    const world = writers({ cluster: { shards: 1, failover: MANAGED } });
    const [shard] = world.cluster.shards;
    const [replica] = shard.replicas;
    world.sim.after(10e9, "cut", () => {
      const covers = (a: number, b: number) => a >= 0 && b >= 0;
      const { heal } = world.breakLinks({ covers, ...CUT }, "network", "cut");
      world.sim.after(5e9, "heal", heal);
    });
    runTo(world, 14);
    expect(world.cluster.linkOf(replica)!.lagNs(world.sim.now)).toBeGreaterThan(3.9e9);
    runTo(world, 17);
    expect(world.cluster.linkOf(replica)!.lagNs(world.sim.now)).toBeLessThan(2e6);
    expect(shard.primary.engine.stats.fullSyncs).toBe(0);
  });

  it("is closed after repl-timeout, and resyncs as far as the backlog reaches", () => {
    for (const [backlog, full] of [
      ["52428800", 0],
      ["262144", 1],
    ] as const) {
      const world = writers({
        seconds: 110,
        parameters: { "repl-backlog-size": backlog },
        cluster: { shards: 1, failover: UPSTREAM },
      });
      const [shard] = world.cluster.shards;
      world.sim.after(10e9, "cut", () => {
        const { heal } = world.breakLinks({ covers: (a, b) => a >= 0 && b >= 0, ...CUT }, "network", "cut");
        world.sim.after(80e9, "heal", heal);
      });
      runTo(world, 75);
      expect(world.cluster.linkOf(shard.replicas[0])).toBeUndefined();
      expect(shard.primary.engine.goodReplicas).toBe(0);
      runTo(world, 100);
      expect(shard.primary.engine.stats.fullSyncs).toBe(full);
      expect(shard.primary.engine.stats.partialSyncsOk).toBe(1 - full);
      expect(shard.primary.engine.goodReplicas).toBe(1);
    }
  });

  it("does not make min-replicas-to-write refuse writes elsewhere, when a replica is rebuilt after a long quiet time", () => {
    const world = writers({
      rate: 200,
      seconds: 60,
      parameters: { "min-replicas-to-write": "1" },
      cluster: {
        shards: 2,
        replicasPerShard: 2,
        failover: managed({ detection: 1, promotion: 1, dns: 1, replacement: 5 }),
      },
    });
    runTo(world, 30);
    world.crash(world.cluster.shards[0].replicas[0], "down");
    runTo(world, 50);
    const { errorReplies } = world.clients[0].counters;
    runTo(world, 60);
    expect(world.clients[0].counters.errorReplies).toBe(errorReplies);
    expect(world.cluster.shards.map(({ primary }) => primary.engine.goodReplicas)).toEqual([2, 2]);
  });

  it("makes min-replicas-to-write refuse writes ten seconds after the last acknowledgement", () => {
    const world = writers({
      parameters: { "min-replicas-to-write": "1" },
      cluster: { shards: 1, failover: UPSTREAM },
    });
    const { primary } = world.cluster.shards[0];
    world.sim.after(10e9, "cut", () => {
      world.breakLinks({ covers: (a, b) => a >= 0 && b >= 0, ...CUT }, "network", "cut");
    });
    runTo(world, 19.5);
    const { offset } = primary.stream!;
    expect(offset).toBeGreaterThan(0);
    runTo(world, 22);
    const stopped = primary.stream!.offset;
    runTo(world, 30);
    expect(primary.stream!.offset).toBe(stopped);
    expect(world.clients[0].counters.errorReplies).toBeGreaterThan(100);
  });
});

describe("a zone that is lost", () => {
  it("fails over to the others at once; what stood in it is replaced when it is back, not before", () => {
    const world = writers({ seconds: 120, cluster: { failover: MANAGED } });
    const lost = world.cluster.nodes.filter(node => node.zone === 0);
    world.sim.after(10e9, "outage", () => {
      const { event } = world.nodeFaults.zoneLost(0, "az1");
      world.sim.after(60e9, "back", () => world.nodeFaults.zoneBack(0, "az1", event));
    });
    runTo(world, 69);
    expect(lost.every(node => node.state === "lost")).toBe(true);
    expect(world.cluster.shards.every(shard => shard.primary.zone !== 0 && shard.primary.state === "up")).toBe(true);
    expect(world.cluster.nodes.filter(node => node.zone === 0 && node.state === "up")).toHaveLength(0);
    runTo(world, 90);
    expect(world.cluster.nodes.filter(node => node.zone === 0 && node.state === "up")).toHaveLength(lost.length);
    expect(world.cluster.shards.every(shard => shard.replicas.length === 1)).toBe(true);
  });
});
