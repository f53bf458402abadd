// cachecast drill as its user calls it: a name, a file, another scenario, mistakes.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../scenarios/fixture.ts";
import { builtCli } from "./built.ts";

const { cli } = builtCli();

const SMALL = `name: mine
duration: 14s
warmup: 2s
cluster:
  engine: valkey-8.0
  node: cache.r7g.large
  shards: 3
  replicas: 1
  failover: { profile: upstream, nodeTimeout: 2s }
clients: [{ name: web, instances: 2 }]
workload:
  - name: writes
    commands: { "SET {key} {value}": 1 }
    rate: 200/s
    keys: { count: 300 }
    values: 100B
`;

const DRILL = `name: not the cluster that is used
duration: 1h
cluster: { engine: valkey-7.2, node: cache.r7g.large }
drills: [{ at: 4s, crash-node: { shard: 2 } }]
expect: [writeOutage < 9s]
`;

describe("drill", () => {
  test("--list names every drill with the first sentence of what happens", async () => {
    const { code, stdout } = await cli(["drill", "--list"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^primary-crash +The process of a primary dies\.$/mu);
  });

  test("takes a file's drills and expectations to another scenario, and nothing else of it", async () => {
    const folder = temporaryFolder();
    const mine = join(folder, "mine.yaml");
    const drill = join(folder, "drill.yaml");
    const json = join(folder, "result.json");
    writeFileSync(mine, SMALL);
    writeFileSync(drill, DRILL);
    const { code, stdout } = await cli(["drill", drill, mine, "--json", json]);
    expect(stdout).toMatch(/^mine: 3 shards × 1 replica, cache.r7g.large, valkey-8.0/mu);
    expect(stdout).toMatch(/^1\. crash-node of cache-0002-001 at 4 s$/mu);
    expect(stdout).toMatch(/^suspected +\+0 ns +\S+ m?s +cluster-node-timeout$/mu);
    expect(stdout).toMatch(/^first write +\+/mu);
    expect(stdout).toMatch(/^web +2,\d\d\d +\d+ +\d\d\.\d{3} %/mu);
    expect(stdout).toContain("HOLDS: the check passes.");
    expect(code).toBe(0);
  });

  test("a file without drills, and a name that is none, are told with a remedy", async () => {
    const folder = temporaryFolder();
    const mine = join(folder, "mine.yaml");
    writeFileSync(mine, SMALL);
    const without = await cli(["drill", mine, mine]);
    expect(without.code).toBe(3);
    expect(without.stderr).toContain("is missing: this file has no drill");
    const unknown = await cli(["drill", "primary-crsh"]);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain("did you mean «primary-crash»?");
    expect((await cli(["drill"])).code).toBe(2);
  });
});
