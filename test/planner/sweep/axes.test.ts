import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AxisError, gridOf, listOf, parseAxis, splitValues } from "../../../src/planner/sweep/axes.ts";

describe("-m path=values", () => {
  test.each<[string, string, string[]]>([
    ["cluster.shards=1,2,4", "cluster.shards", ["1", "2", "4"]],
    ["cluster.shards=1..4", "cluster.shards", ["1", "2", "3", "4"]],
    ["cluster.shards=1..9:4,20", "cluster.shards", ["1", "5", "9", "20"]],
    ["workload[0].rate=1k/s,2k/s", "workload[0].rate", ["1k/s", "2k/s"]],
    ["origin.latency=lognormal(p50=4ms, p99=40ms),5ms", "origin.latency", ["lognormal(p50=4ms, p99=40ms)", "5ms"]],
    ['cluster.parameters={ a: "x,y" },{}', "cluster.parameters", ['{ a: "x,y" }', "{}"]],
  ])("%s", (text, path, values) => {
    expect(parseAxis(text)).toEqual({ path, values });
  });

  test.each([
    ["cluster.shards", "needs the form path=a,b,c"],
    ["=1,2", "needs the form"],
    ["cluster.shards=1,,2", "an empty value"],
    ["cluster.shards=4..1", "goes down"],
    ["cluster.shards=1..4:0", "has no step"],
    ["cluster.shards=1..9999999", "more than 100000"],
    ["cluster.shards=1..3,2", "names 2 twice"],
  ])("%s is refused: %s", (text, message) => {
    expect(() => parseAxis(text)).toThrow(AxisError);
    expect(() => parseAxis(text)).toThrow(message);
  });
});

test("a grid has every combination once, the first axis slowest", () => {
  expect(gridOf([parseAxis("a=1,2"), parseAxis("b=x,y")])).toEqual([
    { a: "1", b: "x" },
    { a: "1", b: "y" },
    { a: "2", b: "x" },
    { a: "2", b: "y" },
  ]);
  expect(() => gridOf([parseAxis("a=1"), parseAxis("a=2")])).toThrow("is given twice");
});

test("splitting and joining at commas gives the values back", () => {
  const value = fc.stringMatching(/^[a-z0-9]{1,6}(?:\([a-z0-9, ]{0,6}\))?$/u);
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 6 }), values => {
      expect(splitValues(values.join(","))).toEqual(values);
    }),
    { seed: 5 },
  );
});

describe("a list of points", () => {
  test("has the same paths in every point", () => {
    const { axes, points } = listOf(
      [
        { "cluster.shards": 3, "cluster.tls": true },
        { "cluster.shards": 4, "cluster.tls": false },
      ],
      "x",
    );
    expect(axes).toEqual(["cluster.shards", "cluster.tls"]);
    expect(points[1]).toEqual({ "cluster.shards": "4", "cluster.tls": "false" });
  });

  test.each([[null], [[]], [{ a: 1 }], [[{ a: 1 }, { b: 1 }]], [[3]]])("%j is refused", value => {
    expect(() => listOf(value, "points.yaml")).toThrow(/^points\.yaml: /u);
  });
});
