// The table of the seed's claims: what it names exists, and nothing that the seed names is left out.

import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..");
const page = readFileSync(join(root, "docs/seed.md"), "utf8");
const rows = page
  .split("\n")
  .filter(line => line.startsWith("| ") && !line.startsWith("| ---") && !line.startsWith("| the seed says"))
  .map(line => line.slice(2, -2).split(" | "));

/** Anchors of the headings of docs/models.md, as GitHub makes them. */
const anchors = new Set(
  [...readFileSync(join(root, "docs/models.md"), "utf8").matchAll(/^#{2,3} (.+)$/gmu)].map(([, title]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{Letter}\p{Number} _-]/gu, "")
      .replaceAll(" ", "-"),
  ),
);

describe("docs/seed.md", () => {
  it("has a model, what shows it, and a test in every row, or says why not", () => {
    expect(rows.length).toBeGreaterThan(80);
    for (const cells of rows) {
      const [what, model, shown, test] = cells;
      expect(cells, what).toHaveLength(5);
      expect(model, what).not.toBe("");
      expect(shown, what).toMatch(/`|not s|refused before/u);
      expect(test === "–" || test.includes("`test/"), what).toBe(true);
    }
  });

  it("names sections of docs/models.md that are there", () => {
    const named = [...page.matchAll(/\(models\.md#([^)]+)\)/gu)].map(([, anchor]) => anchor);
    expect(named.length).toBeGreaterThan(80);
    expect(named.filter(anchor => !anchors.has(anchor))).toEqual([]);
  });

  it("names scenarios, tests and sources that are there", () => {
    const named = [...page.matchAll(/`((?:scenarios|test|src)\/[^`]+)`/gu)].map(([, path]) => path);
    expect(named.length).toBeGreaterThan(150);
    expect([...new Set(named.filter(path => !existsSync(join(root, path))))]).toEqual([]);
  });

  it.each(["docs/models.md", "docs/seed.md", "README.md", "ARCHITECTURE.md"])("%s names files that are there", name => {
    const text = readFileSync(join(root, name), "utf8");
    const named = [...text.matchAll(/(?<![\w./-])(?:src|test|scenarios|docs|schema)\/[\w./-]+/gu)].map(([path]) =>
      path.replace(/[.-]+$/u, ""),
    );
    // Some go without their «src/».
    const bare = [...text.matchAll(/`((?:models|planner|scenarios|workload)\/[\w./-]+\.ts)`/gu)].map(
      ([, path]) => `src/${path}`,
    );
    expect(named.length).toBeGreaterThan(5);
    const missing = [...named, ...bare].filter(path => !existsSync(join(root, path)));
    expect([...new Set(missing)]).toEqual([]);
  });

  it("tells of every contradiction between the seed and AWS", () => {
    const told = new Set([...page.matchAll(/#(\d+)\b/gu)].map(([, number]) => Number(number)));
    const all = Array.from({ length: 41 }, (_, i) => i + 1);
    expect(all.filter(number => !told.has(number))).toEqual([]);
  });

  it.each([
    [
      "parameters",
      "maxmemory-policy timeout tcp-keepalive activedefrag lazyfree-lazy-eviction lazyfree-lazy-expire lazyfree-lazy-server-del slowlog-log-slower-than notify-keyspace-events maxclients lua-time-limit",
    ],
    [
      "policies",
      "noeviction allkeys-lru volatile-lru allkeys-lfu volatile-lfu volatile-ttl allkeys-random volatile-random",
    ],
    [
      "metrics",
      "EngineCPUUtilization CPUUtilization DatabaseMemoryUsagePercentage CacheHitRate Evictions CurrConnections NewConnections ReplicationLag SwapUsage NetworkBytesIn NetworkBytesOut SaveInProgress",
    ],
    ["patterns", "Cache-aside Read-through Write-through Write-behind Refresh-ahead Stale-while-revalidate Lock"],
    ["failure modes", "OOM HGETALL UNLINK KEYS scripts DNS Resharding Fragmentation"],
  ])("leaves out none of the seed's %s", (_, names) => {
    const said = rows.map(([what]) => what).join("\n");
    expect(names.split(" ").filter(name => !said.includes(name))).toEqual([]);
  });

  it("has the seed's eight alarms", () => {
    expect(rows.filter(([what]) => /^Alarm [1-8]:/u.test(what))).toHaveLength(8);
  });
});
