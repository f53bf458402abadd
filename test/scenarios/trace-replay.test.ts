// Traces as files: read ahead of the run, replayed whole, in order and at their times; what they lack is filled by rule.

import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { Result } from "../../src/result.ts";
import { formatIssue } from "../../src/scenarios/issue.ts";
import { runScenario } from "../../src/scenarios/run.ts";
import { checkTrace, plainSource, TraceFeeder } from "../../src/scenarios/trace-file.ts";
import { randomFrom } from "../../src/sim/random.ts";
import { TraceBuffer, TraceKeys } from "../../src/workload/traces/trace.ts";
import { file, issuesOf, load, temporaryFolder } from "./fixture.ts";

const scenario = (trace: string, more = "") => `name: replay
duration: 60s
warmup: 0s
period: 1s
cluster: { engine: valkey-8.0, mode: single, node: cache.t4g.micro, replicas: 0 }
clients: [{ name: web, instances: 3 }]
origin: { latency: 1ms }
workload:
  - name: recorded
    trace: { file: "${trace}" ${more} }
`;

async function replay(trace: string, more?: string): Promise<Result> {
  return runScenario(await load(scenario(trace, more)));
}

const arrivals = (result: Result) => {
  const { values } = result.series.columns.find(column => column.metric === "Requests")!;
  return values.map(value => Math.round(value ?? 0));
};

/** One request for each key every 10 ms for 20 s, each with size and TTL. */
const steady = (size: string, ttl: string) =>
  `time_ms,key,op,size,ttl_s\n${Array.from({ length: 2_000 }, (_, i) => `${i * 10},k${i % 50},get,${size},${ttl}`).join("\n")}\n`;

describe("a replay", () => {
  test("asks for what the file says, when it says it", async () => {
    const rows = [
      "time_ms,key,op,size,ttl_s",
      "5000,a,get,100,0",
      "5000,a,get,100,0",
      "5900,b,set,100,0",
      "15100,b,get,,",
      "15200.5,c,set,1,1",
    ];
    const result = await replay(file(rows.join("\n"), "few.csv"));
    expect(arrivals(result).flatMap((n, second) => (n > 0 ? [[second, n]] : []))).toEqual([
      [0, 3],
      [10, 2],
    ]);
    // Both first look-ups come before the origin has answered.
    expect(result.totals).toEqual({ arrived: 5, hits: 1, misses: 2, done: 2, degraded: 0, failed: 0, inProgress: 0 });
    expect(result.provenance.catalogue["trace of recorded"]).toBe(
      "5 requests for 3 keys over 10.2005 s, format cachecast",
    );
  });

  test("from a gzip file is the same replay", async () => {
    const text = steady("500", "3");
    const plain = await replay(file(text, "steady.csv"));
    const zipped = await replay(file(gzipSync(text), "steady.csv.gz"));
    expect(zipped.provenance.digests).toEqual(plain.provenance.digests);
    expect(plain.totals.arrived).toBe(2_000);
  });

  test("beside the scenario is found there, whatever the working directory", async () => {
    file("time_ms,key\n0,a\n", "beside.csv");
    expect((await replay("beside.csv")).totals.arrived).toBe(1);
  });

  test.each([
    [2, 10],
    [0.5, 40],
  ])("at speed %d lasts %d s", async (speed, seconds) => {
    const counts = arrivals(await replay(file(steady("500", "0"), `speed${speed}.csv`), `, speed: ${speed}`));
    expect(counts.slice(0, seconds)).toEqual(new Array(seconds).fill(2_000 / seconds));
    expect(counts.slice(seconds).every(count => count === 0)).toBe(true);
  });

  test("ends with the run: what comes later is left out", async () => {
    const text = scenario(file(steady("500", "0"), "long.csv")).replace("60s", "5s");
    const { totals } = await runScenario(await load(text));
    expect(totals.arrived).toBe(501);
  });

  test("missing sizes and lifetimes come from the rule, and the file's own go before it", async () => {
    const digest = async (size: string, ttl: string, more: string) =>
      (await replay(file(steady(size, ttl), `fill-${size}-${ttl}.csv`), more)).provenance.digests[0];
    const given = await digest("700", "3", "");
    expect(await digest("", "", ", sizes: 700B, ttl: 3s")).toBe(given);
    expect(await digest("700", "3", ", sizes: 9kB, ttl: 9s")).toBe(given);
    expect(await digest("", "", ", sizes: 9kB, ttl: 3s")).not.toBe(given);
    expect(await digest("", "", ", sizes: 700B, ttl: 9s")).not.toBe(given);
  });

  test("a lifetime of 0 is none, an unknown one without a rule is none too", async () => {
    const hits = async (ttl: string, more: string) =>
      (await replay(file(steady("10", ttl), `ttl-${ttl}.csv`), more)).totals.hits;
    expect(await hits("0", ", ttl: 1s")).toBe(1_950);
    expect(await hits("", "")).toBe(1_950);
    expect(await hits("1", "")).toBeLessThan(1_500);
  });

  test("without filling, only what was set is ever found", async () => {
    const { totals } = await replay(file(steady("10", "0"), "nofill.csv"), ", fill: false");
    expect(totals).toMatchObject({ hits: 0, misses: 2_000 });
  });
});

describe("a trace larger than the buffer", () => {
  const ROWS = 300_000;
  const random = randomFrom("large trace");
  const times = new Float64Array(ROWS);
  const keys = new Int32Array(ROWS);
  const lines = ["time_ms,key"];
  // Bursts of equal times, one of them longer than the buffer itself.
  for (let i = 0, ms = 0; i < ROWS; i++) {
    const burst = i > 100_000 && i < 190_000;
    if (!burst && random.next() < 0.5) ms += 0.25 * random.below(3);
    times[i] = ms;
    keys[i] = random.below(5_000);
    lines.push(`${ms},k${keys[i]}`);
  }
  const path = file(gzipSync(lines.join("\n"), { level: 1 }), "large.csv.gz");

  test("comes through the feeder row by row, and never runs dry before the end", async () => {
    const buffer = new TraceBuffer();
    const names = new TraceKeys();
    const feeder = new TraceFeeder(plainSource(path), buffer, names);
    let row = 0;
    for (;;) {
      await feeder.fill();
      // What may run before the next filling: everything up to the horizon.
      const before = row;
      for (; buffer.nextNs <= feeder.horizonNs && buffer.length > 0; buffer.skip(), row++) {
        if (
          buffer.nextNs !== Math.round((times[row] - times[0]) * 1e6) ||
          names.texts[buffer.key] !== `k${keys[row]}`
        ) {
          throw new Error(`row ${row} came out wrong`);
        }
        if (!buffer.finished && buffer.length < 2) throw new Error(`dry at row ${row}`);
      }
      if (buffer.finished && buffer.length === 0) break;
      expect(row).toBeGreaterThan(before);
    }
    await feeder.close();
    expect(row).toBe(ROWS);
  });

  test("is replayed to its last row", async () => {
    const summary = await checkTrace(plainSource(path));
    expect(summary).toMatchObject({ format: "cachecast", rows: ROWS, keys: 5_000, spanMs: times[ROWS - 1] - times[0] });
    expect((await replay(path, ", fill: false")).totals.arrived).toBe(ROWS);
  });
});

describe("bad traces", () => {
  /** The heads of all messages, without folders. */
  const told = async (trace: string) =>
    (await issuesOf({ file: file(scenario(trace)) })).map(issue =>
      formatIssue(issue).replaceAll(`${dirname(trace)}/`, ""),
    );

  test("each bad row is named with its file and number, the first twenty of them", async () => {
    const text = `time_ms,key,op\n0,a,get\nx,b,get\n5,c,del\n${"z,z,z\n".repeat(30)}`;
    const messages = await told(file(text, "bad.csv"));
    expect(messages).toHaveLength(21);
    expect(messages.slice(0, 2)).toEqual([
      "bad.csv row 3: time_ms «x» is no decimal number of zero or more",
      "bad.csv row 4: op «del» is none of get, set and delete",
    ]);
    expect(messages.at(-1)).toBe("bad.csv: and 12 more rows that cannot be used");
  });

  test("one message for a file that is none", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "folder.csv"));
    expect(await told(join(folder, "nope.csv"))).toEqual(["nope.csv: there is no such file"]);
    expect(await told(join(folder, "nope.csv.gz"))).toEqual(["nope.csv.gz: there is no such file"]);
    expect(await told(join(folder, "folder.csv"))).toEqual(["folder.csv: is a directory"]);
    expect(await told(file("", "empty.csv"))).toEqual(["empty.csv: is empty"]);
    expect(await told(file("time_ms,key\n", "header.csv"))).toEqual(["header.csv row 1: no requests after the header"]);
    const cut = gzipSync(steady("1", "1")).subarray(0, 300);
    expect(await told(file(cut, "cut.csv.gz"))).toEqual(["cut.csv.gz: is no complete gzip file"]);
  });

  test("binary garbage does not reach the terminal", async () => {
    const messages = await told(file(Buffer.from("\u001b[2J\u0007,key,time_ms\n1,a,2\n", "latin1"), "esc.csv"));
    expect(messages).toEqual(["esc.csv row 1: unknown column «·[2J·»; the columns are time_ms, key, op, size, ttl_s"]);
  });

  test("with the scenario's own problems, those of both workloads are told", async () => {
    const bad = file("time_ms,key\nx,a\n", "one.csv");
    const text = scenario(bad).concat(`  - name: second\n    trace: { file: "${bad.replace("one", "missing")}" }\n`);
    expect((await issuesOf({ file: file(text) })).map(issue => issue.message)).toEqual([
      expect.stringContaining("time_ms «x»"),
      "there is no such file",
    ]);
  });
});
