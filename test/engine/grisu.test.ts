// The decimal digits that servers since 7.2 print, where they are not the shortest or nearest ones.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decimalDigits, grisu2 } from "../../src/engine/grisu.ts";
import { shortestDouble } from "../../src/engine/numbers.ts";

describe("digits of doubles", () => {
  it("are those of the server's fpconv_dtoa", () => {
    // Computed with deps/fpconv of Valkey 8.0.1.
    const known: readonly (readonly [bits: bigint, text: string])[] = [
      [0x4201438f2dd6a6d5n, "9268487610.831461"],
      [0x4204fffdab2740b8n, "11274270052.906601"],
      [0xd18537f562f04ef3n, "-5.1525863678388396e+84"],
      [0x924485edbc592dd9n, "-1.1355268107253199e-220"],
      [0xc3875594181d7886n, "-210176608398414020"],
      [0xbfd4365153358809n, "-0.31581528783692697"],
    ];
    const view = new DataView(new ArrayBuffer(8));
    for (const [bits, text] of known) {
      view.setBigUint64(0, bits);
      expect(shortestDouble(view.getFloat64(0))).toBe(text);
    }
  });

  it("read back the same, with two digits more than needed at most", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: Number.MIN_VALUE }), value => {
        const { digits, power } = grisu2(value);
        expect(Number(`${digits[0]}.${digits.slice(1)}0e${power}`)).toBe(value);
        expect(digits.length).toBeLessThanOrEqual(17);
        expect(decimalDigits(value)).toEqual({ digits, power });
      }),
      { numRuns: 2_000 },
    );
  });

  it("short decimals are themselves", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999_999 }), fc.integer({ min: 0, max: 5 }), (whole, places) => {
        const value = whole / 10 ** places;
        expect(shortestDouble(value)).toBe(whole >= 1e5 && places === 0 ? shortestDouble(whole) : String(value));
      }),
    );
  });
});
