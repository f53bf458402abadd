// cachecast plan and crossover from the command line: answers, files, and what is refused.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { crossoverSchema } from "../../src/result/crossover.ts";
import { planSchema } from "../../src/result/plan.ts";
import { temporaryFolder } from "../scenarios/fixture.ts";
import { builtCli, looksLikeStack } from "./built.ts";

const { cli } = builtCli();

const SCENARIO = `name: shop
duration: 10s
warmup: 2s
cluster: { engine: valkey-8.0, node: cache.r7g.large }
clients: [{ name: web, instances: 4, pool: { size: 8 } }]
origin: { latency: 4ms, concurrency: 500 }
workload:
  - name: pages
    pattern: { cache-aside: { ttl: 1h } }
    rate: 500/s
    keys: { count: 2k }
slo: { p99: 30ms, memory: 80%, recovery: 1m }
plan: { families: [t4g, r7g], shards: [1, 2], replicas: [0, 1], growth: 5% }
`;

it("plans and crosses, with a page and a versioned document", async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "shop.yaml"), SCENARIO);
  const plan = await cli(["plan", "shop.yaml", "--confirm", "0", "--json", "plan.json", "--report", "plan.html"], {
    cwd,
  });
  expect(plan.stderr).toBe("");
  expect(plan.code).toBe(0);
  expect(plan.stdout).toMatch(/^Buy /u);
  expect(plan.stdout).toContain("As the load grows:");
  const planned = planSchema.parse(JSON.parse(readFileSync(join(cwd, "plan.json"), "utf8")));
  expect(planned.recommendation).not.toBeNull();
  expect(readFileSync(join(cwd, "plan.html"), "utf8")).toContain("what to buy");
  const crossed = await cli(["crossover", "shop.yaml", "--worlds", "1", "--json", "-"], { cwd });
  expect(crossed.code).toBe(0);
  expect(crossoverSchema.parse(JSON.parse(crossed.stdout)).offers.map(one => one.name)).toContain("on-demand");
});

it("exits with 5 and the nearest when nothing holds, with 2 and 3 for mistakes", async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "shop.yaml"), SCENARIO);
  const nothing = await cli(["plan", "shop.yaml", "--set", "slo.p99=50us"], { cwd });
  expect(nothing.code).toBe(5);
  expect(nothing.stdout).toMatch(/^Nothing holds\. Nearest: .* but p99 needs .* where 50 us is the limit/u);
  const bounds = await cli(["plan", "shop.yaml", "--set", "demand.rate=2..1..3"], { cwd });
  expect(bounds.code).toBe(3);
  expect(bounds.stderr).toContain("low..mid..high such as 0.5..1..2");
  const family = await cli(["plan", "shop.yaml", "--set", "plan.families=[r7q]"], { cwd });
  expect(family.code).toBe(3);
  expect(family.stderr).toContain("did you mean «r7g»?");
  for (const [args, told] of [
    [["plan", "shop.yaml", "--worlds", "0"], "--worlds needs a whole number from 1 to 10000"],
    [["crossover", "shop.yaml", "--peak-to-mean", "0.5"], "--peak-to-mean needs a number from 1 to 1000"],
    [["crossover", "shop.yaml", "--offer", "on-demnd"], "did you mean «on-demand»?"],
  ] as const) {
    const { code, stderr } = await cli(args, { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain(told);
    expect(looksLikeStack(stderr)).toBe(false);
  }
  const users = await cli(
    ["crossover", "shop.yaml", "--set", "~workload[0].rate", "--set", "workload[0].users={ count: 3 }"],
    { cwd },
  );
  expect(users.code).toBe(3);
  expect(users.stderr).toContain("needs a rate");
});
