// The one grammar of quantities: tables of what must be read and what must be refused, and laws over any text. What is
// written out again is in units-format.test.ts.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  BYTE_UNITS,
  COUNT_SUFFIXES,
  DURATION_UNITS,
  NS_PER_DAY,
  parseBytes,
  parseCount,
  parseDurationNs,
  parseFraction,
  parseRange,
  parseRate,
  parseUsd,
  UnitError,
} from "../src/units.ts";

type Parse = (text: string) => unknown;

const parsers: Record<string, Parse> = {
  parseDurationNs,
  parseBytes,
  parseCount,
  parseRate,
  parseFraction,
  parseUsd,
  parseRange: text => parseRange(text, parseDurationNs),
};

/** Nothing in the grammar looks like these, whatever the quantity. */
const GARBAGE = [
  "",
  " ",
  "\n",
  "s",
  "kB",
  "/s",
  "%",
  "$",
  "..",
  "abc",
  "NaN",
  "Infinity",
  "-Infinity",
  "0x10",
  "1e",
  "1e400",
  "1e400s",
  "1e400B",
  "1e400/s",
  "$1e400",
  "--5",
  "5 5",
  "1 000 s",
  "1_000",
  "1,5",
  "1.",
  "1.s",
  "1.2.3",
  "1.5.s",
  "5 ms s",
  "5ss",
  "5 m s",
  "s5",
  "٥",
  "٥s",
  "５s",
  "五",
  "5 秒",
  "½",
  "5\u200bs",
  "5s\u0000",
  "constructor",
  "__proto__",
  "5 constructor",
  "5constructor",
  "5__proto__",
  "5toString/s",
  "5hasOwnProperty",
  "5 valueOf",
];

describe("what is not in the grammar is refused with UnitError", () => {
  for (const [name, parse] of Object.entries(parsers)) {
    test(name, () => {
      for (const text of GARBAGE) expect(() => parse(text), `«${text}»`).toThrow(UnitError);
    });

    test(`${name} of any text gives a finite number or a UnitError`, () => {
      const text = fc.oneof(
        fc.string({ unit: "grapheme" }),
        fc.stringMatching(/^[-+.,$0-9eEkMG]{1,8} ?(ns|us|s|min|h|d|B|kB|KiB|TB|%|\/s|\/h|)(\.\.[0-9]{1,3}s)?$/),
      );
      fc.assert(
        fc.property(text, input => {
          try {
            const parsed = parse(input);
            const numbers = typeof parsed === "number" ? [parsed] : Object.values(parsed as Record<string, number>);
            for (const number of numbers) expect(Number.isFinite(number) && number >= 0).toBe(true);
          } catch (error) {
            if (!(error instanceof UnitError)) throw error;
            expect(error.text.length).toBeLessThanOrEqual(input.length);
          }
        }),
        { numRuns: 500 },
      );
    });
  }

  test("the message names what was given and what would have been understood", () => {
    expect(() => parseDurationNs("5 parsecs")).toThrow(/duration such as 250us.*«5 parsecs»/);
    expect(() => parseBytes("5")).toThrow(/KiB is 1024 bytes, kB is 1000/);
    expect(() => parseRange("5s..1s", parseDurationNs)).toThrow(/first value is not above.*«5s..1s»/);
  });
});

describe("parseDurationNs", () => {
  test.each([
    ["0s", 0],
    ["1ns", 1],
    ["250us", 250_000],
    ["250µs", 250_000],
    ["20ms", 20_000_000],
    ["1.5s", 1_500_000_000],
    [".5s", 500_000_000],
    ["+2s", 2_000_000_000],
    ["1e3s", 1_000_000_000_000],
    ["10m", 600_000_000_000],
    ["10min", 600_000_000_000],
    ["1h", 3_600_000_000_000],
    ["2d", 172_800_000_000_000],
    ["  7   ms ", 7_000_000],
    ["0.4ns", 0],
    ["0.6ns", 1],
    ["104d", 104 * NS_PER_DAY],
  ])("«%s» is %d", (text, ns) => {
    expect(parseDurationNs(text)).toBe(ns);
  });

  test("reads every unit of its table", () => {
    for (const [unit, scale] of Object.entries(DURATION_UNITS)) {
      expect(parseDurationNs(`3${unit}`)).toBe(3 * scale);
      expect(parseDurationNs(`2.5 ${unit}`)).toBe(Math.round(2.5 * scale));
    }
  });

  test.each([
    "5",
    "0",
    "1.5",
    "-1s",
    "-0.1ns",
    "105d",
    "3000h",
    "1e300d",
    "5S",
    "5MS",
    "5 sec",
    "5w",
    "5y",
    "5kB",
    "5%",
  ])("«%s» is refused", text => {
    expect(() => parseDurationNs(text)).toThrow(UnitError);
  });

  test("any whole number of nanoseconds that a run can hold comes back as it was", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), ns => {
        expect(parseDurationNs(`${ns}ns`)).toBe(ns);
      }),
    );
  });
});

describe("parseBytes", () => {
  test.each([
    ["0B", 0],
    ["512B", 512],
    ["1kB", 1_000],
    ["1KB", 1_000],
    ["1KiB", 1_024],
    ["1.2KiB", 1_229],
    ["64MiB", 67_108_864],
    ["64MB", 64_000_000],
    ["4GB", 4_000_000_000],
    ["4 GiB", 4_294_967_296],
    ["2TiB", 2_199_023_255_552],
    ["2TB", 2_000_000_000_000],
    ["9 PB", null],
    ["9007TB", 9_007_000_000_000_000],
  ])("«%s» is %d", (text, bytes) => {
    if (bytes === null) expect(() => parseBytes(text)).toThrow(UnitError);
    else expect(parseBytes(text)).toBe(bytes);
  });

  test("reads every unit of its table; KiB is not kB", () => {
    for (const [unit, scale] of Object.entries(BYTE_UNITS)) {
      expect(parseBytes(`3${unit}`)).toBe(3 * scale);
      const power = Math.log(scale) / Math.log(unit.includes("i") ? 1_024 : 1_000);
      expect(power).toBeCloseTo(Math.round(power), 9);
    }
    expect(parseBytes("1MiB") - parseBytes("1MB")).toBe(48_576);
  });

  test.each([
    "5",
    "0",
    "10 EB",
    "10EiB",
    "9008TB",
    "1e300TiB",
    "-1B",
    "-0.001B",
    "5b",
    "5kb",
    "5mb",
    "5kib",
    "5Ki",
    "5K",
    "5M",
    "5s",
  ])("«%s» is refused", text => {
    expect(() => parseBytes(text)).toThrow(UnitError);
  });
});

describe("parseCount", () => {
  test.each([
    ["0", 0],
    ["500", 500],
    ["20k", 20_000],
    ["2M", 2_000_000],
    ["1.5M", 1_500_000],
    ["2.3k", 2_300],
    ["1.001k", 1_001],
    ["3G", 3_000_000_000],
    ["1e3", 1_000],
    ["9007199254740991", Number.MAX_SAFE_INTEGER],
  ])("«%s» is %d", (text, count) => {
    expect(parseCount(text)).toBe(count);
  });

  test("reads every suffix of its table, and any number with three decimals of it", () => {
    const suffixes = Object.entries(COUNT_SUFFIXES).filter(([suffix]) => suffix !== "");
    fc.assert(
      fc.property(fc.constantFrom(...suffixes), fc.nat(9_999_999), ([suffix, scale], thousandths) => {
        const text = `${Math.floor(thousandths / 1_000)}.${String(thousandths % 1_000).padStart(3, "0")}${suffix}`;
        expect(parseCount(text)).toBe(Math.round((thousandths * scale) / 1_000));
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    "1.5",
    "0.0000001",
    "1.0000001",
    "1000000000.5",
    "1.0001k",
    "-1",
    "-2M",
    "5K",
    "5m",
    "5B",
    "9007199254740992",
    "1e10G",
  ])("«%s» is refused", text => {
    expect(() => parseCount(text)).toThrow(UnitError);
  });

  test("takes a whole number and refuses every other", () => {
    expect(parseCount(12)).toBe(12);
    for (const number of [1.5, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      expect(() => parseCount(number), `${number}`).toThrow(UnitError);
    }
  });
});

describe("parseRate", () => {
  test.each([
    ["500/s", 500],
    ["20k/s", 20_000],
    ["20 k / s", 20_000],
    ["1.5M/s", 1_500_000],
    ["90/min", 1.5],
    ["90/m", 1.5],
    ["36/h", 0.01],
    ["86400/d", 1],
    ["0/s", 0],
    ["1G/s", 1e9],
  ])("«%s» is %d", (text, rate) => {
    expect(parseRate(text)).toBeCloseTo(rate, 12);
  });

  test.each(["500", "20k", "5/", "5/ms", "5/sec", "5K/s", "5s", "-5/s", "5//s", "5/s/s", "1e308G/s", "5/constructor"])(
    "«%s» is refused",
    text => {
      expect(() => parseRate(text)).toThrow(UnitError);
    },
  );
});

describe("parseFraction", () => {
  test.each([
    ["80%", 0.8],
    ["0.8", 0.8],
    ["12.5 %", 0.125],
    ["0%", 0],
    ["100%", 1],
    ["250%", 2.5],
  ])("«%s» is %d", (text, fraction) => {
    expect(parseFraction(text)).toBe(fraction);
  });

  test("a bare number is the fraction itself", () => {
    expect([parseFraction(0.25), parseFraction(0), parseFraction(1)]).toEqual([0.25, 0, 1]);
  });

  test.each(["-5%", "-0.1", "80 percent", "80%%", "8/10", -0.1, Number.NaN, Number.POSITIVE_INFINITY])(
    "«%s» is refused",
    text => {
      expect(() => parseFraction(text)).toThrow(UnitError);
    },
  );
});

describe("parseUsd", () => {
  test.each([
    ["$0", 0],
    ["$1500", 1_500],
    ["$1,500", 1_500],
    ["$1,234,567.89", 1_234_567.89],
    [" $ 0.084 ", 0.084],
  ])("«%s» is %d", (text, usd) => {
    expect(parseUsd(text)).toBe(usd);
  });

  test.each([
    "1500",
    "€5",
    "-$5",
    "$-5",
    "$1,50",
    "$1500,000",
    "$1,500,00",
    "$5k",
    "$5/h",
    "$.5",
    `$${"9".repeat(400)}`,
  ])("«%s» is refused", text => {
    expect(() => parseUsd(text)).toThrow(UnitError);
  });
});

describe("parseRange", () => {
  test("reads both ends, which may be equal", () => {
    expect(parseRange("10ms..1s", parseDurationNs)).toEqual({ low: 10_000_000, high: 1_000_000_000 });
    expect(parseRange("1KiB .. 1KiB", parseBytes)).toEqual({ low: 1_024, high: 1_024 });
  });

  test.each(["10ms", "10ms..", "..1s", "1s..10ms", "1ms..2ms..3ms", "1ms..2", "1ms-2ms"])("«%s» is refused", text => {
    expect(() => parseRange(text, parseDurationNs)).toThrow(UnitError);
  });
});
