// Plots of the pages without script: where lines go, where they stop, and what happens where all values are alike.

import { describe, expect, test } from "vitest";
import { type LinePlot, linePlot, placing } from "../../src/report/plot.ts";

const plot = (given: Partial<LinePlot>) =>
  linePlot({ told: "t", lines: [], at: [1, 10, 100], sayAt: String, say: String, ends: [0, 1], ...given }).markup;

const points = (markup: string) =>
  [...markup.matchAll(/<polyline points="([^"]*)"/gu)].map(([, places]) =>
    places.split(" ").map(place => place.split(",").map(Number)),
  );

describe("a plot of lines", () => {
  test("spreads the lower axis by its logarithm, and the upright one too where it is told so", () => {
    const lines = [{ label: "a", values: [1, 10, 100] }];
    const [[first, middle, last]] = points(plot({ lines, ends: [1, 100], log: true }));
    expect(middle[0]).toBeCloseTo((first[0] + last[0]) / 2, 1);
    expect(middle[1]).toBeCloseTo((first[1] + last[1]) / 2, 1);
    const [[low, tenth, high]] = points(plot({ lines, ends: [0, 100] }));
    expect((low[1] - tenth[1]) / (low[1] - high[1])).toBeCloseTo(9 / 99, 2);
  });

  test("interrupts a line where there is nothing, and draws no dot there", () => {
    const markup = plot({ at: [1, 2, 4, 8], lines: [{ label: "a", values: [0.1, 0.2, null, 0.3] }] });
    expect(points(markup).map(run => run.length)).toEqual([2, 1]);
    expect(markup.match(/<circle/gu)).toHaveLength(3);
  });

  test("stands in the middle where all loads or all values are alike", () => {
    const markup = plot({ at: [5], lines: [{ label: "a", values: [7] }], ends: [7, 7], log: true });
    expect(markup).not.toMatch(/NaN|Infinity/u);
    expect(placing([3, 3], 10, 30)(3)).toBe(20);
  });

  test("escapes what lines are called", () => {
    expect(plot({ lines: [{ label: "<b>", values: [0, 1, 1] }] })).not.toContain("<b>");
  });
});
