import { describe, expect, test } from "vitest";
import { nodeTypes } from "../../src/catalog/nodes.ts";
import virginiaJson from "../../src/catalog/prices/aws-us-east-1.json" with { type: "json" };
import {
  isUnknownPrice,
  onDemandHourly,
  PAYMENTS,
  type Payment,
  type PriceBook,
  priceBook,
  readPriceBook,
  TERMS,
  type Term,
} from "../../src/catalog/prices.ts";
import { ENGINE_PRODUCTS } from "../../src/catalog/product.ts";
import { type ReservedOffer, reservedOffer, TERM_MONTHS } from "../../src/catalog/reserved.ts";
import { HOURS_PER_MONTH } from "../../src/units.ts";

const virginia = priceBook("aws-us-east-1");
const seed = priceBook("seed-2025");

/** The offer, which the test knows to exist. */
function offer(book: PriceBook, node: string, term: Term, payment: Payment): ReservedOffer {
  const found = reservedOffer(book, node, "valkey", term, payment);
  if (isUnknownPrice(found)) throw new Error(found.message);
  return found;
}

describe("cache.r7g.large Valkey in Singapore, the one offer known in full (2026-07)", () => {
  // A book of the real on-demand price with our discounts must come out at the real dimensions: the fees to the cent,
  // the hourly rates, which are printed with four decimals, within 1 %.
  const json = structuredClone(virginiaJson);
  const onDemand = [
    { node: "cache.r7g.large", valkey: 0.2104, redis: 0.263, memcached: 0.263, sources: ["PRICESG26"] },
  ];
  const singapore = readPriceBook({ file: "test", data: { ...json, book: "singapore", onDemand } });

  test.each([
    ["1y", "no-upfront", 0, 0.1432],
    ["1y", "partial-upfront", 599.0088, 0.068],
    ["1y", "all-upfront", 1179.5864, 0],
    ["3y", "partial-upfront", 1327.0352, 0.0504],
    ["3y", "all-upfront", 2488.1904, 0],
  ] as const)("%s %s is $%d at the start and $%d an hour", (term, payment, upfrontUsd, hourlyUsd) => {
    const found = offer(singapore, "cache.r7g.large", term, payment);
    expect(found.upfrontUsd).toBeCloseTo(upfrontUsd, 2);
    expect(Math.abs(found.hourlyUsd - hourlyUsd)).toBeLessThanOrEqual(0.01 * hourlyUsd);
    expect(found.basis).toMatch(/% below on-demand/u);
    const printed = offer(priceBook("aws-ap-southeast-1"), "cache.r7g.large", term, payment);
    expect(printed).toMatchObject({ upfrontUsd, hourlyUsd, basis: "printed for cache.r7g.large" });
  });
});

describe("reservedOffer, effective discounts of us-east-1", () => {
  test.each([
    ["1y", "no-upfront", 0.317],
    ["1y", "partial-upfront", 0.35],
    ["1y", "all-upfront", 0.36],
    ["3y", "no-upfront", 0.481],
    ["3y", "partial-upfront", 0.52],
    ["3y", "all-upfront", 0.55],
  ] as const)("%s %s saves %d", (term, payment, saving) => {
    const { effectiveHourlyUsd } = offer(virginia, "cache.r7g.xlarge", term, payment);
    expect(1 - effectiveHourlyUsd / 0.3496).toBeCloseTo(saving, 9);
  });

  test("for every node, engine, term and payment: below on-demand, and the parts make the whole", () => {
    for (const { type } of nodeTypes()) {
      for (const engine of ENGINE_PRODUCTS) {
        for (const term of TERMS) {
          for (const payment of PAYMENTS) {
            const found = reservedOffer(virginia, type, engine, term, payment);
            if (isUnknownPrice(found)) continue;
            const hours = HOURS_PER_MONTH * TERM_MONTHS[term];
            expect(found.effectiveHourlyUsd).toBeLessThan(onDemandHourly(virginia, type, engine) as number);
            expect(found.upfrontUsd / hours + found.hourlyUsd).toBeCloseTo(found.effectiveHourlyUsd, 12);
            expect(found.upfrontUsd === 0).toBe(payment === "no-upfront");
            expect(found.hourlyUsd === 0).toBe(payment === "all-upfront");
          }
        }
      }
    }
  });

  test("is refused for older families with the reason, and exists for all others", () => {
    const families = (known: boolean) =>
      new Set(
        nodeTypes()
          .filter(({ type }) => isUnknownPrice(reservedOffer(virginia, type, "valkey", "1y", "no-upfront")) !== known)
          .map(node => node.family),
      );
    expect(families(false)).toEqual(new Set(["t2", "m4", "r4"]));
    expect(families(true).size).toBe(13);
    const refused = reservedOffer(virginia, "cache.m4.large", "valkey", "1y", "no-upfront");
    expect(isUnknownPrice(refused) && refused.message).toMatch(
      /reserved price of cache\.m4\.large: .*M5 and R5 onwards/u,
    );
  });

  test("without an on-demand price there is no reserved one", () => {
    expect(reservedOffer(virginia, "cache.r8g.large", "redis", "1y", "all-upfront")).toMatchObject({
      what: "on-demand price of cache.r8g.large with redis",
    });
  });
});

describe("the seed's book", () => {
  // Node, on-demand, one year all upfront by the hour, and the saving that the article prints beside them.
  test.each([
    ["cache.t3.medium", 0.068, 0.044, 35],
    ["cache.m6g.large", 0.137, 0.087, 37],
    ["cache.r6g.large", 0.166, 0.106, 36],
    ["cache.r6g.xlarge", 0.332, 0.212, 36],
    ["cache.r6g.4xlarge", 1.326, 0.847, 36],
    ["cache.r7g.large", 0.174, 0.111, 36],
    ["cache.r6gd.xlarge", 0.48, 0.307, 36],
    ["cache.r6g.16xlarge", 6.567, 4.203, 36],
  ])("%s: $%d on demand, $%d reserved, saving %d percent", (node, hourly, reserved, percent) => {
    expect(onDemandHourly(seed, node, "valkey")).toBe(hourly);
    const found = offer(seed, node, "1y", "all-upfront");
    expect(found).toMatchObject({ effectiveHourlyUsd: reserved, hourlyUsd: 0, basis: `printed for ${node}` });
    expect(found.upfrontUsd).toBeCloseTo(reserved * 8_760, 9);
    // The article's percentages are rounded by eye: 36.5 stands there as 37.
    expect(Math.abs((1 - reserved / hourly) * 100 - percent)).toBeLessThan(0.6);
  });

  test("uses its own percentages where it prints no price", () => {
    const saving = (term: Term, payment: Payment) =>
      1 - offer(seed, "cache.r6gd.2xlarge", term, payment).effectiveHourlyUsd / 0.96;
    expect(saving("1y", "no-upfront")).toBeCloseTo(0.25, 9);
    expect(saving("1y", "partial-upfront")).toBeCloseTo(0.3, 9);
    expect(saving("1y", "all-upfront")).toBeCloseTo(0.36, 9);
    expect(saving("3y", "all-upfront")).toBeCloseTo(0.48, 9);
  });

  test("has no other three-year terms and says which it has", () => {
    const missing = reservedOffer(seed, "cache.r7g.large", "valkey", "3y", "no-upfront");
    expect(isUnknownPrice(missing) && missing.message).toBe(
      "price book seed-2025 has no 3y no-upfront discount: " +
        "it knows 1y no-upfront, 1y partial-upfront, 1y all-upfront, 3y all-upfront",
    );
  });
});

test("Seoul has no reserved prices", () => {
  const missing = reservedOffer(priceBook("aws-ap-northeast-2"), "cache.t4g.micro", "redis", "1y", "no-upfront");
  expect(isUnknownPrice(missing) && missing.known).toBe("it knows none");
});
