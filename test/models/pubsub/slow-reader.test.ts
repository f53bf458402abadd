// Subscribers that read slowly: what waits for them, when the server cuts them off, what is lost with that.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KERNEL_BYTES, SlowReader } from "../../../src/models/pubsub/slow-reader.ts";
import type { World } from "../../../src/models/world.ts";
import { constant } from "../../../src/sim/distributions/constant.ts";
import { CALM, columnOf, runTo, smallWorld } from "../world.ts";

const MB = 1e6;
const NONE = { hardBytes: Number.POSITIVE_INFINITY, softBytes: Number.POSITIVE_INFINITY, softNs: 0 };

describe("a slow reader", () => {
  it("has read everything once its pace has caught up, in order and each once", () => {
    const messages = fc.array(fc.record({ gap: fc.nat(1_000_000), bytes: fc.integer({ min: 1, max: 300_000 }) }));
    fc.assert(
      fc.property(messages, fc.integer({ min: 1_000, max: 1e8 }), (given, pace) => {
        const reader = new SlowReader(pace, NONE);
        const read: number[] = [];
        let now = 0;
        let total = 0;
        given.forEach(({ gap, bytes }, i) => {
          now += gap;
          reader.settle(now, sent => read.push(sent));
          reader.give(bytes, now, i);
          total += bytes;
        });
        // No later than if it had begun with the last of them.
        reader.settle(now + (total / pace) * 1e9 + 1, sent => read.push(sent));
        expect(read).toEqual(given.map((_, i) => i));
        expect(reader.bufferedBytes).toBe(0);
      }),
    );
  });

  it("loses with its connection what the server had, and reads what its kernel has", () => {
    const reader = new SlowReader(1_000, NONE);
    for (let i = 0; i < 100; i++) reader.give(10_000, 0, i);
    expect(reader.bufferedBytes).toBe(100 * 10_000 - KERNEL_BYTES);
    const kept = Math.floor(KERNEL_BYTES / 10_000);
    expect(reader.close()).toBe(100 - kept);
    expect(reader.close()).toBe(0);
    const read: number[] = [];
    reader.settle(Number.MAX_SAFE_INTEGER, sent => read.push(sent));
    expect(read).toEqual(Array.from({ length: kept }, (_, i) => i));
  });
});

/** One channel, ten subscribers, 20 messages of 100 kB a second; three of the ten read 0.5 MB/s, which is 1.5 MB/s too little. */
function slow(subscriberLimit = NONE, seconds = 20, prepare = (_world: World) => {}): World {
  const base = smallWorld().config.cluster.listen;
  const world = smallWorld({
    latency: CALM,
    zones: 1,
    keys: 1,
    rate: 20,
    seconds,
    cluster: { shards: 1, replicasPerShard: 0, multiAz: false, listen: { ...base, subscriberLimit } },
    workload: {
      pattern: {
        kind: "publish",
        subscribers: 10,
        sharded: false,
        keepaliveNs: 5e9,
        slow: { subscribers: 3, bytesPerSecond: 0.5 * MB },
      },
      valueBytes: constant(100_000),
      popularity: () => 0,
      preload: 0,
    },
  });
  prepare(world);
  return runTo(world, seconds);
}

const disconnected = (world: World) => world.cluster.nodes[0].engine.stats.outputBufferDisconnections;

describe("subscribers that read slowly", () => {
  it("fill their output buffers by what they do not read, and that is used_memory", () => {
    const world = slow();
    const [node] = world.cluster.nodes;
    const given = world.traffic[0].ended * 100_000;
    const expected = 3 * (given - 20 * 0.5 * MB - KERNEL_BYTES);
    const buffers = columnOf(world, "OutputBufferBytes");
    expect(buffers.at(-1)! / expected).toBeGreaterThan(0.97);
    expect(buffers.at(-1)! / expected).toBeLessThan(1.03);
    const used = columnOf(world, "BytesUsedForCache");
    expect((used.at(-1)! - used[0]) / (buffers.at(-1)! - buffers[0])).toBeCloseTo(1, 2);
    expect(disconnected(world)).toBe(0);
    expect(node.ram.slowReaders!.size).toBe(3);
    // The others have everything, and at once.
    const { counters, ended } = world.traffic[0];
    expect(counters.messagesMissed).toBe(0);
    expect(counters.messagesDelivered / (7 * ended + 3 * 20 * 5)).toBeCloseTo(1, 1);
  });

  it("are cut off at the hard limit, as often as their buffers fill", () => {
    const world = slow({ hardBytes: 6 * MB, softBytes: 6 * MB, softNs: 60e9 }, 30);
    // 6 MB at 1.5 MB/s: four seconds, and one until they are back; a little more for what the kernel takes.
    expect(disconnected(world)).toBeGreaterThanOrEqual(3 * 5);
    expect(disconnected(world)).toBeLessThanOrEqual(3 * 7);
    const { counters } = world.traffic[0];
    expect(counters.subscribersCut).toBe(disconnected(world));
    // Each cut loses the 60 messages of the buffer and up to 20 until the next look.
    expect(counters.messagesMissed / counters.subscribersCut).toBeGreaterThan(58);
    expect(counters.messagesMissed / counters.subscribersCut).toBeLessThan(82);
    expect(Math.max(...columnOf(world, "OutputBufferBytes"))).toBeLessThan(3 * 6.2 * MB);
    expect(world.log.events.filter(({ what }) => what.includes("cut off")).length).toBeGreaterThan(10);
    // Their connections are closed, and each has a number of its own.
    const { sessions } = world.cluster.nodes[0].engine;
    const listening = [...sessions.values()].filter(({ subscriptions }) => subscriptions !== null).length;
    expect(listening).toBeGreaterThanOrEqual(7);
    expect(listening).toBeLessThanOrEqual(10);
  });

  it("are cut off above the soft limit after its time, without a break", () => {
    // 3 MB after two seconds, and five more.
    const world = slow({ hardBytes: 1e9, softBytes: 3 * MB, softNs: 5e9 }, 9);
    expect(disconnected(world)).toBe(3);
    const cut = columnOf(world, "SubscribersCut").findIndex(count => count > 0);
    expect(cut).toBeGreaterThanOrEqual(6);
    expect(cut).toBeLessThanOrEqual(8);
  });

  it("lose with a process what it had not sent", () => {
    const world = slow(NONE, 12, one => {
      one.sim.after(10e9, "crash", () => one.crash(one.cluster.nodes[0], "down"));
    });
    // Ten seconds of 1.5 MB/s for each of three, less what the kernels have.
    const { messagesMissed } = world.traffic[0].counters;
    expect(messagesMissed).toBeGreaterThan(3 * 15 * 8);
    expect(messagesMissed).toBeLessThan(3 * 15 * 12);
    expect(world.cluster.nodes[0].ram.slowReaderBytes).toBe(0);
  });

  it("are nobody's business where all read at once", () => {
    const world = runTo(smallWorld({ seconds: 2 }), 2);
    expect(world.cluster.nodes[0].ram.slowReaders).toBeNull();
    expect(columnOf(world, "OutputBufferBytes")).toEqual([]);
  });
});
