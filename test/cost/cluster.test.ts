import { describe, expect, test } from "vitest";
import virginiaJson from "../../src/catalog/prices/aws-us-east-1.json" with { type: "json" };
import { priceBook, readPriceBook } from "../../src/catalog/prices.ts";
import type { Bill } from "../../src/cost/bill.ts";
import { type ClusterUsage, clusterBill, isUnpriced } from "../../src/cost/cluster.ts";
import { PURCHASES, reservedTerms } from "../../src/cost/purchase.ts";

const virginia = priceBook("aws-us-east-1");
const seed = priceBook("seed-2025");
const seoul = priceBook("aws-ap-northeast-2");

const CLUSTER: ClusterUsage = {
  node: "cache.r7g.xlarge",
  engine: "valkey",
  nodes: 2,
  purchase: "on-demand",
  durability: "none",
  backups: { bytesPerBackup: 0, kept: 0, free: 0 },
  crossAzBytesPerMonth: 0,
};

/** The bill of the cluster above with these differences, in a book that knows all its prices. */
function priced(usage: Partial<ClusterUsage>, book = virginia): Bill {
  const result = clusterBill({ ...CLUSTER, ...usage }, book);
  if (isUnpriced(result)) throw new Error(result.unknown.map(one => one.message).join("; "));
  return result;
}

/** What the book lacks for it. */
function missing(usage: Partial<ClusterUsage>, book = virginia): string[] {
  const result = clusterBill({ ...CLUSTER, ...usage }, book);
  return isUnpriced(result) ? result.unknown.map(one => one.message) : [];
}

const cents = (usd: number) => usd.toFixed(2);

test("PURCHASES are on-demand, a savings plan and the six reserved ones", () => {
  expect(PURCHASES).toEqual([
    "on-demand",
    "savings-plan-1y",
    "reserved-1y-no-upfront",
    "reserved-1y-partial-upfront",
    "reserved-1y-all-upfront",
    "reserved-3y-no-upfront",
    "reserved-3y-partial-upfront",
    "reserved-3y-all-upfront",
  ]);
  expect(reservedTerms("on-demand")).toBeNull();
  expect(reservedTerms("reserved-3y-partial-upfront")).toEqual({ term: "3y", payment: "partial-upfront" });
});

describe("nodes on demand, to the cent", () => {
  test("2 x cache.r7g.xlarge Valkey are $510.42 a month", () => {
    const bill = priced({});
    expect(cents(bill.monthlyUsd)).toBe("510.42");
    expect(bill.lines).toEqual([
      {
        what: "2 x cache.r7g.xlarge valkey, on-demand",
        quantity: 1460,
        unit: "node-hour",
        unitPriceUsd: 0.3496,
        monthlyUsd: 1460 * 0.3496,
      },
    ]);
    expect(bill).toMatchObject({ upfrontUsd: 0, fees: [], cashMonthlyUsd: bill.monthlyUsd });
    expect(cents(bill.first12MonthsUsd)).toBe("6124.99");
    expect(cents(bill.first36MonthsUsd)).toBe("18374.98");
  });

  test.each([
    ["cache.r7g.large", "valkey", 1, "127.90"],
    ["cache.r7g.large", "redis", 1, "159.87"],
    ["cache.r6g.large", "redis", 6, "902.28"],
    ["cache.t4g.micro", "valkey", 1, "9.34"],
    ["cache.r6gd.xlarge", "redis", 2, "1140.26"],
    ["cache.m5.large", "memcached", 3, "341.64"],
    ["cache.c8gn.16xlarge", "valkey", 1, "4291.23"],
  ] as const)("%s with %s, %d nodes: $%s", (node, engine, nodes, monthly) => {
    expect(cents(priced({ node, engine, nodes }).monthlyUsd)).toBe(monthly);
  });

  test("the seed's book gives the seed's months", () => {
    expect(cents(priced({ node: "cache.r6g.large", nodes: 1 }, seed).monthlyUsd)).toBe("121.18");
    expect(cents(priced({ node: "cache.r6gd.16xlarge", nodes: 1 }, seed).monthlyUsd)).toBe("5599.10");
    expect(cents(priced({ node: "cache.t3.medium", engine: "memcached", nodes: 1 }, seed).monthlyUsd)).toBe("49.64");
    expect(cents(priced({ node: "cache.t4g.micro", engine: "redis", nodes: 1 }, seoul).monthlyUsd)).toBe("17.52");
  });
});

describe("reserved nodes, to the cent: 2 x cache.r7g.xlarge Valkey", () => {
  test.each([
    // upfront, effective month, month's invoice, first 12 months, first 36 months
    ["reserved-1y-no-upfront", "0.00", "348.61", "348.61", "4183.37", "12550.11"],
    ["reserved-1y-partial-upfront", "1990.62", "331.77", "165.89", "3981.24", "11943.73"],
    ["reserved-1y-all-upfront", "3919.99", "326.67", "0.00", "3919.99", "11759.98"],
    ["reserved-3y-no-upfront", "0.00", "264.91", "264.91", "3178.87", "9536.61"],
    ["reserved-3y-partial-upfront", "4409.99", "245.00", "122.50", "5879.99", "8819.99"],
    ["reserved-3y-all-upfront", "8268.74", "229.69", "0.00", "8268.74", "8268.74"],
  ] as const)("%s", (purchase, upfront, month, invoice, year, threeYears) => {
    const bill = priced({ purchase });
    expect(
      [bill.upfrontUsd, bill.monthlyUsd, bill.cashMonthlyUsd, bill.first12MonthsUsd, bill.first36MonthsUsd].map(cents),
    ).toEqual([upfront, month, invoice, year, threeYears]);
  });

  test("partial upfront shows the hourly part and the spread fee as lines, and the fee beside them", () => {
    const bill = priced({ purchase: "reserved-1y-partial-upfront" });
    expect(bill.lines.map(line => [line.what, line.quantity, line.unit, line.unitPriceUsd.toFixed(4)])).toEqual([
      ["2 x cache.r7g.xlarge valkey, 1y partial-upfront", 1460, "node-hour", "0.1136"],
      ["2 x cache.r7g.xlarge valkey, 1y partial-upfront, fee spread over 1y", 1460, "node-hour", "0.1136"],
    ]);
    expect(bill.fees).toEqual([
      {
        what: "2 x cache.r7g.xlarge valkey, 1y partial-upfront, fee at the start",
        usd: bill.upfrontUsd,
        termMonths: 12,
      },
    ]);
  });

  test("the seed's all-upfront column, a month of it", () => {
    const bill = priced({ node: "cache.r6g.4xlarge", nodes: 1, purchase: "reserved-1y-all-upfront" }, seed);
    expect(cents(bill.monthlyUsd)).toBe("618.31");
    expect(cents(bill.upfrontUsd)).toBe("7419.72");
  });
});

describe("what comes on top of nodes", () => {
  test("sync durability adds 18 % of the on-demand price, async nothing, however the nodes are bought", () => {
    const node = { node: "cache.r8g.large", nodes: 1 };
    expect(cents(priced({ ...node, durability: "sync" }).monthlyUsd)).toBe("151.26");
    expect(cents(priced(node).monthlyUsd)).toBe("128.19");
    expect(cents(priced({ ...node, durability: "async" }).monthlyUsd)).toBe("128.19");
    const reserved = priced({ ...node, purchase: "reserved-1y-all-upfront", durability: "sync" });
    expect(cents(reserved.cashMonthlyUsd)).toBe(cents(0.031608 * 730));
  });

  test("backups: 10 GB kept for seven days are six billed beyond the free one, $5.10", () => {
    const bill = priced({ backups: { bytesPerBackup: 10e9, kept: 7, free: 1 } });
    expect(bill.lines.at(-1)).toMatchObject({
      what: "backups, 6 of 7 kept",
      quantity: 60,
      unit: "GB-month",
      unitPriceUsd: 0.085,
    });
    expect(cents(bill.monthlyUsd)).toBe(cents(510.416 + 5.1));
  });

  test("backups within the allowance cost nothing and need no price", () => {
    expect(priced({ backups: { bytesPerBackup: 10e9, kept: 1, free: 2 } }).lines).toHaveLength(1);
    const usage = { node: "cache.r7g.large", backups: { bytesPerBackup: 10e9, kept: 1, free: 1 } };
    expect(missing(usage, seed)).toEqual([]);
  });

  test("250 MB/s of reads, half of them across zones, are $3,285 a month (valkey.io, 2024-12-22)", () => {
    const secondsPerMonth = 730 * 3_600;
    const bill = priced({ crossAzBytesPerMonth: 125e6 * secondsPerMonth });
    expect(bill.lines.at(-1)).toMatchObject({ what: "client traffic across zones", unit: "GB", unitPriceUsd: 0.01 });
    expect(cents(bill.monthlyUsd - priced({}).monthlyUsd)).toBe("3285.00");
  });
});

describe("a bill that a book cannot make", () => {
  test("names every price it lacks, each once", () => {
    const usage: Partial<ClusterUsage> = {
      durability: "sync",
      backups: { bytesPerBackup: 1e9, kept: 3, free: 0 },
      crossAzBytesPerMonth: 1,
    };
    expect(missing({ ...usage, node: "cache.m7g.large" }, seed)).toEqual([
      expect.stringMatching(/^price book seed-2025 has no on-demand price of cache\.m7g\.large with valkey/u),
      "price book seed-2025 has no durability surcharge: it does not price durability",
      "price book seed-2025 has no backup price: it does not price backup storage",
      "price book seed-2025 has no price of cross-zone traffic: it does not price data transfer",
    ]);
  });

  test("names a price once that two lines need", () => {
    const onDemand = virginiaJson.onDemand.filter(row => row.node !== CLUSTER.node);
    const book = readPriceBook({ file: "test", data: { ...virginiaJson, onDemand } });
    expect(missing({ durability: "sync" }, book)).toEqual([
      expect.stringMatching(/on-demand price of cache\.r7g\.xlarge/u),
    ]);
  });

  test("refuses durability where it is not offered", () => {
    for (const usage of [{ node: "cache.t4g.medium" }, { node: "cache.r6gd.xlarge" }, { engine: "redis" as const }]) {
      expect(missing({ ...usage, durability: "sync" })).toEqual([
        expect.stringMatching(/durability surcharge of .*: valkey on m6g, r6g/u),
      ]);
    }
  });

  test("refuses reserved terms that the book does not have", () => {
    expect(missing({ node: "cache.r7g.large", purchase: "reserved-3y-no-upfront" }, seed)).toHaveLength(1);
    expect(missing({ node: "cache.m4.large", purchase: "reserved-1y-no-upfront" })).toHaveLength(1);
    expect(missing({ node: "cache.m4.large", purchase: "on-demand" })).toEqual([]);
  });
});

test("quantities that cannot be are our bug", () => {
  expect(() => priced({ nodes: 0 })).toThrow(/0 nodes/u);
  // A mean over a run in which the cluster changed need not be whole.
  expect(() => priced({ nodes: 1.5 })).not.toThrow();
  expect(() => priced({ nodes: -1 })).toThrow(/-1 nodes/u);
  expect(() => priced({ crossAzBytesPerMonth: -1 })).toThrow(/-1 bytes/u);
  expect(() => priced({ backups: { bytesPerBackup: -1, kept: 1, free: 0 } })).toThrow(/-1 bytes/u);
});
