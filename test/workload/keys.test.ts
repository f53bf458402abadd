// Keys: text, hash and slot as the engine computes them, however they are asked for. Values: a key's size is its own.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hashKey } from "../../src/engine/keyspace.ts";
import { keySlot } from "../../src/engine/slots.ts";
import { constant } from "../../src/sim/distributions/constant.ts";
import { exponential } from "../../src/sim/distributions/exponential.ts";
import { lognormalByMean } from "../../src/sim/distributions/lognormal.ts";
import { uniform } from "../../src/sim/distributions/uniform.ts";
import { randomFrom } from "../../src/sim/random.ts";
import { KeyTable } from "../../src/workload/keys.ts";
import { ValueTable } from "../../src/workload/values.ts";
import { ksDistance } from "../sim/goodness.ts";

const name = (key: number) => `{tag${key % 7}}:item:${key}`;

describe("KeyTable", () => {
  test("text, length, hash and slot are the engine's, in whatever order they are asked for, within the room and beyond it", () => {
    const ask = fc.tuple(fc.constantFrom("text", "length", "hash", "slot"), fc.integer({ min: 0, max: 20_000 }));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3_000 }), fc.array(ask, { maxLength: 60 }), (room, asked) => {
        const table = new KeyTable(room, name);
        for (const [what, key] of asked) {
          if (what === "text") expect(table.text(key)).toBe(name(key));
          else if (what === "length") expect(table.length(key)).toBe(name(key).length);
          else if (what === "hash") expect(table.hash(key)).toBe(hashKey(name(key)));
          else expect(table.slot(key)).toBe(keySlot(name(key)));
        }
      }),
      { seed: 2, numRuns: 200 },
    );
  });

  test("lengths and slots of the longest keys are right too", () => {
    for (const length of [1, 0xfffe, 0xffff, 0x10000, 300_000]) {
      const table = new KeyTable(1, () => "x".repeat(length));
      expect([table.slot(0), table.length(0)]).toEqual([keySlot("x".repeat(length)), length]);
    }
  });

  test("a key is named once", () => {
    let named = 0;
    const table = new KeyTable(10, key => {
      named++;
      return `k${key}`;
    });
    for (let i = 0; i < 3; i++) {
      table.text(5);
      table.hash(5);
      table.slot(5);
    }
    expect(named).toBe(1);
  });

  test("growing keeps what was there", () => {
    const table = new KeyTable(1, name);
    const before = [table.hash(0), table.slot(0), table.text(0)];
    table.text(100_000);
    expect([table.hash(0), table.slot(0), table.text(0)]).toEqual(before);
    expect(table.slot(100_000)).toBe(keySlot(name(100_000)));
  });

  test("slot 0 and hash 0 are values like others", () => {
    // Its place in the table must not look empty.
    const inSlotZero = Array.from({ length: 200_000 }, (_, i) => `k${i}`).find(text => keySlot(text) === 0)!;
    let named = 0;
    const table = new KeyTable(1, () => {
      named++;
      return inSlotZero;
    });
    expect([table.slot(0), table.slot(0), table.hash(0)]).toEqual([0, 0, hashKey(inSlotZero)]);
    expect(named).toBe(1);
  });
});

describe("ValueTable", () => {
  const sizes = lognormalByMean(1_200, 0.8);
  const table = () => new ValueTable(1_000, sizes, false, randomFrom("unused"));

  test("a key's size stays, and does not depend on when or in which order keys are asked for", () => {
    const forwards = table();
    const expected = Array.from({ length: 1_000 }, (_, key) => forwards.value(key).length);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 999 }), { maxLength: 50 }), order => {
        const other = table();
        for (const key of order) expect(other.value(key).length).toBe(expected[key]);
      }),
      { seed: 3, numRuns: 100 },
    );
  });

  test("the stream for draws per write is left alone", () => {
    const [random, untouched] = [randomFrom("values"), randomFrom("values")];
    const values = new ValueTable(100, sizes, false, random);
    for (let key = 0; key < 100; key++) values.value(key);
    expect(random.next()).toBe(untouched.next());
  });

  test.each([
    ["uniform", uniform(0, 100_000), (x: number) => x / 100_000],
    ["exponential", exponential(50_000), (x: number) => 1 - Math.exp(-x / 50_000)],
  ] as const)("sizes over the keys follow the distribution: %s", (_name, distribution, cdf) => {
    const values = new ValueTable(20_000, distribution, false, randomFrom("unused"));
    const sample = Float64Array.from({ length: 20_000 }, (_, key) => values.value(key).length);
    expect(ksDistance(sample, cdf)).toBeLessThan(1.95);
    // Neighbouring keys do not resemble each other.
    const half = distribution.mean;
    let pairs = 0;
    for (let i = 1; i < sample.length; i++) pairs += Math.sign(sample[i] - half) * Math.sign(sample[i - 1] - half);
    const share = (x: number) => 1 - 2 * cdf(x);
    expect(Math.abs(pairs / sample.length - share(half) ** 2)).toBeLessThan(0.03);
  });

  test("a lognormal's mean is met over many keys", () => {
    const values = new ValueTable(50_000, sizes, false, randomFrom("unused"));
    let sum = 0;
    for (let key = 0; key < 50_000; key++) sum += values.value(key).length;
    expect(sum / 50_000 / sizes.mean).toBeGreaterThan(0.97);
    expect(sum / 50_000 / sizes.mean).toBeLessThan(1.03);
  });

  test("per write every value has a size of its own, from the given stream", () => {
    const values = new ValueTable(10, uniform(0, 1e6), true, randomFrom("writes"));
    const again = new ValueTable(10, uniform(0, 1e6), true, randomFrom("writes"));
    const drawn = Array.from({ length: 50 }, () => values.value(3).length);
    expect(new Set(drawn).size).toBeGreaterThan(45);
    expect(Array.from({ length: 50 }, () => again.value(3).length)).toEqual(drawn);
  });

  test.each([
    [-5, 0],
    [0.4, 0],
    [0.6, 1],
    [1e12, 512 * 1_048_576],
  ])("a drawn size of %d is stored as %d whole bytes", (drawn, stored) => {
    expect(new ValueTable(1, constant(drawn), false, randomFrom("x")).value(0).length).toBe(stored);
  });

  test("values of different keys have different bytes", () => {
    const values = new ValueTable(2, constant(40), false, randomFrom("x"));
    expect(values.value(0).text()).not.toBe(values.value(1).text());
    expect(values.value(0).text()).toHaveLength(40);
  });
});
