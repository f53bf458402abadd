// The append-only file: what an fsync costs whom, when it holds the engine thread, what a process finds when it is back.

import { describe, expect, it } from "vitest";
import type { AppendOnlyConfig } from "../../src/models/config.ts";
import { dataSize } from "../../src/models/data-size.ts";
import { Observation } from "../../src/models/observers/index.ts";
import { constant } from "../../src/sim/distributions/constant.ts";
import { CALM, commands, meanLatencyNs, runTo, smallWorld } from "./world.ts";

const FSYNC_NS = 5e6;
const ALWAYS: AppendOnlyConfig = {
  fsync: "always",
  fsyncOnRewrite: true,
  rewritePercent: 0,
  rewriteMinBytes: 1,
  latencyNs: constant(FSYNC_NS),
  bytesPerSecond: 1e12,
};

function world(
  appendOnly: AppendOnlyConfig | undefined,
  users: number,
  seconds = 5,
  command = "SET {key} {value}",
  preload = 0,
) {
  return smallWorld({
    latency: CALM,
    zones: 1,
    keys: 500,
    seconds,
    cluster: {
      shards: 1,
      replicasPerShard: 0,
      appendOnly,
      failover: { profile: "upstream", nodeTimeoutNs: 15e9, requireFullCoverage: false, restartNs: constant(1e9) },
    },
    client: { timeoutNs: 5e9, pool: { size: 100 } },
    workload: {
      load: { kind: "closed", users, thinkNs: constant(0) },
      ...commands(command),
      ttlSeconds: null,
      preload,
    },
  });
}

describe("appendfsync always", () => {
  it("makes a lone writer wait for its fsync, and no reader", () => {
    const added = (command: string) =>
      meanLatencyNs(runTo(world(ALWAYS, 1, 5, command), 5)) - meanLatencyNs(runTo(world(undefined, 1, 5, command), 5));
    expect(Math.abs(added("SET {key} {value}") - FSYNC_NS)).toBeLessThan(50e3);
    expect(Math.abs(added("GET {key}"))).toBeLessThan(1e3);
  });

  it("lets those who are there together share one: fifty writers get about fifty times as much done as one", () => {
    const done = (users: number) =>
      runTo(world(ALWAYS, users), 5).recorder.periods.reduce((sum, { rows }) => sum + rows[0].latency.count, 0);
    const [one, fifty] = [done(1), done(50)];
    expect(fifty / one).toBeGreaterThan(20);
    expect(fifty / one).toBeLessThan(51);
  });
});

describe("appendfsync everysec", () => {
  it("costs nobody anything while the disk keeps up, and holds the thread when an fsync takes longer than two seconds", () => {
    const everysec = { ...ALWAYS, fsync: "everysec" as const };
    const quick = runTo(world(everysec, 1), 5);
    expect(Math.abs(meanLatencyNs(quick) - meanLatencyNs(runTo(world(undefined, 1), 5)))).toBeLessThan(1e3);
    expect(quick.cluster.nodes[0].aof!.delayedFsyncs).toBe(0);
    const slow = runTo(world({ ...everysec, latencyNs: constant(4e9) }, 1, 12), 12);
    expect(slow.cluster.nodes[0].aof!.delayedFsyncs).toBeGreaterThan(0);
    // Due a second after it began, waited for after two more: a second is left of the four.
    const longest = Math.max(...slow.recorder.periods.map(({ rows }) => rows[0].latency.max));
    expect(longest).toBeGreaterThan(0.8e9);
    expect(longest).toBeLessThan(1.2e9);
  });
});

describe("a file that has grown", () => {
  it("is rewritten by a child, down to the data", () => {
    const one = runTo(world({ ...ALWAYS, fsync: "no", rewritePercent: 100, rewriteMinBytes: 300_000 }, 4), 5);
    const { aof } = one.cluster.nodes[0];
    expect(aof!.rewrites).toBeGreaterThan(1);
    expect(aof!.sizeBytes).toBeLessThan(700_000);
  });
});

describe("the file of a node that holds something already", () => {
  const grows = { ...ALWAYS, fsync: "no" as const, rewritePercent: 100 };
  const holding = () => world(grows, 1, 12, "SET {key} {value}", 1);

  it("is as large as that: it is rewritten when it has doubled, not at the first write", () => {
    const one = holding();
    const [node] = one.cluster.nodes;
    const { bytes } = dataSize(node.engine);
    expect(bytes).toBeGreaterThan(100_000);
    expect(node.aof!.sizeBytes).toBe(bytes);
    runTo(one, 0.1);
    expect(node.aof!.sizeBytes).toBeGreaterThan(bytes);
    expect(node.aof!.rewrites).toBe(0);
    runTo(one, 5);
    expect(node.aof!.rewrites).toBeGreaterThan(0);
  });

  it("is what it loaded when its process is back", () => {
    const one = holding();
    const [node] = one.cluster.nodes;
    one.sim.after(4e9, "crash", () => one.crash(node, "down"));
    runTo(one, 5.000_1);
    const { bytes } = dataSize(node.engine);
    expect(node.aof!.sizeBytes).toBeGreaterThanOrEqual(bytes);
    expect(node.aof!.sizeBytes).toBeLessThan(1.1 * bytes);
  });
});

describe("a process that dies and comes back before anybody has noticed", () => {
  it("has everything that was acknowledged with a file, and nothing without", () => {
    for (const appendOnly of [ALWAYS, undefined]) {
      const one = world(appendOnly, 4, 10, "INCR {key}");
      const observation = new Observation(one);
      const [node] = one.cluster.nodes;
      let before = 0;
      one.sim.after(4e9, "crash", () => {
        before = node.engine.database(0).size;
        one.crash(node, "down");
      });
      runTo(one, 5.000_1);
      const after = node.engine.database(0).size;
      expect(before).toBeGreaterThan(200);
      if (appendOnly === undefined) expect(after).toBeLessThan(before);
      else expect(after).toBeGreaterThanOrEqual(before);
      runTo(one, 10);
      one.finish();
      expect((observation.writes!.lost[0] ?? 0) === 0).toBe(appendOnly !== undefined);
    }
  });
});
