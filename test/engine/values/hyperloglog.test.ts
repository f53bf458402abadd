import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sizeClasses } from "../../../src/engine/memory/allocator.ts";
import { Hyperloglog } from "../../../src/engine/values/hyperloglog.ts";
import { placeOf, REGISTERS } from "../../../src/engine/values/hyperloglog-count.ts";

const RULES = { sizeClass: sizeClasses(8), sparseMaxBytes: 3_000, growth: "class" } as const;

function add(hll: Hyperloglog, element: string): boolean | null {
  const place = placeOf(element);
  return hll.raise(place & (REGISTERS - 1), place >> 14);
}

function registersOf(hll: Hyperloglog): Uint8Array {
  const registers = new Uint8Array(REGISTERS);
  expect(hll.mergeInto(registers)).toBe(true);
  return registers;
}

/** MurmurHash64A over 64-bit integers: slow and plain. */
function murmur(text: string): bigint {
  const m = 0xc6a4a7935bd1e995n;
  const cut = (value: bigint) => BigInt.asUintN(64, value);
  let h = 0xadc83b19n ^ cut(BigInt(text.length) * m);
  const whole = text.length - (text.length % 8);
  for (let at = 0; at < whole; at += 8) {
    let k = 0n;
    for (let i = 7; i >= 0; i--) k = (k << 8n) | BigInt(text.charCodeAt(at + i));
    k = cut(k * m);
    k ^= k >> 47n;
    h = cut((h ^ cut(k * m)) * m);
  }
  if (whole < text.length) {
    for (let i = text.length - 1; i >= whole; i--) h ^= BigInt(text.charCodeAt(i)) << BigInt((i - whole) * 8);
    h = cut(h * m);
  }
  h = cut((h ^ (h >> 47n)) * m);
  return h ^ (h >> 47n);
}

const element = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map(b => String.fromCharCode(b)), maxLength: 40 });

describe("HyperLogLog", () => {
  it("finds the register and the run of zeros of an element in its 64-bit hash", () => {
    fc.assert(
      fc.property(element, text => {
        const hash = murmur(text);
        let rest = (hash >> 14n) | (1n << 50n);
        let run = 1;
        for (; (rest & 1n) === 0n; rest >>= 1n) run++;
        expect(placeOf(text)).toBe((run << 14) | Number(hash & 0x3fffn));
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });

  it("is the same sparse and dense, whatever was raised in which order", () => {
    const raises = fc.array(fc.tuple(fc.nat(REGISTERS - 1), fc.integer({ min: 1, max: 40 })), {
      maxLength: 300,
      size: "max",
    });
    fc.assert(
      fc.property(raises, list => {
        const sparse = Hyperloglog.create(RULES);
        const model = new Uint8Array(REGISTERS);
        for (const [index, value] of list) {
          // Neighbours, so that runs form and break.
          const near = index % 60;
          expect(sparse.raise(near, value)).toBe(value > model[near]);
          model[near] = Math.max(model[near], value);
        }
        expect(registersOf(sparse)).toEqual(model);
        const count = sparse.count();
        expect(sparse.toDense()).toBe(true);
        expect(registersOf(sparse)).toEqual(model);
        expect(sparse.count()).toBe(count);
      }),
      { seed: 2, numRuns: 200 },
    );
  });

  it("stays sparse up to the limit and is 12,304 bytes afterwards", () => {
    const hll = Hyperloglog.create(RULES);
    let n = 0;
    for (; !hll.dense; n++) {
      expect(hll.raw.length).toBeLessThanOrEqual(3_000);
      add(hll, `e${n}`);
    }
    expect(n).toBeGreaterThan(1_000);
    expect(hll.raw.length).toBe(12_304);
  });

  it.each([10, 100, 1_000, 10_000, 100_000])("estimates %i elements within three standard errors", size => {
    const hll = Hyperloglog.create(RULES);
    for (let i = 0; i < size; i++) add(hll, `element:${i}`);
    expect(Math.abs(hll.count()! / size - 1)).toBeLessThan(3 * 0.0081);
  });

  it("keeps a count in the header until it is out of date", () => {
    const hll = Hyperloglog.create(RULES);
    expect(hll.keptCount).toBe(0);
    hll.keepCount(5_000_000_000);
    expect(hll.keptCount).toBe(5_000_000_000);
    hll.invalidate();
    expect(hll.keptCount).toBeNull();
  });

  it("tells a broken string", () => {
    const hll = Hyperloglog.create(RULES);
    hll.raw.write(16, "\x00\x00");
    expect([hll.count(), hll.toDense(), hll.raise(500, 3)]).toEqual([null, false, null]);
  });
});
