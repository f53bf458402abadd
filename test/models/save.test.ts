// Forks, saves and full syncs: how long they take, what they block, what they cost in memory.

import { describe, expect, it } from "vitest";
import { CLUSTER } from "../../bench/world-config.ts";
import { nodeType } from "../../src/catalog/nodes.ts";
import { dataSize } from "../../src/models/data-size.ts";
import { type SaveReport, startSave } from "../../src/models/save.ts";
import { constant } from "../../src/sim/distributions/constant.ts";
import { CALM, commands, managed, runTo, smallWorld, type Wanted } from "./world.ts";

const SINGLE: Wanted = {
  latency: CALM,
  zones: 1,
  rate: 1_000,
  seconds: 120,
  cluster: { shards: 1, replicasPerShard: 0, multiAz: false },
  workload: { preload: 1, ttlSeconds: null },
};

function saved(wanted: Wanted): { report: SaveReport; longestNs: number; keys: number; bytes: number } {
  const world = smallWorld({ ...SINGLE, ...wanted });
  const node = world.cluster.nodes[0];
  const { keys, bytes } = dataSize(node.engine);
  let report: SaveReport | null = null;
  world.sim.after(10.2e9, "save", () => startSave(node, world.sim, done => (report = done)));
  runTo(world, 60);
  expect(report).not.toBeNull();
  const longestNs = Math.max(...world.recorder.periods.map(period => period.rows[0].latency.max));
  return { report: report!, longestNs, keys, bytes };
}

describe("a save", () => {
  it("pauses for the fork in proportion to memory, and the slowest request waits for it", () => {
    const pauses = [
      { perGibNs: 12e6, values: 200 },
      { perGibNs: 12e6, values: 20_000 },
      { perGibNs: 100e6, values: 20_000 },
    ].map(({ perGibNs, values }) => {
      const { report, longestNs } = saved({
        keys: 20_000,
        cluster: { ...SINGLE.cluster!, fork: { baseNs: 1e6, perGibNs } },
        workload: { ...SINGLE.workload, valueBytes: constant(values) },
      });
      expect(longestNs).toBeGreaterThan(0.8 * report.forkNs);
      expect(longestNs).toBeLessThan(report.forkNs + 1.5e6);
      return report.forkNs;
    });
    // 20,000 keys of 20 kB are 410 MB, 480 in the allocator's classes: 1 ms + 12 ms/GiB x 0.4 GiB.
    expect(pauses[0] / 1e6).toBeCloseTo(1.1, 0);
    expect((pauses[1] - 1e6) / 12e6).toBeCloseTo((pauses[2] - 1e6) / 100e6, 3);
    expect((pauses[1] - 1e6) / 12e6).toBeGreaterThan(0.37);
    expect((pauses[1] - 1e6) / 12e6).toBeLessThan(0.5);
  });

  it("lasts as long as the child needs for its keys and bytes", () => {
    const { report, keys, bytes } = saved({
      keys: 50_000,
      workload: { ...SINGLE.workload, valueBytes: constant(5_000) },
    });
    // physics.md 1.5 on Graviton3, 0.66 of the reference's time.
    expect(report.durationNs / (0.66 * (keys * 1_600 + bytes * 10.3))).toBeCloseTo(1, 1);
    expect(report.completed).toBe(true);
    // Nothing is rewritten: what an idle parent touches all the same.
    expect(report.rewrittenKeys).toBe(0);
    expect(report.peakCopiedBytes).toBe(3_000_000);
  });

  it("copies the pages of rewritten keys only while it runs", () => {
    const { report } = saved({
      keys: 50_000,
      rate: 5_000,
      workload: {
        ...SINGLE.workload,
        valueBytes: constant(1_000),
        ...commands("SET {key} {value}"),
      },
    });
    expect(report.rewrittenKeys).toBeGreaterThan(300);
    expect(report.rewrittenKeys).toBeLessThan((report.durationNs / 1e9) * 5_000);
    // Each rewritten key costs at least the page that its new value comes to lie on... and no more than a handful.
    expect(report.peakCopiedBytes / report.rewrittenKeys).toBeGreaterThan(500);
    expect(report.peakCopiedBytes / report.rewrittenKeys).toBeLessThan(5 * 4_096);
  });

  it("is lost with its node", () => {
    const world = smallWorld({ ...SINGLE, keys: 50_000 });
    const node = world.cluster.nodes[0];
    let report: SaveReport | null = null;
    startSave(node, world.sim, done => (report = done));
    expect(node.engine.childActive).toBe(true);
    world.sim.after(10e6, "crash", () => world.crash(node, "down"));
    runTo(world, 5);
    expect(report!.completed).toBe(false);
    expect(node.save).toBeNull();
    expect(node.engine.childActive).toBe(false);
  });
});

describe("a full sync", () => {
  const SYNC: Wanted = {
    ...SINGLE,
    keys: 40_000,
    cluster: {
      shards: 1,
      replicasPerShard: 1,
      failover: managed({ detection: 1, promotion: 1, dns: 1, replacement: 5 }),
    },
  };

  it("brings a replacement up, hidden until it has loaded, then live", () => {
    const world = smallWorld({ ...SYNC, workload: { ...SYNC.workload, valueBytes: constant(2_000) } });
    const [shard] = world.cluster.shards;
    runTo(world, 1);
    world.crash(shard.replicas[0], "lost");
    runTo(world, 6.01);
    const [replica] = shard.replicas;
    expect(replica.name).toMatch(/-003$/u);
    expect(replica.engine.isLoading).toBe(true);
    // Readers are told so; others would be sent to the primary.
    const reader = replica.engine.session(9);
    reader.readonly = true;
    expect(replica.engine.execute(reader, ["get", "product:1"])).toMatchObject({ code: "LOADING" });
    expect(shard.primary.save).not.toBeNull();
    runTo(world, 30);
    expect(replica.engine.isLoading).toBe(false);
    expect(replica.engine.database(0).size).toBe(40_000);
    expect(shard.primary.engine.stats.fullSyncs).toBe(1);
    // Clients notice the fork, not the 80 MB that travel meanwhile.
    expect(Math.max(...world.recorder.periods.map(period => period.rows[0].latency.max))).toBeLessThan(4e6);
    const texts = world.log.events.map(event => event.what);
    expect(texts).toContainEqual(`full sync to ${replica.name} begins`);
    expect(texts).toContainEqual(`${replica.name} has loaded 40000 keys`);
  });

  it("never ends when more is written meanwhile than the output buffer may hold", () => {
    const world = smallWorld({
      ...SYNC,
      keys: 20_000,
      rate: 20_000,
      seconds: 20,
      cluster: {
        ...SYNC.cluster!,
        node: nodeType("cache.r7g.large")!,
        replication: {
          ...CLUSTER.replication,
          outputLimit: { hardBytes: 2_000_000, softBytes: 2_000_000, softNs: 60e9 },
        },
      },
      workload: {
        ...SYNC.workload,
        valueBytes: constant(4_000),
        ...commands("SET {key} {value}"),
      },
    });
    const [shard] = world.cluster.shards;
    world.sim.after(1e9, "crash", () => world.crash(shard.replicas[0], "lost"));
    runTo(world, 20);
    expect(shard.primary.engine.stats.fullSyncs).toBeGreaterThan(2);
    expect(shard.replicas[0].engine.isLoading).toBe(true);
    expect(world.log.events.some(event => event.what.includes("client-output-buffer-limit allows 2000000"))).toBe(true);
  });

  it("ends quietly when the primary dies under it", () => {
    const world = smallWorld({ ...SYNC, keys: 40_000, workload: { ...SYNC.workload, valueBytes: constant(20_000) } });
    const [shard] = world.cluster.shards;
    runTo(world, 1);
    const replica = shard.replicas[0];
    world.crash(replica, "lost");
    runTo(world, 6.01);
    expect(shard.replicas[0].engine.isLoading).toBe(true);
    world.crash(shard.primary, "lost");
    runTo(world, 40);
    world.checkConservation();
    // The half-loaded replica could not be promoted: the primary's replacement began empty, and it follows that.
    expect(shard.failed).toBe(false);
    expect(shard.primary.name).toMatch(/-004$/u);
    expect(shard.replicas.map(node => node.name)).toEqual([expect.stringMatching(/-003$/u)]);
    expect(shard.replicas[0].engine.isLoading).toBe(false);
    expect(world.cluster.linkOf(shard.replicas[0])).toBeDefined();
  });

  it("is put off while the primary saves", () => {
    const world = smallWorld({ ...SYNC, keys: 40_000, workload: { ...SYNC.workload, valueBytes: constant(20_000) } });
    const [shard] = world.cluster.shards;
    const { stream } = shard;
    let ended = 0;
    startSave(shard.primary, world.sim, () => (ended = world.sim.now));
    const replica = shard.replicas[0];
    world.cluster.linkOf(replica)!.cut();
    world.cluster.following.sync(replica, stream, null);
    runTo(world, 0.5);
    expect(stream.links).toHaveLength(0);
    runTo(world, 30);
    expect(ended).toBeGreaterThan(1e9);
    expect(stream.links).toHaveLength(1);
    expect(replica.engine.database(0).size).toBe(40_000);
  });
});
