// What people read: three significant digits, thousands with commas, the unit beside the number. A value that rounds up
// to the next unit is shown in that unit: 1 ms, never 1,000 us.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  formatBytes,
  formatCount,
  formatDurationNs,
  formatNumber,
  formatPercent,
  formatRate,
  formatUsd,
  GIB,
  KIB,
  MIB,
  parseBytes,
  parseDurationNs,
} from "../src/units.ts";

type Case = [value: number, text: string];

const tables: [name: string, format: (value: number) => string, cases: Case[]][] = [
  [
    "formatNumber",
    formatNumber,
    [
      [0, "0"],
      [-0, "0"],
      [1, "1"],
      [-1.5, "-1.5"],
      [0.123456, "0.123"],
      [0.0001234, "0.000123"],
      [1.005, "1"],
      [9.996, "10"],
      [99.95, "100"],
      [123.4, "123"],
      [999.5, "1,000"],
      [1_000, "1,000"],
      [1_234.5, "1,235"],
      [1_234_567, "1,234,567"],
      [1e21, "1,000,000,000,000,000,000,000"],
      [-1e-13, "0"],
      [Number.NaN, "NaN"],
      [Number.POSITIVE_INFINITY, "Infinity"],
    ],
  ],
  [
    "formatDurationNs",
    formatDurationNs,
    [
      [0, "0 ns"],
      [1, "1 ns"],
      [999, "999 ns"],
      [1_000, "1 us"],
      [1_234, "1.23 us"],
      [999_499, "999 us"],
      [999_999, "1 ms"],
      [1_500_000, "1.5 ms"],
      [999_999_999, "1 s"],
      [61_200_000_000, "61.2 s"],
      [119e9, "119 s"],
      [119.9e9, "120 s"],
      [120e9, "2 min"],
      [150e9, "2.5 min"],
      [7_200e9, "2 h"],
      [47 * 3_600e9, "47 h"],
      [2 * 86_400e9, "2 d"],
      [-1_500_000, "-1.5 ms"],
    ],
  ],
  [
    "formatBytes",
    formatBytes,
    [
      [0, "0 B"],
      [1_023, "1,023 B"],
      [KIB, "1 KiB"],
      [1_536, "1.5 KiB"],
      [1_023 * KIB, "1,023 KiB"],
      [MIB - 1, "1 MiB"],
      [GIB - 1, "1 GiB"],
      [26.32 * GIB, "26.3 GiB"],
      [2_048 * GIB, "2,048 GiB"],
    ],
  ],
  [
    "formatCount",
    formatCount,
    [
      [0, "0"],
      [999, "999"],
      [12_345, "12,345"],
      [99_999, "99,999"],
      [100_000, "100 k"],
      [123_456, "123 k"],
      [999_999, "1 M"],
      [2_000_000, "2 M"],
      [999_999_999, "1 G"],
      [12_340_000_000, "12.3 G"],
    ],
  ],
  [
    "formatRate",
    formatRate,
    [
      [0, "0/s"],
      [0.0125, "0.0125/s"],
      [500, "500/s"],
      [999.9, "1 k/s"],
      [20_000, "20 k/s"],
      [999_999, "1 M/s"],
      [1_250_000, "1.25 M/s"],
    ],
  ],
  [
    "formatPercent",
    formatPercent,
    [
      [0, "0 %"],
      [0.8, "80 %"],
      [0.1234, "12.3 %"],
      [0.00012, "0.012 %"],
      [1, "100 %"],
    ],
  ],
  [
    "formatUsd",
    formatUsd,
    [
      [0, "$0.00"],
      [0.084, "$0.08"],
      [12.5, "$12.50"],
      [999.99, "$999.99"],
      [999.999, "$1,000"],
      [1_000, "$1,000"],
      [1_234_567.8, "$1,234,568"],
      [-12.5, "-$12.50"],
      [-1_500, "-$1,500"],
      [-0.001, "$0.00"],
    ],
  ],
];

describe.each(tables)("%s", (_name, format, cases) => {
  test.each(cases)("%d is «%s»", (value, text) => {
    expect(format(value)).toBe(text);
  });
});

describe("three significant digits", () => {
  const positive = fc
    .tuple(fc.double({ min: 1, max: 10, noNaN: true }), fc.integer({ min: -6, max: 14 }))
    .map(([mantissa, exponent]) => mantissa * 10 ** exponent);
  const digitsOf = (text: string) =>
    text
      .replaceAll(",", "")
      .replace(/^[-$]*0?\.?0*/, "")
      .replace(".", "").length;
  const numberOf = (text: string) => Number(text.replaceAll(",", ""));

  test("formatNumber is within half a digit of the value, in at most three digits or as a whole number", () => {
    fc.assert(
      fc.property(positive, value => {
        const text = formatNumber(value);
        expect(text).toMatch(/^\d{1,3}(,\d{3})*(\.\d+)?$/);
        expect(Math.abs(numberOf(text) - value)).toBeLessThanOrEqual(0.005001 * value);
        if (text.includes(".")) expect(digitsOf(text)).toBeLessThanOrEqual(3);
        expect(formatNumber(-value)).toBe(`-${text}`);
      }),
      { numRuns: 1_000 },
    );
  });

  test("a duration reads back within half a per cent, and in no more than three digits", () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat(10_000_000), fc.maxSafeNat()), ns => {
        const text = formatDurationNs(ns);
        expect(text).toMatch(/^\d{1,3}(\.\d+)? (ns|us|ms|s|min|h|d)$/);
        expect(Math.abs(parseDurationNs(text) - ns)).toBeLessThanOrEqual(0.005001 * ns);
      }),
      { numRuns: 1_000 },
    );
  });

  test("a size reads back within half a per cent", () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat(10_000_000), fc.nat(2 ** 52)), bytes => {
        const text = formatBytes(bytes).replaceAll(",", "");
        expect(Math.abs(parseBytes(text) - bytes)).toBeLessThanOrEqual(0.005001 * bytes);
      }),
      { numRuns: 1_000 },
    );
  });

  test("counts and rates keep below four digits, plain counts below 100,000 apart", () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 9e11, noNaN: true }), value => {
        expect(formatRate(value)).toMatch(value < 9.9e8 ? /^\d{1,3}(\.\d+)?( [kM])?\/s$/ : /\/s$/);
        if (value >= 100_000) expect(formatCount(value)).toMatch(/^\d{1,3}(\.\d+)? [kMG]$/);
      }),
      { numRuns: 1_000 },
    );
  });
});
