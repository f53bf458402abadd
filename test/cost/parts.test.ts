// Parts of a cluster's bill beside the nodes: tiering, extended support, replication, the origin, what lies idle.

import { describe, expect, test } from "vitest";
import { nodeTypes } from "../../src/catalog/nodes.ts";
import { priceBook } from "../../src/catalog/prices.ts";
import { type ClusterBill, type ClusterUsage, clusterBill, isUnpriced } from "../../src/cost/cluster.ts";
import { idleLines } from "../../src/cost/idle.ts";
import { capacityFactor, hourlyPerGiB } from "../../src/cost/tiering.ts";
import { GIB } from "../../src/units.ts";

const virginia = priceBook("aws-us-east-1");
const seoul = priceBook("aws-ap-northeast-2");
const seed = priceBook("seed-2025");
const cents = (usd: number) => usd.toFixed(2);

const ONE: ClusterUsage = {
  node: "cache.r6g.xlarge",
  engine: "redis",
  nodes: 1,
  purchase: "on-demand",
  durability: "none",
  backups: { bytesPerBackup: 0, kept: 0, free: 0 },
  crossAzBytesPerMonth: 0,
};

function priced(usage: Partial<ClusterUsage>, book = virginia): ClusterBill {
  const result = clusterBill({ ...ONE, ...usage }, book);
  if (isUnpriced(result)) throw new Error(result.unknown.map(one => one.message).join("; "));
  return result;
}

function missing(usage: Partial<ClusterUsage>, book = virginia): string[] {
  const result = clusterBill({ ...ONE, ...usage }, book);
  return isUnpriced(result) ? result.unknown.map(one => one.message) : [];
}

describe("data tiering (aws-facts.md, 5)", () => {
  const tiered = nodeTypes().filter(node => node.ssdGiB !== null);

  test("every r6gd node holds 4.77 to 4.8 times its memory, the others their memory", () => {
    expect(tiered.map(node => node.type)).toHaveLength(6);
    expect(capacityFactor("cache.r6gd.xlarge").toFixed(2)).toBe("4.77");
    for (const { type } of tiered) expect(capacityFactor(type), type).toBeCloseTo(4.78, 1);
    expect(capacityFactor("cache.r6g.xlarge")).toBe(1);
  });

  test.each(["valkey", "redis"] as const)("with %s a gigabyte costs less than two fifths of r6g's", engine => {
    for (const { type, size } of tiered) {
      const saving =
        1 -
        (hourlyPerGiB(type, engine, virginia) as number) /
          (hourlyPerGiB(`cache.r6g.${size}`, engine, virginia) as number);
      expect(saving, type).toBeGreaterThan(0.6);
      expect(saving, type).toBeLessThan(0.61);
    }
  });

  test("the seed's prices with the official sizes save even more; its own sizes would give 5.5 times", () => {
    const saving =
      1 -
      (hourlyPerGiB("cache.r6gd.xlarge", "valkey", seed) as number) /
        (hourlyPerGiB("cache.r6g.xlarge", "valkey", seed) as number);
    expect(saving).toBeGreaterThan(0.69);
    expect(((26.32 + 118) / 26.32).toFixed(1)).toBe("5.5");
  });

  test("a node that the book does not price has no price per gigabyte", () => {
    expect(hourlyPerGiB("cache.r7g.16xlarge", "valkey", seed)).toHaveProperty("kind", "unknown-price");
  });
});

describe("extended support", () => {
  test("cache.t4g.micro in Seoul: 0.024 + 0.019 an hour, + 0.038 in the third year", () => {
    const bill = (year: 1 | 2 | 3) =>
      priced({ node: "cache.t4g.micro", extendedSupport: { version: "redis-5", year } }, seoul);
    expect(bill(1).lines[1].unitPriceUsd.toFixed(3)).toBe("0.019");
    expect(bill(2).lines[1].unitPriceUsd.toFixed(3)).toBe("0.019");
    expect(bill(3).lines[1].unitPriceUsd.toFixed(3)).toBe("0.038");
    expect(bill(1).monthlyUsd).toBeCloseTo(0.024 * 1.8 * 730, 9);
  });

  test("is a share of the on-demand price for reserved nodes too", () => {
    const bill = priced({
      purchase: "reserved-3y-all-upfront",
      extendedSupport: { version: "redis-4", year: 1 },
    });
    expect(cents(bill.cashMonthlyUsd)).toBe(cents(0.8 * 0.411 * 730));
  });

  test("of a version that has none is refused with those that have", () => {
    expect(missing({ extendedSupport: { version: "redis-7", year: 1 } })).toEqual([
      expect.stringMatching(/no extended support of redis-7: it knows redis-4, redis-5, redis-6/u),
    ]);
    expect(missing({ extendedSupport: { version: "redis-5", year: 1 } }, seed)).toEqual([
      expect.stringMatching(/seed-2025 has no extended support/u),
    ]);
  });
});

test("replication across zones is billed in and out where it is asked for", () => {
  expect(cents(priced({ replicationBytesPerMonth: 500e9 }).lines[1].monthlyUsd)).toBe("10.00");
  expect(priced({ replicationBytesPerMonth: 0 }).lines).toHaveLength(1);
});

test("the origin's price per request is a line of its own", () => {
  const bill = priced({ origin: { requestsPerMonth: 2.5e6, usdPerMillion: 0.4 } });
  expect(bill.lines[1]).toMatchObject({ what: "requests to the origin", unit: "million requests" });
  expect(cents(bill.lines[1].monthlyUsd)).toBe("1.00");
});

describe("what lies idle", () => {
  const usage = {
    nodesMonthlyUsd: 1_000,
    usedBytes: 30 * GIB,
    limitBytes: 75 * GIB,
    memoryBytes: 100 * GIB,
    nodes: 4,
    idleReplicas: 2,
  };

  test("reserve, empty memory and replicas, as shares of the nodes' price", () => {
    expect(idleLines(usage).map(line => [line.what, line.quantity, line.monthlyUsd])).toEqual([
      ["memory kept in reserve", 0.25, 250],
      ["memory unused at its peak", 0.45, 450],
      ["replicas that answer no reads", 0.5, 500],
    ]);
  });

  test("nothing where nothing lies idle, nor below zero when memory is over its limit", () => {
    const full = { ...usage, usedBytes: 110 * GIB, limitBytes: 100 * GIB, idleReplicas: 0 };
    expect(idleLines(full)).toEqual([]);
  });
});
