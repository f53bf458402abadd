// What an account may have, as checks at the door; the daily backup in its window.

import { describe, expect, test } from "vitest";
import { refusalOf } from "../../src/models/scaling/quotas.ts";
import { World } from "../../src/models/world.ts";
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

describe("a change beyond the quotas", () => {
  const WITH = (quotas: string, drills: string) =>
    load(`${BASE}drills: [${drills}]\n`, {
      settings: [`cluster.quotas={${quotas}}`, "cluster.scaling={provisioning: 1s, drain: 1s}"],
    });

  test.each([
    ["nodesPerCluster: 5", "{ at: 5s, scale-out: {} }", /^NodeQuotaForClusterExceeded: 6 nodes, .* 5 per cluster$/u],
    ["nodesPerRegion: 5", "{ at: 5s, scale-out: {} }", /^NodeQuotaForCustomerExceeded: 6 nodes, .* 5 per Region$/u],
    ["nodesPerCluster: 5", "{ at: 5s, change-replicas: { to: 2 } }", /^NodeQuotaForClusterExceeded: 6 nodes/u],
    ["nodesPerCluster: 5", "{ at: 5s, restore: { from: nothing, shards: 3 } }", /^NodeQuotaForClusterExceeded: 6 n/u],
    ["nodesPerCluster: 4", "{ at: 5s, scale-out: { shards: 3 } }", /^NodeGroups\w+Exceeded: 5 shards, the quota is 4/u],
  ])("{ %s }: %s is refused as a whole, with the quota's name", async (quotas, drill, refused) => {
    const result = await runScenario(await WITH(quotas, drill));
    expect(result.drills[0].refused).toMatch(refused);
    expect(result.nodes).toHaveLength(4);
    expect(result.findings.map(({ id }) => id)).toContain("quota-reached");
    expect(result.findings.map(({ id }) => id)).not.toContain("refused-drill");
  });

  test("counts the nodes that there are by then: what fits is done, what came after it is refused", async () => {
    const drills =
      "{ at: 2s, change-replicas: { to: 0 } }, { at: 5s, scale-out: { shards: 2 } }, { at: 14s, scale-out: {} }";
    const result = await runScenario(
      await load(`${BASE}drills: [${drills}]\n`, {
        settings: [
          "cluster.quotas={nodesPerCluster: 4}",
          "cluster.multiAz=false",
          "cluster.scaling={provisioning: 1s}",
        ],
      }),
    );
    expect(result.drills.map(({ refused }) => refused?.split(":")[0] ?? null)).toEqual([
      null,
      null,
      "NodeGroupsPerReplicationGroupQuotaExceeded",
    ]);
  });

  test("counts a replica whose host is lost: it comes back, and a new shard has as many as the others", async () => {
    const drills = "{ at: 3s, lose-host: { role: replica } }, { at: 5s, scale-out: {} }";
    const [, { refused }] = (await runScenario(await WITH("nodesPerCluster: 5", drills))).drills;
    expect(refused).toMatch(/^NodeQuotaForClusterExceeded: 6 nodes, .* 5 per cluster$/u);
  });

  test("is one beyond 60 nodes for Memcached, with no word of node groups", async () => {
    const text = BASE.replace(
      "cluster: { engine: valkey-8.0, node: cache.r7g.large, shards: 2, replicas: 1 }",
      "cluster: { engine: memcached-1.6, node: cache.t4g.micro, shards: 59 }",
    )
      .replace('commands: { "SET {key} {value}": 1 }', "pattern: { cache-aside: {} }")
      .concat("origin: { latency: 4ms }\n");
    expect((await problems(`${text}drills: [{ at: 5s, scale-out: { shards: 2 } }]\n`)).join()).toMatch(
      /scale-out.shards: makes 61 nodes of the cluster, which has at most 60/u,
    );
    expect(await problems(`${text}drills: [{ at: 5s, scale-out: {} }]\n`)).toEqual([]);
    const { cluster } = new World((await load(text)).built.world(0, 1));
    expect(refusalOf(cluster, 1)).toBeNull();
    expect(refusalOf(cluster, 2)).toBe("NodeQuotaForClusterExceeded: 61 nodes, a Memcached cluster has at most 60");
  });

  test("is none on servers of one's own", async () => {
    const built = await load(BASE, { settings: ["cluster.management=self-managed"] });
    expect(built.built.world(0, 1).cluster.quotas).toBeUndefined();
  });
});

describe("auto scaling", () => {
  const policy = (more: string) => [`cluster.autoScaling={shards: {target: 50, min: 1, max: 100}${more}}`];

  test.each([
    ["", null],
    [", replicas: {target: 50, min: 1, max: 5}", /autoScaling: may make 600 nodes; a cluster has at most 500/u],
    [
      ", schedule: [{at: 5s, of: shards, min: 46, max: 50}]",
      /schedule\[0\].min: asks for 46 shards with 1 replicas at least, .*NodeQuotaForClusterExceeded: 92 nodes/u,
    ],
    [", schedule: [{at: 5s, of: shards, min: 1, max: 251}]", /schedule\[0\].max: may make 502 nodes/u],
    // Each fits alone; together, in the order of their times, they do not.
    [
      ", replicas: {target: 50, min: 1, max: 2}, schedule: [{at: 9s, of: shards, min: 31, max: 40}, {at: 5s, of: replicas, min: 2, max: 2}]",
      /schedule\[0\].min: asks for 31 shards with 2 replicas at least, .*93 nodes/u,
    ],
  ])("schedules that cannot fit are told: %s", async (more, expected) => {
    const found = await problems(BASE, { settings: policy(more) });
    if (expected === null) expect(found).toEqual([]);
    else expect(found.join("\n")).toMatch(expected);
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
