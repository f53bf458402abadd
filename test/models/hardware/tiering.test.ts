// Data tiering of r6gd: capacity, who moves, what waits, and the sums.

import { describe, expect, it } from "vitest";
import { nodeType } from "../../../src/catalog/nodes.ts";
import { VirtualBytes } from "../../../src/engine/bytes.ts";
import { Engine } from "../../../src/engine/engine.ts";
import { engineProfile } from "../../../src/engine/profile.ts";
import { Tiering } from "../../../src/models/hardware/tiering.ts";
import { randomFrom } from "../../../src/sim/random.ts";
import { MIB } from "../../../src/units.ts";

const LIMIT = 20 * MIB;

function tiered(policy = "allkeys-lru") {
  const engine = new Engine({
    profile: engineProfile("valkey-7.2")!,
    random: randomFrom("engine"),
    parameters: { maxmemory: String(LIMIT), "maxmemory-policy": policy, "latency-tracking": "no" },
  });
  const session = engine.session(1);
  const tiering = new Tiering(engine, nodeType("cache.r6gd.xlarge"), randomFrom("tiering"));
  let now = 1e9;
  const call = (...argv: (string | VirtualBytes)[]) => {
    const wait = tiering.fetch(argv, 0, now);
    engine.execute(session, argv);
    tiering.settle(now);
    return wait;
  };
  const pass = (seconds: number) => {
    now += seconds * 1e9;
    engine.cron(now / 1e6);
  };
  return { engine, tiering, call, pass };
}

describe("data tiering", () => {
  it("takes five times the memory without evicting, keys stay, and 26.3 GiB with 99.33 of SSD are 4.8 times the whole", () => {
    const { engine, tiering, call } = tiered();
    for (let key = 0; key < 1_000; key++) call("set", `key:${key}`, new VirtualBytes(100_000, key));
    expect(engine.stats.evictedKeys).toBe(0);
    expect(engine.databases[0]!.size).toBe(1_000);
    expect(engine.usedMemory).toBeLessThanOrEqual(LIMIT * 1.01);
    expect(tiering.bytes).toBeGreaterThan(4 * LIMIT);
    const { ssdGiB, memoryGiB } = nodeType("cache.r6gd.xlarge");
    expect((ssdGiB! + memoryGiB) / memoryGiB).toBeCloseTo(4.77, 2);
  });

  it("moves what was not used for longest, and a request for it waits 300 us and more", () => {
    const { tiering, call, pass } = tiered();
    for (let key = 0; key < 150; key++) call("set", `old:${key}`, new VirtualBytes(100_000, key));
    expect(tiering.items).toBe(0);
    for (let round = 0; round < 4; round++) {
      pass(10);
      for (let key = 0; key < 50; key++) call("get", `old:${key}`);
    }
    for (let key = 0; key < 60; key++) call("set", `new:${key}`, new VirtualBytes(100_000, key));
    expect(tiering.items).toBeGreaterThan(0);
    let waited = 0;
    for (let key = 0; key < 50; key++) if (call("get", `old:${key}`) > 0) waited++;
    expect(waited).toBeLessThan(5);
    const wait = Math.max(...Array.from({ length: 100 }, (_, i) => call("get", `old:${50 + i}`)));
    expect(wait).toBeGreaterThan(300_000);
    // 100 kB are 27 pages at 53,750 a second.
    expect(wait).toBeLessThan(100 * 600_000);
    expect(tiering.itemsRead).toBeGreaterThan(10);
  });

  it("adds up: memory and SSD are what an engine without tiering holds, whatever is deleted, overwritten or flushed", () => {
    const { engine, tiering, call } = tiered();
    for (let key = 0; key < 400; key++) call("set", `key:${key}`, new VirtualBytes(100_000, key));
    const whole = () => engine.usedMemory + tiering.bytes;
    const each = engine.dataBytes / 400;
    const before = whole();
    for (let key = 0; key < 100; key++) call("del", `key:${key}`);
    expect((before - whole()) / 100 / each).toBeCloseTo(1, 1);
    for (let key = 100; key < 200; key++) call("set", `key:${key}`, "x");
    expect((before - whole()) / 200 / each).toBeCloseTo(1, 1);
    call("flushall");
    expect([tiering.bytes, tiering.items, engine.outside.tiered]).toEqual([0, 0, 0]);
  });

  it("leaves items above 128 MiB in memory: under noeviction the next write is refused", () => {
    const { engine, tiering, call } = tiered("noeviction");
    call("set", "huge", new VirtualBytes(150 * MIB, 1));
    call("set", "more", new VirtualBytes(1_000, 1));
    expect(tiering.items).toBe(0);
    expect(engine.databases[0]!.size).toBe(1);
  });
});
