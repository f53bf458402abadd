// What a plan simulates, how, and what it recommends after that.

import { describe, expect, it } from "vitest";
import { confirmAll } from "../../src/planner/plan/confirm.ts";
import { planDocument } from "../../src/planner/plan/document.ts";
import { makePlan } from "../../src/planner/plan/plan.ts";
import { renderPlanPage } from "../../src/report/plan-page.ts";
import { renderPlanText } from "../../src/report/plan-text.ts";
import { planSchema } from "../../src/result/plan.ts";
import { load } from "../scenarios/fixture.ts";

interface Wanted {
  readonly cluster?: string;
  readonly client?: string;
  readonly slo?: string;
  readonly plan?: string;
  readonly keys?: string;
}

const scenario = ({ cluster = "", client = "", slo = "", plan = "", keys = "10k" }: Wanted) => `name: confirmed
duration: 10s
warmup: 2s
cluster: { engine: valkey-8.0, node: cache.r7g.large, ${cluster} }
clients: [{ name: web, instances: 10, pool: { size: 8 }, ${client} }]
origin: { latency: 4ms, concurrency: 400 }
workload:
  - name: pages
    pattern: { cache-aside: { ttl: 1h } }
    rate: 2000
    keys: { count: ${keys}, popularity: zipf(0.99) }
    values: 1KiB
    writes: 10%
slo: { memory: 80%, ${slo} }
plan: { families: [r7g], shards: [1], deployment: [nodes], ${plan} }
`;

const sourceOf = (text: string) => ({
  file: "plan.yaml",
  content: { text, directory: "." },
  overlays: [],
  settings: [],
});

const documentOf = async (text: string, confirm: number) =>
  planDocument((await load(text)).built, sourceOf(text), 1, confirm);

describe("a plan simulates", () => {
  it("each shape once, however many ways there are to pay for it", async () => {
    const purchase = "replicas: [0, 1], purchase: [on-demand, reserved-1y-no-upfront, reserved-3y-all-upfront]";
    const { candidates } = await documentOf(scenario({ plan: purchase }), 2);
    const told = candidates.filter(one => one.confirmation !== null);
    expect(new Set(told.map(one => `${one.shards} ${one.replicas} ${one.node}`)).size).toBe(2);
    expect(told.length).toBe(2);
    expect(new Set(told.map(one => one.purchase))).toEqual(new Set(["reserved-3y-all-upfront"]));
  });

  it("a sample of the keys where all of them are too many, and finds what all of them say", async () => {
    const text = scenario({ keys: "40k", plan: "replicas: [0]", slo: "p99: 30ms" });
    const { built } = await load(text);
    const [best] = makePlan(built, 1).candidates;
    const workloads = [{ rate: 2_000, pipeline: 1, keys: 40_000, preload: "steady" as const }];
    const options = { ...sourceOf(text), slo: built.scenario.slo, workloads, seed: 9 };
    const [exact, sampled] = await Promise.all([
      confirmAll([best], options),
      confirmAll([best], { ...options, budget: 150_000 }),
    ]);
    expect(exact.confirmations[0].fidelity).toBe("exact");
    expect(sampled.confirmations[0].fidelity).toMatch(/^sampled\(1\/\d+\)$/u);
    expect(Math.abs(sampled.confirmations[0].hitRate! - exact.confirmations[0].hitRate!)).toBeLessThan(0.005);
    expect(sampled.confirmations[0].holds).toBe(true);
  });

  it("nothing that is too large and in no sample, and says why", async () => {
    const text = scenario({ plan: "replicas: [0]" }).replace("families: [r7g]", "families: [t4g]");
    const { built } = await load(text);
    const [best] = makePlan(built, 1).candidates;
    const workloads = [{ rate: 2_000, pipeline: 1, keys: 40_000, preload: "steady" as const }];
    const options = { ...sourceOf(text), slo: built.scenario.slo, workloads, seed: 9, budget: 50_000 };
    const { stopped, skipped } = await confirmAll([best], options);
    expect(stopped).toContain("CPU credits");
    expect(skipped.map(one => one.name)).toEqual([best.name]);
  });
});

describe("every recommendation holds in its own simulation at another seed", () => {
  it.each([
    ["replica", "allkeys-lru", "[1, 2]"],
    ["nearest", "allkeys-random", "[2]"],
    ["any", "volatile-lru", "[1]"],
  ])("with reads from %s under %s", async (readFrom, policy, replicas) => {
    const text = scenario({
      cluster: `replicas: 1, multiAz: true, parameters: { maxmemory-policy: ${policy} }`,
      client: `readFrom: ${readFrom}`,
      slo: "p99: 30ms, lag: 50ms, hitRate: 50%",
      plan: `replicas: ${replicas}, purchase: [on-demand, reserved-1y-no-upfront]`,
    }).replace("families: [r7g]", "families: [t4g, r7g]");
    const { recommendation, candidates } = await documentOf(text, 1);
    const chosen = candidates.find(one => one.name === recommendation)!;
    expect(chosen.confirmation).toMatchObject({ holds: true, broken: [] });
    expect(Math.abs(chosen.confirmation!.hitRate! - chosen.hitRate)).toBeLessThan(0.02);
    expect(Math.abs(chosen.confirmation!.monthlyUsd! / chosen.monthlyUsd - 1)).toBeLessThan(0.05);
  });
});

describe("the loss of a zone", () => {
  const single = "mode: single, multiAz: true, replicas: 1";

  it("is simulated with cluster mode disabled too, and whole where the scenario itself is a sample", async () => {
    const whole = scenario({ cluster: single, slo: "zoneLoss: true, recovery: 2m", plan: "replicas: [1]" });
    const text = whole.replace("duration: 10s", "duration: 10s\nfidelity: sampled(1/2)");
    const document = await documentOf(text, 1);
    expect(document.zoneLoss?.holds).toBe(true);
    expect(document.recommendation).toBe(document.candidates[0].name);
  });

  it("that is never overcome, because clients ask the old address for ever, makes a shape no recommendation", async () => {
    const client = "dns: { ttl: forever }";
    const text = scenario({ cluster: single, client, slo: "zoneLoss: true, recovery: 2m", plan: "replicas: [1]" });
    const document = await documentOf(text, 1);
    expect(document.zoneLoss).toMatchObject({ ended: false, holds: false });
    expect(document.recommendation).toBeNull();
    expect(document.candidates[0].confirmation?.broken).toContain("the loss of a zone");
    expect(planSchema.parse(document)).toEqual(document);
    for (const told of [renderPlanText(document), renderPlanPage(document)]) {
      expect(told).toContain("DOES NOT HOLD: it had not been overcome");
    }
  });
});
