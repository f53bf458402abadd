// The stream from a primary to its replicas: what arrives, when, and what a replica that was away has to do.

import { describe, expect, it } from "vitest";
import type { Engine } from "../../src/engine/engine.ts";
import { commandBytes } from "../../src/engine/reply.ts";
import { type StringValue, stringLength } from "../../src/engine/values/string.ts";
import { constant } from "../../src/sim/distributions/constant.ts";
import { CALM, commands, managed, runTo, smallConfig, smallWorld, type Wanted } from "./world.ts";

const WRITES: Wanted = {
  latency: CALM,
  cluster: { shards: 1, replicasPerShard: 2 },
  workload: {
    ...commands("SET {key} {value} EX {ttl}"),
    ttlSeconds: constant(3_600),
  },
};

/** Everything that an engine holds, as text. */
function contents(engine: Engine): string[] {
  const rows: string[] = [];
  const keyspace = engine.database(0);
  keyspace.forEachEntry(entry => {
    const value = keyspace.valueOf(entry) as StringValue;
    rows.push(`${keyspace.keyOf(entry)} ${stringLength(value)} ${keyspace.expiryOf(entry)}`);
  });
  return rows.sort();
}

describe("a replica", () => {
  it("holds what its primary holds once the writes have stopped", () => {
    const world = smallWorld({ ...WRITES, keys: 500, rate: 2_000, seconds: 5 });
    runTo(world, 6);
    const [shard] = world.cluster.shards;
    const wanted = contents(shard.primary.engine);
    expect(wanted.length).toBeGreaterThan(300);
    for (const replica of shard.replicas) {
      expect(contents(replica.engine)).toEqual(wanted);
      expect(world.cluster.linkOf(replica)!.offset).toBe(shard.stream.offset);
      expect(world.cluster.linkOf(replica)!.lagNs(world.sim.now)).toBe(0);
    }
  });

  it("that looks for a dead primary gets the changes of the process that starts in its place", () => {
    const world = smallWorld({ ...WRITES, keys: 500, rate: 2_000, seconds: 8 });
    runTo(world, 2);
    const { cluster } = world;
    const [shard] = cluster.shards;
    const { primary } = shard;
    world.crash(primary, "lost");
    // It had missed that, and turns to whom it takes for its primary.
    for (const replica of shard.replicas) cluster.following.follow(replica, shard.stream, null);
    runTo(world, 3);
    cluster.startEmpty(shard, primary, null);
    runTo(world, 9);
    const wanted = contents(primary.engine);
    expect(wanted.length).toBeGreaterThan(300);
    for (const replica of shard.replicas) expect(contents(replica.engine)).toEqual(wanted);
  });

  it("sends evictions and expirations as deletions", () => {
    const world = smallWorld({
      ...WRITES,
      keys: 20_000,
      rate: 5_000,
      seconds: 8,
      parameters: { maxmemory: "6500000", "repl-backlog-size": "1048576" },
      workload: { ...WRITES.workload, ttlSeconds: constant(3) },
    });
    runTo(world, 9);
    const [shard] = world.cluster.shards;
    expect(shard.primary.engine.stats.evictedKeys).toBeGreaterThan(100);
    expect(shard.primary.engine.stats.expiredKeys).toBeGreaterThan(100);
    for (const replica of shard.replicas) {
      expect(replica.engine.stats.evictedKeys).toBe(0);
      expect(contents(replica.engine)).toEqual(contents(shard.primary.engine));
    }
  });

  it("takes the bytes that the commands have on the wire", () => {
    const world = smallWorld({ ...WRITES, keys: 100, rate: 1_000, seconds: 2 });
    let bytes = 0;
    const { engine } = world.cluster.shards[0].primary;
    const append = engine.replicate!;
    engine.replicate = (database, argv) => {
      // Replicated SETs carry an absolute instant: 13 digits of ms in place of EX and 4 digits.
      expect(argv[3]).toBe("PXAT");
      bytes += commandBytes(argv);
      append(database, argv);
    };
    runTo(world, 3);
    expect(bytes).toBeGreaterThan(400_000);
    expect(world.cluster.shards[0].stream.offset).toBe(bytes);
  });

  it("lags by an added delay and not by twice as much: batches travel beside each other", () => {
    const world = smallWorld({ ...WRITES, keys: 500, rate: 500, seconds: 12 });
    const { primary } = world.cluster.shards[0];
    const late = (from: number, to: number) => from === primary.id && to >= 0;
    world.sim.after(1e9, "later", () => world.breakLinks({ covers: late, loss: 0, extraNs: 2e9, jitterNs: 0 }, "", ""));
    const lags: number[] = [];
    for (let second = 4; second < 12; second++) {
      runTo(world, second);
      for (const link of world.cluster.shards[0].stream.links) lags.push(link.lagNs(world.sim.now) / 1e9);
    }
    expect(Math.min(...lags)).toBeGreaterThan(1.95);
    expect(Math.max(...lags)).toBeLessThan(2.05);
  });

  // physics.md, section 2: one batch of the event loop, half the round trip, the replica's work.
  it("lags one batch and one way behind an idle primary", () => {
    const world = smallWorld({ ...WRITES, rate: 100, seconds: 10, cluster: { ...WRITES.cluster!, multiAz: true } });
    runTo(world, 10);
    const lag = world.replicationLag[0];
    expect(lag.count).toBeGreaterThan(1_500);
    const [batch, oneWay, work] = [200_000, 350_000, 20_000];
    // A change that comes while a batch gathers rides with it.
    expect(lag.min).toBeGreaterThanOrEqual(oneWay);
    expect(lag.max).toBeLessThan(batch + oneWay + work);
    expect(Math.abs(lag.mean - batch - oneWay)).toBeLessThan(work);
  });

  it("lags for the time that its thread is blocked, and recovers", () => {
    const world = smallWorld({ ...WRITES, rate: 1_000, seconds: 10 });
    const [replica] = world.cluster.shards[0].replicas;
    world.sim.after(3e9, "block", () => replica.block(2e9));
    runTo(world, 4.5);
    const lag = world.cluster.linkOf(replica)!.lagNs(world.sim.now) / 1e9;
    expect(lag).toBeGreaterThan(1.4);
    expect(lag).toBeLessThan(1.6);
    runTo(world, 8);
    expect(world.cluster.linkOf(replica)!.lagNs(world.sim.now) / 1e9).toBeLessThan(0.01);
  });
});

describe("a replica that was away", () => {
  /** The first replica follows again after the primary has written so much more. */
  function away(backlogBytes: number, rate: number) {
    const world = smallWorld({
      ...WRITES,
      rate,
      seconds: 60,
      parameters: { "repl-backlog-size": String(backlogBytes) },
      cluster: {
        ...WRITES.cluster!,
        failover: managed({ detection: 1, promotion: 1, dns: 1, replacement: 500 }),
      },
    });
    const [shard] = world.cluster.shards;
    const [behind] = shard.replicas;
    // It hears nothing for ten seconds; then the primary dies and the other replica is promoted.
    world.sim.after(10e9, "deaf", () => {
      world.cluster.linkOf(behind)!.paused = true;
    });
    world.sim.after(20e9, "crash", () => world.crash(shard.primary, "lost"));
    runTo(world, 50);
    expect(world.cluster.linkOf(behind)).toBeDefined();
    expect(behind.engine.isLoading).toBe(false);
    return shard.primary.engine.stats;
  }

  // Ten seconds of 1,000 SETs of 200 B are 2.8 MB of stream.
  it("resyncs partially from a backlog that reaches back far enough", () => {
    const stats = away(4_000_000, 1_000);
    expect([stats.partialSyncsOk, stats.fullSyncs]).toEqual([1, 0]);
  });

  it("resyncs in full when the backlog is too short", () => {
    const stats = away(1_000_000, 1_000);
    expect([stats.partialSyncsOk, stats.fullSyncs]).toEqual([0, 1]);
  });
});

describe("the backlog", () => {
  it("counts as the primary's memory up to its size", () => {
    const world = smallWorld({ ...WRITES, rate: 2_000, seconds: 20, parameters: { "repl-backlog-size": "1048576" } });
    runTo(world, 20);
    const { outside } = world.cluster.shards[0].primary.engine;
    expect(outside.replication).toBe(1_048_576);
    expect(outside.replicationExcess).toBe(0);
  });

  it("does not grow without end while a replica lags", () => {
    const world = smallWorld({ ...WRITES, rate: 2_000, seconds: 20, parameters: { "repl-backlog-size": "1048576" } });
    const [shard] = world.cluster.shards;
    world.sim.after(1e9, "deaf", () => {
      world.cluster.linkOf(shard.replicas[0])!.paused = true;
    });
    runTo(world, 20);
    const { outside } = shard.primary.engine;
    // What the deaf one has yet to get stands in its output buffer.
    const pending = world.cluster.linkOf(shard.replicas[0])!.pendingBytes;
    expect(pending).toBeGreaterThan(9_000_000);
    expect(outside.replicationExcess).toBe(pending - 1_048_576);
  });
});

describe("the soft limit of a replica's output buffer", () => {
  /** 28 kB/s of stream against a soft limit of 20 kB for ten seconds; the replica is deaf for so long at each instant. */
  function cuts(deafSeconds: number, ...instants: number[]): number {
    const { replication } = smallConfig().cluster;
    const outputLimit = { hardBytes: 1e9, softBytes: 20_000, softNs: 10e9 };
    const world = smallWorld({
      ...WRITES,
      rate: 100,
      seconds: 40,
      cluster: { shards: 1, replicasPerShard: 1, replication: { ...replication, outputLimit } },
    });
    const [shard] = world.cluster.shards;
    const link = world.cluster.linkOf(shard.replicas[0])!;
    for (const at of instants) {
      world.sim.after(at * 1e9, "deaf", () => {
        link.paused = true;
      });
      world.sim.after((at + deafSeconds) * 1e9, "hears", () => link.resume());
    }
    runTo(world, 40);
    return shard.primary.engine.stats.outputLimitCuts;
  }

  it("is for what stays above it: peaks that pass are forgotten", () => {
    expect(cuts(2, 5, 20, 35)).toBe(0);
    expect(cuts(12, 5)).toBe(1);
  });
});
