// Commitments: what is owed when one leaves, when they pay, what reservations of other sizes cover, savings plans.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nodeTypes } from "../../src/catalog/nodes.ts";
import { priceBook } from "../../src/catalog/prices.ts";
import { leaving } from "../../src/cost/bill.ts";
import { type ClusterBill, type ClusterUsage, clusterBill, isUnpriced } from "../../src/cost/cluster.ts";
import { breakEven } from "../../src/cost/commitment.ts";
import type { NodeUsage } from "../../src/cost/nodes.ts";
import { PURCHASES, type Purchase } from "../../src/cost/purchase.ts";
import { mayCover, unitsOf } from "../../src/cost/reservations.ts";

const virginia = priceBook("aws-us-east-1");
const TWO: ClusterUsage = {
  node: "cache.r7g.xlarge",
  engine: "valkey",
  nodes: 2,
  purchase: "on-demand",
  durability: "none",
  backups: { bytesPerBackup: 0, kept: 0, free: 0 },
  crossAzBytesPerMonth: 0,
};
const cents = (usd: number) => usd.toFixed(2);

function priced(usage: Partial<ClusterUsage>): ClusterBill {
  const result = clusterBill({ ...TWO, ...usage }, virginia);
  if (isUnpriced(result)) throw new Error(result.unknown.map(one => one.message).join("; "));
  return result;
}

function missing(usage: Partial<ClusterUsage>): string[] {
  const result = clusterBill({ ...TWO, ...usage }, virginia);
  return isUnpriced(result) ? result.unknown.map(one => one.message) : [];
}

describe("leaving early, 2 x cache.r7g.xlarge at $510.42 a month on demand", () => {
  test.each([
    // after five months: paid, still owed
    ["on-demand", "2552.08", "0.00"],
    ["reserved-1y-no-upfront", "1743.07", "2440.30"],
    ["reserved-1y-partial-upfront", "2820.05", "1161.20"],
    ["reserved-1y-all-upfront", "3919.99", "0.00"],
    ["reserved-3y-no-upfront", "1324.53", "8212.08"],
    ["savings-plan-1y", "2041.66", "2858.33"],
  ] as const)("%s after five months", (purchase, paid, owed) => {
    const after = leaving(priced({ purchase }), 5);
    expect([cents(after.paidUsd), cents(after.owedUsd)]).toEqual([paid, owed]);
  });

  test("at the end of a term nothing is owed, a month into the next one the rest of it", () => {
    const bill = priced({ purchase: "reserved-1y-no-upfront" });
    expect(leaving(bill, 12).owedUsd).toBe(0);
    expect(cents(leaving(bill, 13).owedUsd)).toBe(cents(11 * bill.cashMonthlyUsd));
    expect(cents(leaving(priced({ purchase: "reserved-1y-all-upfront" }), 13).paidUsd)).toBe(cents(2 * 3919.9949));
  });
});

describe("when a commitment pays against on demand", () => {
  const onDemand = priced({}).monthlyUsd;

  test.each([
    // months until the cash is back, months that one must stay: the effective price's share of the term
    ["reserved-1y-no-upfront", 0, 0.683 * 12],
    ["reserved-1y-partial-upfront", 5.778, 0.65 * 12],
    ["reserved-1y-all-upfront", 7.68, 0.64 * 12],
    ["reserved-3y-no-upfront", 0, 0.519 * 36],
    ["reserved-3y-partial-upfront", 11.368, 0.48 * 36],
    ["reserved-3y-all-upfront", 16.2, 0.45 * 36],
    ["savings-plan-1y", 0, 0.8 * 12],
  ] as const)("%s: cash after %d months, stay for %d", (purchase, cash, stay) => {
    const found = breakEven(priced({ purchase }), onDemand);
    expect(found.cashMonths).toBeCloseTo(cash, 3);
    expect(found.leavingMonths).toBeCloseTo(stay, 6);
  });

  test("never against something cheaper", () => {
    const { cashMonths, leavingMonths } = breakEven(priced({ purchase: "reserved-1y-all-upfront" }), 300);
    expect([cashMonths, leavingMonths]).toEqual([null, null]);
  });

  test("law: leaving at that month costs the same, a month earlier more", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...PURCHASES.filter(one => one !== "on-demand")),
        fc.double({ min: 0.9, max: 3, noNaN: true }),
        (purchase, factor) => {
          const bill = priced({ purchase });
          const other = factor * onDemand;
          const { leavingMonths } = breakEven(bill, other);
          if (leavingMonths === null || leavingMonths < 1) return;
          const { paidUsd, owedUsd } = leaving(bill, leavingMonths);
          expect(paidUsd + owedUsd).toBeCloseTo(other * leavingMonths, 6);
          const before = leaving(bill, leavingMonths - 0.5);
          expect(before.paidUsd + before.owedUsd).toBeGreaterThan(other * (leavingMonths - 0.5));
        },
      ),
    );
  });
});

describe("size flexibility", () => {
  const held = (node: string, nodes: number, engine: NodeUsage["engine"] = "valkey", purchase: Purchase = YEAR) => [
    { node, nodes, engine, purchase },
  ];
  const YEAR = "reserved-1y-all-upfront";

  test("normalised units: a large node has 4, 3.2 on Valkey (price list of 2025-06), each size twice the one before", () => {
    expect(unitsOf("cache.r7g.large", "redis")).toBe(4);
    expect(unitsOf("cache.c7gn.large", "valkey")).toBeCloseTo(3.2, 12);
    expect(unitsOf("cache.t4g.micro", "redis")).toBe(0.5);
    for (const { type } of nodeTypes()) expect(unitsOf(type, "redis"), type).toBeGreaterThan(0);
  });

  test("two large reservations cover one xlarge node whole", () => {
    const bill = priced({ nodes: 1, held: held("cache.r7g.large", 2) });
    const bought = priced({ node: "cache.r7g.large", nodes: 2, purchase: YEAR });
    expect(cents(bill.monthlyUsd)).toBe(cents(bought.monthlyUsd));
    expect(bill.unused).toEqual([]);
  });

  test("one large reservation covers half an xlarge node, the other half is on demand", () => {
    const bill = priced({ nodes: 1, held: held("cache.r7g.large", 1) });
    const half = priced({ node: "cache.r7g.large", nodes: 1, purchase: YEAR }).monthlyUsd;
    expect(cents(bill.monthlyUsd)).toBe(cents(half + 0.5 * 0.3496 * 730));
    expect(bill.lines.map(line => line.what)).toContain("0.5 x cache.r7g.xlarge valkey, on-demand");
  });

  test("what is held beyond the need is paid and shown as unused", () => {
    const bill = priced({ nodes: 1, held: held("cache.r7g.xlarge", 3) });
    expect(cents(bill.monthlyUsd)).toBe(cents(priced({ nodes: 3, purchase: YEAR }).monthlyUsd));
    expect(bill.unused).toHaveLength(1);
    expect(bill.unused[0].quantity).toBeCloseTo(2 / 3, 9);
    expect(cents(bill.unused[0].monthlyUsd)).toBe(cents((2 / 3) * bill.monthlyUsd));
  });

  test("Redis OSS reservations cover Valkey and last a quarter longer; the other way round they do not", () => {
    const bill = priced({ node: "cache.r7g.large", nodes: 5, held: held("cache.r7g.large", 4, "redis") });
    expect(bill.lines.filter(line => line.what.includes("on-demand"))).toEqual([]);
    expect(bill.unused).toEqual([]);
    const valkey = { node: "cache.r7g.large", nodes: 1, engine: "valkey", purchase: YEAR } as const;
    expect(mayCover(valkey, { ...valkey, engine: "redis" })).toBe(false);
    expect(mayCover({ ...valkey, engine: "memcached" }, valkey)).toBe(false);
    expect(mayCover({ ...valkey, node: "cache.r6g.large" }, valkey)).toBe(false);
    expect(mayCover({ ...valkey, purchase: "savings-plan-1y" }, valkey)).toBe(false);
  });

  test("another family covers nothing", () => {
    const bill = priced({ nodes: 1, held: held("cache.m7g.large", 2) });
    expect(bill.unused[0].quantity).toBe(1);
    expect(bill.lines.map(line => line.what)).toContain("1 x cache.r7g.xlarge valkey, on-demand");
  });

  test("prices that the book lacks are named", () => {
    expect(missing({ held: held("cache.m4.large", 1) })).toEqual([
      expect.stringMatching(/reserved price of cache\.m4/u),
    ]);
  });
});

describe("Database Savings Plans", () => {
  test("20 % off nodes at most, or what the scenario says; one year, no fee", () => {
    const bill = priced({ purchase: "savings-plan-1y" });
    expect(cents(bill.monthlyUsd)).toBe(cents(0.8 * 510.416));
    expect(bill).toMatchObject({ upfrontUsd: 0, fees: [] });
    expect(bill.commitments).toEqual([{ what: bill.lines[0].what, monthlyUsd: bill.monthlyUsd, termMonths: 12 }]);
    expect(cents(priced({ purchase: "savings-plan-1y", savingsPlanDiscount: 0.1 }).monthlyUsd)).toBe("459.37");
  });

  test("are for Valkey on generation 7 and later", () => {
    for (const usage of [{ node: "cache.r6g.large" }, { engine: "redis" as const }]) {
      expect(missing({ ...usage, purchase: "savings-plan-1y" })).toEqual([
        expect.stringMatching(/savings plan for .*: valkey on m7g, r7g, c7gn, m8g, r8g, c8gn nodes has one/u),
      ]);
    }
  });
});
