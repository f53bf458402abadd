import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countBits, findBit, getBit, getField, setBit, setField } from "../../../src/engine/values/bits.ts";

const bytes = fc.uint8Array({ minLength: 1, maxLength: 20 });

function bitsOf(array: Uint8Array): string {
  return [...array].map(byte => byte.toString(2).padStart(8, "0")).join("");
}

describe("bits", () => {
  it("are counted and found in any range as in their text", () => {
    fc.assert(
      fc.property(bytes, fc.nat(159), fc.nat(159), fc.constantFrom(0, 1), (array, a, b, bit) => {
        const text = bitsOf(array);
        const [first, last] = [Math.min(a, b) % text.length, Math.max(a, b) % text.length];
        if (first > last) return;
        const range = text.slice(first, last + 1);
        expect(countBits(array, first, last)).toBe(range.replaceAll("0", "").length);
        const found = range.indexOf(String(bit));
        expect(findBit(array, bit, first, last)).toBe(found === -1 ? -1 : found + first);
        expect(getBit(array, first)).toBe(Number(text[first]));
      }),
      { seed: 1, numRuns: 1_000 },
    );
  });

  it("are set one by one and as numbers of any width, the rest untouched", () => {
    fc.assert(
      fc.property(
        bytes,
        fc.nat(80),
        fc.integer({ min: 1, max: 64 }),
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        (array, at, width, value) => {
          const padded = new Uint8Array(20);
          padded.set(array);
          const text = bitsOf(padded);
          setField(padded, at, width, value);
          const written = BigInt.asUintN(width, value).toString(2).padStart(width, "0");
          expect(bitsOf(padded)).toBe(text.slice(0, at) + written + text.slice(at + width));
          expect(getField(padded, at, width)).toBe(BigInt.asUintN(width, value));
          setBit(padded, at, 0);
          expect(getBit(padded, at)).toBe(0);
        },
      ),
      { seed: 2, numRuns: 500 },
    );
  });

  it("beyond the end are zero", () => {
    expect(getField(new Uint8Array([0xff]), 4, 8)).toBe(0xf0n);
    expect(getField(new Uint8Array(0), 1_000, 64)).toBe(0n);
  });
});
