// Plans: laws over small variations of one scenario, excuses, and what is recommended held in its own simulation.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { confirm } from "../../src/planner/plan/confirm.ts";
import { breakingPoint, makePlan } from "../../src/planner/plan/plan.ts";
import { baseParts, cannotPlan, drawWorlds, parseFactor } from "../../src/planner/plan/worlds.ts";
import { file, issuesOf, load } from "../scenarios/fixture.ts";

interface Wanted {
  readonly rate?: number;
  readonly keys?: string;
  readonly slo?: string;
  readonly demand?: string;
  readonly policy?: string;
}

const scenario = ({ rate = 8_000, keys = "200k", slo = "", demand = "", policy = "allkeys-lru" }: Wanted) => `name: plan
duration: 10s
warmup: 2s
cluster: { engine: valkey-8.0, node: cache.r7g.large, parameters: { maxmemory-policy: ${policy} } }
clients: [{ name: web, instances: 10, pool: { size: 8 } }]
origin: { latency: "lognormal(p50=4ms, p99=40ms)", concurrency: 400 }
workload:
  - name: pages
    pattern: { cache-aside: { ttl: 1h } }
    rate: ${rate}
    keys: { count: ${keys}, popularity: zipf(0.99) }
    values: 1KiB
slo: { p99: 30ms, zoneLoss: true, ${slo} }
demand: { ${demand} }
plan: { families: [t4g, m7g, r7g], shards: [1, 2, 3, 4, 8], replicas: [0, 1] }
`;

const planOf = async (wanted: Wanted, worlds = 1) => makePlan((await load(scenario(wanted))).built, worlds);
const cheapest = async (wanted: Wanted) => {
  const { candidates } = await planOf(wanted);
  return candidates.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...candidates.map(one => one.monthlyUsd));
};

describe("laws of a plan", () => {
  it("more load never costs less, nor do more keys", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 100, max: 200_000 }),
        fc.integer({ min: 10, max: 5_000 }),
        async (rate, keys) => {
          const base = await cheapest({ rate, keys: `${keys}k`, slo: "memory: 80%" });
          expect(
            await cheapest({ rate: Math.ceil(rate * 1.7), keys: `${keys}k`, slo: "memory: 80%" }),
          ).toBeGreaterThanOrEqual(base);
          expect(
            await cheapest({ rate, keys: `${Math.ceil(keys * 1.7)}k`, slo: "memory: 80%" }),
          ).toBeGreaterThanOrEqual(base);
        },
      ),
      { numRuns: 3 },
    );
  });

  it("a looser objective never costs more", async () => {
    for (const [tight, loose] of [
      ["hitRate: 95%", "hitRate: 80%"],
      ["memory: 40%", "memory: 90%"],
      ["cpu: 30%", "cpu: 80%"],
      ["p50: 700us", "p50: 2ms"],
    ]) {
      expect(await cheapest({ slo: loose, rate: 60_000, keys: "3M" })).toBeLessThanOrEqual(
        await cheapest({ slo: tight, rate: 60_000, keys: "3M" }),
      );
    }
  });
});

describe("a plan", () => {
  it("has an excuse for what does not fit, each once, with what was needed and what there is", async () => {
    const { excuses, considered, candidates } = await planOf({ slo: "memory: 80%", keys: "3M" });
    expect(candidates.length).toBeGreaterThan(0);
    const names = excuses.map(one => `${one.node} ${one.bottleneck}`);
    expect(new Set(names).size).toBe(names.length);
    expect(excuses.some(one => one.bottleneck === "replicas in other zones")).toBe(true);
    expect(excuses.some(one => one.node === "cache.t4g.micro" && one.bottleneck === "memory head room")).toBe(true);
    expect(excuses.reduce((sum, one) => sum + one.shapes, 0)).toBeLessThan(considered);
  });

  it("names the nearest shape when nothing holds", async () => {
    const { candidates, nearest } = await planOf({ slo: "recovery: 1s" });
    expect(candidates).toEqual([]);
    expect(nearest?.bottleneck.name).toBe("recovery");
    expect(nearest!.bottleneck.needed).toBeGreaterThan(nearest!.bottleneck.available);
  });

  it("buys more when the load is less sure, and regrets less for it", async () => {
    const sure = await planOf({ rate: 100_000, keys: "2M", slo: "memory: 80%" });
    const unsure = await planOf({ rate: 100_000, keys: "2M", slo: "memory: 80%", demand: "keys: 0.5..1..6" }, 24);
    expect(unsure.worlds).toBe(24);
    expect(unsure.candidates[0].monthlyUsd).toBeGreaterThanOrEqual(sure.candidates[0].monthlyUsd);
    for (const [i, one] of unsure.candidates.entries()) {
      if (i > 0) expect(one.meanRegretUsd).toBeGreaterThanOrEqual(unsure.candidates[i - 1].meanRegretUsd);
    }
  });

  it("says what breaks first, and at which multiple of the load", async () => {
    const { built } = await load(scenario({ slo: "memory: 80%" }));
    const [best] = makePlan(built, 1).candidates;
    const { multiple, bottleneck, months } = breakingPoint(built, best.shape);
    expect(multiple).toBeGreaterThan(1);
    expect(bottleneck).not.toBe("");
    expect(months).toBeNull();
  });

  it("recommends what holds in its own simulation at another seed", async () => {
    const wanted = { slo: "hitRate: 85%, memory: 80%", rate: 4_000, keys: "60k" };
    const path = file(scenario(wanted), "plan.yaml");
    const { built } = await load(scenario(wanted));
    const [best] = makePlan(built, 1).candidates;
    const told = await confirm(best, {
      file: path,
      overlays: [],
      settings: [],
      slo: built.scenario.slo,
      workloads: 1,
      rate: baseParts(built)[0].reads / 4,
      seed: 99,
    });
    expect(told.broken).toEqual([]);
    expect(Math.abs(told.hitRate! - best.middle.hitRate)).toBeLessThan(0.05);
  });
});

describe("uncertain demand", () => {
  it("is drawn field by field: another field's range changes nothing", async () => {
    const worlds = async (demand: string) => drawWorlds((await load(scenario({ demand, keys: "1k" }))).built, 8);
    const one = await worlds("rate: 0.5..1..2");
    const both = await worlds("rate: 0.5..1..2, keys: 0.5..1..4");
    expect(both.map(world => world.factors.rate)).toEqual(one.map(world => world.factors.rate));
    expect(one[0].factors).toEqual({ rate: 1, keys: 1, values: 1 });
    for (const { factors } of one) {
      expect(factors.rate).toBeGreaterThanOrEqual(0.5);
      expect(factors.rate).toBeLessThanOrEqual(2);
    }
  });

  it("wants low..mid..high in this order", async () => {
    expect(parseFactor("0.5..1..2")).toEqual({ low: 0.5, mid: 1, high: 2 });
    expect(() => parseFactor("2..1..3")).toThrow("low..mid..high");
    const issues = await issuesOf({ file: file(scenario({ demand: "rate: 2..1..3" })) });
    expect(issues.map(issue => issue.message).join()).toContain("low..mid..high such as 0.5..1..2");
  });

  it("has no closed form for users or odd commands, and says so", async () => {
    const { built } = await load(scenario({}).replace("    rate: 8000\n", "    users: { count: 10 }\n"));
    expect(cannotPlan(built)).toContain("needs a rate");
  });
});
