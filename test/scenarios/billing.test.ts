// Bills of runs: what the scenario's billing keys do, and which of them contradict the rest.

import { describe, expect, test } from "vitest";
import type { Result } from "../../src/result.ts";
import { runScenario } from "../../src/scenarios/run.ts";
import { BASE, load, problems } from "./fixture.ts";

async function costOf(...settings: string[]): Promise<Result["cost"]> {
  const result = await runScenario(await load(BASE, { settings: ["duration=4s", "warmup=0s", ...settings] }));
  return result.cost;
}

const line = ({ lines }: Result["cost"], what: RegExp) => lines.find(one => what.test(one.what));

describe("the bill of a run", () => {
  test("nodes, and what of them lies idle: reserve, empty memory, replicas that nobody reads", async () => {
    const cost = await costOf();
    expect(line(cost, /2 x cache\.r7g\.large valkey, on-demand/u)?.monthlyUsd).toBe(255.79);
    expect(cost.idle.map(one => one.what)).toEqual([
      "memory kept in reserve",
      "memory unused at its peak",
      "replicas that answer no reads",
    ]);
    const [reserve, unused, replicas] = cost.idle;
    expect(reserve).toMatchObject({ quantity: 0.25, monthlyUsd: 63.95 });
    expect(unused.quantity).toBeGreaterThan(0.74);
    expect(replicas).toMatchObject({ quantity: 0.5, monthlyUsd: 127.9 });
    expect(cost.assumptions).toEqual([expect.stringMatching(/replication across zones is taken to be free/u)]);
  });

  test("replicas that are read from are not idle", async () => {
    const cost = await costOf("clients[0].readFrom=replica");
    expect(cost.idle.map(one => one.what)).not.toContain("replicas that answer no reads");
  });

  test("the origin by the request, from what the run asked of it", async () => {
    const cost = await costOf("origin.costPerMillion=$0.40");
    const origin = line(cost, /requests to the origin/u);
    expect(origin?.unitPriceUsd).toBe(0.4);
    // 100 keys are fetched about once in four seconds of 50 requests each: between 50 and 100 of them.
    const inRun = ((origin?.quantity ?? 0) * 1e6 * 4) / (730 * 3_600);
    expect(inRun).toBeGreaterThan(40);
    expect(inRun).toBeLessThan(101);
  });

  test("replication across zones is on it where it is taken to be billed", async () => {
    const charged = await costOf("billing.replicationTransfer=true");
    expect(line(charged, /replication across zones/u)?.unitPriceUsd).toBe(0.02);
    expect(charged.assumptions).toEqual([]);
    expect(line(await costOf(), /replication across zones/u)).toBeUndefined();
  });

  test("reservations already held, with what of them is unused", async () => {
    const held = "billing.reservations=[{node: cache.r7g.xlarge, nodes: 2, purchase: reserved-1y-all-upfront}]";
    const cost = await costOf(held);
    expect(cost.upfrontUsd).toBe(3919.99);
    expect(line(cost, /on-demand/u)).toBeUndefined();
    expect(cost.idle[0]).toMatchObject({ what: "reservation of 2 x cache.r7g.xlarge valkey, unused", quantity: 0.5 });
  });

  test("a savings plan at the discount that the scenario takes, or at the highest known, which it says", async () => {
    const given = await costOf("cluster.purchase=savings-plan-1y", "billing.savingsPlan=10%");
    expect(line(given, /savings plan/u)?.monthlyUsd).toBe(230.21);
    const highest = await costOf("cluster.purchase=savings-plan-1y");
    expect(line(highest, /savings plan/u)?.monthlyUsd).toBe(204.63);
    expect(highest.assumptions[0]).toMatch(/maximum of 20 % is taken/u);
  });

  test("extended support and durable writes are surcharges on the on-demand price", async () => {
    const old = await costOf("cluster.engine=redis-7.1", "billing.extendedSupport={version: redis-5, year: 3}");
    expect(line(old, /extended support of redis-5, year 3/u)?.monthlyUsd).toBe(511.58);
    const durable = await costOf("cluster.engine=valkey-9.0", "cluster.tls=true", "cluster.durability.mode=sync");
    expect(line(durable, /sync durability/u)?.monthlyUsd).toBe(46.04);
  });

  test("backups: the lower allowance of the book unless another is given", async () => {
    const some = await costOf("cluster.backups=7");
    expect(line(some, /backups/u)?.what).toBe("backups, 7 of 7 kept");
    expect(some.assumptions.join()).toMatch(/how many backups are free: 0 to 1; 0 is taken/u);
    expect(line(await costOf("cluster.backups=7", "billing.freeBackups=1"), /backups/u)?.what).toBe(
      "backups, 6 of 7 kept",
    );
  });

  test("without a price there is no total, and nothing is idle", async () => {
    const cost = await costOf("prices=seed-2025", "cluster.node=cache.r7g.xlarge");
    expect(cost).toMatchObject({ monthlyUsd: null, lines: [], idle: [] });
    expect(cost.unknown[0]).toMatch(/price book seed-2025 has no on-demand price/u);
  });
});

describe("options that contradict each other or change nothing", () => {
  const told = (...settings: string[]) => problems(BASE, { settings });
  const reserved = (more: string) =>
    `billing.reservations=[{node: cache.r7g.large, purchase: reserved-1y-no-upfront${more}}]`;

  test.each([
    [["billing.savingsPlan=10%"], "billing.savingsPlan: changes nothing: the purchase is on-demand"],
    [["billing.freeBackups=1"], "billing.freeBackups: changes nothing: no backups are kept"],
    [
      [reserved(""), "cluster.purchase=reserved-3y-all-upfront"],
      "billing.reservations: contradict the purchase reserved-3y-all-upfront",
    ],
    [[reserved(", engine: memcached")], "billing.reservations[0].node: covers nothing here: cache.r7g.large memcached"],
    [["billing.extendedSupport={version: redis-5, year: 1}"], "billing.extendedSupport: is for Redis OSS 4 to 6"],
    [["cluster.durability.mode=sync"], "cluster.durability.mode: «sync» needs valkey-9.0, tls: true"],
    [
      ["billing.replicationTransfer=true", "cluster.replicas=0"],
      "billing.replicationTransfer: changes nothing: no replica stands in another zone",
    ],
  ])("%j", async (settings, message) => {
    expect((await told(...settings)).join("\n")).toContain(message);
  });

  test("a Redis OSS reservation for Valkey nodes is none of them", async () => {
    expect(await told(reserved(", engine: redis"))).toEqual([]);
  });
});
