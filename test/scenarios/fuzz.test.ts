// Random clusters under random faults: a small fixed set of seeds keeps every law, and a law that is broken is noticed.

import { describe, expect, it } from "vitest";
import { Observation } from "../../src/models/observers/index.ts";
import { drawCase } from "../../src/scenarios/fuzz/draw.ts";
import { runCase } from "../../src/scenarios/fuzz/run.ts";
import { keepFaults } from "../../src/scenarios/fuzz/shrink.ts";
import { runTo, smallWorld } from "../models/world.ts";

describe("fuzz", () => {
  it("draws the same case from the same seed, and another one from another", () => {
    expect(drawCase(5, 20)).toEqual(drawCase(5, 20));
    expect(drawCase(6, 20).scenario).not.toEqual(drawCase(5, 20).scenario);
  });

  it("finds no broken law in a fixed set of seeds", () => {
    for (let seed = 1; seed <= 12; seed++) expect(runCase(drawCase(seed, 10)).broken, `seed ${seed}`).toBeNull();
  });

  it("leaves out the faults that are not asked for", () => {
    const full = drawCase(3, 20);
    const drills = full.scenario.drills as unknown[];
    expect(keepFaults(full, [0]).scenario.drills).toEqual([drills[0]]);
    expect(keepFaults(full, []).scenario.drills).toEqual([]);
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

  it("a request that ends twice", () => {
    const world = smallWorld({ seconds: 5 });
    new Observation(world);
    const request = world.requests.open(0, 0, 0, 0);
    world.requests.close(request);
    expect(() => world.requests.close(request)).toThrow(/observer «requests»|ends twice/u);
  });
});
