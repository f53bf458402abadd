// Sections on the slow log, stale answers and the origin: what they read out of a result, and that they keep silent without it.

import { describe, expect, it } from "vitest";
import { originLoad, originSentence } from "../../src/report/sections/origin.ts";
import { slowCommands, slowLogSentence } from "../../src/report/sections/slow-log.ts";
import { staleAnswers, staleSentence } from "../../src/report/sections/staleness.ts";
import type { Result } from "../../src/result.ts";
import { sampleResult } from "./sample.ts";

const calm = sampleResult({ shards: 1, replicas: 0, rows: 4, calm: true });

const event = (id: number, node: string, what: string) => ({ id, timeSeconds: id, node, what, cause: null });

function withColumns(columns: Result["series"]["columns"]): Result {
  const time = [1, 2, 3, 4];
  return {
    ...calm,
    simulatedSeconds: 4,
    window: { ...calm.window, fromSeconds: 1 },
    series: { ...calm.series, time, columns },
  };
}

describe("the slow log", () => {
  it("gathers calls of one command over nodes, the longest first", () => {
    const events = [
      event(1, "a", "slow: keys * took 20.0 ms"),
      event(2, "b", "slow: keys * took 30.0 ms"),
      event(3, "a", "slow: del board took 125.0 ms"),
      event(4, "a", "the script ends"),
    ];
    const rows = slowCommands({ ...calm, events });
    expect(rows.map(({ command, calls, nodes }) => [command, calls, nodes.length])).toEqual([
      ["del board", 1, 1],
      ["keys *", 2, 2],
    ]);
    expect(rows[1]).toMatchObject({ longestUs: 30_000, allUs: 50_000, firstSeconds: 1 });
    expect(slowLogSentence({ ...calm, events })).toContain("3 slow calls held engine threads for 175 ms");
  });

  it("is not told of where nothing was slow", () => {
    expect(slowLogSentence({ ...calm, events: [] })).toBeNull();
  });
});

describe("the origin", () => {
  const column = (metric: string, values: (number | null)[]) => ({ metric, unit: "Count", where: "origin", values });

  it("sums counts, weighs latencies by requests, and knows when it was worst", () => {
    const load = originLoad(
      withColumns([
        column("OriginRequests", [10, 30, 0, 60]),
        column("OriginLatency", [1_000, 2_000, null, 4_000]),
        column("OriginInProgress", [1, 5, 2, 4]),
        column("OriginRetries", [0, 0, 0, 25]),
        { metric: "StampedePeak", unit: "Count", where: "pages", values: [1, 7, 2, 1] },
      ]),
    );
    expect(load).toMatchObject({ requests: 100, perSecond: 25, retries: 25, errors: 0, meanLatencyUs: 3_100 });
    expect(load?.busiestPerSecond).toEqual({ value: 60, seconds: 4 });
    expect(load?.mostInProgress).toEqual({ value: 5, seconds: 2 });
    expect(load?.herds).toEqual([{ workload: "pages", peak: { value: 7, seconds: 2 } }]);
  });

  it("is not told of where it had nothing to do", () => {
    expect(originSentence(withColumns([column("OriginRequests", [0, 0, 0, 0])]))).toBeNull();
  });
});

describe("stale answers", () => {
  it("are counted by workload over the measured time, with the oldest", () => {
    const [{ name }] = calm.workloads;
    const result = withColumns([
      { metric: "StaleReads", unit: "Count", where: name, values: [100, 3, null, 4] },
      { metric: "StaleAgeMax", unit: "Seconds", where: name, values: [9, 0.2, null, 0.5] },
    ]);
    expect(staleAnswers(result)[0]).toMatchObject({ by: name, stale: 7, oldestSeconds: 0.5 });
    expect(staleSentence(result)).toBe(`${name}: 7 stale answers, at most 500 ms out of date`);
    expect(staleSentence(withColumns([]))).toBeNull();
  });
});
