// cachecast mrc from the command line: scenarios of Memcached, and what memory costs.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { mrcSchema } from "../../src/result/mrc.ts";
import { BASE, temporaryFolder } from "../scenarios/fixture.ts";
import { builtCli } from "./built.ts";

const { cli } = builtCli();

const MEMCACHED = BASE.replace("valkey-8.0", "memcached-1.6");

it.each([
  ["elasticache", "memcached-flat"],
  ["self-managed", "memcached"],
])("a scenario of Memcached, %s, is simulated as its nodes evict: %s", async (management, policy) => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "m.yaml"), MEMCACHED);
  const words = ["mrc", "m.yaml", "--requests", "2k", "--points", "2", "--set", `cluster.management=${management}`];
  const { code, stdout, stderr } = await cli([...words, "--json", "-"], { cwd });
  expect(stderr).toContain("count a key's bytes as valkey-8.0 does");
  expect(code).toBe(0);
  const { engine, points } = mrcSchema.parse(JSON.parse(stdout));
  expect(engine).toBe("memcached-1.6");
  expect(points[1].policies.map(one => one.policy)).toEqual([policy]);
});

it("Memcached's nodes are not priced as Valkey's; another engine's are when it is named", async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "m.yaml"), MEMCACHED);
  const words = ["mrc", "m.yaml", "--requests", "2k", "--points", "2", "--origin-cost", "$2"];
  const refused = await cli(words, { cwd });
  expect([refused.code, refused.stdout]).toEqual([2, ""]);
  expect(refused.stderr).toContain("the scenario's are Memcached's: name one of the engines with --engine");
  const priced = await cli([...words, "--engine", "redis-7.1"], { cwd });
  expect(priced.stderr).toBe("");
  expect(priced.stdout).toMatch(/^Cheapest: .* under allkeys-lru/u);
});

it("a node of the scenario's holds what its parameters leave for keys; another one what ElastiCache's defaults do", async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "s.yaml"), BASE.replace("count: 100", "count: 1k"));
  // A month's price of memory steps by whole nodes: one limit that all keys need two of, and one that holds them.
  const shards = async (...words: string[]) => {
    const fixed = ["mrc", "s.yaml", "--requests", "5k", "--points", "1", "--policies", "none", "--origin-cost", "$2"];
    const { stdout } = await cli([...fixed, "--json", "-", ...words], { cwd });
    return mrcSchema.parse(JSON.parse(stdout)).points[0].shards;
  };
  const own = ["--set", "cluster.management=self-managed", "--set", "cluster.parameters.maxmemory=900kb"];
  expect(await shards()).toBe(1);
  expect(await shards(...own)).toBe(2);
  expect(await shards(...own, "--node", "cache.r7g.xlarge")).toBe(1);
  expect(await shards("--set", "cluster.parameters.reserved-memory-percent=99.995")).toBe(2);
});
