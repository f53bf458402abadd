// The bill of a serverless cache: AWS's worked examples to the cent, floors, savings plans.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type PriceBook, priceBook } from "../../src/catalog/prices.ts";
import type { Bill } from "../../src/cost/bill.ts";
import { type CacheUsage, isUnpriced, serverlessBill } from "../../src/cost/cluster.ts";
import { bestCommitment, NO_FLOORS, type ServerlessHour } from "../../src/cost/serverless.ts";
import { GIB, HOURS_PER_MONTH } from "../../src/units.ts";

const virginia = priceBook("aws-us-east-1");
const seoul = priceBook("aws-ap-northeast-2");
const seed = priceBook("seed-2025");
const cents = (usd: number) => usd.toFixed(2);

const IDLE: CacheUsage = {
  engine: "valkey",
  hours: [{ ecpu: 0, storedBytes: 0 }],
  floors: NO_FLOORS,
  savingsPlanDiscount: null,
  backups: { bytesPerBackup: 0, kept: 0, free: 0 },
};

function result(usage: Partial<CacheUsage>, book: PriceBook = virginia) {
  return serverlessBill({ ...IDLE, ...usage }, book);
}

function priced(usage: Partial<CacheUsage>, book: PriceBook = virginia): Bill {
  const bill = result(usage, book);
  if (isUnpriced(bill)) throw new Error(bill.unknown.map(one => one.message).join("; "));
  return bill;
}

const steady = (requestsPerSecond: number, gigabytes: number): ServerlessHour[] => [
  { ecpu: requestsPerSecond * 3_600, storedBytes: gigabytes * GIB },
];

describe("AWS's worked examples, to the cent", () => {
  test.each([
    ["valkey", virginia, "6.13"],
    ["redis", virginia, "91.25"],
    ["memcached", virginia, "91.25"],
    ["valkey", seoul, "7.37"],
    ["redis", seoul, "110.23"],
    ["valkey", seed, "9.13"],
  ] as const)("an idle %s cache", (engine, book, month) => {
    const bill = priced({ engine }, book);
    expect(cents(bill.monthlyUsd)).toBe(month);
    expect(bill.lines.map(line => line.what)).toEqual(["data stored, up to the minimum"]);
  });

  test("10 GB and 10,000 simple requests/s on Valkey: 613.20 + 60.44, against 510.42 for two cache.r7g.xlarge", () => {
    const bill = priced({ hours: steady(10_000, 10) });
    expect(bill.lines.map(line => [line.what, cents(line.monthlyUsd)])).toEqual([
      ["data stored, serverless valkey", "613.20"],
      ["requests, serverless valkey", "60.44"],
    ]);
    expect(cents(bill.monthlyUsd)).toBe("673.64");
  });

  test("a minimum of 100,000 ECPU/s is at least 1.224 an hour at 0.0034, used or not", () => {
    const floors = { ecpuPerSecond: 100_000, storedBytes: 0 };
    const bill = priced({ engine: "redis", floors });
    const minimum = bill.lines.find(line => line.what === "ECPU minimum, unused");
    expect((minimum?.monthlyUsd ?? 0) / HOURS_PER_MONTH).toBeCloseTo(1.224, 9);
    const half = priced({ engine: "redis", floors, hours: steady(50_000, 1) });
    expect(half.monthlyUsd).toBeCloseTo(bill.monthlyUsd, 9);
    const above = priced({ engine: "redis", floors, hours: steady(200_000, 1) });
    expect(cents(above.monthlyUsd)).toBe(cents(91.25 + 2 * 1.224 * HOURS_PER_MONTH));
  });
});

describe("floors count hour by hour", () => {
  test("a busy hour does not make up for a quiet one", () => {
    const hours = [...steady(0, 0), ...steady(200_000, 2)];
    const bill = priced({ engine: "redis", hours, floors: { ecpuPerSecond: 100_000, storedBytes: 0 } });
    const ecpu = bill.lines.filter(line => line.unit === "million ECPU");
    expect(ecpu.reduce((sum, line) => sum + line.monthlyUsd, 0)).toBeCloseTo(1.5 * 1.224 * HOURS_PER_MONTH, 6);
    const stored = bill.lines.filter(line => line.unit === "GB-hour");
    expect(stored.reduce((sum, line) => sum + line.quantity, 0)).toBeCloseTo(1.5 * HOURS_PER_MONTH, 9);
  });

  test("a minimum of storage above the engine's own is billed", () => {
    const floors = { ecpuPerSecond: 0, storedBytes: 5 * GIB };
    expect(cents(priced({ floors }).monthlyUsd)).toBe(cents(5 * 0.084 * HOURS_PER_MONTH));
  });
});

describe("savings plans on serverless Valkey", () => {
  test("35 % off a steady load at most, or what the scenario says", () => {
    const hours = steady(10_000, 10);
    expect(cents(priced({ hours, savingsPlanDiscount: undefined }).monthlyUsd)).toBe(cents(0.65 * 673.644));
    const bill = priced({ hours, savingsPlanDiscount: 0.1 });
    expect(cents(bill.monthlyUsd)).toBe(cents(0.9 * 673.644));
    expect(bill.commitments).toEqual([
      { what: "savings plan, 1y no-upfront: commitment", monthlyUsd: bill.monthlyUsd, termMonths: 12 },
    ]);
  });

  test("what a varying load has beyond the commitment is on demand", () => {
    const hours = [...steady(1_000, 0.1), ...steady(100_000, 0.1)];
    const whole = priced({ hours }).monthlyUsd;
    const plan = priced({ hours, savingsPlanDiscount: 0.35 }).monthlyUsd;
    const low = priced({ hours: hours.slice(0, 1) }).monthlyUsd;
    expect(plan).toBeCloseTo(whole - 0.35 * low, 6);
  });

  test("law: no other commitment is cheaper, and a plan never costs more than none", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1, maxLength: 24 }),
        fc.double({ min: 0, max: 0.9, noNaN: true }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        (hourly, discount, other) => {
          const cost = (reach: number) =>
            reach * (1 - discount) * hourly.length + hourly.reduce((sum, usd) => sum + Math.max(0, usd - reach), 0);
          const best = cost(bestCommitment(hourly, discount));
          expect(best).toBeLessThanOrEqual(cost(other) + 1e-9);
          expect(best).toBeLessThanOrEqual(hourly.reduce((sum, usd) => sum + usd, 0) + 1e-9);
        },
      ),
    );
  });

  test("are not for Redis OSS, and not in books that do not know them", () => {
    const refused = (usage: Partial<CacheUsage>, book: PriceBook) => {
      const bill = result({ ...usage, savingsPlanDiscount: undefined }, book);
      return isUnpriced(bill) ? bill.unknown.map(one => one.message) : [];
    };
    expect(refused({ engine: "redis" }, virginia)).toEqual([
      expect.stringMatching(/savings plan for serverless redis/u),
    ]);
    expect(refused({}, seoul)).toEqual([expect.stringMatching(/has no savings plan/u)]);
  });
});

test("backups and the origin are on the same bill", () => {
  const bill = priced({
    backups: { bytesPerBackup: 10e9, kept: 3, free: 1 },
    origin: { requestsPerMonth: 4e6, usdPerMillion: 1.25 },
  });
  expect(bill.lines.slice(1).map(line => [line.what, cents(line.monthlyUsd)])).toEqual([
    ["backups, 2 of 3 kept", "1.70"],
    ["requests to the origin", "5.00"],
  ]);
});

test("a book without rates of the engine says so", () => {
  const bill = result({ engine: "memcached" }, seed);
  expect(isUnpriced(bill) && bill.unknown[0].message).toMatch(/no serverless rates of memcached/u);
});
