// Rates as expressions: everything of the small grammar is what mathjs makes of it, everything else is refused.

import fc from "fast-check";
import { all, create } from "mathjs/number";
import { describe, expect, test } from "vitest";
import { compileExpression } from "../../src/scenarios/expression.ts";
import { UnitError } from "../../src/units.ts";

const math = create(all!);

describe("allowed", () => {
  test.each<[string, number, number]>([
    // text, t, value
    ["500", 0, 500],
    ["20k/s", 0, 20_000],
    ["1.5M/h", 0, 1.5e6 / 3_600],
    ["90/min", 0, 1.5],
    [".5k/s", 0, 500],
    ["20 k/s + 1", 0, 20_001],
    ["t", 7.5, 7.5],
    ["2t", 3, 6],
    ["2(t + 1)", 3, 8],
    ["t/1d", 43_200, 0.5],
    ["t/1h + 30m/1h + 250ms", 3_600, 1.75],
    ["2 h", 0, 7_200],
    ["20k/s * (1 + 0.6*sin(2*pi*t/1d))", 21_600, 32_000],
    ["100/s * ramp(t, 1m, 3m)", 120, 50],
    ["100/s * ramp(t, 1m, 3m)", 0, 0],
    ["100/s * ramp(t, 1m, 3m)", 600, 100],
    ["pulse(t, 10, 20)", 10, 1],
    ["pulse(t, 10, 20)", 20, 0],
    ["t < 60 ? 10 : 20", 59, 10],
    ["t < 60 ? 10 : 20", 60, 20],
    ["mod(t, 10)", 25, 5],
    ["mod(-1, 10)", 0, 9],
    ["mod(t, 0)", 5, 5],
    ["t % 7", 16, 2],
    ["-2^2", 0, -4],
    ["2^3^2", 0, 512],
    ["round(-2.5)", 0, -3],
    ["max(1, t, 3) - min(4, t)", 2, 1],
    // «min» is a unit and a function.
    ["1000/min(2, t)", 5, 500],
    ["120/min", 5, 2],
    ["e^log(5)", 0, 5],
    ["log2(8) + log10(1000) + log(e) + sqrt(16) + abs(-1)", 0, 12],
    ["(0/0) ? 1 : 2", 0, 2],
    ["5%", 0, 0.05],
    ["1e3 + 1.5e-1", 0, 1_000.15],
  ])("%s at t = %d is %d", (text, t, value) => {
    expect(compileExpression(text)(t)).toBeCloseTo(value, 9);
  });
});

describe("refused", () => {
  test.each(
    [
      ["", "a rate such as 500/s"],
      ["   ", "a rate such as 500/s"],
      ["20k", "a rate per time, such as 20k/s"],
      ["5 * M", "a rate per time, such as 20M/s"],
      ["x", "«x» is unknown"],
      ["tau", "«tau» is unknown"],
      ["i", "«i» is unknown"],
      ["constructor", "«constructor» is unknown"],
      ["__proto__", "«__proto__» is unknown"],
      ["sin", "«sin» is unknown"],
      ["zeros(1000000, 1000000)", "a known function: sin, cos"],
      ["ones(3)", "a known function"],
      ["import({}, {})", "a known function"],
      ["createUnit('x')", "a known function"],
      ["evaluate('1')", "a known function"],
      ["parse('1')", "a known function"],
      ["random()", "a known function"],
      ["toString(t)", "a known function"],
      ["__proto__(t)", "a known function"],
      ["sinn(t)", "did you mean «sin»?"],
      ["t(3)", "a known function"],
      ["t.sin(t)", "a known function"],
      ["foo.sin(t)", "a known function"],
      ["sin.constructor(t)", "a known function"],
      ["sin()", "sin with 1 argument, got «sin()»"],
      ["sin(1, 2)", "sin with 1 argument"],
      ["pow(2)", "pow with 2 arguments"],
      ["min()", "min with 1 to 20 arguments"],
      ["ramp(t, 1)", "ramp with 3 arguments"],
      ["a = 3", "AssignmentNode is not allowed"],
      ["f(x) = x", "FunctionAssignmentNode is not allowed"],
      ["1; 2", "BlockNode is not allowed"],
      ["1\n2", "BlockNode is not allowed"],
      ["1:3", "RangeNode is not allowed"],
      ["[1, 2]", "ArrayNode is not allowed"],
      ["{a: 1}", "ObjectNode is not allowed"],
      ["a[1]", "AccessorNode is not allowed"],
      ["t.x", "AccessorNode is not allowed"],
      ["1 < t < 3", "RelationalNode is not allowed"],
      ["'a'", "numbers only"],
      ["true", "numbers only"],
      ["null", "numbers only"],
      ["t!", "arithmetic, not «!»"],
      ["t'", "arithmetic, not «'»"],
      ["not t", "arithmetic, not «not»"],
      ["1 and 2", "arithmetic, not «and»"],
      ["t | 1", "arithmetic, not «|»"],
      ["t << 2", "arithmetic, not «<<»"],
      ["5 cm", "«cm» is unknown"],
      ["t to s", "is unknown"],
      ["1 +", "an expression of t such as"],
      ["(", "an expression of t such as"],
      ["1 ? 2", "an expression of t such as"],
      ["2 1d", "an expression of t such as"],
      ["\u0000", "an expression of t such as"],
      ["999999d", "a duration of at most 104d"],
      [`${"(".repeat(45)}1${")".repeat(45)}`, "less deeply nested"],
      [`${"-".repeat(60)}1`, "less deeply nested"],
      ["1+".repeat(300), "at most 500 characters"],
    ].map(([text, message]) => [text.slice(0, 40), message, text]),
  )("%j: %s", (_label, message, text) => {
    expect(() => compileExpression(text)).toThrow(UnitError);
    expect(() => compileExpression(text)).toThrow(message);
  });

  test("whatever the text, nothing but a UnitError is thrown, and what passes is a number", () => {
    const piece = fc.constantFrom(
      ..."t,pi,e,sin,min,ramp,pulse,mod,zeros,import,random,f,x,1,2.5,20k/s,1d,5%,(,),[,],{,},+,-,*,/,^,%,=,==,<,!,?,:,;,.,',\",\n, ,and,to".split(
        ",",
      ),
      ",",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
        const text = pieces.join("");
        try {
          expect(typeof compileExpression(text)(1.5)).toBe("number");
        } catch (error) {
          if (!(error instanceof UnitError)) throw error;
        }
      }),
      { seed: 13, numRuns: 5_000 },
    );
  });
});

describe("mathjs as the oracle", () => {
  // No epsilon plays a part: mathjs calls numbers equal that nearly are, so only whole numbers are compared and rounded.
  const { expression } = fc.letrec<{ expression: string; whole: string }>(tie => ({
    whole: fc.oneof(
      { maxDepth: 4 },
      fc.integer({ min: 0, max: 50 }).map(String),
      fc.constant("t"),
      fc
        .tuple(tie("whole"), fc.constantFrom("+", "-", "*"), tie("whole"))
        .map(([a, operator, b]) => `(${a} ${operator} ${b})`),
      fc.tuple(fc.constantFrom("abs", "floor", "ceil", "round", "-"), tie("whole")).map(([f, a]) => `${f}(${a})`),
      fc.tuple(fc.constantFrom("min", "max"), tie("whole"), tie("whole")).map(([f, a, b]) => `${f}(${a}, ${b})`),
      fc.tuple(tie("whole"), fc.integer({ min: 1, max: 9 })).map(([a, b]) => `mod(${a}, ${b})`),
    ),
    expression: fc.oneof(
      { maxDepth: 5 },
      tie("whole"),
      fc.constantFrom("pi", "e", "0.25", "1e3"),
      fc
        .tuple(tie("expression"), fc.constantFrom("+", "-", "*", "/"), tie("expression"))
        .map(([a, operator, b]) => `${a} ${operator} ${b}`),
      fc.tuple(tie("expression"), fc.constantFrom("2", "3", "0.5")).map(([a, b]) => `(${a})^${b}`),
      fc
        .tuple(
          fc.constantFrom("sin", "cos", "tan", "exp", "log", "log2", "log10", "sqrt", "abs", "+", "-"),
          tie("expression"),
        )
        .map(([f, a]) => `${f}(${a})`),
      fc.tuple(tie("expression"), tie("expression")).map(([a, b]) => `pow(${a}, ${b})`),
      fc
        .tuple(
          tie("whole"),
          fc.constantFrom("<", "<=", ">", ">=", "==", "!="),
          tie("whole"),
          tie("expression"),
          tie("expression"),
        )
        .map(([a, operator, b, yes, no]) => `(${a} ${operator} ${b} ? ${yes} : ${no})`),
    ),
  }));

  test("random expressions are what a full evaluation gives", () => {
    let compared = 0;
    fc.assert(
      fc.property(expression, fc.integer({ min: -20, max: 100 }), (text, t) => {
        if (text.length > 500) return;
        let compiled: (t: number) => number;
        try {
          compiled = compileExpression(text);
        } catch (error) {
          // Deep trees are refused; nothing else of this grammar is.
          expect((error as Error).message).toContain("less deeply nested");
          return;
        }
        const expected = Number(math.evaluate(text, { t }));
        const value = compiled(t);
        if (!Number.isFinite(expected)) {
          expect(value).toBe(expected);
          return;
        }
        compared++;
        expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
      }),
      { seed: 14, numRuns: 3_000 },
    );
    expect(compared).toBeGreaterThan(1_500);
  });
});
