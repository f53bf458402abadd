// Drills that overlap: when the last of them is over, the world is as it was.

import { describe, expect, it } from "vitest";
import { DRILLS, scheduleDrills } from "../../src/drills/index.ts";
import { constant } from "../../src/sim/distributions/constant.ts";
import { CALM, runTo, smallWorld } from "../models/world.ts";

/** The same drill twice: from 2 s and from 3 s on. */
function twice(name: string, options: object, lasts: readonly [string, string]) {
  const world = smallWorld({
    keys: 100,
    rate: 500,
    seconds: 12,
    latency: CALM,
    cluster: { shards: 1, replicasPerShard: 0, multiAz: false },
    workload: { preload: 1, ttlSeconds: null, valueBytes: constant(100) },
  });
  const { options: schema } = DRILLS.find(one => one.name === name)!;
  const reports = scheduleDrills(
    world,
    lasts.map((length, i) => ({ atNs: (2 + i) * 1e9, name, options: schema.parse({ ...options, for: length }) })),
  );
  return { world, reports };
}

describe("two flash crowds at once", () => {
  it.each([
    ["the first leaves first", ["3s", "4s"]],
    ["the second leaves first", ["5s", "2s"]],
  ] as const)("multiply, and nobody stays behind: %s", (_, lasts) => {
    const { world } = twice("flash-crowd", { factor: 3, rise: "0s" }, lasts);
    const arrived = (from: number, to: number) => {
      runTo(world, from);
      const before = world.traffic[0].arrived;
      runTo(world, to);
      return (world.traffic[0].arrived - before) / (to - from);
    };
    const within = (rate: number, times: number) => Math.abs(rate / (500 * times) - 1) < 0.15;
    expect(within(arrived(1, 2), 1)).toBe(true);
    expect(within(arrived(2.1, 3), 3)).toBe(true);
    expect(within(arrived(3.1, 5), 9)).toBe(true);
    const asked: number[] = [];
    expect(within(arrived(7.1, 9), 1)).toBe(true);
    world.watchReplies(request => asked.push(world.requests.key[request]));
    runTo(world, 12);
    expect(asked.filter(key => key === 99).length / asked.length).toBeLessThan(0.1);
  });
});

describe("a node that two faults slow down", () => {
  it.each([
    ["the first ends first", ["3s", "4s"]],
    ["the second ends first", ["5s", "2s"]],
  ] as const)("is as fast as before when both are over: %s", (_, lasts) => {
    const { world } = twice("slow-node", { factor: 10 }, lasts);
    const [node] = world.cluster.nodes;
    const takesNs = () => {
      const startNs = node.freeAtNs;
      return node.block(1_000) - startNs;
    };
    const at = (seconds: number) => {
      runTo(world, seconds);
      return Math.round(takesNs());
    };
    expect([1, 2.5, 3.5, 8].map(at)).toEqual([1_000, 10_000, 100_000, 1_000]);
  });
});
