// cachecast sweep and merge as their user calls them: locally, in parts, over a queue, interrupted, with mistakes.

import { execFileSync, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../scenarios/fixture.ts";
import { builtCli, looksLikeStack } from "./built.ts";

const { cli, start } = builtCli();

const folder = temporaryFolder();
const scenario = join(folder, "small.yaml");
writeFileSync(
  scenario,
  `name: small
duration: 3s
warmup: 1s
cluster: { engine: valkey-8.0, node: cache.r7g.large, replicas: 0 }
clients: [{ name: web }]
workload:
  - name: pages
    commands: { "GET {key}": 1 }
    rate: 200/s
    keys: { count: 100 }
    values: 100B
expect: [p90 < 5ms]
`,
);
const GRID = ["-m", "cluster.shards=1..3", "-m", "clients[0].pool.size=1,2"];
const out = (name: string) => join(folder, name);
const read = (name: string) => readFileSync(out(name), "utf8");

test("a grid answers in its first line, and its parts put together are the same bytes", async () => {
  const all = await cli(["sweep", scenario, ...GRID, "-o", out("all.ndjson"), "--report", out("all.html")]);
  expect(all.code).toBe(0);
  expect(all.stdout.split("\n")[0]).toMatch(
    /^CHEAPEST THAT HOLDS: cluster\.shards=1 clients\[0\]\.pool\.size=[12], \$127\.90 a month, p99 .+; 6 of 6 points hold\.$/u,
  );
  for (const part of [1, 2]) {
    const { code } = await cli([
      "sweep",
      scenario,
      ...GRID,
      "--shard",
      `${part}/2`,
      "--threads",
      "1",
      "-o",
      out(`${part}.ndjson`),
    ]);
    expect(code).toBe(0);
  }
  const merged = await cli(["merge", out("2.ndjson"), out("1.ndjson"), "-o", out("merged.ndjson")]);
  expect(merged.code).toBe(0);
  expect(read("merged.ndjson")).toBe(read("all.ndjson"));
  expect(merged.stdout).toBe(all.stdout);
  expect(read("all.html")).toContain("CHEAPEST THAT HOLDS");

  // An interrupted sweep left its first rows, the last of them cut off.
  const lines = read("all.ndjson").split("\n");
  writeFileSync(out("all.ndjson.partial"), `${lines.slice(0, 3).join("\n")}\n${lines[3].slice(0, 40)}`);
  const resumed = await cli(["sweep", scenario, ...GRID, "-o", out("all.ndjson"), "--resume"]);
  expect(resumed.code).toBe(0);
  expect(read("all.ndjson")).toBe(read("merged.ndjson"));
  const other = await cli(["sweep", scenario, "-m", "cluster.shards=1,2", "-o", out("all.ndjson"), "--resume"]);
  expect([other.code, other.stderr]).toEqual([3, expect.stringContaining("is of another plan")]);
});

describe("mistakes", () => {
  test.each<[string, string[], number, string]>([
    ["no points", [], 2, "needs either -m path=a,b,c or --list FILE"],
    ["a path that is none", ["-m", "cluster.shard=1,2"], 3, "did you mean"],
    [
      "points that fit no cluster",
      ["-m", "cluster.shards=1,2", "-m", "cluster.mode=cluster,single"],
      3,
      "1 of 4 points are no valid scenario; --skip-invalid leaves them out",
    ],
    ["a result of another kind", ["-m", "cluster.shards=1,2", "-o", "x.csv"], 2, "must end in .ndjson or .parquet"],
    [
      "a queue that is not there",
      ["-m", "cluster.shards=1,2", "--distributed", "redis://127.0.0.1:1"],
      3,
      "does not answer",
    ],
    [
      "a queue that is no address",
      ["-m", "cluster.shards=1,2", "--distributed", "localhost"],
      3,
      "is no address such as",
    ],
    ["a part that is none", ["-m", "cluster.shards=1,2", "--shard", "3/2"], 2, "there is no part 3 of 2"],
  ])("%s", async (_what, args, code, message) => {
    const result = await cli(["sweep", scenario, ...args]);
    expect(result.stderr).toContain(message);
    expect(result.code).toBe(code);
    expect(looksLikeStack(result.stderr)).toBe(false);
  });

  test("a part that is missing is told by its points", async () => {
    const { code, stderr } = await cli(["merge", out("1.ndjson")]);
    expect([code, stderr]).toEqual([3, "cachecast: 3 of 6 points are in no part: 1, 3, 5\n"]);
  });
});

const hasServer = (() => {
  try {
    execFileSync("redis-server", ["--version"], { stdio: "pipe" });
    return true;
  } catch {
    return false;
  }
})();
if (!hasServer) console.warn("no redis-server here: the sweep over a queue is not tested");

function freePort(): Promise<number> {
  return new Promise(done => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => done(port));
    });
  });
}

test.runIf(hasServer)(
  "over a queue, with a worker killed in the middle of a point, the rows are the same",
  async () => {
    const port = await freePort();
    const url = `redis://127.0.0.1:${port}`;
    const server = spawn("redis-server", ["--port", String(port), "--save", "", "--bind", "127.0.0.1"], {
      stdio: "pipe",
    });
    await new Promise<void>(done =>
      server.stdout.on("data", text => String(text).includes("Ready to accept") && done()),
    );
    const first = start(["worker", "--distributed", url]);
    try {
      const sweeping = cli(["sweep", scenario, ...GRID, "--distributed", url, "-o", out("queue.ndjson")]);
      // It dies with its first point in hand.
      await new Promise<void>(done => first.child.stderr?.on("data", () => done()));
      first.child.kill("SIGKILL");
      const second = start(["worker", "--distributed", url]);
      const { code, stderr } = await sweeping;
      second.child.kill("SIGTERM");
      await second.ended;
      expect([code, stderr]).toEqual([0, expect.any(String)]);
      expect(read("queue.ndjson")).toBe(read("merged.ndjson"));
    } finally {
      first.child.kill("SIGKILL");
      server.kill();
    }
  },
);
