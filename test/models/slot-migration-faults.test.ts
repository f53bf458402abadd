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

describe("slots that move while the two ends do not reach each other", () => {
  /** So many slots have moved before the cut is over, and after it. */
  function cutOff(method: MigrationConfig["method"], secondsAfter: number): [number, number] {
    const world = smallWorld({
      latency: CALM,
      keys: 400,
      rate: 100,
      seconds: 30,
      cluster: { shards: 2, replicasPerShard: 0, multiAz: false },
      workload: { ...commands("INCR {key}"), ttlSeconds: null },
    });
    const observation = new Observation(world, { wholeHistory: true });
    const { cluster } = world;
    const owned = () => cluster.slots.slotsOf(1).length;
    const before = owned();
    runTo(world, 2);
    const slots = cluster.slots.slotsOf(0).slice(0, 500);
    migrateSlots(cluster, [{ from: 0, to: 1, slots }], { method, batch: 10, parallel: 1 }, null, () => {});
    runTo(world, 2 + secondsAfter);
    const [one, other] = cluster.nodes.map(node => node.id);
    const fault = { covers: (a: number, b: number) => a + b === one + other, loss: 1, extraNs: 0, jitterNs: 0 };
    const { heal } = world.breakLinks(fault, "network", "cut");
    const atCut = owned();
    runTo(world, 10);
    const during = owned() - atCut;
    heal();
    runTo(world, 60);
    observation.quiet();
    return [during, owned() - before];
  }

  it.each([
    ["slot-by-slot", 0.2],
    ["atomic", 0.001],
  ] as const)("wait for the link, %s", (method, secondsAfter) => {
    expect(cutOff(method, secondsAfter)).toEqual([0, 500]);
  });
});
