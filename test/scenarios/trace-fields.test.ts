// What a workload that replays a trace may say beside it, and what it may not.

import { describe, expect, test } from "vitest";
import { BASE, file, problems } from "./fixture.ts";

describe("a trace", () => {
  const trace = file("time_ms,key\n0,a\n5,b\n", "two.csv");
  const REPLAY = BASE.replace(/ {4}pattern[\s\S]*/u, `    trace: { file: "${trace}" }\n`);

  test("alone is a workload", async () => {
    expect(await problems(REPLAY)).toEqual([]);
  });

  test.each([
    ["workload[0].keys={count: 5}", "workload[0].keys: a trace brings its own keys"],
    ['workload[0].commands={"GET {key}": 1}', "workload[0].commands: a trace brings its own commands"],
    [
      "workload[0].preload=50%",
      "workload[0].preload: a trace brings its own keys: which of them to preload is not known before the run",
    ],
    [
      "workload[0].arrivals=paced",
      "workload[0].arrivals: has no effect with «trace:»: it is about the requests of a «rate:»",
    ],
    ["workload[0].rate=5/s", "workload[0].trace: has rate and trace: one of them says when requests come"],
    ["~origin", "workload[0].trace: needs an «origin:» to ask on a miss"],
  ])("with %s: %s", async (setting, message) => {
    expect(await problems(REPLAY, { settings: [setting] })).toEqual([message]);
  });
});

describe("a trace's own sizes and times to live", () => {
  const trace = file("time_ms,key\n0,a\n5,b\n", "bare.csv");
  const REPLAY = BASE.replace(/ {4}pattern[\s\S]*/u, `    trace: { file: "${trace}", sizes: 2KiB, ttl: 5m }\n`);

  test("are read", async () => {
    expect(await problems(REPLAY)).toEqual([]);
  });

  test.each([
    ["workload[0].values=1KiB", "workload[0].trace.sizes: has no effect beside «values:», which say it already"],
    ["workload[0].ttl=1m", "workload[0].trace.ttl: has no effect beside «ttl:», which says it already"],
    [
      "workload[0].pattern={cache-aside: {}}",
      "workload[0].trace.ttl: has no effect: values live as long as «pattern.cache-aside.ttl» says",
    ],
  ])("with %s: %s", async (setting, message) => {
    expect(await problems(REPLAY, { settings: [setting] })).toEqual([message]);
  });
});
