// A host's memory: what the engine takes of it, how pages go back, swap, and the end.

import { describe, expect, it } from "vitest";
import { nodeType } from "../../../src/catalog/nodes.ts";
import { DEFAULT_HARDWARE } from "../../../src/models/config/hardware.ts";
import { type Held, HostMemory } from "../../../src/models/hardware/host-memory.ts";
import { constant } from "../../../src/sim/distributions/constant.ts";
import { GIB } from "../../../src/units.ts";
import { CALM, columnOf, commands, runTo, smallWorld, type Wanted } from "../world.ts";

const NOTHING: Held = { usedBytes: 0, fragmentBytes: 0, copiedBytes: 0, tlsConnections: 0 };
const host = () => new HostMemory(nodeType("cache.r6g.large"), { share: 0.25, pageInNs: 500_000 });

describe("memory of the host", () => {
  it("is what the engine uses, a little more, and what is left", () => {
    const state = host().state({ ...NOTHING, usedBytes: 10 * GIB });
    expect(state.rssBytes).toBeCloseTo(10 * GIB * 1.03 + 6e6, 0);
    expect(state.freeBytes).toBeCloseTo(16 * GIB * 0.97 - state.rssBytes, 0);
    expect(state.swapBytes).toBe(0);
    expect(state.fragmentationRatio).toBeCloseTo(1.03, 2);
    expect(host().state({ ...NOTHING, usedBytes: 5 * GIB, fragmentBytes: 5 * GIB }).fragmentationRatio).toBeCloseTo(
      2.06,
      2,
    );
  });

  it("swaps what copy-on-write and TLS connections do not leave room for, and is exhausted beyond its swap", () => {
    const held = { ...NOTHING, usedBytes: 12 * GIB, copiedBytes: 5 * GIB, tlsConnections: 10_000 };
    const state = host().state(held);
    expect(state.freeBytes).toBe(0);
    expect(state.swapBytes).toBeCloseTo(12 * GIB * 1.03 + 6e6 + 340e6 + 5 * GIB - 16 * GIB * 0.97, 0);
    expect(state.exhausted).toBe(false);
    const more = host().state({ ...held, copiedBytes: 8 * GIB });
    expect(more.exhausted).toBe(true);
    expect(more.swapBytes).toBe(4 * GIB);
  });

  it("gets freed pages back over seconds: RSS lags the allocator by 5 to 8 s (models/physics.md, 6)", () => {
    const memory = host();
    const full = { ...NOTHING, usedBytes: 4 * GIB };
    const empty = { ...NOTHING, usedBytes: 1 * GIB };
    memory.update(full, 0);
    memory.update(empty, 1e9);
    const rss = () => (memory.state(empty).rssBytes - 6e6) / 1.03 / GIB;
    expect(rss()).toBeCloseTo(4, 2);
    let half = 0;
    for (let tenth = 1; tenth <= 600; tenth++) {
      memory.update(empty, 1e9 + tenth * 1e8);
      if (half === 0 && rss() < 1 + 3 / Math.E) half = tenth / 10;
    }
    expect(half).toBeGreaterThan(5);
    expect(half).toBeLessThan(8);
    expect(rss()).toBeCloseTo(1, 2);
    // Used again before they went back, they are not counted twice.
    memory.update(full, 70e9);
    memory.update(empty, 70.1e9);
    memory.update(full, 70.2e9);
    expect((memory.state(full).rssBytes - 6e6) / 1.03 / GIB).toBeCloseTo(4, 2);
  });
});

describe("a node that outgrows its host", () => {
  const GROWING: Wanted = {
    keys: 40_000,
    rate: 2_000,
    seconds: 30,
    zones: 1,
    latency: CALM,
    cluster: {
      node: nodeType("cache.t4g.micro"),
      shards: 1,
      replicasPerShard: 0,
      multiAz: false,
      hardware: { ...DEFAULT_HARDWARE, swap: { share: 0.25, pageInNs: 500_000 } },
    },
    // Nobody has told the engine where its limit is.
    parameters: { maxmemory: "0", "maxmemory-policy": "noeviction" },
    workload: {
      valueBytes: constant(100_000),
      ttlSeconds: null,
      ...commands("SET {key} {value}"),
    },
  };

  it("swaps first, commands wait for their pages, and in the end the kernel kills it", () => {
    const world = smallWorld(GROWING);
    runTo(world, 30);
    const swap = columnOf(world, "SwapUsage");
    const first = swap.findIndex(bytes => bytes > 0);
    expect(first).toBeGreaterThan(2);
    const before = world.recorder.periods[first - 2].rows[0].latency;
    const swapping = world.recorder.periods[first + 1].rows[0].latency;
    expect(swapping.max).toBeGreaterThan(before.max + 400_000);
    const killed = world.log.events.find(event => event.what.includes("out of memory"))!;
    expect(killed.timeNs / 1e9).toBeGreaterThan(first + 1);
    expect(Math.max(...swap)).toBeLessThanOrEqual(0.25 * GIB);
    // Something died, and something was told: the process is gone, the host answers.
    expect(world.log.events.some(event => event.what === "process crashed")).toBe(true);
    expect(world.clients[0].counters.connectionErrors).toBeGreaterThan(0);
  });

  it("lives when maxmemory leaves room", () => {
    const world = smallWorld({ ...GROWING, parameters: { maxmemory: "400000000", "maxmemory-policy": "allkeys-lru" } });
    runTo(world, 30);
    const swap = columnOf(world, "SwapUsage");
    expect(Math.max(...swap)).toBe(0);
    expect(world.log.events.some(event => event.what.includes("out of memory"))).toBe(false);
  });
});
