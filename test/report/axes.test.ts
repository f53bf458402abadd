// Axes: round ticks within the range, units that fit, limits that do not flatten the curve.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { valueAxis } from "../../src/report/charts/axis.ts";
import { linearTicks, logTicks, roundUp, timeLabel, timeTicks } from "../../src/report/charts/ticks.ts";
import { say, saySeconds, scaleFor, type UnitKind } from "../../src/report/quantity.ts";
import { GIB, MIB } from "../../src/units.ts";

const rising = (values: readonly number[]) => values.every((value, i) => i === 0 || value > values[i - 1]);
const seconds = fc.double({ min: 1e-2, max: 8e6, noNaN: true });
const starts = fc.double({ min: 0, max: 1e6, noNaN: true });

describe("timeTicks", () => {
  test("for every range: rising, inside, no more than asked for, and on the clock counted from the origin", () => {
    fc.assert(
      fc.property(starts, seconds, fc.integer({ min: 2, max: 20 }), (from, span, count) => {
        const to = from + span;
        const origin = from + span / 3;
        const ticks = timeTicks(from, to, origin, count);
        expect(rising(ticks)).toBe(true);
        expect(ticks.length).toBeLessThanOrEqual(count + 1);
        for (const tick of ticks) {
          expect(tick).toBeGreaterThanOrEqual(from - 1e-3 * span);
          expect(tick).toBeLessThanOrEqual(to + 1e-3 * span);
        }
        if (count >= 4) expect(ticks.some(tick => Math.abs(tick - origin) < 1e-3 * span)).toBe(true);
      }),
    );
  });

  const cases: [from: number, to: number, origin: number, count: number, ticks: number[]][] = [
    [0, 60, 0, 6, [0, 10, 20, 30, 40, 50, 60]],
    [0, 90, 0, 6, [0, 15, 30, 45, 60, 75, 90]],
    [0, 3_600, 0, 6, [0, 600, 1_200, 1_800, 2_400, 3_000, 3_600]],
    [17.5, 31, 20, 6, [20, 25, 30]],
    [5, 5, 0, 6, [5]],
  ];
  test.each(cases)("from %d to %d around %d in %d steps: %j", (from, to, origin, count, ticks) => {
    expect(timeTicks(from, to, origin, count)).toEqual(ticks);
  });
});

describe("timeLabel", () => {
  const cases: [seconds: number, relative: boolean, label: string][] = [
    [0, true, "0"],
    [20, false, "20 s"],
    [-2.5, true, "−2.5 s"],
    [5, true, "+5 s"],
    [90, false, "90 s"],
    [600, false, "10 min"],
    [56 * 3_600, false, "56 h"],
    [2 * 86_400, false, "2 d"],
    [2.5 * 86_400, false, "2.5 d"],
  ];
  test.each(cases)("%d, relative %s: %s", (value, relative, label) => {
    expect(timeLabel(value, relative)).toBe(label);
  });
});

describe("value axes", () => {
  test("linearTicks: rising, inside, enough of them", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 100, noNaN: true }), seconds, (from, span) => {
        const ticks = linearTicks(from, from + span, 5);
        expect(rising(ticks)).toBe(true);
        expect(ticks.length).toBeGreaterThanOrEqual(1);
        expect(ticks.length).toBeLessThanOrEqual(6);
      }),
    );
  });

  test("logTicks: rising, inside, at least two in every range that a plot can have", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
        fc.double({ min: 2.25, max: 1e6, noNaN: true }),
        (from, factor) => {
          const ticks = logTicks(from, from * factor);
          expect(rising(ticks)).toBe(true);
          expect(ticks.length).toBeGreaterThanOrEqual(2);
          expect(ticks.length).toBeLessThanOrEqual(11);
          expect(ticks[0]).toBeGreaterThanOrEqual(from);
          expect(ticks[ticks.length - 1]).toBeLessThanOrEqual(from * factor);
        },
      ),
    );
  });

  test("roundUp is never below and at most a third above", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1e15, noNaN: true }), value => {
        expect(roundUp(value)).toBeGreaterThanOrEqual(value * (1 - 1e-8));
        expect(roundUp(value)).toBeLessThanOrEqual(value * 1.34);
      }),
    );
  });
});

describe("valueAxis", () => {
  const lines = [{ label: "a", values: [1_100, 46_000, null, 1_090] }];

  test("a log axis leaves room above the peak and below the lowest value, in one unit", () => {
    const axis = valueAxis({ kind: "us", lines, limits: [], log: true });
    expect(axis).toMatchObject({ unit: "ms", divide: 1_000 });
    expect(axis.top).toBeGreaterThan(46_000 * 1.3);
    expect(axis.bottom).toBeLessThan(1_090 / 1.3);
  });

  test("a log axis passes over zeros, which it cannot show", () => {
    const axis = valueAxis({ kind: "us", lines: [{ label: "a", values: [0, 500] }], limits: [], log: true });
    expect(axis.bottom).toBeGreaterThan(100);
  });

  test("near limits are on the axis; far ones are named beyond it", () => {
    const near = { value: 90_000, label: "near" };
    const far = { value: 1e9, label: "far" };
    const axis = valueAxis({ kind: "us", lines, limits: [near, far], log: true });
    expect(axis.shown).toEqual([near]);
    expect(axis.beyond).toEqual([far]);
    expect(axis.top).toBeGreaterThan(near.value);
    expect(axis.top).toBeLessThan(far.value);
  });

  test("from zero: the top is round in the unit shown, not in bytes", () => {
    const axis = valueAxis({ kind: "bytes", lines: [{ label: "a", values: [100 * MIB] }], limits: [] });
    expect(axis).toMatchObject({ unit: "MiB", bottom: 0, top: 120 * MIB });
  });

  test("hit rates end at 100 % and begin below the lowest value and the limit", () => {
    const axis = valueAxis({
      kind: "percent",
      lines: [{ label: "a", values: [99.8, 99.9] }],
      limits: [{ value: 99, label: "limit" }],
      ceiling: 100,
    });
    expect(axis.top).toBe(100);
    expect(axis.bottom).toBeLessThan(99);
    expect(axis.bottom).toBeGreaterThan(95);
  });

  test("nothing but zeros or nulls still has an axis", () => {
    for (const values of [[], [null, null], [0, 0]]) {
      for (const log of [false, true]) {
        const axis = valueAxis({ kind: "rate", lines: [{ label: "a", values }], limits: [], log });
        expect(axis.top).toBeGreaterThan(axis.bottom);
      }
    }
  });
});

describe("units", () => {
  const scales: [kind: UnitKind, highest: number, unit: string][] = [
    ["us", 999, "us"],
    ["us", 46_000, "ms"],
    ["us", 2e7, "s"],
    ["bytes", 512, "B"],
    ["bytes", 3 * GIB, "GiB"],
    ["bits", 1.7e9, "Gbit/s"],
    ["seconds", 0.2, "ms"],
    ["rate", 12_000, "/s"],
    ["count", 5, ""],
    ["percent", 0, "%"],
  ];
  test.each(scales)("%s up to %d are shown in «%s»", (kind, highest, unit) => {
    expect(scaleFor(kind, highest).unit).toBe(unit);
  });

  const sayings: [kind: UnitKind, value: number, text: string][] = [
    ["us", 702.463, "702 us"],
    ["us", 31_653.9, "31.7 ms"],
    ["seconds", 1.99, "1.99 s"],
    ["bytes", 106 * MIB, "106 MiB"],
    ["bits", 42.1e6, "42.1 Mbit/s"],
    ["rate", 10_939.6, "10.9 k/s"],
    ["percent", 48.583, "48.6 %"],
    ["count", 96.149, "96.1"],
  ];
  test.each(sayings)("%s %d: %s", (kind, value, text) => {
    expect(say(kind, value)).toBe(text);
  });

  test("saySeconds", () => {
    expect(saySeconds(0.25)).toBe("250 ms");
    expect(saySeconds(600)).toBe("10 min");
  });
});
