// Clients that have turned from the endpoints to the cluster protocol do what their library does there.

import { describe, expect, it } from "vitest";
import { scheduleDrills } from "../../src/drills/index.ts";
import { FAILED } from "../../src/models/outcome.ts";
import { World } from "../../src/models/world.ts";
import { runTo } from "../models/world.ts";
import { load, problems } from "../scenarios/fixture.ts";

const SCENARIO = `name: turned
duration: 30s
cluster:
  engine: valkey-8.0
  mode: single
  node: cache.r7g.large
  replicas: 1
  scaling: { provisioning: 1s, drain: 1s, batch: 100 }
  failover: { detection: 500ms, promotion: 100ms, dns: 100ms, replacement: 60s }
clients:
  - name: web
    multiKey: split
    timeout: 100ms
    retry: { attempts: 1 }
    pool: { size: 2 }
    topology: { every: 2s, on: [] }
workload:
  - { name: pages, commands: { "MGET {keys:5}": 1 }, rate: 50/s, keys: { count: 500 }, values: 100B, preload: 100% }
drills:
  - { at: 1s, enable-cluster-mode: { clients: 1s } }
`;

async function turned(): Promise<World> {
  const { built } = await load(SCENARIO);
  const world = new World(built.world(0, 1));
  const [report] = scheduleDrills(world, built.drills);
  world.start();
  runTo(world, 10);
  expect(report.endNs, report.refused ?? "").not.toBeNull();
  return world;
}

describe("after cluster mode has been enabled", () => {
  it("a library that splits commands over slots does so", async () => {
    const world = await turned();
    const failed = world.recorder.totals[FAILED];
    const { commands } = world.clients[0].counters;
    const [{ ended }] = world.traffic;
    runTo(world, 20);
    expect(world.recorder.totals[FAILED]).toBe(failed);
    expect((world.clients[0].counters.commands - commands) / (world.traffic[0].ended - ended)).toBeGreaterThan(4.5);
  });

  it("a library that asks for the topology from time to time does so", async () => {
    const world = await turned();
    world.crash(world.cluster.shards[0].primary, "down");
    runTo(world, 15);
    const failed = world.recorder.totals[FAILED];
    runTo(world, 25);
    expect(world.recorder.totals[FAILED]).toBe(failed);
  });

  it("multiKey is no option without effect", async () => {
    expect(await problems(SCENARIO)).toEqual([]);
    expect(await problems(SCENARIO.split("drills:")[0])).toEqual([
      "clients[0].multiKey: has no effect: with «mode: single» one shard has all slots",
    ]);
  });
});
