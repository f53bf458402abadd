// Write-behind where writers overlap, and where keys come that were not there at the start: nothing is lost, nothing stale.

import { describe, expect, it } from "vitest";
import type { PatternConfig } from "../../../src/models/config.ts";
import { DONE } from "../../../src/models/outcome.ts";
import { Versions } from "../../../src/models/versions.ts";
import { outcomes, runTo, smallWorld, type Wanted } from "../world.ts";

const BEHIND: PatternConfig = {
  kind: "write-behind",
  fallback: true,
  behind: { everyNs: 200e6, batch: 20, furtherWork: 0.1, merge: true, queue: 10_000 },
};
/** Clients in three zones: of two writers of one key, the one in the primary's zone overtakes the other. */
const SCENE: Wanted = {
  rate: 2_000,
  seconds: 8,
  cluster: { shards: 1, replicasPerShard: 0 },
  workload: { pattern: BEHIND, writeShare: 0.3, ttlSeconds: null },
};

describe("writers of one key that overtake each other", () => {
  it("lose nothing while nothing fails: what the cache holds last counts, not what was begun last", () => {
    const world = smallWorld({
      ...SCENE,
      keys: 20,
      workload: { ...SCENE.workload, popularity: random => random.below(20) },
    });
    runTo(world, 10);
    const { counters, pattern } = world.traffic[0];
    expect(outcomes(world)[DONE]).toBeGreaterThan(4_000);
    expect(counters.lost).toBe(0);
    expect(counters.staleReads).toBe(0);
    expect(counters.flushed + pattern.queued!).toBe(outcomes(world)[DONE]);
  });
});

describe("keys that come later", () => {
  it("are at first what the origin has, and never what somebody else has written", () => {
    const versions = new Versions(3);
    expect([0, 2, 3, 40].map(key => versions.initial(key))).toEqual([0, 2, -1, -1]);
    expect([0, 2, 3, 40].map(key => versions.current(key))).toEqual([0, 2, -1, -1]);
    const world = smallWorld({
      ...SCENE,
      keys: 500,
      workload: { ...SCENE.workload, driftPerSecond: 200, onceShare: 0.2, popularity: random => random.below(10) },
    });
    runTo(world, 10);
    const { counters } = world.traffic[0];
    expect(counters.lost).toBe(0);
    expect(counters.staleReads).toBe(0);
  });

  it("are absent at the origin as often as others", () => {
    for (const pattern of [
      BEHIND,
      { kind: "cache-aside", fallback: true, write: { copy: "around", strict: false } } as const,
    ]) {
      const world = smallWorld({
        ...SCENE,
        keys: 100,
        workload: { ...SCENE.workload, pattern, absentShare: 1, writeShare: 1e-9, driftPerSecond: 50 },
      });
      runTo(world, 10);
      const [node] = world.cluster.nodes;
      expect(node.engine.database(0).size, pattern.kind).toBe(0);
    }
  });
});
