// How many keys are looked for elsewhere when a node comes or goes: theory of consistent hashing and of modulo.

import { describe, expect, it } from "vitest";
import { distribute } from "../../src/models/key-distribution.ts";

const five = [0, 1, 2, 3, 4];
const four = [0, 1, 3, 4];

function moved(a: Int16Array, b: Int16Array): number {
  return a.reduce((sum, shard, bucket) => sum + (shard === b[bucket] ? 0 : 1), 0) / a.length;
}

describe("ketama", () => {
  it("moves the keys of the lost node and no others", () => {
    const before = distribute("ketama", five);
    const after = distribute("ketama", four);
    before.forEach((shard, bucket) => {
      if (shard !== 2) expect(after[bucket]).toBe(shard);
    });
    expect(moved(before, after)).toBeGreaterThan(0.16);
    expect(moved(before, after)).toBeLessThan(0.24);
  });

  it("gives nodes shares that differ by about a twelfth", () => {
    const counts = new Float64Array(20);
    for (const shard of distribute(
      "ketama",
      Array.from({ length: 20 }, (_, i) => i),
    ))
      counts[shard]++;
    const shares = Array.from(counts, count => (count / 16_384) * 20);
    const spread = Math.sqrt(shares.reduce((sum, share) => sum + (share - 1) ** 2, 0) / shares.length);
    expect(spread).toBeGreaterThan(0.04);
    expect(spread).toBeLessThan(0.13);
  });
});

it("modulo looks for four keys of five elsewhere with one node less, and for five of six with one more", () => {
  expect(moved(distribute("modulo", five), distribute("modulo", four))).toBeCloseTo(0.8, 1);
  expect(moved(distribute("modulo", five), distribute("modulo", [...five, 5]))).toBeCloseTo(5 / 6, 2);
});
