// The page as text: its structure, its size, what it does with strange results and with hostile ones.

import { describe, expect, test } from "vitest";
import { planPage, renderHtml } from "../../src/report/html.ts";
import { SECTIONS } from "../../src/report/sections/index.ts";
import { type Result, resultSchema } from "../../src/result.ts";
import { HOSTILE, hostileResult, sampleResult } from "./sample.ts";

const KB = 1_024;

/** The page without what is tested elsewhere or is noise in a comparison: style, script, data, white space. */
function structure(page: string): string {
  return page
    .replace(/<style>[\s\S]*?<\/style>/u, "<style>…</style>")
    .replace(/(<script type="application\/octet-stream" id="data">)[^<]*/u, "$1…")
    .replace(/<script>[\s\S]*<\/script>/u, "<script>…</script>")
    .replace(/^\s+/gmu, "")
    .replace(/(?<=>)(?=<(?!\/))/gu, "\n");
}

/** The drawing instructions, with the data told by its shape. */
function drawn(result: Result): string {
  const { charts, sheets, frames } = planPage(result).packed.data;
  const shapes = frames.map(({ axis, group, columns }) => ({ rows: axis.length, group, columns: columns.length }));
  const rounded = (_key: string, value: unknown) => (typeof value === "number" ? Number(value.toPrecision(4)) : value);
  return `${JSON.stringify({ shapes, charts, sheets }, rounded, 1)}\n`;
}

const failover = sampleResult({ shards: 3, rows: 12 });
const calm = resultSchema.parse({
  ...sampleResult({ shards: 1, replicas: 0, rows: 4, calm: true }),
  checks: [],
  findings: [],
  verdict: "pass",
});

describe("structure", () => {
  test("of a failover", async () => {
    await expect(structure(renderHtml(failover))).toMatchFileSnapshot("../golden/report-failover.html.golden");
    await expect(drawn(failover)).toMatchFileSnapshot("../golden/report-failover.charts.json.golden");
  });

  test("of a run of one node in which nothing happened and nothing was expected", async () => {
    await expect(structure(renderHtml(calm))).toMatchFileSnapshot("../golden/report-calm.html.golden");
  });

  test("sections stand in the order of the table, each with an anchor in the navigation", () => {
    const page = renderHtml(failover);
    const ids = [...page.matchAll(/<section id="([^"]+)"/gu)].map(match => match[1]);
    expect(ids).toEqual(SECTIONS.map(section => section.id));
    for (const id of ids) expect(page).toContain(`<a href="#${id}">`);
  });

  test("ids are unique", () => {
    const ids = [...structure(renderHtml(failover)).matchAll(/\sid="([^"]+)"/gu)].map(match => match[1]);
    expect(ids.length).toBe(new Set(ids).size);
  });

  test("failed checks stand before passed ones", () => {
    const page = renderHtml(failover);
    expect(page.indexOf("<bdi>monthlyCost &lt; $700</bdi>")).toBeLessThan(page.indexOf("<bdi>hitRate &gt; 99% after"));
  });

  test("every plot has a table, a download and a sentence", () => {
    const figures = structure(renderHtml(failover)).split("<figure").slice(1);
    const plots = figures.filter(figure => figure.includes("<canvas"));
    expect(plots.length).toBeGreaterThan(10);
    for (const figure of figures) {
      expect(figure).toContain("<table>");
      expect(figure).toMatch(/data-csv="[^"]+"/u);
      expect(figure).toMatch(/role="img"\s+aria-label="[A-Za-z][^"]{10,}"/u);
    }
  });
});

describe("the page asks for nothing", () => {
  const page = renderHtml(failover);

  test("its policy forbids every request", () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/u.exec(page)?.[1].replaceAll("&#39;", "'");
    expect(policy?.split("; ")).toEqual([
      "default-src 'none'",
      "style-src 'unsafe-inline'",
      "script-src 'unsafe-inline'",
      "img-src data:",
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  test("it names no address but its own anchors", () => {
    const addresses = [...page.matchAll(/\s(?:href|src)="([^"]*)"/gu)].map(match => match[1]);
    expect(addresses.filter(address => !address.startsWith("#") && address !== "data:,")).toEqual([]);
    expect(page).not.toMatch(/url\(|@import/u);
  });
});

describe("size", () => {
  const script = (page: string) => page.slice(page.lastIndexOf("<script>"), page.lastIndexOf("</script>"));

  test("the script is at most 240 KB", () => {
    expect(script(renderHtml(failover)).length).toBeLessThanOrEqual(240 * KB);
  });

  const storm = sampleResult({ rows: 3_600 });
  const many: Result = {
    ...storm,
    events: Array.from({ length: 2_000 }, (_, i) => ({
      id: i + 1,
      timeSeconds: i,
      node: "cache-0001-001",
      what: `slot ${i * 7} moved to cache-0002-001, ${i} keys`,
      cause: i === 0 ? null : i,
    })),
    drills: Array.from({ length: 20 }, (_, i) => ({
      ...storm.drills[0],
      startSeconds: 150 * i,
      endSeconds: 150 * i + 20,
    })),
  };
  const runs: [name: string, result: Result][] = [
    ["a minute of six nodes", sampleResult({ shards: 3, rows: 120, periodSeconds: 0.5 })],
    ["3,600 periods", sampleResult({ rows: 3_600 })],
    ["90 nodes for 3,600 periods", sampleResult({ shards: 45, rows: 3_600 })],
    ["twenty drills and 2,000 events", many],
  ];
  test.each(runs)("%s: the page is at most 600 KB", (_name, result) => {
    expect(Buffer.byteLength(renderHtml(result))).toBeLessThanOrEqual(600 * KB);
  });
});

describe("the page is a function of the result", () => {
  test("the same result gives the same bytes", () => {
    const again = resultSchema.parse(JSON.parse(JSON.stringify(failover)));
    expect(renderHtml(again)).toBe(renderHtml(failover));
  });

  test("the result is left as it was", () => {
    const before = JSON.stringify(failover);
    renderHtml(failover);
    expect(JSON.stringify(failover)).toBe(before);
  });
});

describe("strange results are told, not refused", () => {
  const base = sampleResult();
  const [drill] = base.drills;
  const nothing = { mean: null, p50: null, p90: null, p99: null, p999: null, max: null };
  const blank = (result: Result): Result => ({
    ...result,
    series: {
      ...result.series,
      columns: result.series.columns.map(column => ({ ...column, values: column.values.map(() => null) })),
    },
  });
  const cases: [name: string, result: Result, says: string][] = [
    ["one period", sampleResult({ rows: 1 }), "Over time"],
    [
      "no period",
      { ...base, series: { ...base.series, time: [], disturbed: [], columns: [] } },
      "there is nothing to draw",
    ],
    ["every column empty", blank(base), "Nothing to show for"],
    ["no checks", { ...base, checks: [] }, "not checked"],
    ["no nodes, clients, workloads", { ...base, nodes: [], clients: [], workloads: [] }, "Key figures"],
    ["a partial run", { ...base, partial: true }, "The run was interrupted"],
    ["an overloaded run", { ...base, saturation: "overloaded" }, "More came in than could go out"],
    ["no events", { ...base, events: [] }, "Nothing happened but requests"],
    ["no percentiles", { ...base, latencyCurve: [], workloads: [] }, "Too few requests were measured"],
    [
      "nothing measured",
      { ...base, summary: { ...base.summary, requests: 0, hitRate: null, latencyUs: nothing } },
      "too few samples",
    ],
    [
      "a price that is missing",
      {
        ...base,
        cost: {
          ...base.cost,
          lines: [],
          monthlyUsd: null,
          cashMonthlyUsd: null,
          upfrontUsd: null,
          first12MonthsUsd: null,
          first36MonthsUsd: null,
          unknown: ["cache.x9 has no price"],
        },
      },
      "cache.x9 has no price",
    ],
    ["a drill refused", { ...base, drills: [{ ...drill, refused: "there is no shard 9" }] }, "It could not be done"],
    ["a drill not over", { ...base, drills: [{ ...drill, endSeconds: null }] }, "It was not over at the end"],
    ["a drill without phases", { ...base, drills: [{ ...drill, phases: [], figures: {} }] }, "It was over after"],
    [
      "a drill at the very end",
      { ...base, drills: [{ ...drill, startSeconds: 60, endSeconds: 60, phases: [] }] },
      "at 60 s",
    ],
    ["a drill of no length", { ...base, drills: [{ ...drill, endSeconds: drill.startSeconds }] }, "at 20 s"],
    [
      "a check without data",
      { ...base, checks: [{ ...base.checks[0], status: "no-data", measured: null, margin: null }] },
      "nothing to measure",
    ],
    ["no provenance", { ...base, provenance: { catalogue: {}, models: {}, digests: [] } }, "Reproduce"],
    ["no intervals", { ...base, intervals: {} }, "There are no intervals"],
    ["an empty scenario", { ...base, scenario: { ...base.scenario, resolved: {}, name: "", description: "" } }, "{}"],
    [
      "an event that causes itself",
      { ...base, events: [{ id: 1, timeSeconds: 1, node: "", what: "", cause: 7 }] },
      "#7",
    ],
  ];
  test.each(cases)("%s", (_name, result, says) => {
    const page = structure(renderHtml(result));
    expect(page).toContain(says);
    expect(page).not.toMatch(/NaN|undefined|Infinity|\[object/u);
  });
});

describe("hostile text", () => {
  const page = renderHtml(hostileResult());

  test("never appears as it was written", () => {
    for (const text of HOSTILE.filter(one => /[<>"']/u.test(one))) expect(page).not.toContain(text);
    expect(page).not.toMatch(/<img|<svg onload|\u202e/u);
  });

  test("leaves a page of well-formed tags of our own", () => {
    // End tags of cells and rows are left out on purpose, so this reads tags one by one, without a tree.
    const TAG = /<\/?([a-zA-Z][a-zA-Z0-9]*)((?:\s+[a-zA-Z][\w:-]*(?:="[^"<>]*")?)*)\s*\/?>/gu;
    const body = structure(page).replace("<!doctype html>", "");
    expect(body.replace(TAG, "")).not.toMatch(/[<>]/u);
    const tags = new Set([...body.matchAll(TAG)].map(match => match[1]));
    const own = new Set([...structure(renderHtml(sampleResult({ rows: 30 }))).matchAll(TAG)].map(match => match[1]));
    expect([...tags].filter(tag => !own.has(tag))).toEqual([]);
    const attributes = [...body.matchAll(TAG)].flatMap(match => [...match[2].matchAll(/([\w:-]+)(?:="[^"]*")?/gu)]);
    expect(attributes.map(match => match[1]).filter(name => /^on|^srcdoc$|^formaction$/u.test(name))).toEqual([]);
  });

  test("has exactly the two script elements of the page", () => {
    expect(page.match(/<script/gu)).toHaveLength(
      2 + page.slice(page.lastIndexOf("<script>") + 8).split("<script").length - 1,
    );
    expect(structure(page).match(/<script/gu)).toHaveLength(2);
  });

  test("is still all there to read", () => {
    expect(page).toContain("&lt;/script&gt;&lt;img src=x onerror=&quot;fetch(1)&quot;&gt;");
  });
});
