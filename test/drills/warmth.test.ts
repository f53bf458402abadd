// Drills that leave a cache cold: what they follow until it is warm, and what a refused one leaves alone.

import { describe, expect, it } from "vitest";
import { DRILLS, type PlannedDrill, scheduleDrills } from "../../src/drills/index.ts";
import { constant } from "../../src/sim/distributions/constant.ts";
import { CALM, runTo, smallWorld, type Wanted } from "../models/world.ts";

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
