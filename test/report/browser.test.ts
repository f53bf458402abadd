// The report in a real browser, from a file, as somebody would open it. Needs Debian's chromium; where it is missing these
// tests are skipped, and their title says so.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { renderHtml } from "../../src/report/html.ts";
import type { Result } from "../../src/result.ts";
import {
  axeSource,
  type Browser,
  CHROMIUM,
  CHROMIUM_MISSING,
  type ContextOptions,
  launchChromium,
  type Page,
} from "./chromium.ts";
import { hostileResult, sampleResult } from "./sample.ts";

const failover = sampleResult({ shards: 3, rows: 120, periodSeconds: 0.5 });

interface Opened {
  readonly page: Page;
  readonly requests: string[];
  readonly complaints: string[];
}

describe.skipIf(CHROMIUM_MISSING)(`in a browser${CHROMIUM_MISSING ? ` (skipped: no ${CHROMIUM})` : ""}`, () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "cachecast-report-"));
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  async function open(result: Result, options: ContextOptions = {}): Promise<Opened> {
    const file = join(folder, "report.html");
    writeFileSync(file, renderHtml(result));
    const context = await browser.newContext({ viewport: { width: 1_280, height: 900 }, ...options });
    const page = await context.newPage();
    const requests: string[] = [];
    const complaints: string[] = [];
    page.on("request", request => requests.push(request.url()));
    page.on("console", message => complaints.push(message.text()));
    page.on("pageerror", error => complaints.push(String(error)));
    await page.addInitScript(
      `addEventListener("afterprint", () => {
        window.whenPrinted = [document.querySelectorAll("details[open]").length, document.documentElement.dataset.theme];
      });`,
    );
    await page.goto(pathToFileURL(file).href);
    if (options.javaScriptEnabled !== false) {
      await page.locator('html[data-ready="true"]').waitFor({ state: "attached" });
    }
    return { page, requests, complaints };
  }

  async function close({ page }: Opened): Promise<void> {
    await page.context().close();
  }

  /** Of every canvas: its id, and how many of its pixels are near the colour of a line. */
  const INK = `[...document.querySelectorAll(".plot")].map(plot => {
    const canvas = plot.querySelector("canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const style = getComputedStyle(document.documentElement);
    const lines = ["--s0", "--s1", "--s2", "--s3", "--s4"].map(name => {
      const hex = style.getPropertyValue(name).trim();
      return [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16));
    });
    let ink = 0;
    for (let i = 0; i < data.length; i += 4) {
      const near = line => line.every((part, at) => Math.abs(part - data[i + at]) < 24);
      if (data[i + 3] > 200 && lines.some(near)) ink++;
    }
    return [plot.dataset.chart, ink];
  })`;

  async function blankCanvases(page: Page): Promise<string[]> {
    const ink = await page.evaluate<[string, number][]>(INK);
    expect(ink.length).toBeGreaterThan(5);
    return ink.filter(([, pixels]) => pixels < 40).map(([id]) => id);
  }

  test("one request, no complaint, every plot drawn, in the light and in the dark", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const opened = await open(failover, { colorScheme });
      expect(await blankCanvases(opened.page)).toEqual([]);
      expect(opened.requests).toHaveLength(1);
      expect(opened.complaints).toEqual([]);
      await close(opened);
    }
  });

  const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  test("axe finds nothing against WCAG 2 A and AA, in both themes, tables opened", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const opened = await open(sampleResult({ shards: 3, rows: 12 }), { colorScheme });
      const { page } = opened;
      await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
      await page.evaluate(axeSource());
      const found = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[]; passes: unknown[] }>(
        `axe.run(document, { runOnly: ${JSON.stringify(TAGS)} })`,
      );
      expect(found.violations.flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.html}`))).toEqual([]);
      expect(found.passes.length).toBeGreaterThan(10);
      await close(opened);
    }
  });

  test("390 pixels wide, the page does not scroll sideways, whatever it is called", async () => {
    for (const result of [failover, hostileResult(), sampleResult({ shards: 45, rows: 40 })]) {
      const opened = await open(result, { viewport: { width: 390, height: 800 } });
      await opened.page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
      expect(await opened.page.evaluate("document.documentElement.scrollWidth")).toBe(390);
      await close(opened);
    }
  });

  test("without JavaScript verdict, checks, cards, tables, heat map and phases can be read", async () => {
    const opened = await open(failover, { javaScriptEnabled: false });
    const { page } = opened;
    expect(await page.locator(".verdict").textContent()).toMatch(/^DOES NOT HOLD: 1 of 4 checks fail/u);
    for (const selector of [".badge.fail", "#checks table", ".card", "#cost table", ".heat svg", ".phases svg"]) {
      expect(await page.locator(selector).first().isVisible(), selector).toBe(true);
    }
    expect(await page.locator("canvas, button").filter({ visible: true }).count()).toBe(0);
    const table = page.locator("#chart-latency table");
    expect(await table.isVisible()).toBe(false);
    await page.locator("#chart-latency summary").click();
    expect(await table.isVisible()).toBe(true);
    await close(opened);
  });

  test("plots, lanes and pointer share one axis, wide and narrow", async () => {
    // The shaded region in the canvas begins where the drill's bar in the lane begins.
    const places = `(() => {
      const bar = document.querySelector("#time .lane i.drill").getBoundingClientRect();
      const canvas = document.querySelector("#chart-latency canvas");
      const box = canvas.getBoundingClientRect();
      const { data } = canvas.getContext("2d").getImageData(0, 14, canvas.width, 1);
      const shaded = [];
      for (let x = 0; x < canvas.width; x++) if (data[4 * x + 3] > 20 && data[4 * x + 3] < 60) shaded.push(x);
      const scale = box.width / canvas.width;
      return [bar.left, bar.right, box.left + shaded[0] * scale, box.left + (shaded.at(-1) + 1) * scale];
    })()`;
    for (const width of [1_280, 390]) {
      const opened = await open(failover, { viewport: { width, height: 900 } });
      const [barLeft, barRight, left, right] = await opened.page.evaluate<number[]>(places);
      expect(Math.abs(left - barLeft)).toBeLessThanOrEqual(2);
      expect(Math.abs(right - barRight)).toBeLessThanOrEqual(2);
      await close(opened);
    }
  });

  describe("once it is open", () => {
    let opened: Opened;
    let page: Page;

    beforeAll(async () => {
      opened = await open(failover, { colorScheme: "light" });
      page = opened.page;
    });

    afterAll(() => close(opened));

    test("pointing at one plot shows the values of that instant in all, and the peaks again after", async () => {
      const p99 = page.locator('#chart-latency [data-line="2"]');
      const failed = page.locator('#chart-demand [data-line="2"]');
      expect(await p99.textContent()).toBe("46 ms");
      // At a tenth of the run nothing has happened yet; the peak is in the middle.
      await page.evaluate(`document.querySelector("#chart-latency").scrollIntoView({ block: "center" })`);
      const area = await page.locator("#chart-latency .area").boundingBox();
      await page.mouse.move(area!.x + area!.width * 0.1, area!.y + area!.height / 2);
      await expect.poll(() => p99.textContent()).toMatch(/^1\.1\d? ms$/u);
      expect(await failed.textContent()).toBe("0/s");
      expect(await page.locator("#time .lane .cursor b").textContent()).toMatch(/^6(\.0\d)? s$|^5\.9\d? s$/u);
      await page.mouse.move(1, 1);
      await expect.poll(() => p99.textContent()).toBe("46 ms");
    });

    test("a chart's rows come as CSV with the values of the result", async () => {
      await page.locator("#chart-latency summary").click();
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.locator('button[data-csv="latency"]').click(),
      ]);
      expect(download.suggestedFilename()).toBe("sample-latency.csv");
      const lines = readFileSync(await download.path(), "utf8")
        .trimEnd()
        .split("\r\n");
      expect(lines[0]).toBe("until_seconds,p50 (us),p90 (us),p99 (us)");
      const column = (metric: string) => failover.series.columns.find(one => one.metric === metric)!.values;
      const [p50, p90, p99] = ["LatencyP50", "LatencyP90", "LatencyP99"].map(column);
      const expected = failover.series.time.map((end, row) => `${end},${p50[row]},${p90[row]},${p99[row]}`);
      expect(lines.slice(1)).toEqual(expected);
      expect(opened.complaints).toEqual([]);
    });

    test("printing opens every table on a light ground, and leaves everything as it was", async () => {
      const all = await page.locator("details").count();
      const open = await page.locator("details[open]").count();
      const pdf = await page.pdf({ format: "A4" });
      expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
      await expect.poll(() => page.evaluate("window.whenPrinted")).toEqual([all, "light"]);
      expect(await page.locator("details[open]").count()).toBe(open);
      expect(await page.locator("html[data-theme]").count()).toBe(0);
    });

    test("the theme can be changed against the system, and the plots follow", async () => {
      const ground = () => page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
      const light = await ground();
      await page.locator("#theme").click();
      expect(await ground()).not.toBe(light);
      expect(await blankCanvases(page)).toEqual([]);
      await page.locator("#theme").click();
      expect(await ground()).toBe(light);
    });

    test("events can be filtered and followed to their cause", async () => {
      await page.locator("#event-filter").fill("SYNC full");
      expect(await page.locator("#event-count").textContent()).toBe("1 of 4 events");
      expect(await page.locator("tr[data-t]").filter({ visible: true }).textContent()).toContain("full sync begins");
      await page.locator("#event-filter").fill("");
      expect(await page.locator("#event-count").textContent()).toBe("4 events");
      await page.locator('#events a[href="#event-1"]').click();
      expect(await page.locator("tr:target").textContent()).toContain("process crashed");
    });

    test("the scenario can be copied", async () => {
      const button = page.locator('[data-copy="scenario-text"]');
      await button.click();
      await expect.poll(() => button.textContent()).toMatch(/^(Copied|Selected)$/u);
    });
  });

  test("hostile names make no element, no handler, no request", async () => {
    const opened = await open(hostileResult());
    const { page } = opened;
    expect(await page.locator("img, iframe, object, [onload], [onerror], [onmouseover]").count()).toBe(0);
    expect(await page.locator("script").count()).toBe(2);
    expect(await page.locator("h1").textContent()).toContain('</script><img src=x onerror="fetch(1)">');
    expect(await blankCanvases(page)).toEqual([]);
    expect(opened.requests).toHaveLength(1);
    expect(opened.complaints).toEqual([]);
    await close(opened);
  });

  test("strange results are drawn without complaint", async () => {
    const bare = sampleResult();
    const results = [
      sampleResult({ rows: 1 }),
      sampleResult({ shards: 45, rows: 3_600 }),
      { ...bare, series: { ...bare.series, time: [], disturbed: [], columns: [] }, latencyCurve: [], drills: [] },
    ];
    for (const result of results) {
      const opened = await open(result);
      expect(opened.complaints).toEqual([]);
      expect(opened.requests).toHaveLength(1);
      await close(opened);
    }
  });
});
