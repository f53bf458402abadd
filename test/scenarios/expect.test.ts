// Checks: the grammar, the comparison, the margin, and that no mistyped check can pass.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatMetric, holds, marginOf, parseExpectation } from "../../src/scenarios/expect.ts";
import { METRICS } from "../../src/scenarios/metrics.ts";
import { UnitError } from "../../src/units.ts";

const parsed = (text: string) => parseExpectation(text, ["pages", "carts"]);
/** A limit that suits each unit, and its value. */
const LIMITS = {
  duration: ["2ms", 2e6],
  share: ["90%", 0.9],
  usd: ["$1,500", 1_500],
  count: ["20k", 20_000],
  rate: ["3k/s", 3_000],
} as const;

describe("the grammar", () => {
  test.each(METRICS.map(metric => [metric.name, metric] as const))("%s", (name, metric) => {
    const [text, value] = LIMITS[metric.unit];
    const check = parsed(`${name} >= ${text} over all`);
    expect([check.metric, check.limit, check.operator, check.workload]).toEqual([metric, value, ">=", null]);
    if (metric.perWorkload) expect(parsed(`carts.${name} < ${text}`).workload).toBe("carts");
    else expect(() => parsed(`carts.${name} < ${text}`)).toThrow(`${name} without a workload: it is the cluster's`);
  });

  test.each<[string, object]>([
    ["p99 < 2ms", { kind: "after-warmup" }],
    ["p99 < 2ms after warmup", { kind: "after-warmup" }],
    ["p99 < 2ms outside drills", { kind: "outside-drills" }],
    ["p99 < 2ms  during   drills", { kind: "during-drills" }],
    ["p99 < 2ms over all", { kind: "whole" }],
    ["p99 < 2ms between 1m and 5m", { kind: "between", fromNs: 60e9, toNs: 300e9 }],
    ["p99 < 2ms after 20s", { kind: "between", fromNs: 20e9, toNs: Number.POSITIVE_INFINITY }],
    ["p99 < 2ms before 5m", { kind: "between", fromNs: 0, toNs: 300e9 }],
  ])("%s", (text, window) => {
    expect(parsed(text).window).toEqual(window);
    expect(parsed(text).limit).toBe(2e6);
  });

  test.each<[string, number]>([
    // Spaces and units in every way that people and reports write them.
    ["p99<2ms", 2e6],
    ["p99 < 2 ms outside drills", 2e6],
    ["  p99   <=   1.5s  ", 1.5e9],
    ["hitRate > 0.9", 0.9],
    ["hitRate > 90 % after warmup", 0.9],
    ["hitRate > 1", 1],
    ["memory < 120%", 1.2],
    ["throughput > 20k/s", 20_000],
    ["throughput > 20k / s after warmup", 20_000],
    ["throughput > 500", 500],
    ["evictions == 0", 0],
    ["evictions < 20 k over all", 20_000],
    ["errors != 2.5", 2.5],
    ["monthlyCost < $1,500.50", 1_500.5],
  ])("%s: the limit is %d", (text, limit) => {
    expect(parsed(text).limit).toBe(limit);
  });

  test.each([
    ["", "a check such as «p99 < 2ms outside drills»"],
    ["p99", "a check such as"],
    ["p99 2ms", "a check such as"],
    ["p99 <", "a check such as"],
    ["p99 = 2ms", "a check such as"],
    ["p99 => 2ms", "a check such as"],
    ["< 2ms", "a check such as"],
    ["p9 < 2ms", "a known metric: p50, p90, p99"],
    ["hitrate > 90%", "did you mean «hitRate»?"],
    ["constructor < 5", "a known metric"],
    ["page.p99 < 2ms", "a workload: pages, carts, got «page»; did you mean «pages»?"],
    ["p99 < 2", "a duration such as"],
    ["p99 < 2mss", "a duration such as"],
    ["p99 < -2ms", "a duration of zero or more"],
    ["hitRate > 90", "a share such as 80% or 0.8, got «90»; did you mean «90%»?"],
    ["hitRate > high", "a share such as"],
    ["monthlyCost < 500", "an amount such as $1500"],
    ["errors < x", "a number such as 0, 500 or 20k"],
    ["errors < 0x10", "a number such as"],
    ["errors < NaN", "a number such as"],
    ["errors < 1e3", "a number such as"],
    ["throughput > 20k", "a rate such as"],
    ["p99 < 2ms outsde drills", "a window: after warmup, outside drills"],
    ["p99 < 2ms sometimes", "a window: "],
    ["p99 < 2ms between 1m", "a window: "],
    ["p99 < 2ms between 5m and 1m", "a window that ends after it begins"],
    ["p99 < 2ms between 1m and 1m", "a window that ends after it begins"],
    ["p99 < 2ms before 0s", "a window that ends after it begins"],
    ["p99 < 2ms after lunch", "a duration such as"],
    ["p99 < 2ms and hitRate > 90%", "a window: "],
  ])("«%s» is refused: %s", (text, message) => {
    expect(() => parsed(text)).toThrow(UnitError);
    expect(() => parsed(text)).toThrow(message);
  });

  test("whatever the text, nothing but a UnitError is thrown", () => {
    const piece = fc.constantFrom(
      "p99",
      "hitRate",
      "pages",
      ".",
      "<",
      "==",
      "2",
      "ms",
      "%",
      "$",
      " ",
      "after",
      "warmup",
      "between",
      "1m",
      "and",
      "5m",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
        try {
          expect(Number.isFinite(parsed(pieces.join("")).limit)).toBe(true);
        } catch (error) {
          if (!(error instanceof UnitError)) throw error;
        }
      }),
      { seed: 18, numRuns: 3_000 },
    );
  });
});

describe("judging", () => {
  const check = (operator: string) => parsed(`p99 ${operator} 2ms`);

  test.each<[string, boolean, boolean, boolean]>([
    ["<", true, false, false],
    ["<=", true, true, false],
    [">", false, false, true],
    [">=", false, true, true],
    ["==", false, true, false],
    ["!=", true, false, true],
  ])("%s holds below, at, above its limit: %s, %s, %s", (operator, below, at, above) => {
    expect([1e6, 2e6, 3e6].map(measured => holds(check(operator), measured))).toEqual([below, at, above]);
  });

  test("the margin is the distance to the limit, positive exactly where the check holds", () => {
    expect(marginOf(check("<"), 1.5e6)).toBeCloseTo(0.25);
    expect(marginOf(check(">"), 1.5e6)).toBeCloseTo(-0.25);
    expect(marginOf(check("=="), 2e6)).toBeNull();
    expect(marginOf(parsed("errors < 0"), 5)).toBeNull();
    fc.assert(
      fc.property(
        fc.constantFrom("<", "<=", ">", ">="),
        fc.integer({ min: 0, max: 4_000_000 }),
        (operator, measured) => {
          const one = check(operator);
          const margin = marginOf(one, measured)!;
          expect(holds(one, measured)).toBe(operator.includes("=") ? margin >= 0 : margin > 0);
        },
      ),
      { seed: 19 },
    );
  });

  test("values in words", () => {
    const words = (["duration", "share", "usd", "rate", "count"] as const).map(unit => formatMetric(unit, 1.5));
    expect(words).toEqual(["1.5 ns", "150 %", "$1.50", "1.5/s", "1.5"]);
  });
});
