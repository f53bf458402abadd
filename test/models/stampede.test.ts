// What happens at the origin when a hot key runs out, under each protection.

import { describe, expect, it } from "vitest";
import { keySlot } from "../../src/engine/slots.ts";
import type { LockConfig } from "../../src/models/config.ts";
import { DEGRADED, FAILED, HIT, MISS } from "../../src/models/outcome.ts";
import { lockKey } from "../../src/models/stampede/lock.ts";
import { type Hot, hotKeys, runHot, sum } from "./caching/hot.ts";
import { columnOf, outcomes, runTo } from "./world.ts";

const LOCK: LockConfig = { ttlNs: 10e9, pollNs: 20e6, patienceNs: 5e9, others: "wait", graceSeconds: 0 };

/** One key at 2,000 reads/s that lives for 5 s and takes 100 ms to make: it runs out three times. */
const SCENE: Hot = { rate: 2_000, seconds: 18, ttlSeconds: 5, originMs: 100, workload: { preload: 0 } };
const ENDS = 4; // the first fill and three ends

function origins(hot: Partial<Hot>) {
  const world = runHot({ ...SCENE, ...hot });
  return {
    world,
    requests: world.origin.requests,
    peak: Math.max(...columnOf(world, "StampedePeak")),
    counters: world.traffic[0].counters,
  };
}

describe("a hot key that runs out", () => {
  it("unprotected, every reader asks the origin for as long as it takes to make: rate x time", () => {
    const { requests, peak, counters } = origins({});
    // Readers of 100 ms plus the trips around it, at each of the ends.
    expect(requests / ENDS / (2_000 * 0.1)).toBeGreaterThan(0.98);
    expect(requests / ENDS / (2_000 * 0.1)).toBeLessThan(1.06);
    expect(peak).toBeGreaterThan(150);
    expect(counters.missEpisodes).toBe(ENDS);
    expect(counters.missRequests).toBe(requests);
  });

  it("under a lock one request asks, the others wait and get its answer", () => {
    const { requests, peak, counters, world } = origins({ stampede: { kind: "lock", ...LOCK } });
    expect(requests).toBe(ENDS);
    expect(peak).toBe(1);
    expect(counters.lockGivenUp).toBe(0);
    // Each of about 200 readers per end polls every 20 ms until the value is there.
    expect(counters.lockWaits / ENDS).toBeGreaterThan(400);
    const ends = outcomes(world);
    expect(ends[MISS]).toBe(ENDS);
    expect(ends[HIT] + ends[MISS] + world.inProgress).toBe(world.traffic[0].arrived);
  });

  it("a lock that ends before its holder is done lets the next one through", () => {
    const { requests, peak } = origins({ originMs: 250, stampede: { kind: "lock", ...LOCK, ttlNs: 100e6 } });
    // 250 ms of work under a lock of 100 ms: a second and a third holder at every end.
    expect(requests).toBe(3 * ENDS);
    expect(peak).toBe(3);
  });

  it("whoever has waited for longer than his patience asks the origin himself", () => {
    const { counters, requests } = origins({
      originMs: 300,
      stampede: { kind: "lock", ...LOCK, patienceNs: 100e6 },
    });
    expect(counters.lockGivenUp).toBeGreaterThan(300 * ENDS);
    expect(requests).toBe(counters.lockGivenUp + ENDS);
  });

  it("with old values kept, those without the lock answer at once", () => {
    const { requests, counters, world } = origins({
      stampede: { kind: "lock", ...LOCK, others: "stale", graceSeconds: 60 },
    });
    expect(requests).toBe(ENDS);
    // Nobody waits but at the very first fill, when there is no old value.
    expect(counters.pastTime).toBeGreaterThan(3 * 150);
    const slow = columnOf(world, "LatencyP999").slice(2);
    expect(Math.max(...slow)).toBeLessThan(110_000);
  });

  it("early recomputation has about one request make it anew, before anybody misses it", () => {
    const { requests, peak, world, counters } = origins({ stampede: { kind: "early", beta: 1 }, rate: 2_000 });
    const first = 200; // the cold fill is a stampede: nothing is there that could be early
    expect(counters.early).toBeGreaterThanOrEqual(ENDS - 1);
    expect(requests - counters.early).toBeLessThan(first * 1.1);
    expect(Math.max(...columnOf(world, "StampedePeak").slice(2))).toBeLessThan(peak / 8);
    expect(sum(columnOf(world, "HitRate").slice(2)) / 16).toBeGreaterThan(99.8);
  });

  it("stale-while-revalidate: one refresh per instance at most, and nobody waits", () => {
    const { counters, world } = origins({
      instances: 8,
      stampede: { kind: "stale-while-revalidate", graceSeconds: 60 },
    });
    expect(counters.refreshes).toBeGreaterThanOrEqual(ENDS - 1);
    expect(counters.refreshes).toBeLessThanOrEqual(8 * (ENDS - 1));
    expect(counters.pastTime / (ENDS - 1)).toBeGreaterThan(190);
    expect(Math.min(...columnOf(world, "HitRate").slice(2))).toBe(100);
    expect(world.traffic[0].inBackground).toBe(0);
  });

  it("coalescing sends one request per instance", () => {
    const { requests, peak, counters, world } = origins({ instances: 8, stampede: { kind: "single-flight" } });
    expect(requests).toBe(8 * ENDS);
    expect(peak).toBe(8);
    expect(counters.coalesced / ENDS).toBeGreaterThan(180);
    expect(outcomes(world)[MISS]).toBe(counters.coalesced + requests);
  });
});

describe("when things break", () => {
  it("coalesced requests fail together with the one that asked", () => {
    const world = runHot({ ...SCENE, stampede: { kind: "single-flight" }, origin: { errorRate: 1 } });
    const ends = outcomes(world);
    expect(ends[HIT] + ends[MISS]).toBe(0);
    // A failed flight is followed by the next one, as soon as somebody asks.
    expect(world.origin.requests).toBeLessThan(ends[FAILED] / 20);
  });

  it("a holder whom the origin fails gives the lock back", () => {
    const lock = { kind: "lock", ...LOCK } as const;
    const world = runHot({ ...SCENE, rate: 100, seconds: 4, stampede: lock, origin: { errorRate: 1 } });
    // One attempt after the other, 100 ms each and up to a poll between them, instead of one in the 10 s of the lock.
    expect(world.origin.requests).toBeGreaterThan(25);
    expect(world.origin.requests).toBeLessThan(45);
  });

  it("a cache that cannot be reached locks nobody out", () => {
    const world = hotKeys({ ...SCENE, seconds: 6, rate: 200, stampede: { kind: "lock", ...LOCK } });
    runTo(world, 3);
    const before = outcomes(world)[DEGRADED];
    world.crash(world.cluster.nodes[0], "down");
    runTo(world, 6);
    expect(outcomes(world)[DEGRADED] - before).toBeGreaterThan(400);
    world.checkConservation();
  });
});

describe("a lock's key", () => {
  it.each(["product:1", "user:{42}:cart", "{x}", "odd{"])("lies in the slot of its key: %s", key => {
    expect(keySlot(lockKey(key))).toBe(keySlot(key));
    expect(lockKey(key)).not.toBe(key);
  });
});
