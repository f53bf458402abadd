import { describe, expect, test } from "vitest";
import { nodeTypes } from "../../src/catalog/nodes.ts";
import { isUnknownPrice, onDemandHourly, priceBook, readPriceBook, serverlessRates } from "../../src/catalog/prices.ts";
import { completeFrom } from "../../src/catalog/prices-complete.ts";
import { type ImportOptions, importOffer, OfferError } from "../../src/catalog/prices-import.ts";
import { bookProblems } from "../../src/catalog/prices-outside.ts";
import { reservedOffer } from "../../src/catalog/reserved.ts";
import { C7GN_TERMS, node, offer, serverless } from "./offer.ts";

const list = (what: string, groups: readonly { what: string; rows: readonly string[] }[]) =>
  groups.find(group => group.what === what)?.rows ?? [];

const CGN = node("cache.c7gn.large", "Valkey", "0.2040000000", C7GN_TERMS);

function imported(rows: Parameters<typeof offer>[0], options: ImportOptions = {}) {
  const result = importOffer(offer(rows), options);
  return { ...result, asBook: readPriceBook({ file: "imported", data: result.book }) };
}

describe("a price list becomes a book", () => {
  const { asBook, book, read } = imported([CGN, ...serverless("Valkey", "0.0840000000", "0.0000000023")]);

  test("named after region and date, with the list as its source", () => {
    expect(book).toMatchObject({ book: "aws-us-east-1-2025-06-24", region: "us-east-1", asOf: "2025-06-24" });
    expect(book.sources.LIST.title).toContain("20250624130639");
    expect(read).toEqual({ onDemand: 1, reserved: 6, serverless: 1 });
  });

  test("whose node, reserved and serverless prices are the list's", () => {
    expect(onDemandHourly(asBook, "cache.c7gn.large", "valkey")).toBe(0.204);
    expect(serverlessRates(asBook, "valkey")).toMatchObject({
      storagePerGBHourUsd: 0.084,
      perMillionEcpuUsd: 0.0023,
      minimumStorageGB: 0.1,
    });
  });

  test.each([
    ["1y", "no-upfront", 0, 0.1384],
    ["1y", "partial-upfront", 580.788, 0.0664],
    ["1y", "all-upfront", 1143.7056, 0],
    ["3y", "no-upfront", 0, 0.1064],
    ["3y", "partial-upfront", 1286.6688, 0.0488],
    ["3y", "all-upfront", 2412.504, 0],
  ] as const)(
    "%s %s: $%d at the start, $%d an hour, as in the catalogue's own book",
    (term, payment, upfront, hourly) => {
      for (const one of [asBook, priceBook("aws-us-east-1")]) {
        expect(reservedOffer(one, "cache.c7gn.large", "valkey", term, payment)).toMatchObject({
          upfrontUsd: upfront,
          hourlyUsd: hourly,
          basis: "printed for cache.c7gn.large",
        });
      }
    },
  );

  test("and a book that has been read back is the same", () => {
    const again: unknown = JSON.parse(JSON.stringify(book));
    expect(readPriceBook({ file: "again", data: again })).toEqual(asBook);
  });
});

describe("what is not understood is told row by row", () => {
  test("unknown node types, engines, Outposts, extended support, unknown kinds", () => {
    const { left, read } = imported([
      CGN,
      node("cache.m3.large", "Redis", "0.182"),
      node("cache.r7g.large", "Keydb", "0.1"),
      { ...node("cache.r7g.large", "Redis", "0.3"), usagetype: "Outpost-NodeUsage:cache.r7g.large" },
      { ...node("cache.r5.large", "Redis", "0.17"), usagetype: "ExtendedSupport-NodeUsage:cache.r5.large" },
      { usagetype: "Surprise", unit: "Each", usd: "1" },
      { usagetype: "USE1-BackupUsage:Valkey", engine: "Valkey", unit: "GB-months", usd: "0.085" },
    ]);
    expect(read.onDemand).toBe(1);
    expect(list("node types that the catalogue does not describe", left)).toEqual(["NodeUsage:cache.m3.large Redis"]);
    expect(list("nodes of unknown engines", left)).toEqual(["NodeUsage:cache.r7g.large Keydb"]);
    expect(list("nodes on AWS Outposts", left)).toEqual(["Outpost-NodeUsage:cache.r7g.large Redis"]);
    expect(list("extended support: books hold it as a share of the node price", left)).toHaveLength(1);
    expect(list("rows of an unknown kind", left)).toEqual(["Surprise"]);
    expect(list("backups by engine: one price for all is kept", left)).toHaveLength(1);
  });

  test("no price in dollars, a second price, reserved terms that nobody knows", () => {
    const yuan = offer([CGN, node("cache.r7g.large", "Redis", "0.3")]);
    const [term] = Object.values(yuan.terms.OnDemand.SKU1 as Record<string, { priceDimensions: object }>);
    term.priceDimensions = { one: { unit: "Hrs", pricePerUnit: { CNY: "2" } } };
    expect(list("rows without an on-demand price in US dollars", importOffer(yuan).left)).toEqual([
      "NodeUsage:cache.r7g.large Redis",
    ]);
    const { left } = imported([
      node("cache.c7gn.large", "Valkey", "0.204", [
        ...C7GN_TERMS,
        { length: "1yr", option: "Heavy Utilization", hourly: "0.1" },
        { length: "1yr", option: "No Upfront", hourly: "0.1", offeringClass: "convertible" },
        { length: "1yr", option: "No Upfront", hourly: "0.11" },
      ]),
      node("cache.c7gn.large", "Valkey", "0.205"),
      node("cache.c7gn.large", "Valkey", "0.204"),
    ]);
    expect(list("reserved terms of an unknown length or payment", left)).toEqual([
      "NodeUsage:cache.c7gn.large Valkey 1yr Heavy Utilization standard",
    ]);
    expect(list("reserved terms of another class", left)).toHaveLength(1);
    expect(list("second prices of the same thing that differ from the first", left)).toEqual([
      "NodeUsage:cache.c7gn.large Valkey 1yr No Upfront standard",
      "NodeUsage:cache.c7gn.large Valkey",
    ]);
  });
});

describe("what is missing is told row by row", () => {
  const { missing } = imported([
    CGN,
    node("cache.r7g.large", "Redis", "0.219", C7GN_TERMS.slice(0, 4)),
    ...serverless("Redis", "0.125", "0.0000000034"),
  ]);

  test("nodes that the catalogue has, reserved terms, serverless engines, whole sections", () => {
    const offered = nodeTypes().flatMap(one => (one.newClusters ? one.engines : []));
    expect(list("on-demand prices", missing)).toHaveLength(offered.length - 2);
    expect(list("on-demand prices", missing)).toContain("cache.r7g.large valkey");
    expect(list("reserved prices", missing)).toEqual([
      "cache.r7g.large redis 3y partial-upfront",
      "cache.r7g.large redis 3y all-upfront",
    ]);
    expect(list("serverless rates", missing)).toEqual(["valkey", "memcached"]);
    expect(list("other prices", missing)).toHaveLength(5);
  });

  test("half a serverless rate is none", () => {
    const [storage] = serverless("Valkey", "0.084", "0");
    expect(list("serverless rates", imported([storage]).missing)).toContain("valkey");
  });

  test("general prices can be taken from another book, and say so", () => {
    const { book } = imported([CGN, { usagetype: "USE1-BackupUsage", unit: "GB-Mo", usd: "0.095" }]);
    const whole = completeFrom(book, priceBook("aws-us-east-1"));
    expect(whole.backup?.perGBMonthUsd).toBe(0.095);
    expect(whole.dataTransfer?.crossAzPerGBUsd).toBe(0.01);
    expect(whole.dataTransfer?.sources).toEqual(["aws-us-east-1/VAZ", "aws-us-east-1/TOOLKIT"]);
    expect(bookProblems(whole)).toEqual([]);
  });
});

describe("files that are none", () => {
  test.each([
    ["another service", { offerCode: "AmazonRDS" }, /is the price list of AmazonRDS, not of AmazonElastiCache/u],
    ["no products", { products: {} }, /has no products/u],
    ["no terms", { terms: undefined }, /is no offer file of the AWS Price List: terms/u],
  ])("%s", (_, head, message) => {
    expect(() => importOffer(offer([CGN], head))).toThrow(message);
    expect(() => importOffer(offer([CGN], head))).toThrow(OfferError);
  });

  test("several regions need a choice, and a choice needs to be one of them", () => {
    const rows = [CGN, { ...CGN, region: "eu-west-1" }];
    expect(() => importOffer(offer(rows))).toThrow(/has 2 regions: say which with --region \(eu-west-1, us-east-1\)/u);
    expect(() => importOffer(offer(rows), { region: "mars-1" })).toThrow(
      /no prices of region mars-1; it has eu-west-1/u,
    );
    expect(importOffer(offer(rows), { region: "eu-west-1" }).read.onDemand).toBe(1);
  });
});

describe("a book from outside", () => {
  const { book } = imported([CGN]);
  const problems = (spoil: (rows: Record<string, unknown>[]) => void) => {
    const copy = structuredClone(book);
    spoil(copy.onDemand);
    return bookProblems(copy).map(({ path, message }) => `${path.join(".")}: ${message}`);
  };

  test("names node types that nobody knows, rows that stand twice and sources that are not declared", () => {
    expect(
      problems(rows => rows.push({ ...rows[0] }, { ...rows[0], node: "cache.r9g.large", sources: ["RUMOUR"] })),
    ).toEqual([
      "onDemand.2.node: prices «cache.r9g.large», which is no known node type",
      "onDemand.1: prices «cache.c7gn.large» a second time",
      "onDemand.2.sources.0: cites source «RUMOUR», which «sources» does not declare",
    ]);
  });

  test("without on-demand price there is no reserved one", () => {
    const read = readPriceBook({ file: "x", data: book });
    expect(isUnknownPrice(reservedOffer(read, "cache.c7gn.large", "redis", "1y", "no-upfront"))).toBe(true);
  });
});
