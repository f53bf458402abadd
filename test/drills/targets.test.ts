// Drills that are aimed at what is not there, or at what they cannot change, are refused before the run, and say why.

import { describe, expect, it } from "vitest";
import { scheduleDrills } from "../../src/drills/index.ts";
import { World } from "../../src/models/world.ts";
import { runTo } from "../models/world.ts";
import { load, problems } from "../scenarios/fixture.ts";

const scenario = (drills: string, more = "") => `name: small
duration: 10s
cluster: { engine: valkey-8.0, node: cache.r7g.large, replicas: 0 }
clients: [{ name: web }]
origin: { latency: 4ms }
workload:
  - { name: pages, pattern: { cache-aside: {} }, rate: 50/s, keys: { count: 100 } }
  - { name: carts, commands: { "GET {key}": 1 }, rate: 50/s, keys: { count: 100 } }
data: [{ key: board, zset: { members: 10 } }]
drills: [${drills}]
${more}`;

describe("a drill that is aimed at nothing", () => {
  it.each([
    ["expire-hot-key: { workload: page }", "there is no workload «page»; there are pages, carts"],
    ["expire-hot-key: { workload: carts }", "«carts» asks no origin for what it misses"],
    ["mass-expiry: { workload: nobody }", "there is no workload «nobody»"],
    ["mass-expiry: { share: 0% }", "must be more than nothing"],
    ["flash-crowd: { keys: 1000 }", "«pages» has 100 keys"],
    ["flash-crowd: { rise: 20s, for: 10s }", "takes longer than the crowd stays"],
    ["slow-origin: { slower: 1 }", "the origin stays what it is"],
    ["slow-origin: { concurrency: 0% }", "must leave something"],
    ["delete-big-key: { key: bord }", "«bord» is none of the scenario's «data:»: there are board"],
    ["delete-big-key: { key: board, members: 5 }", "has no effect with a «key:»"],
    ["script-kill: {}", "no «runaway-script» comes before it"],
    ["runaway-script: { runs: 0s }", "must be longer than nothing"],
    ["runaway-script: { restart: 2s }", "nobody restarts the engine"],
  ])("%s", async (drill, problem) => {
    expect((await problems(scenario(`{ at: 2s, ${drill} }`))).join("\n")).toContain(problem);
  });

  it.each([
    "crash-node: { shard: 2 }",
    "crash-node: { role: replica, shard: 2, replica: 1 }",
    "partition: { from: replicas of shard 2, to: rest }",
    "reshard: { from: 1, to: 2, slots: 5 }",
    "hot-shard: { shard: 2 }",
  ])("a shard and a replica that an earlier drill adds are there: %s", async drill => {
    const added = "{ at: 1s, scale-out: {} }, { at: 2s, change-replicas: { to: 1 } }";
    expect(await problems(scenario(`${added}, { at: 9s, ${drill} }`))).toEqual([]);
    expect((await problems(scenario(`{ at: 9s, scale-out: {} }, { at: 3s, ${drill} }`))).join()).toContain(
      "there is no shard 2: the cluster has 1",
    );
  });

  it("a shard that is not there yet when the drill begins is refused then", async () => {
    const drills = [
      "crash-node: { shard: 2 }",
      "partition: { from: shard 2, to: rest, for: 1s }",
      "hot-shard: { shard: 2 }",
    ];
    const { built } = await load(
      scenario(`{ at: 1s, scale-out: {} }, ${drills.map((drill, i) => `{ at: ${2 + i}s, ${drill} }`).join(", ")}`),
    );
    const world = new World(built.world(0, 1));
    const reports = scheduleDrills(world, built.drills);
    world.start();
    runTo(world, 10);
    expect(reports.slice(1).map(({ refused }) => refused)).toEqual(
      drills.map(() => "there is no shard 2: the cluster has 1"),
    );
  });

  it("as many shards as there will be then can leave, but for one", async () => {
    const leave = (shards: number) =>
      problems(scenario(`{ at: 1s, scale-out: {} }, { at: 9s, scale-in: { shards: ${shards} } }`));
    expect(await leave(1)).toEqual([]);
    expect((await leave(2)).join()).toContain("leaves no shard: the cluster has 2");
  });

  it("an origin that nobody asks cannot be slow", async () => {
    const text = scenario("{ at: 2s, slow-origin: {} }").replace(/ {2}- \{ name: pages.*\n/u, "");
    expect((await problems(text)).join()).toContain("no workload asks the origin");
  });

  it("and what is aimed well is not", async () => {
    const drills =
      "{ at: 2s, runaway-script: {} }, { at: 9s, script-kill: {} }, { at: 3s, delete-big-key: { key: board } }, { at: 4s, mass-expiry: {} }";
    expect(await problems(scenario(drills))).toEqual([]);
  });
});
