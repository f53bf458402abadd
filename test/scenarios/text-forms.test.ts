// Distributions and popularities as text.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDistribution } from "../../src/scenarios/distribution-text.ts";
import { parsePopularity } from "../../src/scenarios/popularity-text.ts";
import { randomFrom } from "../../src/sim/random.ts";
import { parseBytes, parseDurationNs, UnitError } from "../../src/units.ts";

const ms = (text: string) => parseDistribution(text, parseDurationNs);

describe("distributions", () => {
  test.each<[string, number, number, number]>([
    // text, mean, smallest and largest value, in ms
    ["4ms", 4, 4, 4],
    ["  1.5 s ", 1_500, 1_500, 1_500],
    ["1h +-10%", 3_600_000, 3_240_000, 3_960_000],
    ["1s+-0.5%", 1_000, 995, 1_005],
    ["1s +- 100 %", 1_000, 0, 2_000],
    ["constant(2ms)", 2, 2, 2],
    ["constant(value=2ms)", 2, 2, 2],
    ["uniform(1s, 3s)", 2_000, 1_000, 3_000],
    ["uniform(max=3s, min=1s)", 2_000, 1_000, 3_000],
    ["exponential(5ms)", 5, 0, Number.POSITIVE_INFINITY],
    ["exponential( mean = 5ms )", 5, 0, Number.POSITIVE_INFINITY],
    ["lognormal(mean=4ms, sigma=0.5)", 4, 0, Number.POSITIVE_INFINITY],
    ["pareto(1ms, 1.5)", 3, 1, Number.POSITIVE_INFINITY],
    ["pareto(min=1ms, shape=2)", 2, 1, Number.POSITIVE_INFINITY],
    ["empirical(1ms, 2ms, 6ms)", 3, 1, 6],
    ["mix(80%: 1s, 20%: 6s)", 2_000, 1_000, 6_000],
    ["mix(3: 1s, 1: 5s)", 2_000, 1_000, 5_000],
    ["mix(50%: 1s +-50%, 50%: uniform(2s, 4s))", 2_000, 500, 4_000],
    ["mix(1: mix(1: 1s, 1: 3s), 1: constant(4s))", 3_000, 1_000, 4_000],
  ])("%s", (text, mean, low, high) => {
    const parsed = ms(text);
    expect(parsed.mean / 1e6).toBeCloseTo(mean, 6);
    expect(parsed.support[0] / 1e6).toBeCloseTo(low, 6);
    if (Number.isFinite(high)) expect(parsed.support[1] / 1e6).toBeCloseTo(high, 6);
    else expect(parsed.support[1]).toBe(high);
  });

  test("lognormal by median and 99th percentile gives both", () => {
    const parsed = ms("lognormal(p50=4ms, p99=40ms)");
    const random = randomFrom("lognormal");
    const sample = Float64Array.from({ length: 100_000 }, () => parsed.sample(random)).sort();
    expect(sample[50_000] / 4e6).toBeCloseTo(1, 1);
    expect(sample[99_000] / 40e6).toBeCloseTo(1, 1);
  });

  test("the unit is that of what is drawn", () => {
    expect(parseDistribution("uniform(1KiB, 3KiB)", parseBytes).mean).toBe(2_048);
    expect(() => parseDistribution("uniform(1KiB, 3ms)", parseBytes)).toThrow("a size such as");
  });

  test("mixtures of anything have the mean and support of their parts", () => {
    const part = fc.oneof(
      fc.integer({ min: 1, max: 999 }).map(n => ({ text: `${n}ms`, mean: n, low: n, high: n })),
      fc
        .tuple(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 0, max: 100 }))
        .map(([n, p]) => ({ text: `${n}ms +-${p}%`, mean: n, low: n * (1 - p / 100), high: n * (1 + p / 100) })),
      fc
        .tuple(fc.nat(99), fc.nat(99))
        .map(([a, b]) => ({ text: `uniform(${a}ms,${a + b}ms)`, mean: a + b / 2, low: a, high: a + b })),
    );
    const mix = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), part), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(mix, parts => {
        const parsed = ms(`mix(${parts.map(([weight, { text }]) => `${weight}: ${text}`).join(", ")})`);
        const total = parts.reduce((sum, [weight]) => sum + weight, 0);
        const mean = parts.reduce((sum, [weight, one]) => sum + weight * one.mean, 0) / total;
        expect(parsed.mean / 1e6).toBeCloseTo(mean, 6);
        expect(parsed.support[0] / 1e6).toBeCloseTo(Math.min(...parts.map(([, one]) => one.low)), 6);
        expect(parsed.support[1] / 1e6).toBeCloseTo(Math.max(...parts.map(([, one]) => one.high)), 6);
        const value = parsed.sample(randomFrom("mix"));
        return value >= parsed.support[0] - 1 && value <= parsed.support[1] + 1;
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  test.each(
    [
      ["", "a duration such as"],
      ["4", "a duration such as"],
      ["1h +-", "a duration such as"],
      ["1h +-110%", "a tolerance of at most 100 %"],
      ["1h +-10% +-10%", "a duration such as"],
      ["uniform()", "the form uniform(min=…, max=…)"],
      ["uniform(1s)", "the form uniform(min=…, max=…)"],
      ["uniform(1s, 2s, 3s)", "the form uniform(min=…, max=…)"],
      ["uniform(1s, max=2s)", "the form uniform(min=…, max=…), got «uniform(1s, max=2s)»"],
      ["uniform(min=1s, min=2s)", "the form uniform(min=…, max=…)"],
      ["uniform(9s, 5s)", "min not above max, got «uniform(9s, 5s)»"],
      ["uniform(1s, 2s", "a duration such as"],
      ["uniform(,)", "a duration such as"],
      ["lognormal(p50=4ms)", "lognormal(p50=…, p99=…) or lognormal(mean=…, sigma=…)"],
      ["lognormal(p50=4ms, p9=40ms)", "lognormal(p50=…, p99=…)"],
      ["lognormal(p50=40ms, p99=4ms)", "0 < p50 <= p99"],
      ["lognormal(mean=4ms, sigma=)", "the form"],
      ["lognormal(mean=4ms, sigma=x)", "a plain number for sigma, got «x»"],
      ["lognormal(mean=4ms, sigma=11)", "sigma between 0 and 10"],
      ["pareto(1ms, 0)", "shape > 0"],
      ["empirical()", "at least one value"],
      ["empirical(1s,)", "a duration such as"],
      ["mix()", "a weight and a value such as 80%: 1h"],
      ["mix(1h, 5m)", "a weight and a value such as 80%: 1h, got «1h»"],
      ["mix(0%: 1h)", "a weight above zero"],
      ["mix(80%:)", "a duration such as"],
      ["mix(:)", "a share such as"],
      ["normal(1s, 2s)", "a distribution: one of constant, uniform, exponential, lognormal, pareto, empirical, mix"],
      ["unifrom(1s, 2s)", "did you mean «uniform»?"],
      ["constructor(1s)", "a distribution: one of"],
      [`${"mix(1: ".repeat(3_000)}1s${")".repeat(3_000)}`, "at most 1000 characters"],
      [`a(${" ".repeat(100_000)}`, "at most 1000 characters"],
    ].map(([text, message]) => [text.slice(0, 40), message, text]),
  )("«%s»: %s", (_label, message, text) => {
    expect(() => ms(text)).toThrow(UnitError);
    expect(() => ms(text)).toThrow(message);
  });

  test("whatever the text, nothing but a UnitError is thrown", () => {
    const word = fc.constantFrom(
      "mix",
      "uniform",
      "lognormal",
      "(",
      ")",
      ",",
      ":",
      "=",
      "p50",
      "min",
      "1s",
      "4ms",
      "80%",
      "+-",
      "%",
      " ",
      ".",
      "-",
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 14 }), words => {
        try {
          ms(words.join(""));
        } catch (error) {
          if (!(error instanceof UnitError)) throw error;
        }
      }),
      { seed: 8, numRuns: 2_000 },
    );
  });
});

describe("popularities", () => {
  test.each<[string, string, number[]]>([
    ["zipf(0.99)", "zipf", [0.99]],
    [" zipf( .5 ) ", "zipf", [0.5]],
    ["zipf(99%)", "zipf", [0.99]],
    ["uniform", "uniform", []],
    ["uniform()", "uniform", []],
    ["hotspot(20%, 80%)", "hotspot", [0.2, 0.8]],
    ["hotspot(0.2,1)", "hotspot", [0.2, 1]],
    ["sequential", "sequential", []],
  ])("%s", (text, name, args) => {
    const parsed = parsePopularity(text);
    expect([parsed.model.name, parsed.args]).toEqual([name, args]);
  });

  test.each([
    ["", "a popularity: zipf, uniform, hotspot, sequential"],
    ["zip(0.9)", "did you mean «zipf»?"],
    ["seqential", "did you mean «sequential»?"],
    ["constructor", "a popularity: "],
    ["zipf", "the form zipf(exponent), got «zipf»"],
    ["zipf()", "the form zipf(exponent)"],
    ["zipf(1, 2)", "the form zipf(exponent)"],
    ["zipf(20)", "exponent between 0 and 10, got «20»"],
    ["zipf(-1)", "exponent between 0 and 10"],
    ["zipf(0x1)", "exponent between 0 and 10"],
    ["zipf(a%)", "a share such as"],
    ["hotspot(20%)", "the form hotspot(keys, requests)"],
    ["hotspot(120%, 80%)", "keys between 0 and 1, got «120%»"],
    ["hotspot(20%, )", "requests between 0 and 1, got «»"],
    ["uniform(1)", "the form uniform"],
  ])("«%s»: %s", (text, message) => {
    expect(() => parsePopularity(text)).toThrow(UnitError);
    expect(() => parsePopularity(text)).toThrow(message);
  });
});
