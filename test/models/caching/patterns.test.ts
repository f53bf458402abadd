// Patterns with writes: what readers are given, what the origin gets, what is lost.

import { describe, expect, it } from "vitest";
import type { BehindConfig, PatternConfig, WriteConfig } from "../../../src/models/config.ts";
import { DONE, FAILED, HIT, MISS } from "../../../src/models/outcome.ts";
import { constant } from "../../../src/sim/distributions/constant.ts";
import { variableRate } from "../../../src/workload/rate.ts";
import { columnOf, outcomes, runTo } from "../world.ts";
import { type Hot, hotKeys, runHot, sum } from "./hot.ts";

const aside = (copy: WriteConfig["copy"], strict = false): PatternConfig => ({
  kind: "cache-aside",
  fallback: true,
  write: { copy, strict },
});

/** 50 keys at 2,000/s, one request in a hundred writes: 0.4 writes/s and 40 reads/s a key, which lives for 5 s. */
const SCENE: Hot = {
  keys: 50,
  rate: 2_000,
  seconds: 30,
  ttlSeconds: 5,
  originMs: 5,
  workload: { writeShare: 0.01 },
};

function staleness(copy: WriteConfig["copy"], hot: Partial<Hot> = {}) {
  const world = runHot({ ...SCENE, pattern: aside(copy), ...hot });
  const { counters } = world.traffic[0];
  const ends = outcomes(world);
  return { world, share: counters.staleReads / (ends[HIT] + ends[MISS]), counters };
}

describe("what becomes of the copy when the origin is written", () => {
  it("around: it is given until its time ends: 1 - (1 - exp(-wT)) / wT of the reads are out of date", () => {
    const { share, counters } = staleness("around");
    const wT = ((0.01 * 2_000) / 50) * 5;
    expect(share / (1 - (1 - Math.exp(-wT)) / wT)).toBeGreaterThan(0.95);
    expect(share / (1 - (1 - Math.exp(-wT)) / wT)).toBeLessThan(1.05);
    expect(counters.staleAge.max / 1e9).toBeLessThan(5.1);
    expect(counters.staleAge.max / 1e9).toBeGreaterThan(4);
  });

  it("invalidate: next to nothing is out of date, and every write costs a miss", () => {
    const { share, world } = staleness("invalidate");
    expect(share).toBeLessThan(0.001);
    const writes = outcomes(world)[DONE];
    expect(outcomes(world)[MISS]).toBeGreaterThan(0.9 * writes);
  });

  it("invalidate-first: a reader between the two stores the old value again, for its whole life", () => {
    const first = staleness("invalidate-first", { originMs: 50 }).share;
    const after = staleness("invalidate", { originMs: 50 }).share;
    // 40 reads/s a key meet the 50 ms of the write: 1 - exp(-2) of the writes leave the old value behind.
    expect(first).toBeGreaterThan(0.2);
    // The other order has a race too: a load that began before the write and is stored after the DEL.
    expect(after).toBeGreaterThan(0.001);
    expect(after).toBeLessThan(first / 10);
  });

  it("update: readers have the new value at once, and no miss follows", () => {
    const { share, world } = staleness("update");
    expect(share).toBeLessThan(0.001);
    // Only what nobody wrote within its life has to be loaded.
    expect(outcomes(world)[MISS]).toBeLessThan(outcomes(world)[DONE]);
  });

  it("a copy that cannot be changed is counted; write-through tells the user", () => {
    const broken = (strict: boolean) => {
      const world = hotKeys({ ...SCENE, seconds: 8, pattern: aside("update", strict), workload: { writeShare: 1 } });
      runTo(world, 4);
      world.crash(world.cluster.nodes[0], "down");
      runTo(world, 8);
      world.checkConservation();
      return { failed: outcomes(world)[FAILED], left: world.traffic[0].counters.copiesLeft };
    };
    expect(broken(false).failed).toBe(0);
    expect(broken(false).left).toBeGreaterThan(5_000);
    expect(broken(true).failed).toBeGreaterThan(5_000);
  });
});

describe("write-behind", () => {
  const BEHIND: BehindConfig = { everyNs: 1e9, batch: 20, furtherWork: 0.1, merge: true, queue: 10_000 };
  const behind = (config: Partial<BehindConfig> = {}): PatternConfig => ({
    kind: "write-behind",
    fallback: true,
    behind: { ...BEHIND, ...config },
  });
  /** 400 writes/s to 50 keys by 8 instances: a key is written by an instance once a second. */
  const WRITES: Hot = { ...SCENE, seconds: 20, ttlSeconds: 1_000, pattern: behind(), workload: { writeShare: 0.2 } };

  it("is done when the cache has it: no write waits for the origin", () => {
    const world = runHot({ ...WRITES, originMs: 200, workload: { writeShare: 1 } });
    const means = columnOf(world, "LatencyMean").slice(2);
    expect(Math.max(...means)).toBeLessThan(2_000);
  });

  it("every write is written, merged, lost or still queued, and the origin gets fewer", () => {
    const world = runHot(WRITES);
    const { counters, pattern } = world.traffic[0];
    const written = outcomes(world)[DONE];
    expect(counters.flushed + counters.lost + pattern.queued!).toBe(written);
    expect(counters.lost).toBe(0);
    expect(counters.merged).toBeGreaterThan(0.1 * written);
    expect(world.originCalls.calls).toBeLessThan(written / 5);
  });

  it("without merging, each write is work for the origin", () => {
    const busy = (config: Partial<BehindConfig>) => {
      const world = runHot({ ...WRITES, pattern: behind({ furtherWork: 1, ...config }) });
      return world.origin.utilisation(world.sim.now) * 100_000 * 20;
    };
    // Seconds of the origin's work: 5 ms for each of 8,000 writes.
    expect(busy({ merge: false }) / 40).toBeGreaterThan(0.9);
    expect(busy({ merge: true }) / busy({ merge: false })).toBeLessThan(0.9);
  });

  it("loses with its node what the origin did not have yet", () => {
    const rate = variableRate(t => (t < 9.9 ? 2_000 : 0));
    const load = { kind: "open", rate, spacing: "poisson", burst: 1 } as const;
    const world = hotKeys({
      ...WRITES,
      pattern: behind({ everyNs: 5e9, batch: 1_000 }),
      workload: { writeShare: 0.2, load },
    });
    runTo(world, 10);
    const { counters, pattern } = world.traffic[0];
    const queued = pattern.queued!;
    expect(queued).toBeGreaterThan(300);
    world.crash(world.cluster.nodes[0], "down");
    world.cluster.nodes[0].start();
    runTo(world, 20);
    expect(counters.lost).toBe(queued);
    expect(pattern.queued).toBe(0);
  });

  it("loses what is evicted before it is written", () => {
    const world = runHot({
      ...WRITES,
      keys: 5_000,
      seconds: 10,
      pattern: behind({ everyNs: 5e9, batch: 10_000 }),
      workload: { writeShare: 0.5, valueBytes: constant(2_000) },
      parameters: { maxmemory: String(12 * 1_048_576) },
    });
    const { counters } = world.traffic[0];
    expect(sum(columnOf(world, "Evictions"))).toBeGreaterThan(1_000);
    expect(counters.lost).toBeGreaterThan(100);
    expect(counters.lost).toBeLessThan(outcomes(world)[DONE]);
  });

  it("goes to the origin at once when the queue is full", () => {
    const world = runHot({ ...WRITES, seconds: 6, pattern: behind({ everyNs: 30e9, batch: 1_000, queue: 10 }) });
    const { counters } = world.traffic[0];
    expect(counters.overflowed).toBeGreaterThan(500);
    // The workers have not been here yet.
    expect(world.traffic[0].pattern.queued).toBeLessThan(outcomes(world)[DONE] - counters.overflowed + 1);
  });

  it("keeps what the origin refuses, and writes it later", () => {
    const world = hotKeys(WRITES);
    const calm = world.origin.disturb({ slower: 1, errorRate: 1, concurrencyShare: 1 });
    runTo(world, 10);
    const { counters, pattern } = world.traffic[0];
    expect(counters.flushed).toBe(0);
    expect(counters.flushesFailed).toBeGreaterThan(40);
    calm();
    runTo(world, 20);
    expect(counters.flushed + pattern.queued!).toBe(outcomes(world)[DONE]);
    expect(counters.flushed).toBeGreaterThan(0.85 * outcomes(world)[DONE]);
  });

  it("a reader who misses gets what the origin has, which may be old", () => {
    const world = hotKeys({ ...WRITES, pattern: behind({ everyNs: 8e9, batch: 1_000 }), seconds: 14 });
    runTo(world, 6);
    expect(world.traffic[0].counters.staleReads).toBe(0);
    world.cluster.nodes[0].engine.flushAll();
    runTo(world, 7);
    expect(world.traffic[0].counters.staleReads).toBeGreaterThan(100);
  });
});

describe("lives of what is stored", () => {
  it("refresh-ahead: what is read often never runs out", () => {
    const pattern: PatternConfig = {
      kind: "cache-aside",
      fallback: true,
      stampede: { kind: "refresh-ahead", factor: 0.8 },
    };
    const world = runHot({ ...SCENE, pattern, originMs: 50, workload: { preload: 1 } });
    expect(outcomes(world)[MISS]).toBe(0);
    const { refreshes } = world.traffic[0].counters;
    // 50 keys, made anew after 4 of 5 s: 350 times in 30 s, for each of up to 8 instances.
    expect(refreshes).toBeGreaterThan(330);
    expect(refreshes).toBeLessThan(8 * 400);
  });

  it("a sliding life ends by silence only", () => {
    const run = (sliding: boolean) =>
      runHot({
        ...SCENE,
        keys: 20,
        rate: 200,
        ttlSeconds: 2,
        pattern: { kind: "cache-aside", fallback: true, sliding },
        workload: {},
      });
    const [fixed, slides] = [run(false), run(true)];
    // 10 reads/s a key: a fixed life of 2 s ends 15 times in 30 s, silence of 2 s has probability exp(-20).
    expect(outcomes(fixed)[MISS]).toBeGreaterThan(20 * 12);
    expect(outcomes(slides)[MISS]).toBeLessThan(40);
    expect(slides.cluster.nodes[0].engine.stats.expiredKeys).toBe(0);
  });

  it("absent keys cost the origin a trip each time, unless the cache remembers them", () => {
    const run = (absentSeconds: number | null) => {
      const remembered = absentSeconds === null ? null : constant(absentSeconds);
      return runHot({
        ...SCENE,
        keys: 1_000,
        ttlSeconds: 1_000,
        seconds: 20,
        pattern: { kind: "cache-aside", fallback: true, absentSeconds: remembered },
        workload: { absentShare: 0.2, preload: 1 },
      });
    };
    const forgotten = run(null);
    expect(forgotten.origin.requests / forgotten.traffic[0].arrived).toBeCloseTo(0.2, 1);
    const remembered = run(5);
    // 200 keys, asked for twice a second each: once in 5 s (and the half second until it is asked for) the origin is.
    expect(remembered.origin.requests).toBeLessThan(200 * (20 / 5 + 1));
    expect(remembered.traffic[0].counters.absentHits).toBeGreaterThan(6_000);
  });

  it("a key that is written is no longer absent", () => {
    const world = runHot({
      ...SCENE,
      keys: 100,
      ttlSeconds: 1_000,
      seconds: 20,
      pattern: { ...aside("invalidate"), absentSeconds: constant(1_000) } as PatternConfig,
      workload: { absentShare: 1, writeShare: 0.1 },
    });
    const { counters } = world.traffic[0];
    const hits = outcomes(world)[HIT];
    expect(counters.absentHits).toBeLessThan(hits / 3);
    expect(counters.staleReads).toBeLessThan(hits / 100);
  });
});
