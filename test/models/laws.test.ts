// Laws that every world obeys, whatever its shape: random small ones, with crashes and saves thrown in.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drillNamed, type PlannedDrill, scheduleDrills } from "../../src/drills/index.ts";
import { SLOT_COUNT } from "../../src/engine/slots.ts";
import { World } from "../../src/models/world.ts";
import { constant } from "../../src/sim/distributions/constant.ts";
import { parseTemplate } from "../../src/workload/template.ts";
import { managed, runTo, smallConfig, type Wanted } from "./world.ts";

const SECONDS = 12;

interface Shape {
  readonly wanted: Wanted;
  readonly drills: readonly PlannedDrill[];
}

const drill = fc
  .record({
    name: fc.constantFrom("crash-node", "lose-host", "snapshot"),
    at: fc.integer({ min: 1, max: 9 }),
    role: fc.constantFrom("primary", "replica"),
    shard: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ name, at, role, shard }): PlannedDrill => {
    const given = name === "snapshot" ? { from: role } : { role, shard };
    return { name, atNs: at * 1e9, options: drillNamed(name)!.options.parse(given) };
  });

const failover = fc.constantFrom(managed({ detection: 1, promotion: 0.5, dns: 0.5, replacement: 3 }), {
  profile: "upstream" as const,
  nodeTimeoutNs: 1e9,
  requireFullCoverage: true,
  restartNs: constant(2e9),
});

const shape: fc.Arbitrary<Shape> = fc
  .record({
    seed: fc.nat(1_000_000),
    shards: fc.integer({ min: 1, max: 3 }),
    replicasPerShard: fc.integer({ min: 0, max: 2 }),
    mode: fc.constantFrom("cluster" as const, "single" as const),
    failover,
    rate: fc.integer({ min: 50, max: 3_000 }),
    maxmemory: fc.constantFrom("0", "5000000", "8000000"),
    policy: fc.constantFrom("allkeys-lru", "allkeys-lfu", "volatile-ttl", "noeviction"),
    multiplex: fc.boolean(),
    poolSize: fc.integer({ min: 1, max: 8 }),
    commands: fc.boolean(),
    closed: fc.boolean(),
    readFrom: fc.constantFrom("primary" as const, "replica" as const, "nearest" as const),
    hedgeAfterMs: fc.constantFrom(null, null, 0.3, 5),
    preload: fc.constantFrom(0, 0.5, 1),
    tls: fc.boolean(),
    drills: fc.array(drill, { maxLength: 3 }),
  })
  .map(one => ({
    drills: one.drills,
    wanted: {
      keys: 4_000,
      rate: one.rate,
      seconds: SECONDS,
      seed: one.seed,
      cluster: {
        mode: one.mode,
        shards: one.mode === "single" ? 1 : one.shards,
        replicasPerShard: one.replicasPerShard,
        failover: one.failover,
        tls: one.tls,
      },
      parameters: {
        "cluster-enabled": one.mode === "single" ? "no" : "yes",
        "repl-backlog-size": "262144",
        maxmemory: one.maxmemory,
        "maxmemory-policy": one.policy,
      },
      client: {
        instances: 5,
        pool: { size: one.poolSize, maxWaitNs: 100e6, multiplex: one.multiplex },
        readFrom: one.readFrom,
        hedge:
          one.hedgeAfterMs === null
            ? null
            : { afterNs: one.hedgeAfterMs * 1e6, quantile: 0, budget: { share: 1, reserve: 10 } },
      },
      workload: {
        preload: one.preload,
        ttlSeconds: constant(5),
        ...(one.commands && {
          pattern: {
            kind: "commands" as const,
            templates: [
              { parts: parseTemplate("GET {key}"), weight: 3 },
              { parts: parseTemplate("SET {key} {value} EX {ttl}"), weight: 2 },
              { parts: parseTemplate("INCR {key}"), weight: 1 },
              { parts: parseTemplate("DEL {key}"), weight: 1 },
            ],
          },
        }),
        ...(one.closed && { load: { kind: "closed" as const, users: 20, thinkNs: constant(10e6) } }),
      },
    },
  }));

function build({ wanted, drills }: Shape): World {
  const world = new World(smallConfig(wanted));
  scheduleDrills(world, drills);
  world.start();
  return world;
}

/** What must hold at any instant. */
function checkLaws(world: World): void {
  world.checkConservation();
  const { cluster } = world;
  for (let slot = 0; slot < SLOT_COUNT; slot += 257) {
    const owners = cluster.shards.filter(shard => cluster.shardOfSlot[slot] === shard.index);
    expect(owners).toHaveLength(1);
  }
  for (const shard of cluster.shards) {
    const primaries = cluster.nodes.filter(
      node => node.shard === shard.index && node.state === "up" && node.engine.role === "primary",
    );
    expect(primaries.length).toBeLessThanOrEqual(1);
    if (!shard.failed) expect(primaries).toEqual([shard.primary]);
    for (const replica of shard.replicas) {
      const link = cluster.linkOf(replica);
      if (link === undefined) continue;
      expect(link.offset).toBeLessThanOrEqual(shard.stream.offset);
      expect(link.pendingBytes).toBeGreaterThanOrEqual(0);
    }
  }
  for (const node of cluster.nodes) {
    expect(node.connections).toBeGreaterThanOrEqual(0);
    expect(node.workedNs).toBeLessThanOrEqual(world.sim.now * 1.000001 + 1);
    const limit = Number(node.engine.settings.maxmemory);
    // One reply's worth beyond the limit at most: eviction runs before a command, not after it. What cannot be evicted
    // (connections, buffers, keys without a life under volatile-ttl, a replica's own copy) may stand above it.
    if (limit > 0 && node.engine.role === "primary" && node.engine.settings.policy.name.startsWith("allkeys")) {
      const fixed = node.engine.usedMemory - node.engine.dataBytes;
      expect(node.engine.usedMemory).toBeLessThanOrEqual(Math.max(limit, fixed) + 10_000);
    }
    // The ledger agrees with a count from scratch.
    let data = 0;
    for (const database of node.engine.databases) {
      database?.forEachEntry(entry => {
        data += database.bytesOf(entry);
      });
    }
    expect(node.engine.dataBytes).toBe(data);
  }
}

describe("every world", () => {
  it("keeps its laws at every second of its life, and ends every request once", () => {
    fc.assert(
      fc.property(shape, one => {
        const world = build(one);
        for (let second = 1; second <= SECONDS; second++) {
          runTo(world, second);
          checkLaws(world);
        }
        // When the load has stopped everybody gets an answer, or gives up.
        runTo(world, SECONDS + 60);
        checkLaws(world);
        expect(world.requests.active).toBe(0);
      }),
      { numRuns: 40 },
    );
  }, 300_000);

  it("gives the same digest however the run is sliced, and another one with another seed", () => {
    fc.assert(
      fc.property(shape, fc.array(fc.integer({ min: 1, max: 3e9 }), { minLength: 1, maxLength: 8 }), (one, steps) => {
        const whole = build(one);
        runTo(whole, SECONDS);
        const sliced = build(one);
        for (let i = 0, now = 0; now < SECONDS * 1e9; i++) {
          now = Math.min(SECONDS * 1e9, now + steps[i % steps.length]);
          if (steps[i % steps.length] < 1e6) now = Math.min(SECONDS * 1e9, now + 1e8);
          sliced.sim.run(now);
        }
        expect(sliced.sim.digest.toString()).toBe(whole.sim.digest.toString());
        expect(sliced.recorder.columns).toEqual(whole.recorder.columns);
        const other = build({ ...one, wanted: { ...one.wanted, seed: (one.wanted.seed ?? 0) + 1 } });
        runTo(other, SECONDS);
        expect(other.sim.digest.toString()).not.toBe(whole.sim.digest.toString());
      }),
      { numRuns: 12 },
    );
  }, 300_000);
});
