// cachecast explain: whatever a scenario may say is told of, by its whole path, its last words or its item's number.

import { describe, expect, test } from "vitest";
import { explain, explainable } from "../../src/scenarios/explain.ts";
import { builtCli } from "./built.ts";

const { cli } = builtCli();

describe("what can be asked for", () => {
  test.each([
    ["workload[].rate", ["workload[].rate"]],
    ["workload[2].rate", ["workload[].rate"]],
    ["Workload.Rate", ["workload[].rate"]],
    ["crash-node", ["drills[].crash-node"]],
    ["cluster.timeout", null],
  ])("%s is %j", (words, paths) => {
    expect(explain(words)?.keys.map(key => key.path) ?? null).toEqual(paths);
  });

  test("every key by its path, its last words, every drill and every metric", () => {
    for (const name of explainable()) {
      const found = explain(name);
      expect(found, name).not.toBeNull();
      expect(found!.keys.length + (found!.metric === null ? 0 : 1), name).toBeGreaterThan(0);
    }
  });

  test("parts are those directly below, also where a key may be a word or a mapping", () => {
    const parts = explain("workload.pattern.cache-aside.stampede")!.parts.map(part => part.path.split(".").at(-1));
    expect(parts).toEqual(expect.arrayContaining(["lock", "early", "stale-while-revalidate"]));
    expect(explain("")!.parts.map(part => part.path)).toContain("cluster");
  });
});

describe("cachecast explain", () => {
  test("prints a key with its default and its parts, in at most a hundred columns", async () => {
    const { code, stdout, stderr } = await cli(["explain", "cluster.replication"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^cluster\.replication {2}mapping\n {2}How changes travel to replicas\./u);
    expect(stdout).toMatch(/^batch +200us +\S/mu);
    expect(stdout).not.toContain("`");
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  });

  test("tells of a name that is a key in several places, and a metric", async () => {
    const { stdout } = await cli(["explain", "p99"]);
    expect(stdout).toMatch(/^slo\.p99 {2}/mu);
    expect(stdout).toMatch(/^p99 {2}metric, duration$/mu);
  });

  test("knows what was meant, exit 2", async () => {
    const { code, stdout, stderr } = await cli(["explain", "ratee"]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("nothing is named «ratee»; did you mean «rate»?");
  });
});
