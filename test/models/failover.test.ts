// Failover, upstream and managed: who takes over, when, and with what. Mean times against the measured ones are in
// test/validation/failover.ts.

import { describe, expect, it } from "vitest";
import { worldConfig } from "../../bench/world-config.ts";
import { World } from "../../src/models/world.ts";
import { constant } from "../../src/sim/distributions/constant.ts";
import { RUNS, timeline } from "../validation/failover.ts";
import { managed, runTo, smallWorld } from "./world.ts";

describe("upstream failover", () => {
  // Timeout; the measured least and greatest first write.
  it.each([
    [2, 3.8, 4.1],
    [5, 6.6, 8.8],
    [15, 18.6, 22.0],
  ])(
    "node timeout %d s: the middle half of the promotions lies within what was measured, %d to %d s",
    (timeout, low, high) => {
      const promoted = Array.from({ length: RUNS }, (_, seed) => timeline(timeout, seed, "down").get("promoted")!);
      expect(promoted.every(Number.isFinite)).toBe(true);
      const sorted = promoted.toSorted((a, b) => a - b);
      // Four or five measured runs span about the middle of the distribution; the model's own quartiles must overlap them.
      expect(sorted[Math.floor(RUNS * 0.75)]).toBeGreaterThan(low);
      expect(sorted[Math.floor(RUNS * 0.25)]).toBeLessThan(high);
      expect(sorted[0]).toBeGreaterThan(timeout + 0.5);
      expect(sorted[RUNS - 1]).toBeLessThan(1.5 * timeout + 3.5);
    },
  );

  // The reference model's 5, 50 and 95 % at a node timeout of 15 s (models/physics.md, 3): more primaries notice sooner that one
  // is gone, and more of them have to agree.
  it.each([
    [15, 5, 16, [18.7, 20.8, 23.0]],
    [60, 20, 10, [16.4, 21.2, 23.2]],
  ])("%d nodes promote when the reference model does", (_nodes, shards, runs, [early, middle, late]) => {
    const promoted = Array.from(
      { length: runs },
      (_, seed) => timeline(15, seed, "down", { shards, replicasPerShard: 2 }).get("promoted")!,
    ).toSorted((a, b) => a - b);
    expect(promoted[0]).toBeGreaterThan(early - 1);
    expect(promoted[runs - 1]).toBeLessThan(late + 1);
    const median = (promoted[runs / 2 - 1] + promoted[runs / 2]) / 2;
    expect(Math.abs(median / middle - 1)).toBeLessThan(0.05);
  });

  it("election lasts 0.5-1 s and up to two crons after the agreement", () => {
    for (let seed = 0; seed < RUNS; seed++) {
      const ends = timeline(5, seed, "down");
      const election = ends.get("promoted")! - ends.get("detected")!;
      expect(election).toBeGreaterThan(0.5);
      expect(election).toBeLessThan(1.22);
    }
  });

  it("a lost host is noticed no sooner and no later than a killed process", () => {
    const down = Array.from({ length: RUNS }, (_, seed) => timeline(5, seed, "down").get("promoted")!);
    const lost = Array.from({ length: RUNS }, (_, seed) => timeline(5, seed, "lost").get("promoted")!);
    expect(lost).toEqual(down);
  });

  /** Keys of the shard's primary and its replica at the end, after a restart so many seconds after the crash. */
  function restarted(afterSeconds: number) {
    const world = smallWorld({
      keys: 1_000,
      rate: 1,
      seconds: 60,
      workload: { preload: 1, ttlSeconds: null },
      cluster: {
        failover: {
          profile: "upstream",
          nodeTimeoutNs: 5e9,
          requireFullCoverage: true,
          restartNs: constant(afterSeconds * 1e9),
        },
      },
    });
    const [shard] = world.cluster.shards;
    const { primary } = shard;
    world.sim.after(10e9, "crash", () => world.crash(primary, "down"));
    runTo(world, 60);
    const sizes = [shard.primary, ...shard.replicas].map(node => node.engine.database(0).size);
    return { stayed: shard.primary === primary, members: sizes.length, sizes };
  }

  it("a process that is back before anybody noticed leads again, empty, and its replica loses its data with it", () => {
    const { stayed, members, sizes } = restarted(1);
    expect([stayed, members]).toEqual([true, 2]);
    expect(Math.max(...sizes)).toBeLessThan(60);
  });

  it.each([8, 9, 30])("a process that is back after %d s finds its replica promoted and follows it", seconds => {
    const { stayed, members, sizes } = restarted(seconds);
    expect([stayed, members]).toEqual([false, 2]);
    expect(Math.min(...sizes)).toBeGreaterThan(300);
  });

  it("without a majority of primaries nobody is promoted", () => {
    const world = new World({
      ...worldConfig({
        keys: 1,
        rate: 1,
        seconds: 60,
        cluster: {
          failover: { profile: "upstream", nodeTimeoutNs: 2e9, requireFullCoverage: true, restartNs: constant(1e12) },
        },
      }),
      workloads: [],
    });
    world.sim.after(10e9, "crash", () => {
      world.crash(world.cluster.shards[0].primary, "lost");
      world.crash(world.cluster.shards[1].primary, "lost");
    });
    world.start();
    world.sim.run(60e9);
    expect(world.cluster.shards.map(shard => shard.failed)).toEqual([true, true, false]);
  });
});

describe("managed failover", () => {
  it("promotes the replica that has applied most, once detection and promotion are over", () => {
    const config = worldConfig({ keys: 200_000, rate: 2_000, seconds: 40, cluster: { replicasPerShard: 2 } });
    const world = new World({
      ...config,
      cluster: {
        ...config.cluster,
        failover: managed({ detection: 10, promotion: 3, dns: 1, replacement: 100 }),
      },
    });
    const shard = world.cluster.shards[0];
    const [ahead, behind] = [shard.replicas[1], shard.replicas[0]];
    // The first replica hears nothing for a while.
    world.sim.after(4.9e9, "deaf", () => {
      world.cluster.linkOf(behind)!.paused = true;
    });
    world.sim.after(5e9, "crash", () => world.crash(shard.primary, "lost"));
    world.start();
    world.sim.run(17.9e9);
    expect(shard.failed).toBe(true);
    world.sim.run(40e9);
    expect(shard.primary.name).toBe(ahead.name);
    expect(shard.replicas.map(node => node.name)).toEqual([behind.name]);
    // All but what is on its way at this very instant.
    const missing = shard.stream.offset - world.cluster.linkOf(behind)!.offset;
    expect(missing).toBeGreaterThanOrEqual(0);
    expect(missing).toBeLessThan(20_000);
  });

  it("a shard without replicas starts again empty, when its replacement stands", () => {
    const config = worldConfig({
      keys: 1_000,
      rate: 500,
      seconds: 60,
      cluster: { shards: 1, replicasPerShard: 0, multiAz: false },
    });
    const world = new World({
      ...config,
      workloads: [{ ...config.workloads[0], preload: 1 }],
      cluster: {
        ...config.cluster,
        failover: managed({ detection: 10, promotion: 3, dns: 1, replacement: 30 }),
      },
    });
    const shard = world.cluster.shards[0];
    let keysAfter = -1;
    world.cluster.observers.push({
      promoted: () => {
        keysAfter = shard.primary.engine.database(0).size;
      },
    });
    world.sim.after(5e9, "crash", () => world.crash(shard.primary, "down"));
    world.start();
    world.sim.run(34e9);
    expect(shard.failed).toBe(true);
    world.sim.run(60e9);
    world.checkConservation();
    expect(keysAfter).toBe(0);
    expect(shard.primary.engine.database(0).size).toBeGreaterThan(100);
  });
});
