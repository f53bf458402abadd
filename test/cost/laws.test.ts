// Laws of bills, over every node type, engine, purchase and book, and random quantities. On a failure fast-check prints
// the seed and the smallest case.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nodeTypes } from "../../src/catalog/nodes.ts";
import { PAYMENTS, priceBook, priceBookNames, TERMS } from "../../src/catalog/prices.ts";
import { ENGINE_PRODUCTS } from "../../src/catalog/product.ts";
import type { Bill } from "../../src/cost/bill.ts";
import { type ClusterUsage, clusterBill, isUnpriced } from "../../src/cost/cluster.ts";
import { DURABILITIES } from "../../src/cost/nodes.ts";
import { PURCHASES, type Purchase } from "../../src/cost/purchase.ts";

const usages: fc.Arbitrary<ClusterUsage> = fc.record({
  node: fc.constantFrom(...nodeTypes().map(node => node.type)),
  engine: fc.constantFrom(...ENGINE_PRODUCTS),
  nodes: fc.integer({ min: 1, max: 500 }),
  purchase: fc.constantFrom(...PURCHASES),
  durability: fc.constantFrom(...DURABILITIES),
  backups: fc.record({
    bytesPerBackup: fc.integer({ min: 0, max: 1e13 }),
    kept: fc.integer({ min: 0, max: 35 }),
    free: fc.integer({ min: 0, max: 2 }),
  }),
  crossAzBytesPerMonth: fc.integer({ min: 0, max: 1e15 }),
});
/** Half of the time the one book that is nearly whole: the others price little. */
const books = fc.oneof(fc.constant("aws-us-east-1"), fc.constantFrom(...priceBookNames())).map(priceBook);

/** Runs the law on usages that the book can price. */
function law(holds: (usage: ClusterUsage, bill: Bill, again: (other: Partial<ClusterUsage>) => Bill) => void) {
  let tried = 0;
  fc.assert(
    fc.property(usages, books, (usage, book) => {
      const bill = clusterBill(usage, book);
      if (isUnpriced(bill)) return;
      tried++;
      holds(usage, bill, other => {
        const result = clusterBill({ ...usage, ...other }, book);
        if (isUnpriced(result)) throw new Error(result.unknown[0].message);
        return result;
      });
    }),
    { numRuns: 2_000 },
  );
  expect(tried).toBeGreaterThan(200);
}

/** Sums of the same amounts in another order differ in the last digits. */
const notAbove = (left: number, right: number) => expect(left).toBeLessThanOrEqual(right * (1 + 1e-12));
const near = (left: number, right: number) => expect(Math.abs(left - right)).toBeLessThanOrEqual(1e-11 * right);

describe("for every usage and every book that prices it", () => {
  test("a line is exactly quantity times price, and the month exactly the sum of its lines", () => {
    law((_, bill) => {
      for (const line of bill.lines) expect(line.monthlyUsd).toBe(line.quantity * line.unitPriceUsd);
      expect(bill.monthlyUsd).toBe(bill.lines.reduce((sum, line) => sum + line.monthlyUsd, 0));
      expect(bill.upfrontUsd).toBe(bill.fees.reduce((sum, fee) => sum + fee.usd, 0));
    });
  });

  test("over 36 months cash and spread fees come to the same", () => {
    law((_, bill) => near(bill.first36MonthsUsd, 36 * bill.monthlyUsd));
  });

  test("a year's cash is the year's month by month, or more where a longer term is paid ahead", () => {
    law((usage, bill) => {
      if (usage.purchase.startsWith("reserved-3y") && bill.upfrontUsd > 0) {
        expect(bill.first12MonthsUsd).toBeGreaterThan(12 * bill.monthlyUsd);
      } else {
        near(bill.first12MonthsUsd, 12 * bill.monthlyUsd);
      }
    });
  });

  test("the invoice is never above the month with fees, and equals it where there are none", () => {
    law((_, bill) => {
      notAbove(bill.cashMonthlyUsd, bill.monthlyUsd);
      if (bill.fees.length === 0) expect(bill.cashMonthlyUsd).toBe(bill.monthlyUsd);
    });
  });

  test("reserved is below on-demand", () => {
    law((usage, bill, again) => {
      const onDemand = again({ purchase: "on-demand" });
      if (usage.purchase !== "on-demand") expect(bill.monthlyUsd).toBeLessThan(onDemand.monthlyUsd);
      expect(onDemand.upfrontUsd).toBe(0);
    });
  });

  test("one node more costs the price of one node more", () => {
    law((usage, bill, again) => {
      const more = again({ nodes: usage.nodes + 1 });
      expect(more.monthlyUsd).toBeGreaterThan(bill.monthlyUsd);
      const alone = { nodes: 1, backups: { bytesPerBackup: 0, kept: 0, free: 0 }, crossAzBytesPerMonth: 0 };
      const one = again(alone);
      expect(Math.abs(more.monthlyUsd - bill.monthlyUsd - one.monthlyUsd)).toBeLessThan(1e-9 * more.monthlyUsd);
      expect(Math.abs(more.upfrontUsd - bill.upfrontUsd - one.upfrontUsd)).toBeLessThanOrEqual(1e-9 * more.upfrontUsd);
    });
  });

  test("more backups, a smaller allowance, more traffic and durability never make it cheaper", () => {
    law((usage, bill, again) => {
      notAbove(again({ durability: "none" }).monthlyUsd, bill.monthlyUsd);
      notAbove(again({ crossAzBytesPerMonth: 0 }).monthlyUsd, bill.monthlyUsd);
      const { backups } = usage;
      notAbove(again({ backups: { ...backups, kept: 0 } }).monthlyUsd, bill.monthlyUsd);
      notAbove(again({ backups: { ...backups, free: backups.free + 1 } }).monthlyUsd, bill.monthlyUsd);
      notAbove(again({ backups: { ...backups, bytesPerBackup: 0 } }).monthlyUsd, bill.monthlyUsd);
    });
  });

  test("the same usage gives the same bill", () => {
    law((_, bill, again) => expect(again({})).toEqual(bill));
  });
});

test("paying earlier and longer never costs more, for every node of us-east-1", () => {
  const purchase = (term: string, payment: string) => `reserved-${term}-${payment}` as Purchase;
  const quiet = {
    durability: "none",
    backups: { bytesPerBackup: 0, kept: 0, free: 0 },
    crossAzBytesPerMonth: 0,
  } as const;
  for (const { type } of nodeTypes()) {
    const month = (term: string, payment: string) => {
      const usage: ClusterUsage = {
        node: type,
        engine: "valkey",
        nodes: 3,
        purchase: purchase(term, payment),
        ...quiet,
      };
      const bill = clusterBill(usage, priceBook("aws-us-east-1"));
      return isUnpriced(bill) ? Number.NaN : bill.monthlyUsd;
    };
    for (const term of TERMS) {
      const months = PAYMENTS.map(payment => month(term, payment));
      if (Number.isNaN(months[0])) continue;
      expect(months, `${type} ${term}`).toEqual([...months].sort((a, b) => b - a));
    }
    for (const payment of PAYMENTS) {
      const [short, long] = TERMS.map(term => month(term, payment));
      if (!Number.isNaN(short)) expect(long, `${type} ${payment}`).toBeLessThan(short);
    }
  }
});
