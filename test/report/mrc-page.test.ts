// The page of a hit-rate curve: the answer first, every policy as a line, the cheapest size marked, every size in the table.

import { describe, expect, test } from "vitest";
import { renderMrcPage } from "../../src/report/mrc-page.ts";
import { renderMrcText } from "../../src/report/mrc-text.ts";
import { type MrcDocument, mrcSchema } from "../../src/result/mrc.ts";

const point = (bytes: number, lru: number, lfu: number, priced: boolean) => ({
  bytes,
  ofAll: bytes / 4e6,
  lru,
  policies: [
    { policy: "allkeys-lfu", hitRate: lfu, rate: 0.1 },
    { policy: "allkeys-random", hitRate: lru - 0.05, rate: 0.1 },
  ],
  shards: priced ? 1 : null,
  memoryUsd: priced ? 100 : null,
  missesUsd: priced ? 1_000 * (1 - lfu) : null,
  monthlyUsd: priced ? 100 + 1_000 * (1 - lfu) : null,
});

const curve = (priced: boolean): MrcDocument =>
  mrcSchema.parse({
    schemaVersion: 1,
    kind: "mrc",
    version: "0.1.0",
    source: "<trace>.csv",
    method: "shards",
    engine: "valkey-8.0",
    node: "cache.r7g.large",
    replicas: 1,
    requests: 1_000,
    reads: 900,
    keys: 400,
    keysUsed: 40,
    rate: 0.1,
    allBytes: 4e6,
    points: [point(4e4, 0.4, 0.45, priced), point(4e5, 0.7, 0.72, priced), point(4e6, 0.9, 0.9, priced)],
    best: priced ? 2 : null,
  });

describe("the page of a curve", () => {
  test("draws each policy, marks the cheapest size and lists every one", () => {
    const page = renderMrcPage(curve(true));
    expect(page).toContain("Cheapest: 3.81 MiB for keys, 1 × cache.r7g.large with 1 replicas");
    expect(page.match(/<polyline/gu)).toHaveLength(3 + 3);
    expect(page.match(/<title>cheapest<\/title>/gu)).toHaveLength(2);
    for (const label of ["LRU", "allkeys-lfu", "allkeys-random"]) expect(page).toContain(`</svg>${label}</li>`);
    expect(page.match(/<tr>/gu)!.length).toBeGreaterThanOrEqual(4);
    expect(page).toContain("<b>cheapest</b>");
    // Names come from files: they are text, not markup.
    expect(page).not.toContain("<trace>");
  });

  test("a curve without prices has no costs", () => {
    const page = renderMrcPage(curve(false));
    expect(page).toContain("hold all 400 keys");
    expect(page.match(/<polyline/gu)).toHaveLength(3);
    expect(page).not.toContain('id="cost"');
  });

  test("the terminal says the same first", () => {
    expect(renderMrcText(curve(true)).split("\n")[0]).toContain("Cheapest: 3.81 MiB for keys");
  });
});
