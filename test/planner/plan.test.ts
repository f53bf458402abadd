// Plans: laws over small variations of one scenario, excuses, and what is recommended held in its own simulation.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { confirmAll } from "../../src/planner/plan/confirm.ts";
import type { ConfirmOptions } from "../../src/planner/plan/confirm-shape.ts";
import { worldCurve } from "../../src/planner/plan/curve.ts";
import { planDocument } from "../../src/planner/plan/document.ts";
import { breakingPoint } from "../../src/planner/plan/growth.ts";
import { makePlan } from "../../src/planner/plan/plan.ts";
import {
  baseParts,
  cannotPlan,
  type DemandWorld,
  demandAt,
  drawWorlds,
  parseFactor,
} from "../../src/planner/plan/worlds.ts";
import { renderPlanPage } from "../../src/report/plan-page.ts";
import { renderPlanText } from "../../src/report/plan-text.ts";
import { planSchema } from "../../src/result/plan.ts";
import type { Built } from "../../src/scenarios/build.ts";
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
plan: { families: [t4g, m7g, r7g], shards: [1, 2, 3, 4, 8], replicas: [0, 1], deployment: [nodes] }
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
      { numRuns: 2 },
    );
  });

  it("hold wherever reads go, however nodes are paid for, under any policy, and with engines to choose from", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("primary", "replica", "nearest", "any"),
        fc.constantFrom("allkeys-lru", "allkeys-random", "noeviction"),
        fc.integer({ min: 1_000, max: 150_000 }),
        fc.integer({ min: 50, max: 4_000 }),
        async (readFrom, policy, rate, keys) => {
          const usd = async (wanted: Wanted) => {
            const text = scenario({ policy, ...wanted })
              .replace("pool: { size: 8 }", `pool: { size: 8 }, readFrom: ${readFrom}`)
              .replace(
                "plan: {",
                "plan: { purchase: [on-demand, reserved-1y-no-upfront], engines: [valkey-8.0, redis-7.1],",
              );
            const { candidates } = makePlan((await load(text)).built, 1);
            return candidates.reduce((least, one) => Math.min(least, one.monthlyUsd), Number.POSITIVE_INFINITY);
          };
          const base = await usd({ rate, keys: `${keys}k`, slo: "lag: 20ms, memory: 80%" });
          expect(await usd({ rate: 2 * rate, keys: `${keys}k`, slo: "lag: 20ms, memory: 80%" })).toBeGreaterThanOrEqual(
            base,
          );
          expect(await usd({ rate, keys: `${2 * keys}k`, slo: "lag: 20ms, memory: 80%" })).toBeGreaterThanOrEqual(base);
          expect(await usd({ rate, keys: `${keys}k`, slo: "lag: 40ms, memory: 90%" })).toBeLessThanOrEqual(base);
        },
      ),
      { numRuns: 2 },
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
  it("excuses what is saturated by what is full, not by percentiles that nobody can know", async () => {
    const text = scenario({ rate: 1_000_000, keys: "20k" })
      .replace("concurrency: 400", "concurrency: 100000")
      .replace("values: 1KiB", "values: 16B");
    const { excuses } = makePlan((await load(text)).built, 1);
    expect(excuses.some(one => one.bottleneck === "engine thread" && one.needed >= 1)).toBe(true);
    expect(excuses.filter(one => !Number.isFinite(one.needed))).toEqual([]);
  });

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

  it("says that it holds as far as was looked, where nothing breaks", async () => {
    const { built } = await load(scenario({ rate: 10, keys: "1k" }));
    const { candidates } = makePlan(built, 1);
    const largest = candidates.reduce((most, one) => (one.monthlyUsd > most.monthlyUsd ? one : most));
    expect(breakingPoint(built, largest.shape)).toEqual({ multiple: 64, bottleneck: null, months: null });
  });

  it("recommends what holds in its own simulation at another seed, and tells the order of bills apart", async () => {
    const wanted = { slo: "hitRate: 85%, memory: 80%", rate: 2_000, keys: "10k" };
    const { built } = await load(scenario(wanted));
    const { candidates } = makePlan(built, 1);
    const [best, other] = candidates;
    const told = await confirmAll([best, other], confirmOptions(scenario(wanted), built));
    const [first] = told.confirmations;
    expect(first.broken).toEqual([]);
    expect(first.holds).toBe(true);
    expect(first.replications).toBeGreaterThanOrEqual(3);
    expect(Math.abs(first.hitRate! - best.middle.hitRate)).toBeLessThan(0.05);
    expect(told.order.length).toBe(1);
    expect(told.significant).toBe(true);
    expect(told.stopped).toBeNull();
  });

  it("says that it is not clear when a limit lies within what replications scatter, and what it would take", async () => {
    const text = scenario({ rate: 2_000, keys: "10k" });
    const { built } = await load(text);
    const [best] = makePlan(built, 1).candidates;
    const options = confirmOptions(text, built);
    const { confirmations } = await confirmAll([best], options);
    const hitRate = confirmations[0].hitRate!;
    const close = await confirmAll([best], { ...options, slo: { ...built.scenario.slo, hitRate }, budget: 100_000 });
    expect(close.confirmations[0].holds).toBeNull();
    expect(close.confirmations[0].unclear.join()).toContain("hit rate");
    expect(close.stopped).toContain("not clear after");
    const refused = await confirmAll([best], { ...options, budget: 1_000 });
    expect(refused.stopped).toContain("not simulated");
  });
});

const confirmOptions = (text: string, built: Built): ConfirmOptions => ({
  file: "plan.yaml",
  content: { text, directory: "." },
  overlays: [],
  settings: [],
  slo: built.scenario.slo,
  workloads: baseParts(built).map(part => ({
    rate: part.reads,
    pipeline: 1,
    keys: part.keys,
    preload: "steady" as const,
  })),
  seed: 99,
});

describe("tiering, serverless and engines among the candidates", () => {
  const of = (text: string, more: string) => load(text.replace(/plan: \{.*\}/u, `plan: { ${more} }`));

  it("serverless is chosen for little load and little data, and an excuse says what keeps it out", async () => {
    const little = await of(scenario({ rate: 20, keys: "2k" }), "families: [m7g, r7g]");
    expect(makePlan(little.built, 1).candidates[0].shape.kind).toBe("serverless");
    const hot = await of(
      scenario({ rate: 400_000, keys: "2k" }).replace("zipf(0.99)", "zipf(1.2)"),
      "families: [m7g, r7g]",
    );
    const { excuses } = makePlan(hot.built, 1);
    expect(excuses.find(one => one.node === "serverless")?.bottleneck).toBe("ECPU of the hottest slot");
  });

  it("serverless pays for the mean of a day, nodes for its peak", async () => {
    const flat = scenario({ rate: 4_000, keys: "20k" });
    const daily = flat
      .replace("rate: 4000", 'rate: "2000/s * (1 + cos(2*pi*t/1d))"')
      .replace("demand: {", "demand: { over: 1d,");
    const usd = async (text: string) => {
      const { built } = await of(text, "deployment: [serverless]");
      return makePlan(built, 1).candidates[0].monthlyUsd;
    };
    const [steady, waving] = [await usd(flat), await usd(daily)];
    expect(waving).toBeLessThan(0.62 * steady);
    expect(waving).toBeGreaterThan(0.45 * steady);
  });

  it("data tiering holds much data for less, unless the policy forbids it", async () => {
    const big = (policy: string) =>
      scenario({ rate: 3_000, keys: "20M", slo: "hitRate: 95%", policy })
        .replace("values: 1KiB", "values: 4KiB")
        .replace("ttl: 1h", "ttl: none");
    const choice = "families: [r7g, r6gd], deployment: [nodes], shards: [1, 2, 4, 8, 16, 32]";
    const { built } = await of(big("allkeys-lru"), choice);
    const [best] = makePlan(built, 1).candidates;
    expect(best.shape.kind === "nodes" && best.shape.node.family).toBe("r6gd");
    const lfu = makePlan((await of(big("allkeys-lfu"), choice)).built, 1);
    expect(lfu.candidates[0].monthlyUsd).toBeGreaterThan(1.5 * best.monthlyUsd);
    expect(lfu.excuses.some(one => one.bottleneck === "eviction policies of data tiering")).toBe(true);
  });

  it("another engine is chosen where it is cheaper", async () => {
    const redis = scenario({}).replace("engine: valkey-8.0", "engine: redis-7.1");
    const { built } = await of(redis, "engines: [redis-7.1, valkey-8.0], families: [m7g, r7g], deployment: [nodes]");
    const made = makePlan(built, 1);
    expect(made.candidates[0].name).toContain("valkey-8.0");
    expect(made.candidates.some(one => one.shape.engine === "redis-7.1")).toBe(true);
  });
});

describe("the curve of a world", () => {
  const text = scenario({ keys: "20k" });
  const at = async (factors: DemandWorld["factors"], before: readonly number[], from = text) => {
    const { built } = await load(from);
    const base = baseParts(built);
    for (const rate of before) worldCurve(built, demandAt(base, { ...factors, rate }));
    return worldCurve(built, demandAt(base, factors)).columns;
  };

  it("is the same whichever world was asked for before it", async () => {
    const factors = { rate: 1, keys: 1, values: 1 };
    expect(await at(factors, [0.001])).toEqual(await at(factors, []));
  });

  it("knows how often the engine looks for what has expired", async () => {
    const slow = text
      .replace("ttl: 1h", "ttl: 2s")
      .replace("maxmemory-policy: allkeys-lru", "maxmemory-policy: allkeys-lru, hz: 1");
    const factors = { rate: 1, keys: 1, values: 1 };
    const held = async (from: string) => (await at(factors, [], from)).keys[0].at(-1)!;
    // Most of the dead keys are asked for before a sweep comes by: what is left is six in a hundred.
    expect(await held(slow)).toBeGreaterThan(1.05 * (await held(slow.replace("hz: 1", "hz: 10"))));
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

  it("may have a middle that is not what the workloads say: that is what is planned for and simulated", async () => {
    const { built } = await load(scenario({ demand: "rate: 2..3..4, keys: 2", keys: "1k", rate: 100 }));
    expect(drawWorlds(built, 8)[0].factors).toEqual({ rate: 3, keys: 2, values: 1 });
    const document = await planDocument(
      built,
      {
        file: "plan.yaml",
        content: { text: scenario({ demand: "rate: 2..3..4, keys: 2", keys: "1k", rate: 100 }), directory: "." },
        overlays: [],
        settings: [],
      },
      2,
      1,
    );
    const told = document.candidates[0].confirmation!;
    // Forty thousand requests or more in all: three hundred a second, not one hundred.
    expect(told.simulatedRequests / told.replications / Math.ceil(40_000 / 300)).toBeGreaterThan(280);
    expect(planSchema.parse(document)).toEqual(document);
    expect(document.zoneLoss?.holds).toBe(true);
    expect(document.zoneLoss?.writesAfterSeconds).toBeGreaterThan(10);
    expect(document.standing?.name).toContain("cache.r7g.large");
    expect(document.savesUsd).toBeGreaterThan(0);
    expect(renderPlanText(document)).toContain("Against what stands");
    const page = renderPlanPage(document);
    for (const id of ["candidates", "frontier", "excuses"]) expect(page).toContain(`<section id="${id}"`);
  });

  it("is simulated as it is: requests that go together once, values as large as the middle has them", async () => {
    const told = async (demand: string) => {
      const text = scenario({ demand, keys: "10k", rate: 300 })
        .replace("pool: { size: 8 }", "pool: { size: 8, multiplex: true }")
        .replace("    rate: 300", "    rate: 300\n    pipeline: 4")
        .replace("zoneLoss: true", "zoneLoss: false")
        .replace(/families: .*\]/u, "families: [r7g], shards: [1], replicas: [0], deployment: [nodes]");
      const { built } = await load(text);
      const source = { file: "plan.yaml", content: { text, directory: "." }, overlays: [], settings: [] };
      return (await planDocument(built, source, 1, 1)).candidates[0];
    };
    const plain = await told("");
    const { simulatedRequests, replications } = plain.confirmation!;
    expect(simulatedRequests / replications / Math.ceil(40_000 / 1_200) / 1_200).toBeCloseTo(1, 1);
    const large = await told("values: 20");
    const grown = large.confirmation!.memoryUse! / plain.confirmation!.memoryUse!;
    expect(grown).toBeGreaterThan(8);
    // The closed form leaves out buffers, which weigh more beside small values.
    expect(Math.abs(grown / (large.memoryUse / plain.memoryUse) - 1)).toBeLessThan(0.15);
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
    for (const [keys, told] of [
      ["once: 20%", "keys asked for once"],
      ["drift: 2/s", "popularity that drifts"],
    ]) {
      const text = scenario({}).replace("popularity: zipf(0.99)", `popularity: zipf(0.99), ${keys}`);
      expect(cannotPlan((await load(text)).built)).toContain(told);
    }
    const waiting = scenario({}).replace("    values: 1KiB", "    values: 1KiB\n    wait: { replicas: 1 }");
    expect(cannotPlan((await load(waiting)).built)).toContain("wait for replicas");
  });
});
