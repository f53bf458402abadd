// Slots on the move: nothing is lost or doubled, somebody always owns them, and what it costs is what was published.

import { describe, expect, it } from "vitest";
import { nodeType } from "../../src/catalog/nodes.ts";
import { NONE } from "../../src/engine/dict.ts";
import { keySlot, SLOT_COUNT } from "../../src/engine/slots.ts";
import { addShard } from "../../src/models/cluster-members.ts";
import type { MigrationConfig } from "../../src/models/config.ts";
import { DONE, FAILED } from "../../src/models/outcome.ts";
import { type MigrationProgress, migrateSlots } from "../../src/models/slot-migration/migration.ts";
import { evenShares, planShares } from "../../src/models/slot-migration/plan.ts";
import type { World } from "../../src/models/world.ts";
import { constant } from "../../src/sim/distributions/constant.ts";
import { KeyTable } from "../../src/workload/keys.ts";
import { CALM, commands, runTo, smallWorld } from "./world.ts";

const METHODS = ["slot-by-slot", "atomic"] as const;

const config = (method: MigrationConfig["method"], batch = 10): MigrationConfig => ({ method, batch, parallel: 1 });

/** Adds a shard after a second and evens the slots out; what became of it. */
function scaledOut(world: World, method: MigrationConfig["method"]): { progress: MigrationProgress; doneNs: number } {
  const state = { progress: null as MigrationProgress | null, doneNs: -1 };
  world.sim.after(1e9, "scale out", () => {
    addShard(world.cluster, 1, null);
    const routes = planShares(world.cluster.slots.owner, evenShares(world.cluster.members.map(one => one.index)));
    state.progress = migrateSlots(world.cluster, routes, config(method), null, () => {
      state.doneNs = world.sim.now;
    });
  });
  return state as { progress: MigrationProgress; doneNs: number };
}

/** Where each key is: the shards whose primary has it. */
function placesOf(world: World, key: string): number[] {
  return world.cluster.members
    .filter(shard => shard.primary.engine.database(0).find(key) !== NONE)
    .map(shard => shard.index);
}

/** 16 KB strings, 160 to a slot, in the first slots of the table; nothing else happens. */
function filledSlots(slots: number, valueBytes: number): World {
  const tags = new Map<number, string>();
  for (let i = 0; tags.size < slots; i++) {
    const slot = keySlot(`t${i}`);
    if (slot < slots && !tags.has(slot)) tags.set(slot, `t${i}`);
  }
  const keys = new KeyTable(slots * 160, key => `{${tags.get(Math.floor(key / 160))}}:${key % 160}`);
  return smallWorld({
    keys: slots * 160,
    rate: 1,
    seconds: 60,
    zones: 1,
    latency: { ...CALM, inZoneRttNs: 300_000 },
    cluster: { replicasPerShard: 0, node: nodeType("cache.c8gn.2xlarge") },
    // A value that compresses well takes LZF about as long as none takes the rest (models/physics.md, 1.5).
    parameters: { rdbcompression: "no" },
    workload: { keys, preload: 1, ttlSeconds: null, valueBytes: constant(valueBytes) },
  });
}

function migrationSeconds(world: World, method: MigrationConfig["method"], slots: number): number {
  let seconds = Number.NaN;
  const route = { from: 0, to: 1, slots: Array.from({ length: slots }, (_, slot) => slot) };
  world.sim.after(1e9, "move", () => {
    migrateSlots(world.cluster, [route], config(method), null, () => {
      seconds = (world.sim.now - 1e9) / 1e9;
    });
  });
  runTo(world, 60);
  return seconds;
}

describe("how long slots take", () => {
  // valkey.io, 2025-10-29: 4,096 of 16,384 slots of 160 keys of 16 KB, three sources one after another: 102 s and 10.7 s.
  it.each([
    ["slot-by-slot", 102.089],
    ["atomic", 10.723],
  ] as const)("%s, 10 GB in 655,360 keys: within a fifth of the published %d s", (method, published) => {
    const slots = 64;
    const seconds = (migrationSeconds(filledSlots(slots, 16_384), method, slots) * 4_096) / slots;
    expect(seconds / published).toBeGreaterThan(0.8);
    expect(seconds / published).toBeLessThan(1.2);
  });

  it.each(METHODS)("%s: twice the slots take twice as long", method => {
    const [one, two] = [8, 16].map(slots => migrationSeconds(filledSlots(slots, 4_096), method, slots));
    expect(two / one).toBeGreaterThan(1.7);
    expect(two / one).toBeLessThan(2.1);
  });
});

describe.each(METHODS)("moving slots %s under load", method => {
  it("loses and doubles no change: counters add up to what was acknowledged", () => {
    const world = smallWorld({
      keys: 1_000,
      rate: 1_500,
      seconds: 24,
      workload: commands("INCR {key}"),
      client: { timeoutNs: 2e9, retry: { attempts: 6, backoffLowNs: 1e6, backoffHighNs: 1e9, jitter: "full" } },
    });
    const state = scaledOut(world, method);
    for (let second = 1; second <= 24; second++) {
      runTo(world, second);
      const { owner } = world.cluster.slots;
      expect(owner.every(shard => world.cluster.shards[shard] !== undefined)).toBe(true);
      for (const { slot, from, to } of world.cluster.slots.moving.values()) {
        expect(owner[slot]).toBe(from);
        expect(to).not.toBe(from);
      }
    }
    runTo(world, 27);
    expect(state.doneNs).toBeGreaterThan(1e9);
    expect(state.progress).toMatchObject({ slots: SLOT_COUNT / 4, movedSlots: SLOT_COUNT / 4, failed: null });
    expect(world.cluster.slots.counts(4)).toEqual([4096, 4096, 4096, 4096]);
    expect(world.cluster.slots.moving.size).toBe(0);
    expect(world.requests.active).toBe(0);
    expect(world.recorder.totals[FAILED]).toBe(0);
    const [client] = world.clients;
    expect(client.counters.timeouts + client.counters.retries).toBe(0);

    let sum = 0;
    for (let key = 0; key < 1_000; key++) {
      const text = world.traffic[0].config.keys.text(key);
      const places = placesOf(world, text);
      if (places.length === 0) continue;
      expect(places).toEqual([world.cluster.slots.owner[keySlot(text)]]);
      const db = world.cluster.shards[places[0]].primary.engine.database(0);
      sum += Number(db.valueOf(db.find(text)));
    }
    expect(sum).toBe(world.recorder.totals[DONE]);
    expect(client.counters.redirects).toBeGreaterThan(0);
    // Replicas have followed.
    for (const { primary, replicas } of world.cluster.members) {
      expect(replicas[0].engine.database(0).size).toBe(primary.engine.database(0).size);
    }
  });
});
