// Where offers cross over, and the seed's claim about it under both price books.

import { describe, expect, test } from "vitest";
import { priceBook } from "../../src/catalog/prices.ts";
import { type CrossoverShape, crossover, serverlessMonthly, sizeNodes } from "../../src/planner/crossover.ts";

const virginia = priceBook("aws-us-east-1");
const seed = priceBook("seed-2025");
const SHAPE: CrossoverShape = { engine: "valkey", valueBytes: 1_000, keysPerRate: 1_000, peakToMean: 2, replicas: 1 };

test("nodes step with the load, and more load never needs a cheaper cluster", () => {
  const nodes = [100, 1_000, 10_000, 100_000].map(rate => sizeNodes(rate, SHAPE, virginia)?.nodes ?? 0);
  expect(nodes.every(count => count >= 2)).toBe(true);
  const months = [100, 1_000, 10_000, 100_000].map(rate => crossover(rate, SHAPE, virginia).offers[0].monthlyUsd ?? 0);
  expect([...months].sort((a, b) => a - b)).toEqual(months);
});

test("serverless is cheaper at little load, every reservation at much, the longer ones earlier", () => {
  const { offers } = crossover(1_000, SHAPE, virginia);
  const at = (name: string) => offers.find(one => one.offer === name)?.crossing?.last ?? Number.NaN;
  expect(at("on-demand")).toBeGreaterThan(1);
  expect(at("reserved-1y-all-upfront")).toBeLessThanOrEqual(at("on-demand"));
  expect(at("reserved-3y-all-upfront")).toBeLessThanOrEqual(at("reserved-1y-all-upfront"));
});

describe("the seed: one-year reservations pay from $800-1,200 of serverless spend a month on", () => {
  /** Serverless spend at which a one-year reservation, all upfront, stays cheaper, over value sizes, keys and peaks. */
  const spends = (book: typeof seed) =>
    [200, 1_000, 4_000].flatMap(valueBytes =>
      [10, 100, 1_000].flatMap(keysPerRate =>
        [1, 4].flatMap(peakToMean => {
          const shape = { ...SHAPE, valueBytes, keysPerRate, peakToMean };
          const row = crossover(1_000, shape, book).offers.find(one => one.offer === "reserved-1y-all-upfront");
          return row?.crossing?.serverlessMonthlyUsd ?? [];
        }),
      ),
    );

  test.each([
    ["aws-us-east-1", virginia],
    ["seed-2025", seed],
  ])("is refuted with %s: every workload crosses below it", (_, book) => {
    const found = spends(book);
    expect(found.length).toBe(18);
    expect(Math.max(...found)).toBeLessThan(800);
    expect(serverlessMonthly(10_000, SHAPE, book)).toBeGreaterThan(0);
  });
});
