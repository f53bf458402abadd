// Changing a scenario from outside: settings, overlays, and where a problem that they bring is said to come from.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { formatIssue, ScenarioError } from "../../src/scenarios/issue.ts";
import { applyOverride, merge, parseOverride, parsePath } from "../../src/scenarios/overrides.ts";
import { formatPath } from "../../src/scenarios/yaml-file.ts";
import { BASE, file, issuesOf, load } from "./fixture.ts";

const apply = (tree: Record<string, unknown>, ...settings: string[]) => {
  for (const setting of settings) applyOverride(tree, parseOverride(setting));
  return tree;
};
const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof ScenarioError) return error.message;
    throw error;
  }
  return "accepted";
};

describe("paths", () => {
  test.each<[string, (string | number)[] | null]>([
    ["seed", ["seed"]],
    ["cluster.shards", ["cluster", "shards"]],
    ["workload[0].rate", ["workload", 0, "rate"]],
    ["a[1][2].b-c.d_e", ["a", 1, 2, "b-c", "d_e"]],
    ["cluster.parameters.maxmemory-policy", ["cluster", "parameters", "maxmemory-policy"]],
    ["[0]", [0]],
    ["", null],
    [".a", null],
    ["a.", null],
    ["a..b", null],
    ["a[x]", null],
    ["a[-1]", null],
    ["a[0", null],
    ["a[0]b", null],
    ["a.[0]", null],
    ["a b", null],
    ["1a", null],
  ])("%s", (text, path) => {
    expect(parsePath(text)).toEqual(path);
  });

  test("what is formatted is read back", () => {
    const step = fc.oneof(fc.stringMatching(/^[A-Za-z_][\w-]{0,6}$/u), fc.nat(99));
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{1,5}$/u), fc.array(step, { maxLength: 5 }), (first, rest) => {
        expect(parsePath(formatPath([first, ...rest]))).toEqual([first, ...rest]);
      }),
      { seed: 16 },
    );
  });
});

describe("settings", () => {
  test.each<[string, unknown]>([
    ["seed=5", 5],
    ["seed=5.5", 5.5],
    ["seed=true", true],
    ["seed=no", "no"],
    ["seed=10m", "10m"],
    ["seed=", ""],
    ["seed=~", null],
    ["seed=[1, two]", [1, "two"]],
    ["seed={a: 1}", { a: 1 }],
    ['seed="5"', "5"],
    ["seed=a=b", "a=b"],
    ["seed=p99 < 2ms", "p99 < 2ms"],
  ])("%s: the value is YAML", (text, value) => {
    expect(parseOverride(text).value).toEqual(value);
  });

  test("set, replace, make on the way, remove", () => {
    const tree = () => ({ a: { b: 1 }, list: [{ x: 1 }, { x: 2 }, { x: 3 }], s: "text" });
    expect(apply(tree(), "a.b=2", "a.c=3")).toMatchObject({ a: { b: 2, c: 3 } });
    expect(apply(tree(), "list[1].x=9").list).toEqual([{ x: 1 }, { x: 9 }, { x: 3 }]);
    expect(apply(tree(), "new.deep.er=1")).toMatchObject({ new: { deep: { er: 1 } } });
    expect(apply(tree(), "s.t=1")).toMatchObject({ s: { t: 1 } });
    expect(apply(tree(), "~a.b", "~s")).toEqual({ a: {}, list: tree().list });
    expect(apply(tree(), "~list[0]").list).toEqual([{ x: 2 }, { x: 3 }]);
    expect(apply(tree(), "~missing.deep")).toMatchObject({ a: { b: 1 } });
    expect(apply(tree(), "a.b=2", "a.b=3")).toMatchObject({ a: { b: 3 } });
  });

  test.each([
    ["cluster.shards", "--set cluster.shards: needs the form path=value, or ~path to remove"],
    ["=5", "is no path such as cluster.shards or workload[0].rate"],
    ["~", "is no path such as"],
    ["a b=5", "is no path such as"],
    ["a={", "has a value that is no YAML: Flow map must end with a }"],
    ["a=*x", "has a value that is no YAML: Unresolved alias"],
    ["a=&x [*x]", "holds itself by an alias"],
    ["__proto__.seed=5", "is no path such as"],
    ["a.__proto__.seed=5", "is no path such as"],
    ["~__proto__", "is no path such as"],
    ["a={__proto__: {seed: 5}}", "«__proto__» is no name here"],
  ])("%s is refused", (text, message) => {
    expect(refusal(() => parseOverride(text))).toContain(message);
  });

  test.each([
    ["list[3].x=1", "--set list[3].x=1: list is a list from [0] to [2]"],
    ["list[3]=1", "list is a list from [0] to [2]"],
    ["~list[7]", "list is a list from [0] to [2]"],
    ["list.x=1", "list is a list from [0] to [2]"],
    ["one[1]=1", "one is a list with the one element [0]"],
    ["none[0]=1", "none is a list without elements"],
  ])("%s: lists are not extended", (text, message) => {
    const tree = { list: [1, 2, 3], one: [1], none: [] };
    expect(refusal(() => apply(tree, text))).toContain(message);
    expect(tree).toEqual({ list: [1, 2, 3], one: [1], none: [] });
  });

  test("what every object inherits is neither walked through nor changed", () => {
    const tree = apply({}, "constructor.prototype.polluted=1", "toString.x=2");
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(JSON.stringify(tree)).toBe('{"constructor":{"prototype":{"polluted":1}},"toString":{"x":2}}');
    expect(Object.prototype.toString.call(1)).toBe("[object Number]");
  });
});

describe("merge", () => {
  // JSON has no undefined, and `__proto__` never gets this far.
  const leaf = fc.oneof(fc.integer(), fc.string(), fc.constant(null), fc.array(fc.integer(), { maxLength: 3 }));
  // Small letters name values, capitals mappings: what is a mapping here and a value there can only replace.
  const { tree } = fc.letrec<{ tree: Record<string, unknown> }>(tie => ({
    tree: fc
      .tuple(
        fc.dictionary(fc.constantFrom("a", "b", "constructor"), leaf, { maxKeys: 3 }),
        fc.oneof(
          { maxDepth: 3 },
          fc.constant({}),
          fc.dictionary(fc.constantFrom("C", "D"), tie("tree"), { maxKeys: 2 }),
        ),
      )
      .map(([values, mappings]) => ({ ...values, ...mappings })),
  }));

  test("is associative, keeps both when equal, and takes the later where it says something", () => {
    fc.assert(
      fc.property(tree, tree, tree, (a, b, c) => {
        expect(merge(merge(a, b), c)).toEqual(merge(a, merge(b, c)));
        expect(merge(a, a)).toEqual(a);
        expect(merge(a, {})).toEqual(a);
        expect(merge({}, a)).toEqual(a);
      }),
      { seed: 17, numRuns: 300 },
    );
  });

  test("mappings merge, lists and everything else replace, and nothing is changed in place", () => {
    const base = { a: { x: 1, y: [1, 2, 3] }, b: [1], c: { d: 1 }, e: 1 };
    const before = structuredClone(base);
    expect(merge(base, { a: { y: [9] }, b: { z: 1 }, c: 5, f: null })).toEqual({
      a: { x: 1, y: [9] },
      b: { z: 1 },
      c: 5,
      e: 1,
      f: null,
    });
    expect(base).toEqual(before);
  });
});

describe("where a problem comes from", () => {
  const told = async (overlays: string[], settings: string[], duration?: string) => {
    const base = file(BASE, "base.yaml");
    const names = overlays.map((text, i) => file(text, `overlay${i}.yaml`));
    const issues = await issuesOf({ file: base, overlays: names, settings, duration });
    return issues.map(issue =>
      formatIssue(issue)
        .split("\n")[0]
        .replace(/^\/.*\//u, ""),
    );
  };

  test("a setting is named with its flag", async () => {
    expect(await told([], ["cluster.shards=three"])).toEqual([
      "--set cluster.shards=three: cluster.shards: needs a whole number, got the text «three»",
    ]);
    expect(await told([], ["cluster.shrds=3"])).toEqual([
      "--set cluster.shrds=3: cluster.shrds: unknown key «shrds»; did you mean «shards»?",
    ]);
    expect(await told([], [], "5")).toEqual([expect.stringMatching(/^--duration 5: duration: needs a duration/u)]);
  });

  test("the last setting of a path is the one", async () => {
    expect(await told([], ["seed=x", "seed=-1"])).toEqual(["--set seed=-1: seed: must be at least 0, got -1"]);
    expect(await told([], ["seed=x", "seed=1"])).toEqual([]);
  });

  test("an overlay's mistake stands in the overlay, at its line", async () => {
    expect(await told(["name: x\ncluster:\n  shards: three\n"], [])).toEqual([
      "overlay0.yaml:3:11: cluster.shards: needs a whole number, got the text «three»",
    ]);
    expect(await told(["cluster: { shrds: 2 }\n"], [])).toEqual([
      "overlay0.yaml:1:12: cluster.shrds: unknown key «shrds»; did you mean «shards»?",
    ]);
  });

  test("of two overlays the later one", async () => {
    expect(await told(["seed: -1\n", "seed: -2\n"], [])).toEqual([
      "overlay1.yaml:1:7: seed: must be at least 0, got -2",
    ]);
    expect(await told(["seed: -1\n", "seed: 2\n"], [])).toEqual([]);
  });

  test("a list of an overlay replaces the whole list, so what it lacks is missing there", async () => {
    const overlay = "clients:\n  - instances: 3\n";
    expect(await told([overlay], [])).toEqual(["overlay0.yaml:2:5: clients[0].name: is missing: needs text"]);
  });

  test("files and settings that cannot be read are told together", async () => {
    expect(await told(["a: [\n", "- 1\n"], ["x", "y=*z"])).toEqual([
      "--set x: needs the form path=value, or ~path to remove",
      expect.stringMatching(/^--set y=\*z: has a value that is no YAML/u),
      expect.stringMatching(/^overlay0.yaml:2:1: /u),
      expect.stringMatching(/^overlay1.yaml:1:1: must be a mapping/u),
    ]);
  });

  test("what was applied is what runs, and the result remembers how", async () => {
    const loaded = await load(BASE, {
      overlays: [file("cluster: { shards: 2 }\nexpect: [errors == 0]\n")],
      settings: ["cluster.replicas=0", "~origin.concurrency", "workload[0].rate=5/s"],
      duration: "20s",
    });
    const { scenario } = loaded.built;
    expect([scenario.cluster.shards, scenario.cluster.replicas, scenario.duration]).toEqual([2, 0, 20e9]);
    expect(loaded.resolved).toEqual({
      ...parse(BASE),
      duration: "20s",
      cluster: { engine: "valkey-8.0", node: "cache.r7g.large", shards: 2, replicas: 0 },
      workload: [{ ...parse(BASE).workload[0], rate: "5/s" }],
      expect: ["errors == 0"],
    });
    expect(loaded.settings).toEqual([
      "cluster.replicas=0",
      "~origin.concurrency",
      "workload[0].rate=5/s",
      "duration=20s",
    ]);
  });
});
