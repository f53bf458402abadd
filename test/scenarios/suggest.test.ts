// "Did you mean": a distance between words that is one, and suggestions that a person would make.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nodeTypes } from "../../src/catalog/nodes.ts";
import { closest, didYouMean, editDistance } from "../../src/scenarios/suggest.ts";

const distance = (left: string, right: string) => editDistance(left, right, 99);
const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 6 });

/** The recursive definition, without a table. */
function byDefinition(left: string, right: string): number {
  if (left === "" || right === "") return left.length + right.length;
  const [a, b] = [left.slice(0, -1), right.slice(0, -1)];
  if (left.at(-1) === right.at(-1)) return byDefinition(a, b);
  const swap = left.at(-1) === right.at(-2) && left.at(-2) === right.at(-1);
  return (
    1 +
    Math.min(
      byDefinition(a, right),
      byDefinition(left, b),
      byDefinition(a, b),
      swap ? byDefinition(a.slice(0, -1), b.slice(0, -1)) : Number.POSITIVE_INFINITY,
    )
  );
}

describe("editDistance", () => {
  test.each([
    ["", "", 0],
    ["", "abc", 3],
    ["shards", "shards", 0],
    ["shrds", "shards", 1],
    ["shardss", "shards", 1],
    ["shared", "shards", 2],
    ["shrads", "shards", 1],
    ["kitten", "sitting", 3],
    ["ab", "ba", 1],
    ["abcdef", "fedcba", 5],
  ])("%s, %s: %d", (left, right, edits) => {
    expect(distance(left, right)).toBe(edits);
  });

  test("is symmetric, zero for equal words only, and at least the difference in length", () => {
    fc.assert(
      fc.property(word, word, (left, right) => {
        const d = distance(left, right);
        expect(distance(right, left)).toBe(d);
        expect(d === 0).toBe(left === right);
        expect(d).toBeGreaterThanOrEqual(Math.abs(left.length - right.length));
        expect(d).toBeLessThanOrEqual(Math.max(left.length, right.length));
      }),
      { seed: 9, numRuns: 500 },
    );
  });

  test("is what its definition says: insert, delete, replace, or swap two neighbours that are touched no more", () => {
    fc.assert(
      fc.property(word, word, (left, right) => {
        expect(distance(left, right)).toBe(byDefinition(left, right));
      }),
      { seed: 10, numRuns: 300 },
    );
  });

  test("keeps the triangle but for swaps, which save one edit each", () => {
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        const detour = distance(a, b) + distance(b, c);
        // Without swaps it is Levenshtein's distance, a metric; a swap is two of its edits.
        expect(distance(a, c)).toBeLessThanOrEqual(2 * detour);
        if (!/[bc]/u.test(a + b + c)) expect(distance(a, c)).toBeLessThanOrEqual(detour);
      }),
      { seed: 11, numRuns: 500 },
    );
    expect([distance("ca", "ac"), distance("ac", "abc"), distance("ca", "abc")]).toEqual([1, 1, 3]);
  });

  test("beyond the limit only «more» is told", () => {
    fc.assert(
      fc.property(word, word, fc.nat(4), (left, right, limit) => {
        const exact = distance(left, right);
        const limited = editDistance(left, right, limit);
        expect(exact <= limit ? limited === exact : limited > limit).toBe(true);
      }),
      { seed: 12, numRuns: 500 },
    );
  });
});

describe("closest", () => {
  const keys = ["shards", "replicas", "engine", "node", "mode", "multiAz", "parameters"];

  test.each([
    ["shard", "shards"],
    ["Shards", "shards"],
    ["multiAZ", "multiAz"],
    ["paramters", "parameters"],
    ["replcias", "replicas"],
    ["mod", "mode"],
    ["xyz", null],
    ["", null],
    ["cluster", null],
  ])("%s → %s", (given, meant) => {
    expect(closest(given, keys)).toBe(meant);
    expect(didYouMean(given, keys)).toBe(meant === null ? "" : `; did you mean «${meant}»?`);
  });

  test("a node type may lack its beginning or have one slip", () => {
    const names = nodeTypes().map(node => node.type);
    for (const name of names) {
      expect(closest(name.replace("cache.", ""), names)).toBe(name);
      expect(closest(name, names)).toBe(name);
    }
    expect(closest("cache.r7g.xlrage", names)).toBe("cache.r7g.xlarge");
    expect(closest("r7g.larg", names)).toBeNull();
  });

  test("of equally close words the first of the table wins, so that the hint is always the same", () => {
    expect(closest("p95", ["p90", "p99"])).toBe("p90");
  });
});
