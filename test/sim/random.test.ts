import { describe, expect, test } from "vitest";
import { randomFrom, streamSeed } from "../../src/sim/random.ts";
import { chiSquareTail } from "./goodness.ts";

describe("randomFrom(text)", () => {
  test("gives the same numbers for ever", () => {
    const random = randomFrom(streamSeed(42, 0, "client-3/arrivals"));
    expect([random.next(), random.next(), random.quick(), random.uint32(), random.below(1_000)]).toEqual([
      0.05977549669777138, 0.12386189232580613, 0.36094383616000414, 1_565_242_533, 68,
    ]);
  });

  test("next() is in [0, 1) and uses 53 bits, quick() 32", () => {
    const random = randomFrom("bits");
    let low = 0;
    for (let i = 0; i < 20_000; i++) {
      const value = random.next();
      expect(value >= 0 && value < 1).toBe(true);
      low += (value * 2 ** 53) % 2;
      const quick = random.quick();
      expect(quick >= 0 && quick < 1 && Number.isInteger(quick * 2 ** 32)).toBe(true);
    }
    // The 53rd bit is a fair coin: 10,000 ± 71.
    expect(Math.abs(low - 10_000)).toBeLessThan(5 * 71);
  });

  test("below(n) gives each whole number below n equally often, also when n is no power of two", () => {
    for (const n of [1, 2, 3, 7, 10, 256, 1_000]) {
      const random = randomFrom(`below/${n}`);
      const counts = new Float64Array(n);
      for (let i = 0; i < 100_000; i++) counts[random.below(n)]++;
      const expected = new Float64Array(n).fill(100_000 / n);
      expect(chiSquareTail(counts, expected), `n = ${n}`).toBeGreaterThan(1e-4);
    }
  });

  test("below(n) stays below n at the largest draw there is", () => {
    const largest = { ...randomFrom("any"), next: () => 1 - 2 ** -53 };
    for (let n = 1; n < 2 ** 52; n = n * 3 - 1) expect(Math.floor(largest.next() * n)).toBeLessThan(n);
  });

  test("uint32() reaches all 32 bits", () => {
    const random = randomFrom("uint32");
    let or = 0;
    let and = 0xffffffff;
    for (let i = 0; i < 1_000; i++) {
      const value = random.uint32();
      expect(Number.isInteger(value) && value >= 0 && value < 2 ** 32).toBe(true);
      or |= value;
      and &= value;
    }
    expect([or >>> 0, and >>> 0]).toEqual([0xffffffff, 0]);
  });
});

describe("streamSeed(seed, replication, name)", () => {
  test("neighbouring seeds, replications and names give streams that have nothing in common", () => {
    const names: string[] = [];
    for (const seed of [0, 1, 2, 11]) {
      for (const replication of [0, 1, 11]) {
        for (const name of ["a", "b", "1/a"]) names.push(streamSeed(seed, replication, name));
      }
    }
    const length = 4_000;
    const streams = names.map(name => {
      const random = randomFrom(name);
      return Float64Array.from({ length }, () => random.next() - 0.5);
    });
    for (let i = 0; i < streams.length; i++) {
      for (let j = 0; j < i; j++) {
        let product = 0;
        for (let k = 0; k < length; k++) product += streams[i][k] * streams[j][k];
        // Of independent streams the correlation has standard deviation 1/sqrt(length).
        expect(Math.abs((12 * product) / length) * Math.sqrt(length), `${names[i]}, ${names[j]}`).toBeLessThan(5);
      }
    }
  });
});
