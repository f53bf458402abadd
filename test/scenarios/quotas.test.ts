// What an account may have, as checks at the door; the daily backup in its window.

import { describe, expect, test } from "vitest";
import { runScenario } from "../../src/scenarios/run.ts";
import { load, problems } from "./fixture.ts";

const BASE = `
name: quotas
duration: 20s
warmup: 2s
cluster: { engine: valkey-8.0, node: cache.r7g.large, shards: 2, replicas: 1 }
clients: [{ name: web, instances: 2 }]
workload: [{ name: w, rate: 50/s, commands: { "SET {key} {value}": 1 }, keys: { count: 500 }, preload: 100% }]
`;

describe("quotas", () => {
  test.each([
    [
      ["cluster.shards=46"],
      /46 shards with 1 replicas are 92 nodes; the account's quota is 90 per cluster .* nodesPerCluster: 92/u,
    ],
    [["cluster.shards=46", "cluster.quotas.nodesPerCluster=92"], null],
    [["cluster.shards=200", "cluster.quotas.nodesPerCluster=500"], /400 nodes; the account's quota is 300 per Region/u],
    [["cluster.shards=300", "cluster.quotas.nodesPerCluster=500"], /600 nodes; a cluster has at most 500/u],
    [["cluster.shards=46", "cluster.management=self-managed"], null],
    [["cluster.backupWindow=5s"], /backupWindow: has no effect: no backups are kept/u],
    [["cluster.backupWindow=30s", "cluster.backups=7"], /opens after the end of the run/u],
  ])("%j", async (settings, expected) => {
    const found = await problems(BASE, { settings });
    if (expected === null) expect(found).toEqual([]);
    else expect(found.join("\n")).toMatch(expected);
  });

  test("twenty manual backups a day, not twenty-one", async () => {
    const drills = (count: number) =>
      `${BASE}drills: [${Array.from({ length: count }, (_, i) => `{ at: ${1 + i / 2}s, snapshot: {} }`).join(", ")}]\n`;
    expect(await problems(drills(20))).toEqual([]);
    expect((await problems(drills(21))).join()).toMatch(/is number 21 within 24 hours/u);
  });
});

describe("a daily backup", () => {
  test("is taken of the replicas when its window opens, and keeps other changes away", async () => {
    const text = `${BASE}drills: [{ at: 5001ms, change-replicas: { to: 2 } }]\n`;
    const result = await runScenario(await load(text, { settings: ["cluster.backups=7", "cluster.backupWindow=5s"] }));
    const [changed, backup] = result.drills;
    expect([backup.drill, backup.startSeconds]).toEqual(["snapshot", 5]);
    expect(backup.target).toMatch(/-002, .*-002$/u);
    expect(changed.refused).toMatch(/a backup is being taken/u);
  });
});
