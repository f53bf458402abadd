// Single sections: figures of drills, the command that repeats a run, cards, words.

import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planPage, renderHtml } from "../../src/report/html.ts";
import { cards } from "../../src/report/sections/cards.ts";
import { checks } from "../../src/report/sections/checks.ts";
import { drillFigure } from "../../src/report/sections/drills.ts";
import { events } from "../../src/report/sections/events.ts";
import { reproduceCommand } from "../../src/report/sections/reproduce.ts";
import { describeMargin, verdictSentence } from "../../src/report/words.ts";
import type { Result } from "../../src/result.ts";
import { sampleResult } from "./sample.ts";

/** A section's markup as the words that one reads. */
function read(
  section: { render(page: ReturnType<typeof planPage>): { markup: string } | null },
  result: Result,
): string {
  const { markup } = section.render(planPage(result)) ?? { markup: "" };
  return markup
    .replace(/<[^>]*>/gu, " ")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replace(/\s+/gu, " ");
}

describe("drillFigure", () => {
  const cases: [key: string, value: number, name: string, text: string][] = [
    ["lostWrites", 3, "lost writes", "3"],
    ["forkMs", 4.802, "fork", "4.8 ms"],
    ["peakCopiedBytes", 8_553_272, "peak copied", "8.16 MiB"],
    ["copiedSharePercent", 2.76, "copied share", "2.76 %"],
    ["outageSeconds", 90, "outage", "90 s"],
    ["Ms", 7, "ms", "7"],
  ];
  test.each(cases)("%s %d: %s, %s", (key, value, name, text) => {
    expect(drillFigure(key, value)).toEqual([name, text]);
  });
});

describe("reproduceCommand", () => {
  const command = (overrides: string[], file = "a.yaml", replications = 1, overlays: string[] = []) => {
    const result = sampleResult();
    return reproduceCommand({ ...result, replications, scenario: { ...result.scenario, file, overlays, overrides } });
  };

  test("has the seed, the replications and every setting", () => {
    expect(command([])).toBe("cachecast run a.yaml --seed 42");
    expect(command(["cluster.shards=1"], "a.yaml", 5)).toBe(
      "cachecast run a.yaml --seed 42 --replications 5 --set cluster.shards=1",
    );
    expect(command([], "a.yaml", 1, ["peak.yaml", "b c.yaml"])).toBe(
      "cachecast run a.yaml --seed 42 -f peak.yaml -f 'b c.yaml'",
    );
  });

  test("survives a shell, whatever stands in the settings", () => {
    const words = fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(words, overrides => {
        const usable = overrides.filter(word => !word.includes("\u0000"));
        const line = command(usable).replace(/^cachecast/u, "printf '%s\\0'");
        const { stdout } = spawnSync("sh", ["-c", line], { encoding: "utf8" });
        const settings = usable.flatMap(word => ["--set", word]);
        expect(stdout.split("\u0000").slice(0, -1)).toEqual(["run", "a.yaml", "--seed", "42", ...settings]);
      }),
      { numRuns: 30 },
    );
  });
});

describe("cards", () => {
  test("are six at most, each with its interval and its checks", () => {
    const result = sampleResult();
    const { markup } = cards.render(planPage(result))!;
    expect(markup.match(/class="card(?: failed)?"/gu)).toHaveLength(6);
    const text = read(cards, result);
    expect(text).toContain("Throughput 10.9 k/s ± 157/s (95 %) 3,420 failed, 0.565 % 605 k requests");
    expect(text).toContain("Hit rate 99.8 % ± 0.0308 % (95 %) 0 evicted 1,133 expired ✓ hitRate > 99% after warmup");
    expect(text).toContain("Cost per month $740.10 $8,881 in 12 months reserved-1y-no-upfront ✗ monthlyCost < $700");
    expect(markup.match(/card failed/gu)).toHaveLength(1);
  });

  test("of several replications they show the mean, which is what checks look at", () => {
    const result = sampleResult();
    const mean = { mean: 9_000, halfWidth: 100, confidence: 0.95, observations: 10, method: "replications" } as const;
    const text = read(cards, { ...result, replications: 10, intervals: { throughputPerSecond: mean } });
    expect(text).toContain("Throughput 9 k/s ± 100/s (95 %), mean of 10");
  });

  test("say when there are too few samples", () => {
    const result = sampleResult();
    const latencyUs = { ...result.summary.latencyUs, p99: null };
    expect(read(cards, { ...result, summary: { ...result.summary, latencyUs } })).toContain(
      "Latency p99 too few samples",
    );
  });
});

describe("checks", () => {
  test("a row says result, text, measured, limit, margin and window", () => {
    expect(read(checks, sampleResult())).toContain(
      "✗ fail monthlyCost < $700 $740.10 $700.00 -5.73 % after warmup ✓ pass p99 < 2ms outside drills 1.13 ms 2 ms 43.7 % outside drills",
    );
  });
});

describe("events", () => {
  const result = sampleResult();
  const storm = Array.from({ length: 900 }, (_, i) => ({
    ...result.events[0],
    id: i + 1,
    cause: i === 0 ? null : 899,
  }));

  test("link to their cause where it is on the page", () => {
    expect(renderHtml(result)).toContain('<a href="#event-1">#1</a>');
    const page = renderHtml({ ...result, events: storm });
    expect(page).not.toContain('href="#event-899"');
    expect(page).toContain("#899");
  });

  test("a storm is cut, and says so", () => {
    expect(read(events, { ...result, events: storm })).toContain("The first 400 of 900 events.");
  });
});

describe("words", () => {
  test("a margin of many times the limit is said in multiples", () => {
    expect(describeMargin(0.4368)).toBe("43.7 %");
    expect(describeMargin(-0.05)).toBe("-5 %");
    expect(describeMargin(-1_117)).toBe("-1,117 times the limit");
  });

  test("the verdict counts, and names the worst check", () => {
    const result = sampleResult();
    expect(verdictSentence(result)).toBe(
      "DOES NOT HOLD: 1 of 4 checks fail; «monthlyCost < $700» is $740.10, off its limit $700.00 by 5.73 %.",
    );
    expect(verdictSentence({ ...result, checks: [result.checks[3]] })).toMatch(/^DOES NOT HOLD: the check fails; /u);
    expect(verdictSentence({ ...result, checks: [result.checks[0]] })).toBe("HOLDS: the check passes.");
  });
});
