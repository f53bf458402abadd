// Memory in closed form against the engine's own books, and what a save duplicates against the model that watches one.

import { describe, expect, it } from "vitest";
import { VirtualBytes } from "../../../src/engine/bytes.ts";
import { Engine } from "../../../src/engine/engine.ts";
import { engineProfile } from "../../../src/engine/profile.ts";
import { CopyOnWrite } from "../../../src/models/copy-on-write.ts";
import { copyPeak } from "../../../src/planner/forms/copy-headroom.ts";
import { fixedBytes, slotsOf, stringKeyBytes, tableBytes } from "../../../src/planner/forms/key-memory.ts";
import { average, sizePoints } from "../../../src/planner/forms/sizes.ts";
import { lognormalByMean } from "../../../src/sim/distributions/lognormal.ts";
import { randomFrom } from "../../../src/sim/random.ts";

const KEYS = 30_000;
const SIZES = lognormalByMean(900, 0.9);

function filled(profile: string, cluster: boolean, ttl: boolean): Engine {
  const engine = new Engine({
    profile: engineProfile(profile)!,
    random: randomFrom("memory-form"),
    parameters: { "latency-tracking": "no", "cluster-enabled": cluster ? "yes" : "no" },
  });
  const session = engine.session(1, true);
  const random = randomFrom("memory-form/sizes");
  for (let i = 0; i < KEYS; i++) {
    const value = new VirtualBytes(Math.round(SIZES.sample(random)), i);
    const key = `product:${String(i).padStart(8, "0")}`;
    engine.execute(session, ttl ? ["set", key, value, "EX", "3600"] : ["set", key, value]);
    if (i % 500 === 0) engine.cron(engine.nowMs + 100);
  }
  for (let i = 0; i < 400; i++) engine.cron(engine.nowMs + 100);
  return engine;
}

describe("used_memory in closed form is within 1 % of the engine's", () => {
  it.each([
    ["redis-7.0", false, false],
    ["valkey-7.2", true, true],
    ["valkey-8.0", true, false],
    ["valkey-8.0", false, true],
    ["valkey-8.1", true, true],
    ["valkey-9.0", false, false],
  ])("%s, cluster %s, TTL %s", (profile, cluster, ttl) => {
    const engine = filled(profile, cluster, ttl);
    const { layout } = engine;
    const predicted =
      fixedBytes(layout, cluster, 0, 0) +
      KEYS * stringKeyBytes(layout, 16, ttl, sizePoints(SIZES)) +
      tableBytes(layout, KEYS, ttl ? KEYS : 0, slotsOf(1, cluster));
    expect(predicted / engine.usedMemory).toBeGreaterThan(0.99);
    expect(predicted / engine.usedMemory).toBeLessThan(1.01);
  });
});

describe("size points", () => {
  it("keep the mean, and most of the second moment", () => {
    const points = sizePoints(SIZES);
    expect(average(points, size => size)).toBeCloseTo(SIZES.mean, 6);
    const second = average(points, size => size ** 2);
    expect(second / (SIZES.variance + SIZES.mean ** 2)).toBeGreaterThan(0.85);
    expect(second / (SIZES.variance + SIZES.mean ** 2)).toBeLessThan(1.05);
  });
});

describe("what a save duplicates", () => {
  it.each([0.1, 0.6])("is what the watched save counts when %d of the keys are rewritten", share => {
    const engine = filled("valkey-8.0", true, false);
    const session = engine.session(2, true);
    const save = new CopyOnWrite(engine);
    const random = randomFrom("memory-form/rewrites");
    for (let i = 0; i < KEYS * share; i++) {
      const key = `product:${String(Math.floor(i / share)).padStart(8, "0")}`;
      engine.execute(session, ["set", key, new VirtualBytes(Math.round(SIZES.sample(random)), i)]);
    }
    const { seconds, bytes } = copyPeak(
      engine.layout,
      {
        keys: KEYS,
        dataBytes: engine.dataBytes,
        keyLength: 16,
        hasTtl: false,
        sizes: sizePoints(SIZES),
        rewritten: after => (KEYS * share * after) / wholeSave,
      },
      1,
    );
    expect(seconds).toBeCloseTo(wholeSave, 1);
    expect(bytes / save.bytes(1)).toBeGreaterThan(0.9);
    expect(bytes / save.bytes(1)).toBeLessThan(1.2);
  });
  const wholeSave = (KEYS * 1_600 + KEYS * 1_000 * 10.3) / 1e9;
});
