// The reference counts in BigInt: at a whole rate per second, one nanosecond brings `rate` billionths of a token, so
// levels and waits are exact fractions.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TokenBucket } from "../../src/sim/token-bucket.ts";

const BILLION = 1_000_000_000n;

function exactBucket(rate: number, capacity: number, initial: number) {
  let level = BigInt(initial) * BILLION;
  return (gapNs: number, amount: number): { level: number; waitNs: number } => {
    level += BigInt(gapNs) * BigInt(rate);
    if (level > BigInt(capacity) * BILLION) level = BigInt(capacity) * BILLION;
    level -= BigInt(amount) * BILLION;
    // One more part in a million keeps the fraction of a nanosecond.
    const waitNs = level >= 0n ? 0 : Number((-level * 1_000_000n) / BigInt(rate)) / 1_000_000;
    return { level: Number(level) / 1e9, waitNs };
  };
}

const rates = fc.constantFrom(1, 7, 1_000, 125_000_000, 3_125_000_000);
const spends = fc.array(
  fc.record({ gapNs: fc.nat(2_000_000_000), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  {
    minLength: 1,
    maxLength: 60,
    size: "max",
  },
);

describe("TokenBucket", () => {
  test("take() returns exactly the wait that whole-number arithmetic gives", () => {
    fc.assert(
      fc.property(
        rates,
        fc.integer({ min: 1, max: 10_000_000 }),
        fc.boolean(),
        spends,
        (rate, capacity, full, list) => {
          const initial = full ? capacity : 0;
          const bucket = new TokenBucket(rate, capacity, initial);
          const exact = exactBucket(rate, capacity, initial);
          let nowNs = 0;
          for (const { gapNs, share } of list) {
            const amount = Math.round(share * 1.5 * capacity);
            nowNs += gapNs;
            const waitNs = bucket.take(nowNs, amount);
            const due = exact(gapNs, amount);
            expect(Math.abs(bucket.available(nowNs) - due.level)).toBeLessThanOrEqual(1e-9 * capacity);
            expect(Math.abs(waitNs - due.waitNs)).toBeLessThanOrEqual(1e-6 + (1e-9 * capacity * 1e9) / rate);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test("no window sees more than capacity + rate * its length pass", () => {
    fc.assert(
      fc.property(rates, fc.integer({ min: 1, max: 10_000_000 }), spends, (rate, capacity, list) => {
        const bucket = new TokenBucket(rate, capacity);
        let nowNs = 0;
        const passed = list.map(({ gapNs, share }) => {
          // Short gaps, so that the bucket is often in debt.
          nowNs += gapNs % 1_000_003;
          const amount = share * capacity;
          return { amount, atNs: nowNs + bucket.take(nowNs, amount) };
        });
        let excess = 0;
        passed.forEach((first, from) => {
          let sum = 0;
          for (const last of passed.slice(from)) {
            sum += last.amount;
            excess = Math.max(excess, sum / (capacity + rate * (last.atNs - first.atNs) * 1e-9));
          }
          // Whoever comes later passes later, up to the rounding of a double.
          if (from > 0) expect(first.atNs).toBeGreaterThanOrEqual(passed[from - 1].atNs * (1 - 1e-12));
        });
        expect(excess).toBeLessThanOrEqual(1 + 1e-9);
      }),
      { numRuns: 300 },
    );
  });

  test("under more load than it can pass, it passes its rate", () => {
    const bucket = new TokenBucket(1_000, 50);
    let lastNs = 0;
    for (let nowNs = 0; nowNs < 1e9; nowNs += 1e5) lastNs = nowNs + bucket.take(nowNs, 1);
    // 10,000 tokens, 50 of them at once.
    expect(lastNs / 1e9).toBeCloseTo((10_000 - 50) / 1_000, 6);
  });

  test("an idle bucket fills up to its capacity and no further", () => {
    const bucket = new TokenBucket(10, 100, 0);
    expect(bucket.available(4e9)).toBeCloseTo(40, 9);
    expect(bucket.available(3_600e9)).toBe(100);
    expect(bucket.take(3_600e9, 100)).toBe(0);
    expect(bucket.take(3_600e9, 5)).toBeCloseTo(0.5e9, 3);
  });

  test("a bucket made during the run starts with what it was given", () => {
    const bucket = new TokenBucket(10, 1_000, 0, 3_600e9);
    expect(bucket.available(3_600e9)).toBe(0);
    expect(bucket.available(3_601e9)).toBeCloseTo(10, 9);
  });

  test("without inflow, a debt is never paid", () => {
    const bucket = new TokenBucket(0, 10);
    expect([bucket.take(0, 10), bucket.take(5, 1)]).toEqual([0, Number.POSITIVE_INFINITY]);
  });
});
