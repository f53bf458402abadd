// Slots on the move: nothing is lost or doubled, somebody always owns them, and what it costs is what was published.

import { describe, expect, it } from "vitest";
import { NONE } from "../../src/engine/dict.ts";
import { keySlot, SLOT_COUNT } from "../../src/engine/slots.ts";
import { addShard } from "../../src/models/cluster-members.ts";
import type { MigrationConfig } from "../../src/models/config.ts";
import { DONE, FAILED } from "../../src/models/outcome.ts";
import { type MigrationProgress, migrateSlots } from "../../src/models/slot-migration/migration.ts";
import { evenShares, planShares } from "../../src/models/slot-migration/plan.ts";
import type { World } from "../../src/models/world.ts";
import { parseTemplate } from "../../src/workload/template.ts";
import { runTo, smallWorld, type Wanted } from "./world.ts";

const METHODS = ["slot-by-slot", "atomic"] as const;

const config = (method: MigrationConfig["method"], batch = 10): MigrationConfig => ({ method, batch, parallel: 1 });

function commands(...texts: string[]): NonNullable<Wanted["workload"]> {
  return {
    pattern: { kind: "commands", templates: texts.map(text => ({ parts: parseTemplate(text), weight: 1 })) },
  };
}

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

describe.each(METHODS)("moving slots %s under load", method => {
  it("loses and doubles no change: counters add up to what was acknowledged", () => {
    const world = smallWorld({
      keys: 2_000,
      rate: 4_000,
      seconds: 30,
      workload: commands("INCR {key}"),
      client: { timeoutNs: 2e9, retry: { attempts: 6, backoffLowNs: 1e6, backoffHighNs: 1e9, jitter: "full" } },
    });
    const state = scaledOut(world, method);
    for (let second = 1; second <= 30; second++) {
      runTo(world, second);
      const { owner } = world.cluster.slots;
      expect(owner.every(shard => world.cluster.shards[shard] !== undefined)).toBe(true);
      for (const { slot, from, to } of world.cluster.slots.moving.values()) {
        expect(owner[slot]).toBe(from);
        expect(to).not.toBe(from);
      }
    }
    runTo(world, 33);
    expect(state.doneNs).toBeGreaterThan(1e9);
    expect(state.progress).toMatchObject({ slots: SLOT_COUNT / 4, movedSlots: SLOT_COUNT / 4, failed: null });
    expect(world.cluster.slots.counts(4)).toEqual([4096, 4096, 4096, 4096]);
    expect(world.cluster.slots.moving.size).toBe(0);
    expect(world.requests.active).toBe(0);
    expect(world.recorder.totals[FAILED]).toBe(0);
    const [client] = world.clients;
    expect(client.counters.timeouts + client.counters.retries).toBe(0);

    let sum = 0;
    for (let key = 0; key < 2_000; key++) {
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
