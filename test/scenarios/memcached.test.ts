// Memcached in scenarios: its nodes run, what it cannot do is refused with what it has instead, and its parameter group decides
// how its memory is kept.

import { expect, test } from "vitest";
import { scheduleDrills } from "../../src/drills/index.ts";
import { MemcachedEngine } from "../../src/engine/memcached/engine.ts";
import { MISS } from "../../src/models/outcome.ts";
import { World } from "../../src/models/world.ts";
import { BASE, load, problems } from "./fixture.ts";

const MEMCACHED = BASE.replace(
  /cluster: \{ engine: valkey-8.0, node: cache.r7g.large.*\}/u,
  "cluster: { engine: memcached-1.6, node: cache.r7g.large, shards: 3 }",
);

test("what Memcached cannot do is refused, each with its reason", async () => {
  const told = await problems(
    MEMCACHED.replace(
      "shards: 3",
      "shards: 61, replicas: 1, multiAz: true, backups: 7, durability: { mode: sync }, parameters: { num_threads: 9, max_memory: 3 }",
    ),
  );
  const all = told.join("\n");
  for (const [key, why] of [
    ["cluster.shards", "at most 60"],
    ["cluster.replicas", "each key lies on one node"],
    ["cluster.multiAz", "needs replicas"],
    ["cluster.backups", "no snapshots"],
    ["cluster.durability", "what a node held is gone with it"],
    ["cluster.parameters.num_threads", "may not be changed on ElastiCache"],
    ["cluster.parameters.max_memory", "has no parameter"],
  ]) {
    expect(all).toMatch(new RegExp(`${key}: [^\n]*${why}`, "u"));
  }
});

test("a node that is lost is replaced, not voted on, whoever runs it", async () => {
  for (const management of ["elasticache", "self-managed"]) {
    const { built } = await load(MEMCACHED.replace("shards: 3", `shards: 3, management: ${management}`));
    expect(built.world(0, 1).cluster.failover.profile, management).toBe("managed");
  }
});

test("a serverless cache of Memcached, and its options on Valkey, are refused; a typo is told with what was meant", async () => {
  const [serverless] = await problems(MEMCACHED.replace("node: cache.r7g.large, shards: 3", "deployment: serverless"));
  expect(serverless).toContain("«engine: redis-7.1» gives its bill");
  const [other] = await problems(
    BASE.replace("node: cache.r7g.large", "node: cache.r7g.large, memcached: { ejects: true }"),
  );
  expect(other).toContain("has no effect on valkey-8.0");
  const [typo] = await problems(MEMCACHED.replace("memcached-1.6", "memcached-1.7"));
  expect(typo).toContain("did you mean «memcached-1.6»");
});

test("commands, drills and patterns that it does not have are named with those that it has", async () => {
  const told = await problems(
    MEMCACHED.replace(
      /(workload:\n)/u,
      "$1  - { name: own, commands: { 'LPUSH {key} 1': 1 }, rate: 1/s, keys: { count: 1 } }\n",
    ).concat("drills: [{ at: 1s, snapshot: {} }]\n"),
  );
  expect(told.join("\n")).toContain("workload[0].commands: are sent to Valkey and Redis OSS");
  expect(told.join("\n")).toContain("drills[0].snapshot: cannot be done to Memcached; what can be: crash-node");
});

test("disable_flush_all refuses the drill flush-all, and the keys stay", async () => {
  const flushed = async (parameters: string) => {
    const yaml = MEMCACHED.replace("shards: 3", `shards: 3, parameters: { ${parameters} }`);
    const { built } = await load(`${yaml}    preload: 100%\ndrills: [{ at: 1s, flush-all: {} }]\n`);
    const world = new World(built.world(0, 1));
    const [report] = scheduleDrills(world, built.drills);
    world.start();
    world.sim.run(2e9);
    const misses = world.recorder.totals[MISS];
    return { refused: report.refused, ended: report.endNs !== null, missed: misses > 0 };
  };
  expect(await flushed("disable_flush_all: 0")).toMatchObject({ refused: null, missed: true });
  expect(await flushed("disable_flush_all: 1")).toEqual({
    refused: "CLIENT_ERROR flush_all not allowed",
    ended: true,
    missed: false,
  });
  const [mode] = await problems(`${MEMCACHED}drills: [{ at: 1s, flush-all: { mode: async } }]\n`);
  expect(mode).toContain("flush-all.mode: has no effect: Memcached's flush_all marks what is there");
});

test("a node has ElastiCache's memory and threads, and one list per class; self-managed nodes have the segments of 1.6", async () => {
  const engineOf = async (yaml: string) => {
    const { built } = await load(yaml);
    const [node] = new World(built.world(0, 1)).cluster.nodes;
    expect(node.engine).toBeInstanceOf(MemcachedEngine);
    expect(node.thread.count).toBe(2);
    return (node.engine as MemcachedEngine).store.settings;
  };
  const managed = await engineOf(MEMCACHED);
  expect(managed).toMatchObject({ lruSegmented: false, lruMaintainer: false, slabAutomove: 0, threads: 2 });
  expect(managed.maxBytes / 1_048_576).toBeCloseTo(13_387 - 100, -2);
  const own = await engineOf(
    MEMCACHED.replace("shards: 3", "shards: 3, management: self-managed, parameters: { num_threads: 2 }"),
  );
  expect(own).toMatchObject({ lruSegmented: true, lruMaintainer: true, slabAutomove: 1 });
});
