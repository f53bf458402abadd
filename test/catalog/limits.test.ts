import { expect, test } from "vitest";
import { limit, limits } from "../../src/catalog/limits.ts";
import { nodeType } from "../../src/catalog/nodes.ts";
import { onDemandHourly, priceBook, serverlessRates } from "../../src/catalog/prices.ts";
import { seedClaims } from "../../src/catalog/seed-claims.ts";

test.each([
  ["hash-slots", 16384, undefined],
  ["shards-per-cluster", 500, undefined],
  ["nodes-per-cluster", 90, 500],
  ["replicas-per-shard", 5, undefined],
  ["nodes-per-region", 300, undefined],
  ["memcached-nodes-per-cluster", 60, undefined],
  ["test-failover-per-day", 15, undefined],
  ["manual-backups-per-day", 20, undefined],
  ["backup-retention-days", 35, undefined],
  ["serverless-storage", 5000, undefined],
  ["serverless-ecpu", 15_000_000, undefined],
  ["serverless-slot-ecpu", 30_000, undefined],
  ["serverless-slot-ecpu-replica-reads", 90_000, undefined],
  ["serverless-arguments", 3999, undefined],
])("limit(%s) is %d", (id, value, adjustableTo) => {
  expect(limit(id)).toMatchObject({ id, value });
  expect(limit(id).adjustableTo).toBe(adjustableTo);
});

test("limits are told apart by id, and an unknown one is refused", () => {
  expect(new Set(limits().map(row => row.id)).size).toBe(30);
  expect(() => limit("moons")).toThrow(/moons/u);
});

// The claims say what the article has wrong; where the catalogue holds both sides, it must say the same.
const claim = (id: string) => seedClaims().find(row => row.id === id);

test("seed claims hold the article's prices and the list's", () => {
  const prices = seedClaims().filter(row => row.id.startsWith("price-"));
  expect(prices).toHaveLength(12);
  for (const { id, seedValue, sourcedValue } of prices) {
    const node = `cache.${id.slice("price-".length).replace("-", ".")}`;
    expect(seedValue, node).toBe(onDemandHourly(priceBook("seed-2025"), node, "valkey"));
    expect(sourcedValue, node).toBe(onDemandHourly(priceBook("aws-us-east-1"), node, "valkey"));
  }
});

test("seed claims about hardware, serverless and reserved nodes agree with the tables", () => {
  for (const size of ["xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge"]) {
    expect(claim(`ssd-r6gd-${size}`)?.sourcedValue).toBe(nodeType(`cache.r6gd.${size}`).ssdGiB);
  }
  expect(claim("memory-r6gd-8xlarge")?.sourcedValue).toBe(nodeType("cache.r6gd.8xlarge").memoryGiB);
  expect(claim("maxclients-t3-micro")?.sourcedValue).toBe(nodeType("cache.t3.micro").maxclients);
  expect(claim("nodes-per-cluster")?.sourcedValue).toBe(limit("nodes-per-cluster").value);
  const [ecpu, storage] = [claim("serverless-ecpu-rate"), claim("serverless-storage-rate")];
  expect(serverlessRates(priceBook("seed-2025"), "valkey")).toMatchObject({
    perMillionEcpuUsd: ecpu?.seedValue,
    storagePerGBHourUsd: storage?.seedValue,
  });
  expect(serverlessRates(priceBook("aws-us-east-1"), "valkey")).toMatchObject({
    perMillionEcpuUsd: ecpu?.sourcedValue,
    storagePerGBHourUsd: storage?.sourcedValue,
  });
  for (const [book, side] of [
    ["seed-2025", "seedValue"],
    ["aws-us-east-1", "sourcedValue"],
  ] as const) {
    for (const key of ["1y no-upfront", "1y partial-upfront", "1y all-upfront", "3y all-upfront"]) {
      const discount = priceBook(book).reservedDiscounts.get(key)?.discount;
      expect(claim(`reserved-${key.replace(" ", "-")}`)?.[side], `${book} ${key}`).toBe(discount);
    }
  }
});

test("seed claims say something on both sides, and each cites the article and a source", () => {
  expect(new Set(seedClaims().map(row => row.id)).size).toBe(63);
  for (const row of seedClaims()) {
    expect(typeof row.seedValue).toBe(typeof row.sourcedValue);
    expect(row.unit !== undefined, row.id).toBe(typeof row.seedValue === "number");
    expect(row.sources[0]).toBe("SEED");
    expect(row.sources.length, row.id).toBeGreaterThan(1);
  }
});
