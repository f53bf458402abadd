// cachecast import: from a file of metrics to a scenario that plan takes; what is refused, and that nothing is overwritten.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../scenarios/fixture.ts";
import { builtCli, looksLikeStack } from "./built.ts";

const { cli } = builtCli();

/** Two days of a small cluster: 1,000 reads a second in the mean, half as many at night. */
function metrics(): string {
  const rows = ["timestamp,metric,node,statistic,value"];
  for (let i = 0; i < 2 * 48; i++) {
    const time = new Date(Date.UTC(2026, 10, 1) + i * 1_800_000).toISOString();
    const reads = 1_000 * (1 + 0.5 * Math.sin((2 * Math.PI * i) / 48));
    for (const [metric, statistic, value] of [
      ["GetTypeCmds", "Sum", 1_800 * reads],
      ["SetTypeCmds", "Sum", 180 * reads],
      ["CacheHits", "Sum", 1_620 * reads],
      ["CacheMisses", "Sum", 180 * reads],
      ["CurrItems", "Average", 80_000],
      ["CurrVolatileItems", "Average", 80_000],
      ["BytesUsedForCache", "Average", 100_000_000],
      ["CurrConnections", "Average", 80],
    ]) {
      rows.push(`${time},${metric},shop-0001-001,${statistic},${value}`);
    }
  }
  return `${rows.join("\n")}\n`;
}

it("makes a scenario, and plan says what to buy instead and what it saves", async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "metrics.csv"), metrics());
  const made = await cli(["import", "cloudwatch", "metrics.csv", "--node", "cache.r6g.xlarge"], { cwd });
  expect(made.stderr).toBe("");
  expect(made.code).toBe(0);
  expect(made.stdout.split("\n")[0]).toContain("1 × (1 + 0) cache.r6g.xlarge");
  const text = readFileSync(join(cwd, "shop.yaml"), "utf8");
  expect(text).toContain("*cos(2*pi*t/1d");
  expect(text).toContain("over: 1d");
  const again = await cli(["import", "cloudwatch", "metrics.csv", "--node", "cache.m7g.large"], { cwd });
  expect(again.code).toBe(3);
  expect(again.stderr).toContain("shop.yaml exists; --force overwrites it");
  expect(readFileSync(join(cwd, "shop.yaml"), "utf8")).toBe(text);
  const plan = await cli(["plan", "shop.yaml", "--confirm", "0", "--worlds", "4"], { cwd });
  expect(plan.code).toBe(0);
  expect(plan.stdout).toMatch(/^Buy /u);
  expect(plan.stdout).toMatch(/Against what stands, 1 × \(1 \+ 0\) cache\.r6g\.xlarge at \$\d+.*saves \$\d+/u);
});

it("refuses what it cannot use, all of it at once, and writes nothing", async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "bad.csv"), "timestamp,metric,value\nnoon,CurrItems,1\n2026-11-01T00:00:00Z,CurrItems,x\n");
  const bad = await cli(["import", "cloudwatch", "bad.csv", "missing.json", "-o", "out.yaml"], { cwd });
  expect(bad.code).toBe(3);
  for (const told of ["bad.csv:2:1", "bad.csv:3:32", "missing.json: there is no such file"])
    expect(bad.stderr).toContain(told);
  expect(looksLikeStack(bad.stderr)).toBe(false);
  expect(existsSync(join(cwd, "out.yaml"))).toBe(false);
  const usage = await cli(["import", "info", "x.txt", "--node", "cache.r7g.larg", "--shards", "0"], { cwd });
  expect(usage.code).toBe(2);
  expect(usage.stderr).toContain("there is no «cache.r7g.larg»; did you mean «cache.r7g.large»?");
  expect(usage.stderr).toContain("--shards needs a whole number from 1 to 500");
});
