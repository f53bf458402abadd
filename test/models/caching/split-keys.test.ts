// Commands with keys of several slots: one command per slot, the request waits for the slowest, and fails with any of them.

import { describe, expect, it } from "vitest";
import { DONE, FAILED } from "../../../src/models/outcome.ts";
import { CALM, commands, meanLatencyNs, outcomes, runTo, smallWorld, type Wanted } from "../world.ts";

function world(template: string, splitsKeys: boolean, more: Wanted = {}) {
  return smallWorld({
    zones: 1,
    rate: 50,
    seconds: 10,
    keys: 1_000,
    latency: CALM,
    ...more,
    cluster: { shards: 3, replicasPerShard: 0, multiAz: false, ...more.cluster },
    client: { instances: 1, pool: { size: 1, multiplex: true }, splitsKeys, ...more.client },
    workload: {
      ...commands(template),
      popularity: random => random.below(1_000),
      preload: 1,
    },
  });
}

describe("keys of several slots", () => {
  it("sent whole are refused", () => {
    const whole = runTo(world("MGET {keys:10}", false), 10);
    expect(outcomes(whole)[DONE]).toBe(0);
    expect(outcomes(whole)[FAILED]).toBeGreaterThan(400);
  });

  it.each(["MGET {keys:10}", "MSET {pairs:10}", "DEL {keys:10}"])(
    "%s in parts is one command per slot, and one request",
    template => {
      const split = runTo(world(template, true), 10);
      expect(outcomes(split)[FAILED]).toBe(0);
      const requests = outcomes(split)[DONE];
      expect(requests).toBeGreaterThan(400);
      // Ten of a thousand keys lie nearly always in ten slots of 16,384.
      const { commands } = split.clients[0].counters;
      expect(commands / requests).toBeGreaterThan(9.5);
      expect(commands / requests).toBeLessThanOrEqual(10.1);
      split.checkConservation();
      expect(split.requests.active).toBe(split.inProgress);
    },
  );

  it("on one shard with cluster mode disabled need no parts", () => {
    const single = runTo(world("MGET {keys:10}", true, { cluster: { mode: "single", shards: 1 } }), 10);
    expect(outcomes(single)[FAILED]).toBe(0);
    expect(single.clients[0].counters.commands / outcomes(single)[DONE]).toBeCloseTo(1, 1);
  });

  it("take as long as the slowest part: longer than one GET, not ten times", () => {
    const one = meanLatencyNs(runTo(world("GET {key}", true), 10));
    const ten = meanLatencyNs(runTo(world("MGET {keys:10}", true), 10));
    expect(ten).toBeGreaterThan(one);
    expect(ten).toBeLessThan(2 * one);
  });

  it("fail when one of their shards is gone", () => {
    const split = world("MGET {keys:10}", true, { client: { retry: { attempts: 1 } } });
    runTo(split, 2);
    split.crash(split.cluster.shards[0].primary, "lost");
    const before = outcomes(split)[FAILED];
    runTo(split, 10);
    expect(outcomes(split)[FAILED] - before).toBeGreaterThan(300);
    expect(split.inProgress).toBeLessThan(40);
  });
});
