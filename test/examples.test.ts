// The examples are tests: each one is valid by the grammar and by the committed JSON Schema, runs, and keeps what it
// expects. Overlays lie beside a base.yaml; any other scenario stands for itself.

import { readdirSync, readFileSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { provideLua } from "../src/lua/index.ts";
import { resultText } from "../src/report/json.ts";
import { type Result, resultSchema } from "../src/result.ts";
import { loadScenario } from "../src/scenarios/load.ts";
import { runScenario } from "../src/scenarios/run.ts";

provideLua();

const root = resolve(import.meta.dirname, "..");
const scenarios = join(root, "scenarios");
const yamls = (folder: string) => readdirSync(folder).filter(name => name.endsWith(".yaml"));

interface Example {
  readonly name: string;
  readonly file: string;
  readonly overlays: readonly string[];
}

const EXAMPLES: readonly Example[] = readdirSync(scenarios, { withFileTypes: true }).flatMap((entry): Example[] => {
  const path = join(scenarios, entry.name);
  const example = (file: string, ...overlays: string[]): Example => ({
    name: relative(scenarios, overlays[0] ?? file),
    file,
    overlays,
  });
  if (!entry.isDirectory()) return entry.name.endsWith(".yaml") ? [example(path)] : [];
  const base = join(path, "base.yaml");
  const hasBase = yamls(path).includes("base.yaml");
  return yamls(path).map(name => {
    const file = join(path, name);
    return hasBase && file !== base ? example(base, file) : example(file);
  });
});

const validate = new Ajv({ strict: false }).compile(
  JSON.parse(readFileSync(join(root, "schema/scenario.schema.json"), "utf8")),
);

/** Drills that an example shows being refused; all others are carried out. The reference lists every key, many of which exclude each other. */
const REFUSED: Readonly<Record<string, readonly string[] | "any">> = {
  "reference.yaml": "any",
  "drills/quota-reached.yaml": ["change-replicas", ...Array<string>(4).fill("auto-scaling-shards")],
  "drills/rolling-upgrade.yaml": ["change-replicas"],
  "drills/test-failover.yaml": ["test-failover"],
};

const results = new Map<string, Result>();

test("there are examples", () => {
  expect(EXAMPLES.length).toBeGreaterThan(9);
});

describe.each(EXAMPLES.map(one => [one.name, one] as const))("scenarios/%s", (name, { file, overlays }) => {
  test("is valid by the grammar and by the JSON Schema", async () => {
    const { resolved } = await loadScenario({ file, overlays });
    validate(resolved);
    expect(validate.errors).toBeNull();
    // An editor sees the file alone.
    if (overlays.length === 0) {
      validate(parse(readFileSync(file, "utf8")));
      expect(validate.errors).toBeNull();
    }
  });

  test("tells editors where its schema lies", () => {
    if (overlays.length > 0) return;
    const line = readFileSync(file, "utf8").split("\n")[0];
    const schema = /^# yaml-language-server: \$schema=(.+)$/u.exec(line)?.[1];
    expect(resolve(file, "..", schema ?? "")).toBe(join(root, "schema/scenario.schema.json"));
  });

  test("runs and keeps what it expects", async () => {
    const loaded = await loadScenario({ file, overlays });
    // A base has nothing of its own to show.
    if (basename(file) === "base.yaml" && overlays.length === 0) {
      expect(loaded.built.expectations).toEqual([]);
      return;
    }
    const result = await runScenario(loaded);
    results.set(name, result);
    const broken = result.checks.filter(check => check.status !== "pass");
    expect(broken.map(check => `${check.text}: ${check.measured} ${check.unit}`)).toEqual([]);
    expect(result.checks.length).toBeGreaterThan(0);
    const refused = result.drills.filter(drill => drill.refused !== null);
    const shown = REFUSED[name] ?? [];
    if (shown !== "any") expect(refused.map(({ drill }) => drill)).toEqual(shown);
    expect([result.verdict, result.partial]).toEqual(["pass", false]);
    expect(resultSchema.safeParse(JSON.parse(resultText(result))).success).toBe(true);
    const { arrived, ...ended } = result.totals;
    expect(Object.values(ended).reduce((sum, n) => sum + n, 0)).toBe(arrived);
  });
});

describe("the examples together", () => {
  test.each([
    ["connection-storm", "connection-storm"],
    ["auth-set", "wrong-credentials"],
    ["iam-refresh-forgotten", "wrong-credentials"],
    ["jvm-dns-forever", "outdated-name"],
    ["pool-exhaustion", "pool"],
    ["server-idle-timeout", "idle-closed"],
    ["silent-host", "silent-host"],
    ["max-connections", "connection-limit"],
  ])("what is wrong in drills/%s is named: %s", (drill, id) => {
    const findings = results.get(`drills/${drill}.yaml`)?.findings ?? [];
    expect(findings.map(finding => finding.id)).toContain(id);
  });

  test("what nothing is wrong with is not found fault with", () => {
    const client = /^(?:wrong-credentials|outdated-name|silent-host|idle-closed|connection-storm|pool)$/u;
    const { findings } = results.get("drills/auth-rotate.yaml")!;
    expect(findings.filter(({ id }) => client.test(id))).toEqual([]);
  });

  test("find what hurt: a split brain, a full sync that never ends", () => {
    const found = (name: string) => results.get(`drills/${name}.yaml`)?.findings.map(({ id }) => id) ?? [];
    expect(found("isolate-zone")).toContain("split-brain");
    expect(found("endless-full-sync")).toContain("endless-sync");
    expect(found("primary-crash")).not.toContain("split-brain");
    expect(found("zone-outage")).not.toContain("endless-sync");
  });

  // [shards, nodes that are up, nodes that have left]
  test.each([
    ["rolling-upgrade", "upgrade-engine", [2, 4, 4]],
    ["scale-up-under-load", "scale-up", [2, 4, 4]],
    ["change-replicas", "change-replicas", [2, 4, 2]],
    ["enable-cluster-mode", "scale-out", [2, 4, 2]],
    ["reader-endpoint", "change-replicas", [1, 5, 0]],
  ])("drills/%s leaves another cluster behind: %s", (name, drill, [shards, up, removed]) => {
    const { nodes, drills } = results.get(`drills/${name}.yaml`)!;
    const count = (state: string) => nodes.filter(node => node.state === state).length;
    expect(drills.map(one => one.drill)).toContain(drill);
    expect([new Set(nodes.map(node => node.shard)).size, count("up"), count("removed")]).toEqual([shards, up, removed]);
  });

  test("at equal memory LFU keeps more of a Zipf workload than LRU, and LRU more than chance", () => {
    const hitRate = (policy: string) => results.get(`eviction/${policy}.yaml`)?.summary.hitRate ?? Number.NaN;
    expect(hitRate("allkeys-lfu")).toBeGreaterThan(hitRate("allkeys-lru"));
    expect(hitRate("allkeys-lru")).toBeGreaterThan(hitRate("allkeys-random"));
    const memory = [...results].flatMap(([name, { summary }]) =>
      name.startsWith("eviction/") ? [summary.memory.peakUsedBytes] : [],
    );
    expect(memory).toHaveLength(5);
    expect(Math.max(...memory) / Math.min(...memory)).toBeLessThan(1.01);
  });

  test("all limits of the eviction overlays are bands: one from below, one from above", () => {
    for (const [name, { checks }] of results) {
      if (!name.startsWith("eviction/")) continue;
      const sides = checks.map(({ text }) => /^hitRate ([<>]) \d/u.exec(text)?.[1]);
      expect(sides.sort(), name).toEqual(["<", ">"]);
      const [low, high] = checks.map(check => check.limit).sort((a, b) => a - b);
      expect(high - low, name).toBeLessThan(0.035);
    }
  });
});
