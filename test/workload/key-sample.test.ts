// A sample of keys: every key is stood for by one that is in the sample, each as often as the other.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomFrom } from "../../src/sim/random.ts";
import { KeySample } from "../../src/workload/key-sample.ts";
import { LoadClock } from "../../src/workload/load-clock.ts";
import { constantRate, variableRate } from "../../src/workload/rate.ts";

const shape = fc
  .tuple(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 2, max: 64 }), fc.nat(300))
  .map(([keys, per, hot]) => new KeySample(keys, Math.min(hot, keys), per));

describe("a sample of keys", () => {
  it("has a number for every key, and a key of the same group for every number", () => {
    fc.assert(
      fc.property(shape, sample => {
        for (let number = 0; number < sample.count; number++) {
          const key = sample.keyOf(number);
          expect(key).toBeLessThan(sample.keys);
          expect(sample.of(key)).toBe(number);
        }
        expect(sample.of(sample.keys - 1)).toBe(sample.count - 1);
        expect(sample.among(sample.keys)).toBe(sample.count);
        expect(sample.among(0)).toBe(0);
      }),
    );
  });

  it("keeps the popular keys whole and takes any place of a group as often as another", () => {
    const sample = new KeySample(160_000, 100, 16);
    expect(Array.from({ length: 100 }, (_, key) => sample.keyOf(key))).toEqual(
      Array.from({ length: 100 }, (_, i) => i),
    );
    const places = new Float64Array(16);
    for (let number = 100; number < sample.count - 1; number++) places[(sample.keyOf(number) - 100) % 16]++;
    // 9,993 groups: 625 to a place, within four standard deviations.
    for (const count of places) expect(Math.abs(count - 625)).toBeLessThan(4 * Math.sqrt(625));
  });

  it("gives each number the requests of its group", () => {
    const sample = new KeySample(1_000, 4, 10);
    const random = randomFrom("key-sample");
    const draw = sample.drawn(source => source.below(1_000));
    const counts = new Float64Array(sample.count);
    for (let i = 0; i < 100_000; i++) counts[draw(random)]++;
    expect(counts[0] / 100).toBeCloseTo(1, 0);
    expect(counts[50] / 1_000).toBeCloseTo(1, 0);
  });
});

describe("the clock of the load", () => {
  const clock = () =>
    new LoadClock([
      { fromNs: 0, toNs: 10e9, loadNs: 0, pace: 0 },
      { fromNs: 10e9, toNs: 20e9, loadNs: 0, pace: 360 },
      { fromNs: 20e9, toNs: 30e9, loadNs: 3_600e9, pace: 360 },
    ]);

  it("stands still, passes faster, and may be asked for the past again", () => {
    const one = clock();
    expect([0, 9e9, 15e9, 25e9, 5e9].map(at => one.loadNs(at) / 1e9)).toEqual([0, 0, 1_800, 5_400, 0]);
  });

  it("changes how soon a rate changes, not how often requests come", () => {
    const rate = clock().rate(variableRate(t => 100 + t));
    expect(rate.at(15e9)).toBeCloseTo(1_900, -1);
    expect(rate.nextChangeNs(5e9)).toBe(10e9);
    // A step of a tenth of a second passes in 278 us.
    expect(rate.nextChangeNs(15e9) - 15e9).toBeLessThan(280_000);
    expect(clock().rate(constantRate(7)).mean(30e9)).toBe(7);
  });
});
