// Slots on the move while nodes die at random: somebody owns every slot, observers see no law broken, and what was acknowledged
// is there or reported lost.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SLOT_COUNT } from "../../src/engine/slots.ts";
import { addShard } from "../../src/models/cluster-members.ts";
import type { MigrationConfig } from "../../src/models/config.ts";
import { Observation } from "../../src/models/observers/index.ts";
import { migrateSlots } from "../../src/models/slot-migration/migration.ts";
import { evenShares, planShares } from "../../src/models/slot-migration/plan.ts";
import { CALM, commands, managed, runTo, smallWorld } from "./world.ts";

interface Course {
  readonly seed: number;
  readonly method: MigrationConfig["method"];
  readonly batch: number;
  /** When nodes die, in ms after the slots begin to move, and which. */
  readonly deaths: readonly { readonly afterMs: number; readonly node: number; readonly host: boolean }[];
}

const course = fc.record<Course>({
  seed: fc.nat(1_000),
  method: fc.constantFrom("slot-by-slot", "atomic"),
  batch: fc.constantFrom(1, 10, 100),
  deaths: fc.array(fc.record({ afterMs: fc.nat(6_000), node: fc.nat(5), host: fc.boolean() }), {
    minLength: 1,
    maxLength: 2,
  }),
});

function live({ seed, method, batch, deaths }: Course) {
  const world = smallWorld({
    seed,
    latency: CALM,
    keys: 400,
    rate: 300,
    seconds: 20,
    cluster: {
      shards: 2,
      replicasPerShard: 1,
      failover: managed({ detection: 1, promotion: 0.3, dns: 0.3, replacement: 3 }),
    },
    workload: {
      ...commands("INCR {key}"),
      ttlSeconds: null,
      preload: 0,
    },
  });
  const observation = new Observation(world);
  let over = false;
  world.sim.after(2e9, "reshard", () => {
    addShard(world.cluster, 1, null);
    const routes = planShares(world.cluster.slots.owner, evenShares(world.cluster.members.map(one => one.index)));
    migrateSlots(world.cluster, routes, { method, batch, parallel: 1 }, null, () => {
      over = true;
    });
  });
  for (const { afterMs, node, host } of deaths) {
    world.sim.after(2e9 + 1e6 + afterMs * 1e6, "death", () => {
      const victim = world.cluster.nodes[node];
      if (victim.state === "up") world.crash(victim, host ? "lost" : "down");
    });
  }
  return { world, observation, isOver: () => over };
}

describe("slots that move while nodes die", () => {
  it("keep one owner each, and lose nothing that was acknowledged but what a lost host took", () => {
    fc.assert(
      fc.property(course, given => {
        const { world, observation, isOver } = live(given);
        for (let second = 1; second <= 24; second++) {
          runTo(world, second);
          const owners = world.cluster.slots.owner;
          expect(owners).toHaveLength(SLOT_COUNT);
          expect(owners.every(shard => world.cluster.shards[shard]?.removed === false)).toBe(true);
        }
        runTo(world, 70);
        world.finish();
        expect(isOver()).toBe(true);
        expect(world.cluster.members.every(({ primary }) => primary.state === "up")).toBe(true);
        // A replica stands in for each: nothing is lost with a process, and with a host what was under way.
        const lost = observation.writes!.lost.reduce((sum, one) => sum + (one ?? 0), 0);
        const twice = given.deaths.length > 1;
        if (!twice && !given.deaths[0].host) expect(lost).toBe(0);
        else if (!twice) expect(lost).toBeLessThan(10);
      }),
      { numRuns: 8, seed: 20_261_129 },
    );
  });
});
