import { describe, expect, it } from "vitest";
import { LatencyMonitor } from "../../../src/engine/latency-monitor.ts";
import { sparkline } from "../../../src/engine/sparkline.ts";
import { NOW_MS, pass, type Talk, talk } from "../harness.ts";

const NOW_SECONDS = NOW_MS / 1_000;

/** An engine that notes what takes 10 ms or more; DEBUG SLEEP is what takes long. */
function monitored(): Talk {
  const say = talk({ profile: "valkey-8.0", parameters: { "latency-monitor-threshold": "10" } });
  say.engine.allowProtected = true;
  say.engine.durations.stopwatch = () => 0;
  return say;
}

describe("LATENCY", () => {
  it("keeps the worst of each second", () => {
    const say = monitored();
    say("DEBUG SLEEP 0.009");
    expect(say("LATENCY LATEST")).toEqual([]);
    say("DEBUG SLEEP 0.02");
    say("DEBUG SLEEP 0.03");
    pass(say.engine, 1_000);
    say("DEBUG SLEEP 0.012");
    expect(say("LATENCY LATEST")).toEqual([["$command", `:${NOW_SECONDS + 1}`, ":12", ":30"]]);
    expect(say("LATENCY HISTORY command")).toEqual([
      [`:${NOW_SECONDS}`, ":30"],
      [`:${NOW_SECONDS + 1}`, ":12"],
    ]);
    expect(say("LATENCY GRAPH command")).toMatch(
      /^\$command - high 30 ms, low 12 ms \(all time high 30 ms\)\n-{80}\n#/u,
    );
    expect(say("LATENCY DOCTOR")).toMatch(/1\. command: 2 samples \(average 21 ms, mean deviation 9 ms/u);
    expect(say("LATENCY RESET none COMMAND")).toBe(":1");
    expect(say("LATENCY LATEST")).toEqual([]);
  });

  it.each([
    ["LATENCY HISTORY none", []],
    ["LATENCY GRAPH none", "-ERR No samples available for event 'none'"],
    ["LATENCY RESET", ":0"],
    ["LATENCY HISTOGRAM nosuch", []],
    ["LATENCY HISTORY", "-ERR wrong number of arguments for 'latency|history' command"],
    ["LATENCY DOCTOR", "$No event has taken 10 ms or more so far.\n"],
  ])("%s answers %j", (line, reply) => {
    expect(monitored()(line)).toEqual(reply);
  });

  it("says how to turn it on", () => {
    expect(talk()("LATENCY DOCTOR")).toMatch(/CONFIG SET latency-monitor-threshold/u);
  });

  it("notes the expiry of a large value", () => {
    const say = monitored();
    say("CONFIG SET lazyfree-lazy-expire no");
    for (let i = 0; i < 300; i++) say("SADD", "big", ...Array.from({ length: 1_000 }, (_, j) => `${i}-${j}`));
    say("PEXPIRE big 50");
    say.engine.cron(say.engine.nowMs + 100);
    expect(say("LATENCY LATEST")).toEqual([["$expire-cycle", `:${NOW_SECONDS}`, ":15", ":15"]]);
  });

  it("HISTOGRAM cumulates the calls of commands and subcommands", () => {
    const say = talk();
    let now = 0;
    say.engine.durations.stopwatch = () => (now += 3);
    say("CONFIG RESETSTAT");
    say("SET a b");
    say("SET c d");
    say("CLIENT ID");
    expect(say("LATENCY HISTOGRAM set get")).toEqual(["$set", ["$calls", ":2", "$histogram_usec", [":4", ":2"]]]);
    const all = say("LATENCY HISTOGRAM") as readonly unknown[];
    expect(all.filter((_, i) => i % 2 === 0).sort()).toEqual(
      ["$client|id", "$config|resetstat", "$latency|histogram", "$set"].sort(),
    );
    expect(say("LATENCY HISTOGRAM client")).toHaveLength(2);
  });
});

describe("the latency monitor", () => {
  it("keeps 160 samples and the worst ever", () => {
    const monitor = new LatencyMonitor();
    monitor.add("command", 0, 999);
    for (let second = 1; second <= 200; second++) monitor.add("command", second, 20);
    const series = monitor.events.get("command")!;
    expect([series.samples.length, series.samples[0].atSeconds, series.maxMs]).toEqual([160, 41, 999]);
  });
});

describe("a sparkline", () => {
  it("is four lines high, with labels written downwards", () => {
    const values = [0, 1, 6, 12].map((value, i) => ({ value, label: `${i}s` }));
    expect(sparkline(values).split("\n")).toEqual([
      ...["   #", "  _|", "  ||", "_o||"],
      ...["    ", "0123", "ssss", ""],
    ]);
  });

  it("goes on below after eighty values", () => {
    const lines = sparkline(Array.from({ length: 81 }, () => ({ value: 5, label: "1s" }))).split("\n");
    expect(lines.filter(line => line.includes("_")).map(line => line.length)).toEqual([80, 1]);
  });
});
