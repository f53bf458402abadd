// Random clusters under random faults: a small fixed set of seeds keeps every law, and a law that is broken is noticed.

import { describe, expect, it } from "vitest";
import { Observation } from "../../src/models/observers/index.ts";
import { drawCase } from "../../src/scenarios/fuzz/draw.ts";
import { buildCase, runCase } from "../../src/scenarios/fuzz/run.ts";
import { keepFaults } from "../../src/scenarios/fuzz/shrink.ts";
import { constant } from "../../src/sim/distributions/constant.ts";
import { runTo, smallWorld } from "../models/world.ts";

describe("fuzz", () => {
  it("draws the same case from the same seed, and another one from another", () => {
    expect(drawCase(5, 20)).toEqual(drawCase(5, 20));
    expect(drawCase(6, 20).scenario).not.toEqual(drawCase(5, 20).scenario);
  });

  it("draws scenarios, of every kind that it knows", () => {
    const drawn = Array.from({ length: 150 }, (_, seed) => drawCase(seed, 20));
    for (const one of drawn) expect(buildCase(one), `seed ${one.seed}`).toBeTypeOf("object");
    const texts = drawn.map(({ scenario }) => JSON.stringify(scenario));
    for (const kind of [
      '"scale-out"',
      '"scale-in"',
      '"plan":"even"',
      '"plan":"by-load"',
      '"slots":4000',
      '"migration":"atomic"',
      '"migration":"slot-by-slot"',
      '"mode":"sync"',
      '"mode":"async"',
      '"appendfsync":"always"',
      '"appendfsync":"everysec"',
      '"appendfsync":"no"',
      '"tooFew":"fail"',
      '"tooFew":"accept"',
      '"min-replicas-to-write":1',
      "MGET {keys:",
      "MSET {pairs:",
      "UNLINK {keys:",
    ]) {
      expect(
        texts.some(text => text.includes(kind)),
        kind,
      ).toBe(true);
    }
  });

  it("finds no broken law in a fixed set of seeds", () => {
    for (let seed = 1; seed <= 10; seed++) expect(runCase(drawCase(seed, 10)).broken, `seed ${seed}`).toBeNull();
  });

  it("leaves out the faults that are not asked for", () => {
    const full = drawCase(3, 20);
    const drills = full.scenario.drills as unknown[];
    expect(keepFaults(full, [0]).scenario.drills).toEqual([drills[0]]);
    expect(keepFaults(full, []).scenario.drills).toEqual([]);
  });

  it("shrinks to what is still a scenario: a fault of a shard needs whoever adds the shard", () => {
    const full = drawCase(3, 20);
    const drills = [
      { at: "4s", "scale-out": { shards: 1 } },
      { at: "9s", "crash-node": { shard: 5 } },
    ];
    const one = { ...full, scenario: { ...full.scenario, drills } };
    expect(buildCase(one)).toBeTypeOf("object");
    expect(buildCase(keepFaults(one, [1]))).toContain("there is no shard 5");
  });
});

describe("observers notice", () => {
  it("a key that a promoted replica has lost", () => {
    const world = smallWorld({ keys: 500, rate: 2_000, seconds: 5, workload: { ttlSeconds: null } });
    new Observation(world, { wholeHistory: true });
    runTo(world, 2);
    const [shard] = world.cluster.shards;
    const [replica] = shard.replicas;
    const database = replica.engine.database(0);
    let last = -1;
    database.forEachEntry(entry => {
      last = entry;
    });
    database.remove(last);
    world.crash(shard.primary, "down");
    expect(() => world.cluster.promote(shard, replica, null)).toThrow(/observer «writes»: .* lacks product:/u);
  });

  it("a second owner of a shard's slots", () => {
    const world = smallWorld({ seconds: 5 });
    new Observation(world);
    runTo(world, 1);
    world.cluster.shards[0].replicas[0].engine.role = "primary";
    expect(() => runTo(world, 3)).toThrow(/observer «slots»: .* \[seed 7, replication 0, simulated time \d+ ns\]/u);
  });

  it("a key where its slot is not served, and a change of the cluster that does not end", () => {
    const world = smallWorld({
      keys: 100,
      seconds: 2,
      cluster: { shards: 2 },
      workload: { ttlSeconds: null, preload: 1 },
    });
    const observation = new Observation(world, { wholeHistory: true });
    runTo(world, 40);
    observation.quiet();
    const { slots, shards } = world.cluster;
    const db = shards[0].primary.engine.database(0);
    let slot = -1;
    db.forEachEntry(entry => {
      slot = db.slotOf(entry);
    });
    slots.assign(slot, 1);
    expect(() => observation.quiet()).toThrow(/observer «slots»: .* has product:.*, whose slot shard 2 serves/u);
    slots.assign(slot, 0);
    slots.moving.set(slot, { slot, from: 0, to: 1 });
    expect(() => observation.quiet()).toThrow(/slot \d+ is still on its way from shard 1 to shard 2/u);
  });

  it("an acknowledged write that a synchronous log has lost", () => {
    const world = smallWorld({
      keys: 500,
      rate: 2_000,
      seconds: 5,
      cluster: { durability: { mode: "sync", latencyNs: constant(3e6), bytesPerSecond: 1e8 } },
      workload: { ttlSeconds: null },
    });
    new Observation(world, { wholeHistory: true });
    runTo(world, 2);
    const [shard] = world.cluster.shards;
    const [replica] = shard.replicas;
    replica.link!.freeze();
    runTo(world, 2.5);
    replica.link!.recover = () => 0;
    world.crash(shard.primary, "lost");
    expect(() => world.cluster.promote(shard, replica, null)).toThrow(/acknowledged writes of a synchronous log/u);
  });

  it("a request that ends twice", () => {
    const world = smallWorld({ seconds: 5 });
    new Observation(world);
    const request = world.requests.open(0, 0, 0, 0);
    world.requests.close(request);
    expect(() => world.requests.close(request)).toThrow(/observer «requests»|ends twice/u);
  });
});
