// Every popularity model: the shares it promises are those it draws, add up to one, and its arguments mean what they say.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomFrom } from "../../src/sim/random.ts";
import { bucketPopularity, POPULARITIES } from "../../src/workload/popularity.ts";
import { chiSquareTail } from "../sim/goodness.ts";

const model = (name: string) => POPULARITIES.find(one => one.name === name)!;

/** Arguments for every model; one without a row here is a model without a test. */
const CASES: Readonly<Record<string, readonly (readonly number[])[]>> = {
  zipf: [[0], [0.6], [0.99], [1.4]],
  uniform: [[]],
  hotspot: [
    [0.2, 0.8],
    [0, 0.5],
    [1, 0.3],
    [0.5, 0],
    [0.1, 1],
    [0.001, 0.9],
  ],
  sequential: [[]],
};
const ROWS = POPULARITIES.flatMap(one => (CASES[one.name] ?? []).map(args => ({ name: one.name, args })));

test("every model of the table has its cases here", () => {
  expect(Object.keys(CASES).sort()).toEqual(POPULARITIES.map(one => one.name).sort());
});

describe.each(ROWS)("$name($args)", ({ name, args }) => {
  test.each([1, 2, 7, 400])("of %d keys: draws have the promised shares, which add up to one", count => {
    const one = model(name);
    const draw = one.make(count, args);
    const share = one.probability(count, args);
    const random = randomFrom(`popularity/${name}/${args}/${count}`);
    const draws = 100 * count * Math.ceil(500 / count);
    const counts = new Float64Array(count);
    for (let i = 0; i < draws; i++) counts[draw(random)]++;
    const shares = Array.from({ length: count }, (_, key) => share(key));

    expect(shares.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
    expect(
      counts.reduce((sum, n) => sum + n, 0),
      "a draw outside the keys",
    ).toBe(draws);
    expect(
      chiSquareTail(
        counts,
        shares.map(p => p * draws),
      ),
    ).toBeGreaterThan(1e-4);
    // What has no share is never drawn: chi-square would join such cells away.
    expect(shares.map((p, key) => (p === 0 ? counts[key] : 0)).reduce((a, b) => a + b, 0)).toBe(0);
  });

  test("a key number never lies outside, whatever the number of keys", () => {
    const random = randomFrom(`popularity/range/${name}/${args}`);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000_000 }), count => {
        const draw = model(name).make(count, args);
        for (let i = 0; i < 20; i++) {
          const key = draw(random);
          if (!Number.isInteger(key) || key < 0 || key >= count) return false;
        }
        return true;
      }),
      { seed: 1, numRuns: 50 },
    );
  });
});

describe("single models", () => {
  test("key 0 is the most popular: shares never rise", () => {
    for (const { name, args } of ROWS) {
      if (name === "hotspot" && args[1] < args[0]) continue; // a cold spot, if somebody wants one
      const share = model(name).probability(100, args);
      for (let key = 1; key < 100; key++)
        expect(share(key), `${name}(${args})`).toBeLessThanOrEqual(share(key - 1) + 1e-15);
    }
  });

  test("hotspot gives that share of the requests to that share of the keys", () => {
    const share = model("hotspot").probability(1_000, [0.2, 0.8]);
    const hot = Array.from({ length: 200 }, (_, key) => share(key)).reduce((a, b) => a + b, 0);
    expect(hot).toBeCloseTo(0.8, 12);
    expect(share(0)).toBeCloseTo(share(199), 15);
    expect(share(200)).toBeCloseTo(share(999), 15);
  });

  test("sequential goes round and draws nothing; two of them do not disturb each other", () => {
    const [one, other] = [model("sequential").make(3, []), model("sequential").make(3, [])];
    const random = randomFrom("sequential");
    const untouched = randomFrom("sequential");
    expect([one(random), one(random), one(random), one(random)]).toEqual([0, 1, 2, 0]);
    expect(other(random)).toBe(0);
    expect(random.next()).toBe(untouched.next());
  });

  test("a histogram of buckets: weight between them, alike within them", () => {
    const draw = bucketPopularity([
      { keys: 2, weight: 6 },
      { keys: 1, weight: 0 },
      { keys: 10, weight: 4 },
    ]);
    const random = randomFrom("buckets");
    const counts = new Float64Array(13);
    for (let i = 0; i < 50_000; i++) counts[draw(random)]++;
    const expected = [0.3, 0.3, 0, ...new Array<number>(10).fill(0.04)].map(p => p * 50_000);
    expect(counts[2]).toBe(0);
    expect(chiSquareTail(counts, expected)).toBeGreaterThan(1e-4);
  });
});
