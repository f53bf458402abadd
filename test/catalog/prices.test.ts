import { describe, expect, test } from "vitest";
import type { DataFile } from "../../src/catalog/data-file.ts";
import { nodeType, nodeTypes } from "../../src/catalog/nodes.ts";
import virginiaJson from "../../src/catalog/prices/aws-us-east-1.json" with { type: "json" };
import seedJson from "../../src/catalog/prices/seed-2025.json" with { type: "json" };
import {
  isUnknownPrice,
  joinPriceBooks,
  onDemandHourly,
  priceBook,
  priceBookNames,
  readPriceBook,
  serverlessRates,
} from "../../src/catalog/prices.ts";
import { ENGINE_PRODUCTS } from "../../src/catalog/product.ts";
import { HOURS_PER_MONTH } from "../../src/units.ts";
import { FACTS_ABSENT, nodeFacts, priceFacts } from "./shared-facts.ts";

const virginia = priceBook("aws-us-east-1");
const seoul = priceBook("aws-ap-northeast-2");
const seed = priceBook("seed-2025");
const file = (data: unknown, name = "prices/seed-2025.json"): DataFile => ({ file: name, data });

test("priceBookNames() gives the names that scenarios use", () => {
  expect(priceBookNames()).toEqual(["aws-us-east-1", "aws-ap-northeast-2", "aws-ap-southeast-1", "seed-2025"]);
  expect(() => priceBook("aws-mars-1")).toThrow(/aws-mars-1/u);
});

describe("on-demand prices of us-east-1", () => {
  test("cover 94 types on Valkey, 73 on Redis OSS, 67 on Memcached", () => {
    const priced = ENGINE_PRODUCTS.map(
      engine => nodeTypes().filter(node => typeof onDemandHourly(virginia, node.type, engine) === "number").length,
    );
    expect(priced).toEqual([94, 73, 67]);
  });

  test("are the list's", () => {
    expect(onDemandHourly(virginia, "cache.r7g.large", "valkey")).toBe(0.1752);
    expect(onDemandHourly(virginia, "cache.r7g.large", "redis")).toBe(0.219);
    expect(onDemandHourly(virginia, "cache.r7g.xlarge", "valkey")).toBe(0.3496);
    expect(onDemandHourly(virginia, "cache.t3.micro", "valkey")).toBe(0.0136);
    expect(onDemandHourly(virginia, "cache.m5.24xlarge", "memcached")).toBe(7.488);
    expect(onDemandHourly(virginia, "cache.r6gd.16xlarge", "redis")).toBe(12.477);
    expect(onDemandHourly(virginia, "cache.c8gn.16xlarge", "valkey")).toBe(5.8784);
    expect(onDemandHourly(virginia, "cache.r8g.16xlarge", "valkey")).toBe(5.6177);
  });

  test("add up: a checksum notices a changed digit", () => {
    const totals = ENGINE_PRODUCTS.map(engine =>
      nodeTypes()
        .map(node => onDemandHourly(virginia, node.type, engine))
        .reduce((sum: number, price) => sum + (typeof price === "number" ? price : 0), 0)
        .toFixed(4),
    );
    expect(totals).toEqual(["179.5242", "171.5730", "138.0370"]);
  });

  test("Valkey costs 0.8 of Redis OSS for all 73 shared types, Memcached the same as Redis OSS", () => {
    const shared = nodeTypes().filter(node => typeof onDemandHourly(virginia, node.type, "redis") === "number");
    expect(shared).toHaveLength(73);
    for (const { type } of shared) {
      const redis = onDemandHourly(virginia, type, "redis");
      expect(onDemandHourly(virginia, type, "valkey"), type).toBeCloseTo(0.8 * (redis as number), 9);
      const memcached = onDemandHourly(virginia, type, "memcached");
      if (!isUnknownPrice(memcached)) expect(memcached, type).toBe(redis);
    }
  });

  test("exist only where the engine is offered on the node", () => {
    for (const node of nodeTypes()) {
      for (const engine of ENGINE_PRODUCTS) {
        if (!node.engines.includes(engine)) expect(onDemandHourly(virginia, node.type, engine)).toHaveProperty("kind");
      }
    }
  });
});

describe("a price that the book does not print", () => {
  test("is a value that names book, node and engine, and what the book knows", () => {
    const missing = onDemandHourly(seed, "cache.r7g.xlarge", "valkey");
    expect(isUnknownPrice(missing)).toBe(true);
    expect(missing).toMatchObject({ kind: "unknown-price", book: "seed-2025" });
    expect(isUnknownPrice(missing) && missing.message).toBe(
      "price book seed-2025 has no on-demand price of cache.r7g.xlarge with valkey: it knows cache.r7g.large",
    );
  });

  test("of a known node names the engines that have one", () => {
    const missing = onDemandHourly(virginia, "cache.r6gd.xlarge", "memcached");
    expect(isUnknownPrice(missing) && missing.known).toBe("for this node it knows valkey and redis");
    const young = onDemandHourly(virginia, "cache.r8g.large", "redis");
    expect(isUnknownPrice(young) && young.known).toBe("for this node it knows valkey");
  });

  test("of an unknown family lists what there is", () => {
    const missing = onDemandHourly(seoul, "cache.r7g.large", "redis");
    expect(isUnknownPrice(missing) && missing.known).toBe("it knows cache.t4g.micro");
  });

  test("isUnknownPrice is false for prices", () => {
    for (const value of [0, 0.5, null, undefined, "x", { kind: "other" }]) expect(isUnknownPrice(value)).toBe(false);
  });
});

describe("serverless rates", () => {
  const idleMonth = (book: typeof seed, engine: "valkey" | "redis" | "memcached") => {
    const rates = serverlessRates(book, engine);
    if (isUnknownPrice(rates)) return rates.message;
    return (rates.minimumStorageGB * rates.storagePerGBHourUsd * HOURS_PER_MONTH).toFixed(2);
  };

  test("give the idle months that are published", () => {
    expect(idleMonth(virginia, "valkey")).toBe("6.13");
    expect(idleMonth(virginia, "redis")).toBe("91.25");
    expect(idleMonth(virginia, "memcached")).toBe("91.25");
    expect(idleMonth(seoul, "valkey")).toBe("7.37");
    expect(idleMonth(seoul, "redis")).toBe("110.23");
  });

  test("of the seed are its own, which contradict its own $6 idle month", () => {
    expect(serverlessRates(seed, "valkey")).toMatchObject({ storagePerGBHourUsd: 0.125, perMillionEcpuUsd: 0.0034 });
    expect(idleMonth(seed, "valkey")).toBe("9.13");
    expect(idleMonth(seed, "redis")).toBe("91.25");
    expect(idleMonth(seed, "memcached")).toBe(
      "price book seed-2025 has no serverless rates of memcached: it knows valkey and redis",
    );
  });

  test("100,000 ECPU/s for an hour cost $1.224 at the other engines' rate (AWS's example), $0.828 on Valkey", () => {
    const hour = (engine: "valkey" | "redis") => {
      const rates = serverlessRates(virginia, engine);
      return isUnknownPrice(rates) ? Number.NaN : (100_000 * 3_600 * rates.perMillionEcpuUsd) / 1e6;
    };
    expect(hour("redis")).toBeCloseTo(1.224, 9);
    expect(hour("valkey")).toBeCloseTo(0.828, 9);
  });
});

describe("other prices", () => {
  test("sync durability adds 18 %: cache.r8g.large 0.1756 + 0.031608", () => {
    const node = onDemandHourly(virginia, "cache.r8g.large", "valkey") as number;
    expect(node * (virginia.durability?.syncSurchargeOfNodePrice ?? 0)).toBeCloseTo(0.031608, 9);
    expect(virginia.durability?.asyncSurchargeOfNodePrice).toBe(0);
  });

  test("extended support of cache.t4g.micro in Seoul: 0.024 + 0.019, in year 3 + 0.038", () => {
    const node = onDemandHourly(seoul, "cache.t4g.micro", "redis") as number;
    expect((node * (seoul.extendedSupport?.premiumYears1And2 ?? 0)).toFixed(3)).toBe("0.019");
    expect((node * (seoul.extendedSupport?.premiumYear3 ?? 0)).toFixed(3)).toBe("0.038");
  });

  test("the seed prints no backup, transfer, durability or support prices", () => {
    const { backup, dataTransfer, durability, extendedSupport, savingsPlan } = seed;
    expect([backup, dataTransfer, durability, extendedSupport, savingsPlan]).toEqual([null, null, null, null, null]);
  });

  test("backups cost $0.085 per GB-month in both regions", () => {
    expect(virginia.backup?.perGBMonthUsd).toBe(0.085);
    expect(seoul.backup?.perGBMonthUsd).toBe(0.085);
  });

  test("families that a book names exist", () => {
    const families = new Set(nodeTypes().map(node => node.family));
    const named = [virginia.reservedFamilies?.names, virginia.durability?.families, virginia.savingsPlan?.families];
    for (const name of named.flatMap(list => list ?? [])) expect(families.has(name), name).toBe(true);
  });
});

describe("a bad file stops the start", () => {
  const spoilt = (spoil: (copy: typeof seedJson) => void) => {
    const copy = structuredClone(seedJson);
    spoil(copy);
    return () => readPriceBook(file(copy));
  };

  test("a node type priced twice is refused with the place of both rows", () => {
    expect(spoilt(copy => copy.onDemand.push({ ...copy.onDemand[0], valkey: 0.07 }))).toThrow(
      /on-demand price of seed-2025: cache\.t3\.medium stands in prices\/seed-2025\.json and again in prices\/seed-2025/u,
    );
  });

  test("a book whose name is taken is refused with both files", () => {
    expect(() => joinPriceBooks([file(seedJson), file(seedJson, "prices/copy.json")])).toThrow(
      /price book seed-2025 stands in prices\/seed-2025\.json and again in prices\/copy\.json/u,
    );
  });

  test("a discount, an offer or a serverless rate that stands twice is refused", () => {
    expect(spoilt(copy => copy.reserved.discounts.push(copy.reserved.discounts[0]))).toThrow(/1y no-upfront stands/u);
    expect(spoilt(copy => copy.reserved.offers.push(copy.reserved.offers[0]))).toThrow(/cache\.t3\.medium stands/u);
    expect(spoilt(copy => copy.serverless.push(copy.serverless[0]))).toThrow(/valkey stands/u);
  });

  test("a node type that nodes/ does not describe is refused", () => {
    expect(spoilt(copy => Object.assign(copy.onDemand[0], { node: "cache.r99.large" }))).toThrow(/cache\.r99\.large/u);
    expect(spoilt(copy => Object.assign(copy.reserved.offers[0], { node: "cache.r99.large" }))).toThrow(/r99/u);
  });

  test("negative prices, unknown keys and undeclared sources are refused", () => {
    expect(spoilt(copy => Object.assign(copy.onDemand[0], { valkey: -1 }))).toThrow(/onDemand\[0\]\.valkey/u);
    expect(spoilt(copy => Object.assign(copy, { spot: 1 }))).toThrow(/spot/u);
    expect(spoilt(copy => copy.onDemand[0].sources.push("RUMOUR"))).toThrow(/RUMOUR/u);
  });

  test("the books themselves read without complaint", () => {
    expect(readPriceBook(file(virginiaJson)).name).toBe("aws-us-east-1");
  });
});

describe.skipIf(FACTS_ABSENT)("against the collected facts (skipped where ../shared/facts is absent)", () => {
  test("every on-demand price is the collected one", () => {
    for (const fact of nodeFacts()) {
      for (const engine of ENGINE_PRODUCTS) {
        const ours = onDemandHourly(virginia, fact.type, engine);
        expect(isUnknownPrice(ours) ? null : ours, `${fact.type} ${engine}`).toBe(fact.priceOnDemandHourUsd[engine]);
      }
    }
  });

  test("sync durability is priced for exactly the node types that have it", () => {
    for (const fact of nodeFacts()) {
      const offered = virginia.durability?.families.includes(nodeType(fact.type).family);
      expect(offered, fact.type).toBe(fact.syncDurabilitySurchargeHourUsd !== null);
    }
  });

  test("rates and shares are the collected ones", () => {
    const facts = priceFacts();
    const regions = [
      [virginia, facts.serverless.usEast1],
      [seoul, facts.serverless.apNortheast2],
    ] as const;
    for (const [book, rates] of regions) {
      for (const engine of ENGINE_PRODUCTS) {
        const theirs = rates[engine];
        const ours = serverlessRates(book, engine);
        expect(isUnknownPrice(ours)).toBe(theirs === null);
        if (theirs !== null) {
          expect(ours).toMatchObject({
            storagePerGBHourUsd: theirs.storagePerGBHour,
            perMillionEcpuUsd: theirs.perMillionEcpu,
            minimumStorageGB: theirs.minimumStorageGB,
          });
        }
      }
    }
    for (const { term, payment, discount } of virginia.reservedDiscounts.values()) {
      const key = payment.replace(/-u/u, "U");
      expect(discount, `${term} ${payment}`).toBe(facts.reserved.discountVsOnDemand[term][key]);
    }
    expect(virginia.backup?.perGBMonthUsd).toBe(facts.backup.perGBMonth);
    expect(virginia.dataTransfer?.crossAzPerGBUsd).toBe(facts.dataTransfer.crossAzPerGBEachDirection);
    expect(virginia.dataTransfer?.sameAzPerGBUsd).toBe(facts.dataTransfer.sameAz);
    expect(virginia.durability?.syncSurchargeOfNodePrice).toBe(facts.durability.sync.surchargeOfNodePrice);
    const { year1, year2, year3 } = facts.extendedSupport.premiumOfRedisOnDemandNode;
    expect([year1, year2, year3]).toEqual([
      virginia.extendedSupport?.premiumYears1And2,
      virginia.extendedSupport?.premiumYears1And2,
      virginia.extendedSupport?.premiumYear3,
    ]);
    expect(virginia.savingsPlan?.maxDiscountNodes).toBe(facts.databaseSavingsPlans.maxDiscountProvisioned);
    expect(virginia.savingsPlan?.maxDiscountServerless).toBe(facts.databaseSavingsPlans.maxDiscountServerless);
    expect(HOURS_PER_MONTH).toBe(facts.hoursPerMonth);
  });
});
