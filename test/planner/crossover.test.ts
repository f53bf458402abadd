// Where offers cross, and the seed's claim about it under both price books.

import { describe, expect, test } from "vitest";
import { type Crossing, crossingsOf, loadGrid, serverlessOf } from "../../src/planner/crossover/crossing.ts";
import { crossoverDocument } from "../../src/planner/crossover/document.ts";
import { Ladder } from "../../src/planner/crossover/ladder.ts";
import { renderCrossoverPage } from "../../src/report/crossover-page.ts";
import { renderCrossoverText } from "../../src/report/crossover-text.ts";
import { crossoverSchema } from "../../src/result/crossover.ts";
import { load } from "../scenarios/fixture.ts";

interface Wanted {
  readonly prices?: string;
  readonly plan?: string;
  readonly demand?: string;
  readonly values?: string;
}

const scenario = ({ prices = "aws-us-east-1", plan = "", demand = "", values = "1KiB" }: Wanted) => `name: crossing
duration: 10s
warmup: 2s
prices: ${prices}
cluster: { engine: valkey-8.0, node: cache.r7g.large }
clients: [{ name: web, instances: 10, pool: { size: 8 } }]
origin: { latency: 4ms, concurrency: 5000 }
workload:
  - name: pages
    pattern: { cache-aside: { ttl: 30m } }
    rate: 1000/s
    keys: { count: 50k, popularity: zipf(0.9) }
    values: ${values}
slo: { memory: 80%, cpu: 60%, zoneLoss: true }
demand: { ${demand} }
plan: { purchase: [on-demand, reserved-1y-no-upfront], replicas: [1], ${plan} }
`;

const YEAR = "reserved-1y-no-upfront";

async function crossing(wanted: Wanted, peakToMean: number, offer = YEAR): Promise<Crossing | null> {
  const { built } = await load(scenario(wanted));
  const ladder = new Ladder(built);
  const factors = { keys: 1, values: 1, peakToMean };
  const grid = loadGrid(ladder, 12, 1);
  const rows = grid.map(at => ladder.at({ ...factors, load: at }));
  return crossingsOf(ladder, factors, grid, rows, offer).forGood;
}

test("peak over mean is that of all requests, of commands on other types too", async () => {
  const text = scenario({ demand: "over: 1d" })
    .replace("pattern: { cache-aside: { ttl: 30m } }", 'commands: { "HGET {key} field": 90%, "DEL {key}": 10% }')
    .replace("rate: 1000/s", 'rate: "1000/s * (1 + 0.5*cos(2*pi*t/1d))"');
  const { built } = await load(text.replace("plan: {", "plan: { families: [r7g], shards: [1],"));
  const document = crossoverDocument(built, { peakToMean: null, worlds: 1, heatOffer: null });
  expect(document.peakToMean).toBeCloseTo(1.5, 2);
});

describe("the ladder", () => {
  test("steps with the load: more load never costs less, and a reservation never more than on demand", async () => {
    const { built } = await load(scenario({ plan: "families: [m7g, r7g]" }));
    const ladder = new Ladder(built);
    const rows = loadGrid(ladder, 8, 1).map(at => ladder.at({ load: at, keys: 1, values: 1, peakToMean: 2 }));
    for (const offer of ["on-demand", YEAR]) {
      const costs = rows.flatMap(row => row.find(one => one.offer.name === offer)?.monthlyUsd ?? []);
      expect(costs.length).toBeGreaterThan(4);
      expect([...costs].sort((a, b) => a - b)).toEqual(costs);
    }
    for (const row of rows) {
      const [onDemand, reserved] = ["on-demand", YEAR].map(
        name => row.find(one => one.offer.name === name)?.monthlyUsd,
      );
      if (onDemand !== undefined && reserved !== undefined) expect(reserved).toBeLessThan(onDemand);
    }
  });

  test("has each offer once, however many engines there are, of which the cheapest is bought", async () => {
    const wanted = { plan: "families: [r7g], engines: [redis-7.1, valkey-8.0]" };
    const both = new Ladder((await load(scenario(wanted))).built);
    expect(both.offers.map(one => one.name)).toEqual(["serverless", "on-demand", YEAR]);
    const dear = new Ladder((await load(scenario({ plan: "families: [r7g], engines: [redis-7.1]" }))).built);
    const factors = { load: 1, keys: 1, values: 1, peakToMean: null };
    const [cheapest, redis] = [both.at(factors), dear.at(factors)];
    for (const [i, one] of cheapest.entries()) {
      expect(one.shape.engine).toBe("valkey-8.0");
      expect(one.monthlyUsd).toBeLessThan(redis[i].monthlyUsd);
    }
  });

  test("buys more memory where the origin costs more than they do", async () => {
    const plan = "families: [t4g, r7g], shards: [1]";
    const memory = async (cost: string) => {
      const text = scenario({ plan, values: "20KiB" }).replace("concurrency: 5000", `concurrency: 5000${cost}`);
      const small = text.replace("memory: 80%, ", "").replace("rate: 1000", "rate: 100");
      const ladder = new Ladder((await load(small)).built);
      const priced = ladder.at({ load: 1, keys: 1, values: 1, peakToMean: null });
      const { shape } = priced.find(one => one.offer.name === "on-demand")!;
      return shape.kind === "nodes" ? shape.shards * shape.node.memoryGiB : 0;
    };
    expect(await memory(", costPerMillion: $5")).toBeGreaterThan(await memory(""));
  });

  test("has serverless, every purchase and data tiering; nodes keep a replica as a serverless cache does", async () => {
    const { built } = await load(scenario({ plan: "families: [r7g, r6gd]" }));
    const ladder = new Ladder(built);
    expect(ladder.offers.map(one => one.name)).toEqual(["serverless", "on-demand", YEAR, "data tiering"]);
    const priced = ladder.at({ load: 1, keys: 1, values: 1, peakToMean: null });
    expect(serverlessOf(priced)).toBeGreaterThan(5);
    for (const { shape } of priced) if (shape.kind === "nodes") expect(shape.replicas).toBeGreaterThan(0);
  });
});

describe("the seed: one-year reservations pay from $800-1,200 of serverless spend a month on (docs/crossover.md)", () => {
  const general = "families: [m6g, m7g, r6g, r7g]";

  test.each([
    ["aws-us-east-1", 119],
    ["seed-2025", 151],
  ])(
    "is refuted with %s: small clusters cross at the price of the smallest one, $%d, whatever the values' size",
    async (prices, usd) => {
      for (const [values, peak] of [
        ["1KiB", 1],
        ["10KiB", 2],
      ] as const) {
        const found = await crossing({ prices, values, plan: general }, peak);
        expect(Math.abs(found!.serverlessUsd! / usd - 1)).toBeLessThan(0.03);
      }
    },
  );

  test.each([
    ["aws-us-east-1", 789],
    ["seed-2025", 861],
  ])(
    "comes to the claim with %s for those who would not run less than 3 x (1 + 2) r7g.large: $%d",
    async (prices, usd) => {
      const plan = "families: [r7g], shards: [3]";
      const { built } = await load(scenario({ prices, plan }).replace("replicas: [1]", "replicas: [2]"));
      const ladder = new Ladder(built);
      const factors = { keys: 1, values: 1, peakToMean: 1 };
      const grid = loadGrid(ladder, 12, 1);
      const rows = grid.map(at => ladder.at({ ...factors, load: at }));
      const { first } = crossingsOf(ladder, factors, grid, rows, YEAR);
      expect(Math.abs(first!.serverlessUsd! / usd - 1)).toBeLessThan(0.03);
    },
  );
});

test("a crossover as a document: intervals from the demand, regret, break-even, heat; text and page say the same", async () => {
  const { built } = await load(
    scenario({ plan: "families: [t4g, r7g]", demand: "keys: 0.5..1..2, values: 0.5..1..2, rate: 0.5..1..4" }),
  );
  const document = crossoverDocument(built, { peakToMean: 2, worlds: 3, heatOffer: null });
  expect(crossoverSchema.parse(document)).toEqual(document);
  const year = document.offers.find(one => one.name === YEAR)!;
  expect(year.crosses).toBe(1);
  expect(year.interval!.low).toBeLessThan(year.interval!.high);
  expect(year.interval!.low).toBeLessThanOrEqual(year.forGood!.rate * 1.1);
  expect(year.interval!.high).toBeGreaterThanOrEqual(year.forGood!.rate * 0.9);
  // No upfront, 31.7 % less for twelve months: staying pays from 12 x 0.683 months on.
  expect(year.stayMonths).toBeCloseTo(8.2, 1);
  const regrets = document.offers.map(one => one.regretUsd!);
  expect(Math.min(...regrets)).toBe(0);
  expect(document.heat.cells.length).toBe(20);
  // Larger values cross earlier: serverless is paid by the kilobyte.
  const column = document.heat.cells.filter(one => one.peakToMean === 1).map(one => one.forGood!.rate);
  expect([...column].sort((a, b) => b - a)).toEqual(column);
  const text = renderCrossoverText(document);
  expect(text.split("\n")[0]).toMatch(/^At 1 k\/s the cheapest that holds is/u);
  const page = renderCrossoverPage(document);
  for (const id of ["offers", "load", "heat"]) expect(page).toContain(`<section id="${id}"`);
});
