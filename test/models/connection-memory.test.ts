// Memory of connections by age, as measured (models/physics.md, 5), alone and in a node whose keys have to make room.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConnectionMemory } from "../../src/models/connection-memory.ts";
import { runTo, smallWorld } from "./world.ts";

describe("memory of connections", () => {
  it("38 kB each at once, 16.6 kB after 2 s, 2.27 kB from 5 s on: 10,000 at once are 380 MB", () => {
    const memory = new ConnectionMemory();
    memory.add(10_000, 0);
    const at = (seconds: number) => memory.bytes(seconds * 1e9) / 10_000;
    expect([0, 0.9, 2, 4.9, 5, 60].map(at)).toEqual([38_000, 38_000, 16_600, 16_600, 2_270, 2_270]);
    expect(memory.aging).toBe(false);
  });

  it("is the same for each from one to ten thousand, and none remains of those that have closed", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ gap: fc.nat(3_000), by: fc.integer({ min: -400, max: 400 }) }), { maxLength: 60 }),
        steps => {
          const memory = new ConnectionMemory();
          let now = 0;
          let open = 0;
          for (const { gap, by } of steps) {
            now += gap * 1e6;
            const change = Math.max(-open, by);
            open += change;
            memory.add(change, now);
            expect(memory.bytes(now)).toBeGreaterThanOrEqual(open * 2_270);
            expect(memory.bytes(now)).toBeLessThanOrEqual(open * 38_000);
          }
          expect(memory.bytes(now + 6e9)).toBe(open * 2_270);
        },
      ),
    );
  });

  it("counts towards maxmemory: a storm of connections evicts keys, and what is open at the start is old", () => {
    const world = smallWorld({
      keys: 30_000,
      rate: 500,
      seconds: 20,
      cluster: { shards: 1, replicasPerShard: 0, multiAz: false, mode: "single" },
      parameters: { maxmemory: "16000000", "maxmemory-policy": "allkeys-lru" },
      workload: { preload: 1, ttlSeconds: null },
    });
    const [node] = world.cluster.nodes;
    expect(node.engine.outside.clients).toBe(node.connections * 2_270);
    runTo(world, 5);
    const { evictedKeys } = node.engine.stats;
    node.addConnections(200);
    expect(node.engine.outside.clients).toBeGreaterThan(200 * 38_000);
    runTo(world, 6);
    expect(node.engine.stats.evictedKeys - evictedKeys).toBeGreaterThan(10_000);
    runTo(world, 12);
    expect(node.engine.outside.clients).toBeLessThan(node.connections * 2_300);
  });
});
