// Drills that leave a cache cold: what they follow until it is warm, and what a refused one leaves alone.

import { describe, expect, it } from "vitest";
import { DRILLS, type PlannedDrill, scheduleDrills } from "../../src/drills/index.ts";
import { World } from "../../src/models/world.ts";
import { constant } from "../../src/sim/distributions/constant.ts";
import { CALM, runTo, smallConfig, smallWorld, type Wanted } from "../models/world.ts";

function plan(name: string, atSeconds: number, given: unknown = {}): PlannedDrill {
  return { name, atNs: atSeconds * 1e9, options: DRILLS.find(drill => drill.name === name)!.options.parse(given) };
}

const WARM: Wanted = {
  keys: 200,
  rate: 500,
  latency: CALM,
  cluster: { shards: 1, replicasPerShard: 0, multiAz: false },
  workload: { preload: 1, ttlSeconds: null, valueBytes: constant(100) },
};

describe("a restore that is refused", () => {
  it("ends once and warms nothing up", () => {
    const world = smallWorld({ ...WARM, seconds: 12 });
    const [first, second] = scheduleDrills(world, [
      plan("restore", 5, { from: "nothing" }),
      plan("restore", 6, { from: "nothing" }),
    ]);
    runTo(world, 12);
    expect(first.refused).toBeNull();
    expect(second.refused).toContain("the cluster is being changed");
    expect(second.endNs).toBe(6e9);
    expect([second.phases, second.figures]).toEqual([[], {}]);
  });

  it("a watcher of replies that stops twice takes nobody else's place", () => {
    const world = smallWorld({ ...WARM, seconds: 2 });
    let seen = 0;
    world.watchReplies(() => seen++);
    const stop = world.watchReplies(() => {});
    stop();
    stop();
    runTo(world, 2);
    expect(seen).toBeGreaterThan(500);
  });
});

describe("what a restore finds of a snapshot", () => {
  /** Two shards save at 1 s; a restore that is planned for later has backups kept. */
  function backupOf(given: object, meanwhile: (world: World) => void = () => {}) {
    const world = smallWorld({
      ...WARM,
      keys: 2_000,
      seconds: 3,
      cluster: { shards: 2, replicasPerShard: 0, multiAz: false },
    });
    scheduleDrills(world, [plan("snapshot", 1, given), plan("restore", 9)]);
    world.sim.after(1.0001e9, "meanwhile", () => meanwhile(world));
    runTo(world, 3);
    return world.cluster.backup?.items.map(({ slot }) => world.cluster.shardOfSlot[slot]) ?? null;
  }

  it("is every key of the shards that saved, and of no others", () => {
    const all = backupOf({})!;
    expect(all).toHaveLength(2_000);
    const second = backupOf({ shard: 2 })!;
    expect(new Set(second)).toEqual(new Set([1]));
    expect(second).toHaveLength(all.filter(shard => shard === 1).length);
  });

  it.each([0, 1])("is nothing when the node of shard %i died before it had saved", shard => {
    expect(backupOf({}, world => world.crash(world.cluster.shards[shard].primary, "down"))).toBeNull();
  });
});

describe("a flushed cache", () => {
  it.each([1, 60])("is followed until it is warm again, where periods are %i s long", seconds => {
    const world = new World({ ...smallConfig({ ...WARM, rate: 200, seconds: 90 }), periodNs: seconds * 1e9 });
    world.start();
    const [report] = scheduleDrills(world, [plan("flush-all", 65)]);
    runTo(world, 90);
    expect(report.figures.hitRateBeforePercent).toBeCloseTo(100, 1);
    expect(report.figures.lowestHitRatePercent).toBeLessThan(90);
    expect(report.phases.map(({ name }) => name)).toContain("warm");
  });
});
