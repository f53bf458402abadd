// Patterns that use the cache for its own sake: lost updates against theory, walks that see everything, jobs that are done
// once, messages that reach whoever listens.

import { describe, expect, it } from "vitest";
import { provideLua } from "../../../src/lua/index.ts";
import type { PatternConfig } from "../../../src/models/config.ts";
import type { World } from "../../../src/models/world.ts";
import { constant } from "../../../src/sim/distributions/constant.ts";
import { CALM, runTo, smallWorld, type Wanted } from "../world.ts";

provideLua();

function worldOf(pattern: PatternConfig, wanted: Wanted = {}, seconds = 5): World {
  const { workload, ...rest } = wanted;
  const world = smallWorld({
    latency: CALM,
    cluster: { shards: 1, replicasPerShard: 0, multiAz: false },
    zones: 1,
    seconds,
    ...rest,
    workload: {
      pattern,
      ttlSeconds: null,
      preload: 1,
      popularity: random => random.below(wanted.keys ?? 1_000),
      ...workload,
    },
  });
  runTo(world, seconds);
  world.checkConservation();
  return world;
}

describe("read, modify, write", () => {
  const update = (by: "get-set" | "compare-and-set"): PatternConfig => ({
    kind: "read-modify-write",
    by,
    thinkNs: constant(20e6),
    attempts: 50,
  });

  it("loses the share of updates that theory says: 1 - exp(-w s)", () => {
    // Ten updates a second of each of 40 keys, 20 ms and a round trip between reading and writing.
    const world = worldOf(update("get-set"), { keys: 40, rate: 400, seconds: 10 }, 10);
    const { counters } = world.traffic[0];
    const share = counters.lostUpdates / world.recorder.totals.reduce((sum, n) => sum + n, 0);
    const expected = 1 - Math.exp(-10 * (0.02 + 250e-6));
    expect(share / expected).toBeGreaterThan(0.9);
    expect(share / expected).toBeLessThan(1.1);
    expect(counters.conflicts).toBe(0);
  });

  it("loses none where the script compares first: who is late begins anew", () => {
    const world = worldOf(update("compare-and-set"), { keys: 40, rate: 400 });
    const { counters } = world.traffic[0];
    expect(counters.lostUpdates).toBe(0);
    expect(counters.conflicts).toBeGreaterThan(250);
    expect(world.clients[0].counters.errorReplies).toBeLessThanOrEqual(20);
  });
});

describe("a walk", () => {
  const hscan: PatternConfig = { kind: "iterate", command: "hscan", count: 100, key: null, slot: null };
  const holds = { kind: "hash", count: 5_000, bytes: 50, prefix: "f:" } as const;

  it("takes as many calls as it must, and others wait for one step at most", () => {
    const world = worldOf(hscan, { keys: 2, rate: 5, workload: { holds, preload: 1 } });
    const calls = world.clients[0].counters.commands / world.traffic[0].ended;
    expect(calls).toBeGreaterThan(40);
    expect(calls).toBeLessThan(60);
  });

  it("of a node's keys goes on until the cursor is back at 0", () => {
    const scan: PatternConfig = { ...hscan, command: "scan" };
    const world = worldOf(scan, { keys: 3_000, rate: 2 });
    expect(world.clients[0].counters.commands / world.traffic[0].ended).toBeGreaterThan(25);
  });
});

describe("jobs in a stream", () => {
  const stream = (consumers: number): PatternConfig => ({
    kind: "job-stream",
    group: "workers",
    consumers,
    count: 10,
    workNs: constant(10e6),
    pollNs: 50e6,
    maxLength: 100_000,
  });
  const holds = { kind: "stream", count: 0, bytes: 10, groups: ["workers"] } as const;

  it("are done once each, soon, while consumers suffice", () => {
    const world = worldOf(stream(8), { keys: 2, rate: 200, workload: { holds } });
    const { counters } = world.traffic[0];
    expect(counters.jobsAdded - counters.jobsDone).toBeLessThan(60);
    expect(counters.jobsDone).toBeLessThanOrEqual(counters.jobsAdded);
    expect(counters.jobAge.quantile(0.5) / 1e6).toBeLessThan(150);
  });

  it("pile up at the rate that consumers lack: two of 100 a second against 300", () => {
    const world = worldOf(stream(2), { keys: 1, rate: 300, workload: { holds } });
    const { counters } = world.traffic[0];
    expect((counters.jobsAdded - counters.jobsDone) / 500).toBeGreaterThan(0.9);
    expect((counters.jobsAdded - counters.jobsDone) / 500).toBeLessThan(1.2);
  });

  it("go on after a group is gone: it is made anew", () => {
    const world = worldOf(stream(4), { keys: 1, rate: 100, workload: { preload: 0 } });
    expect(world.traffic[0].counters.jobsDone).toBeGreaterThan(430);
  });
});

describe("messages", () => {
  const publish = (sharded: boolean): PatternConfig => ({
    kind: "publish",
    subscribers: 60,
    sharded,
    keepaliveNs: 5e9,
  });
  const three = { shards: 3, replicasPerShard: 0, multiAz: false };

  it.each([true, false])("reach everybody who listens once, sharded: %s", sharded => {
    const world = worldOf(publish(sharded), { keys: 6, rate: 50, cluster: three, workload: { preload: 0 } });
    const { counters, ended } = world.traffic[0];
    expect(counters.messagesDelivered / ended).toBeGreaterThan(9.9);
    expect(counters.messagesDelivered / ended).toBeLessThan(10.1);
    expect(counters.messagesMissed).toBe(0);
  });

  it("cost every node of the cluster something unless they are sharded", () => {
    const untouched = (sharded: boolean) =>
      worldOf(
        publish(sharded),
        { keys: 1, rate: 100, cluster: three, workload: { preload: 0 } },
        3,
      ).cluster.nodes.filter(({ networkIn }) => networkIn.bytes === 0).length;
    expect(untouched(true)).toBe(2);
    expect(untouched(false)).toBe(0);
  });

  it("follow the stream to replicas where there is no cluster", () => {
    const world = worldOf(publish(false), {
      keys: 6,
      rate: 50,
      cluster: { mode: "single", shards: 1, replicasPerShard: 1, multiAz: false },
      workload: { preload: 0 },
    });
    expect(world.traffic[0].counters.messagesDelivered / world.traffic[0].ended).toBeGreaterThan(9.9);
  });
});
