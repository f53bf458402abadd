// Pieces of a load: popularity that drifts, requests for keys that nobody asks for again, crowds.

import { describe, expect, it } from "vitest";
import { flashCrowd } from "../../src/drills/flash-crowd.ts";
import { scheduleDrills } from "../../src/drills/index.ts";
import { constantRate, surgingRate } from "../../src/workload/rate.ts";
import { CALM, outcomes, runTo, smallWorld, type Wanted } from "./world.ts";

const SECONDS = 5;
function hitRate(workload: Wanted["workload"], keys = 2_000): number {
  const world = smallWorld({
    keys,
    rate: 2_000,
    seconds: SECONDS,
    latency: CALM,
    workload: { preload: 1, ttlSeconds: null, ...workload },
  });
  runTo(world, SECONDS);
  world.checkConservation();
  const [hits, misses] = outcomes(world);
  return hits / (hits + misses);
}

describe("keys that are asked for once", () => {
  it("miss, every time: the hit rate of a cache that has all others is what is left", () => {
    expect(hitRate({})).toBe(1);
    expect(hitRate({ onceShare: 0.2 })).toBeCloseTo(0.8, 1);
  });
});

describe("popularity that drifts", () => {
  it("brings new keys in at the top: each misses once, at the rate at which they come", () => {
    const misses = (1 - hitRate({ driftPerSecond: 20, popularity: random => random.below(3) })) * 2_000 * SECONDS;
    expect(misses).toBeGreaterThan(20 * SECONDS - 8);
    // Those who come while it is made miss too.
    expect(misses).toBeLessThan(20 * SECONDS * 20);
  });

  it("and writes of new keys go well: none of them is taken for stale when nothing is", () => {
    expect(hitRate({ driftPerSecond: 50, onceShare: 0.1, writeShare: 0.3 })).toBeGreaterThan(0.5);
  });
});

describe("a crowd", () => {
  it("comes on top of the usual rate, which it reaches after its rise, and goes", () => {
    const rate = surgingRate(constantRate(100), 4, 1e9, 3e9);
    expect(rate.at(1e9)).toBe(100);
    expect(rate.at(2e9)).toBe(250);
    expect(rate.at(3e9)).toBe(400);
    expect(rate.nextChangeNs(4e9)).toBe(Number.POSITIVE_INFINITY);
  });

  it("asks for its own keys: the surplus, and nothing else, is for them", () => {
    const world = smallWorld({
      keys: 1_000,
      rate: 1_000,
      seconds: 8,
      latency: CALM,
      workload: { preload: 1, ttlSeconds: null },
    });
    let theirs = 0;
    let all = 0;
    world.watchReplies(request => {
      if (world.sim.now < 2e9 || world.sim.now > 5e9) return;
      all++;
      if (world.requests.key[request] >= 998) theirs++;
    });
    const options = flashCrowd.options.parse({ factor: 3, keys: 2, rise: "0s", for: "3s" });
    const [report] = scheduleDrills(world, [{ atNs: 2e9, name: "flash-crowd", options }]);
    runTo(world, 8);
    expect(all / 9_000).toBeCloseTo(1, 1);
    expect(theirs / all).toBeCloseTo(2 / 3, 1);
    expect(report.phases[0].name).toBe("crowd");
    expect(report.endNs).not.toBeNull();
  });
});
