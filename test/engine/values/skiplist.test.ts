import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawLevel, MAX_LEVEL, SkipList } from "../../../src/engine/values/skiplist.ts";
import { randomFrom } from "../../../src/sim/random.ts";

/** Nodes are named by their number, so that the order of names is not that of numbers. */
const NAMES = Array.from({ length: 40 }, (_, node) => `n${node}`);
const names = { memberOf: (node: number) => NAMES[node] };

interface Model {
  readonly node: number;
  score: number;
}

function ordered(model: readonly Model[]): Model[] {
  return [...model].sort((a, b) => a.score - b.score || (NAMES[a.node] < NAMES[b.node] ? -1 : 1));
}

function expectSame(list: SkipList, model: readonly Model[]): void {
  const expected = ordered(model);
  expect(list.length).toBe(expected.length);
  const forward: number[] = [];
  for (let node = list.first; node !== -1; node = list.next(node)) forward.push(node);
  expect(forward).toEqual(expected.map(({ node }) => node));
  const backward: number[] = [];
  for (let node = list.last; node !== -1; node = list.previous(node)) backward.push(node);
  expect(backward).toEqual(forward.toReversed());
  for (const [rank, { node, score }] of expected.entries()) {
    expect(list.at(rank)).toBe(node);
    expect(list.rankOf(node)).toBe(rank);
    expect(list.score(node)).toBe(score);
  }
  expect(list.at(expected.length)).toBe(-1);
  for (const bound of [-1, 0, 2, 4, 9]) {
    expect(list.countBelow(bound, false)).toBe(expected.filter(({ score }) => score < bound).length);
    expect(list.countBelow(bound, true)).toBe(expected.filter(({ score }) => score <= bound).length);
  }
}

const step = fc.oneof(
  fc.record({ what: fc.constant("put" as const), node: fc.nat(39), score: fc.nat(8) }),
  fc.record({ what: fc.constant("remove" as const), node: fc.nat(39) }),
  fc.record({ what: fc.constant("cut" as const), from: fc.nat(10), count: fc.nat(5) }),
);

describe("a skip list", () => {
  it("keeps order, ranks and counts through insertions, moves and removals", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120, size: "max" }), steps => {
        const random = randomFrom("skip list");
        const list = new SkipList(names);
        let model: Model[] = [];
        for (const one of steps) {
          if (one.what === "put") {
            const there = model.find(({ node }) => node === one.node);
            if (there === undefined) {
              list.insert(one.node, one.score, drawLevel(random));
              model.push({ node: one.node, score: one.score });
            } else {
              list.move(one.node, one.score, () => drawLevel(random));
              there.score = one.score;
            }
          } else if (one.what === "remove") {
            if (model.some(({ node }) => node === one.node)) list.remove(one.node);
            model = model.filter(({ node }) => node !== one.node);
          } else {
            const gone = ordered(model).slice(one.from, one.from + one.count);
            const told: number[] = [];
            list.removeRange(one.from, one.from + one.count, node => told.push(node));
            expect(told).toEqual(gone.map(({ node }) => node));
            model = model.filter(one => !gone.includes(one));
          }
        }
        expectSame(list, model);
      }),
      { seed: 1, numRuns: 400 },
    );
  });

  it("counts a beginning of members, where all scores are equal", () => {
    const list = new SkipList(names);
    const random = randomFrom("lex");
    for (let node = 0; node < 40; node++) list.insert(node, 0, drawLevel(random));
    for (const bound of ["", "n", "n2", "n39", "z"]) {
      expect(list.countWhile(member => member < bound)).toBe(NAMES.filter(name => name < bound).length);
    }
  });

  it("keeps a node's level when its neighbours let it stay, and draws one when it moves", () => {
    const list = new SkipList(names);
    for (const node of [0, 1, 2]) list.insert(node, 10 * node, 3);
    list.move(1, 15, () => 7);
    expect(list.level(1)).toBe(3);
    list.move(1, 25, () => 7);
    expect(list.level(1)).toBe(7);
  });

  it("draws one level and each further one with probability 1/4", () => {
    const random = randomFrom("levels");
    const counts = new Array(MAX_LEVEL + 1).fill(0);
    const draws = 100_000;
    for (let i = 0; i < draws; i++) counts[drawLevel(random)]++;
    for (const level of [1, 2, 3, 4]) {
      const share = 0.75 * 0.25 ** (level - 1);
      // Five standard deviations of a binomial count.
      const tolerance = 5 * Math.sqrt((share * (1 - share)) / draws);
      expect(Math.abs(counts[level] / draws - share)).toBeLessThan(tolerance);
    }
  });
});
