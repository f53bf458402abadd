import { describe, expect, it } from "vitest";
import {
  idleMs,
  LFU_INITIAL,
  LRU_MAX,
  lfuCounter,
  lfuInitial,
  lfuMinutes,
  lfuTouched,
  lruClock,
} from "../../../src/engine/eviction/aging.ts";
import { randomFrom } from "../../../src/sim/random.ts";

/** Mean counter of `keys` keys after so many accesses within one minute. */
function meanAfter(hits: number, factor: number, keys: number): number {
  const random = randomFrom(`lfu/${hits}/${factor}`);
  let sum = 0;
  for (let key = 0; key < keys; key++) {
    let lru = lfuInitial(7);
    for (let hit = 0; hit < hits; hit++) lru = lfuTouched(lru, 7, 1, factor, random);
    sum += lru & 255;
  }
  return sum / keys;
}

/** The expected counter after so many accesses, by the law of the counter itself. */
function expectedAfter(hits: number, factor: number): number {
  let share = new Float64Array(256);
  share[LFU_INITIAL] = 1;
  for (let hit = 0; hit < hits; hit++) {
    const next = new Float64Array(256);
    for (let counter = LFU_INITIAL; counter < 256; counter++) {
      const rises = counter === 255 ? 0 : 1 / ((counter - LFU_INITIAL) * factor + 1);
      next[counter] += share[counter] * (1 - rises);
      if (rises > 0) next[counter + 1] += share[counter] * rises;
    }
    share = next;
  }
  return share.reduce((sum, part, counter) => sum + part * counter, 0);
}

describe("the LFU counter", () => {
  it.each([
    // The table of redis.conf, factor by hits.
    [0, 100, 104, 1],
    [1, 100, 18, 2],
    [10, 100, 10, 1],
    [100, 100, 8, 2],
    [1, 1_000, 49, 2],
    [10, 1_000, 18, 2],
    [100, 1_000, 11, 2],
    [10, 100_000, 142, 6],
    [100, 100_000, 49, 4],
    [10, 1_000_000, 255, 0.5],
    [100, 1_000_000, 143, 6],
  ])("with factor %d after %d hits is about %d", (factor, hits, counter, tolerance) => {
    const keys = hits <= 1_000 ? 400 : hits === 100_000 ? 8 : 2;
    expect(Math.abs(meanAfter(hits, factor, keys) - counter)).toBeLessThanOrEqual(tolerance);
  });

  it.each([
    [100, 10],
    [1_000, 10],
    [1_000, 1],
  ])("after %d hits with factor %d has the mean of its law", (hits, factor) => {
    // 400 keys: the standard error of the mean is below 0.15.
    expect(Math.abs(meanAfter(hits, factor, 400) - expectedAfter(hits, factor))).toBeLessThan(0.5);
  });

  it("rises at once from below the initial value, and never beyond 255", () => {
    const random = randomFrom("edges");
    expect(lfuTouched((7 << 8) | 2, 7, 1, 10, random)).toBe((7 << 8) | 3);
    expect(lfuTouched((7 << 8) | 255, 7, 1, 10, random)).toBe((7 << 8) | 255);
  });

  it.each([
    [100, 10, 12, 1, 98],
    [100, 10, 13, 2, 99],
    [3, 10, 60, 1, 0],
    [100, 10, 5_000, 0, 100],
    [100, 65_530, 4, 1, 91], // the minutes wrap at 65,535: nine have passed
  ])(
    "of %d last seen in minute %d decays by minute %d, one per %d minutes, to %d",
    (counter, last, now, decay, left) => {
      expect(lfuCounter((last << 8) | counter, now, decay)).toBe(left);
    },
  );

  it("lfuTouched(…) decays before it counts, and stamps the minute", () => {
    const touched = lfuTouched((10 << 8) | 5, 12, 1, 10, randomFrom("decay"));
    expect(touched).toBe((12 << 8) | 4); // 5 - 2, then one up: below the initial value it always rises
  });

  it("lfuMinutes(ms) wraps with 16 bits", () => {
    expect(lfuMinutes(59_999)).toBe(0);
    expect(lfuMinutes(65_536 * 60_000)).toBe(0);
    expect(lfuMinutes(65_535 * 60_000)).toBe(65_535);
  });
});

describe("the LRU clock", () => {
  it("lruClock(ms) counts seconds in 24 bits", () => {
    expect(lruClock(999)).toBe(0);
    expect(lruClock(1_700_000_000_000)).toBe(1_700_000_000 & LRU_MAX);
  });

  it("idleMs(clock, lru) survives the wrap", () => {
    expect(idleMs(100, 40)).toBe(60_000);
    expect(idleMs(5, LRU_MAX - 5)).toBe(10_000);
    expect(idleMs(77, 77)).toBe(0);
  });
});
