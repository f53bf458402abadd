// The terminal summary: what stands on the screen, at which width, and in which order.

import { describe, expect, test } from "vitest";
import { renderText, type TextOptions } from "../../src/report/text.ts";
import { sampleResult } from "./sample.ts";

const PAGE: TextOptions = { color: false, style: "full", columns: 80, reportFile: undefined };
const failover = sampleResult();

describe("the summary", () => {
  test("of a failover", async () => {
    await expect(renderText(failover, PAGE)).toMatchFileSnapshot("../golden/text-failover.txt.golden");
  });

  test("of a calm run, one value a line", async () => {
    const text = renderText(sampleResult({ calm: true }), { ...PAGE, style: "plain" });
    await expect(text).toMatchFileSnapshot("../golden/text-calm-plain.txt.golden");
    expect(
      text
        .trim()
        .split("\n")
        .filter(line => !/^[\w. -]+: \S/u.test(line)),
    ).toEqual([]);
  });

  test.each([40, 60, 80, 120])("figures fit into %d columns: notes go before the figures do", columns => {
    const text = renderText(failover, { ...PAGE, columns });
    const figures = text.split("\n").filter(line => /^ {2}\S.* \.{2,} /u.test(line));
    expect(figures.length).toBeGreaterThan(10);
    for (const line of figures.filter(one => / {2}\S/u.test(one.trim())))
      expect(line.length).toBeLessThanOrEqual(columns);
  });

  test("failing checks come first, the verdict last", () => {
    const lines = renderText(failover, { ...PAGE, reportFile: "r.html" })
      .trimEnd()
      .split("\n");
    const signs = lines.filter(line => /^[✓✗]/u.test(line)).map(line => line[0]);
    expect(signs).toEqual([...signs].sort().reverse());
    expect(lines.at(-2)).toMatch(/^(HOLDS|DOES NOT HOLD)/u);
    expect(lines.at(-1)).toBe("report: r.html");
  });

  test("an interval over replications names the mean that it is around; one from batches is around the figure", () => {
    const interval = { mean: 0.75, halfWidth: 0.01, confidence: 0.95, observations: 5 };
    const text = (method: "replications" | "batch-means") =>
      renderText({ ...failover, intervals: { hitRate: { ...interval, method } } }, PAGE);
    expect(text("replications")).toMatch(/hit rate \.+ \S+ % {2}mean 75 % ± 1 %/u);
    expect(text("batch-means")).toMatch(/hit rate \.+ \S+ % {2}± 1 %/u);
  });

  test("colour only where it is asked for, and it changes nothing else", () => {
    const colored = renderText(failover, { ...PAGE, color: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colour is made of
    expect(colored.replaceAll(/\u001b\[\d+m/gu, "")).toBe(renderText(failover, PAGE));
    expect(colored).not.toBe(renderText(failover, PAGE));
  });
});
