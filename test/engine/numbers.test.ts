import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addIntegers,
  formatDouble,
  formatDouble17,
  narrow,
  parseCountable,
  parseDouble,
  parseInteger,
} from "../../src/engine/numbers.ts";

const MAX = 9_223_372_036_854_775_807n;
const MIN = -9_223_372_036_854_775_808n;

/** Integers of every size, with those around the edges of 2^53 and 2^63 more often. */
const big = fc.oneof(
  fc.bigInt({ min: MIN - 20n, max: MAX + 20n }),
  fc.constantFrom(0n, 2n ** 53n, -(2n ** 53n), MAX, MIN).chain(edge => fc.bigInt({ min: edge - 3n, max: edge + 3n })),
  fc.bigInt({ min: -1_000n, max: 1_000n }),
);

describe("parseInteger(text)", () => {
  it("reads every 64-bit integer in canonical form exactly, and refuses those beyond", () => {
    fc.assert(
      fc.property(big, value => {
        const parsed = parseInteger(String(value));
        if (value > MAX || value < MIN) expect(parsed).toBeNull();
        else expect(parsed === null ? null : BigInt(parsed)).toBe(value);
      }),
      { seed: 1, numRuns: 3_000 },
    );
  });

  it("answers a number exactly when a double holds it", () => {
    fc.assert(
      fc.property(big, value => {
        const parsed = parseInteger(String(value));
        if (parsed === null) return;
        expect(typeof parsed).toBe(Number.isSafeInteger(Number(value)) ? "number" : "bigint");
      }),
      { seed: 2, numRuns: 3_000 },
    );
  });

  it("accepts no text but the canonical one of its number", () => {
    const unit = fc.constantFrom("0", "1", "9", "-", "+", " ", ".", "e", "x");
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 22 }), text => {
        const parsed = parseInteger(text);
        if (parsed !== null) expect(String(parsed)).toBe(text);
      }),
      { seed: 3, numRuns: 5_000 },
    );
  });

  it.each(["", "-", "+1", "-0", "00", "01", "-01", " 1", "1 ", "1.0", "1e3", "0x10", "9223372036854775808", "١"])(
    "parseInteger(%j) is null",
    text => {
      expect(parseInteger(text)).toBeNull();
    },
  );

  it("parseCountable(text) rounds what a double cannot hold", () => {
    expect(parseCountable("9223372036854775807")).toBe(2 ** 63);
    expect(parseCountable("-12")).toBe(-12);
    expect(parseCountable("x")).toBeNull();
  });
});

describe("addIntegers(a, b)", () => {
  it("answers the exact sum, or null beyond 64 bits", () => {
    const inRange = big.filter(value => value <= MAX && value >= MIN);
    fc.assert(
      fc.property(inRange, inRange, (a, b) => {
        const sum = addIntegers(narrow(a), narrow(b));
        const exact = a + b;
        if (exact > MAX || exact < MIN) expect(sum).toBeNull();
        else expect(sum).toBe(narrow(exact));
      }),
      { seed: 4, numRuns: 3_000 },
    );
  });
});

describe("parseDouble(text) and formatDouble(value)", () => {
  it("read back what was shown", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), value => {
        expect(parseDouble(formatDouble(value))).toBe(value);
      }),
      { seed: 5, numRuns: 3_000 },
    );
  });

  it.each([
    [3, "3"],
    [-0, "-0"],
    [0.1, "0.1"],
    [1e16, "10000000000000000"],
    [1e17, "100000000000000000"],
    [1e18, "1000000000000000000"],
    [2 ** 63, "9223372036854776000"],
    [1e19, "1e+19"],
    [1.7976931348623157e308, "1.7976931348623157e+308"],
    [1e-5, "0.00001"],
    [1e-7, "1e-7"],
    [-1.25e-7, "-1.25e-7"],
    [0.0001, "0.0001"],
    [Number.POSITIVE_INFINITY, "inf"],
    [Number.NEGATIVE_INFINITY, "-inf"],
  ])("formatDouble(%d) is %j", (value, text) => {
    expect(formatDouble(value)).toBe(text);
  });

  it.each([
    [0.1, "0.10000000000000001"],
    [1.5, "1.5"],
    [1e16, "10000000000000000"],
    [1e17, "1e+17"],
    [1e-5, "1.0000000000000001e-05"],
    [348_019_911_546_833 + 1 / 8, "348019911546833.12"],
    [348_019_911_546_833 + 3 / 8, "348019911546833.38"],
    [0.0001, "0.0001"],
    [-2.5, "-2.5"],
    [Number.NEGATIVE_INFINITY, "-inf"],
  ])("formatDouble17(%d) is %j", (value, text) => {
    expect(formatDouble17(value)).toBe(text);
  });

  it.each([
    ["3.0e3", 3_000],
    [".5", 0.5],
    ["5.", 5],
    ["+1", 1],
    ["-inf", Number.NEGATIVE_INFINITY],
    ["Infinity", Number.POSITIVE_INFINITY],
    ["0x1p3", 8],
    ["-0xA.8", -10.5],
  ])("parseDouble(%j) is %d", (text, value) => {
    expect(parseDouble(text)).toBe(value);
  });

  it.each(["", " 1", "1 ", "nan", "1e", "e5", ".", "--1", "0x", "1_000", "1,5", "1e999", "1e-999"])(
    "parseDouble(%j) is null",
    text => {
      expect(parseDouble(text)).toBeNull();
    },
  );
});
