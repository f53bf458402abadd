// The memory that a save duplicates, against saves measured on redis-server 7.0.15 (Debian's build, allocator quantum 16):
// models/physics.md, section 1.2, "Samples".

import { describe, expect, it } from "vitest";
import { VirtualBytes } from "../../src/engine/bytes.ts";
import { Engine } from "../../src/engine/engine.ts";
import { engineProfile } from "../../src/engine/profile.ts";
import { CHILD_OWN_BYTES, CopyOnWrite } from "../../src/models/copy-on-write.ts";
import { randomFrom } from "../../src/sim/random.ts";
import { MIB } from "../../src/units.ts";

/** RSS in MiB, value bytes, distinct keys rewritten, MiB that the server reported. */
const MEASURED = [
  [214, 100, 6_839, 61.2],
  [214, 100, 34_333, 143.2],
  [213, 1_000, 36_782, 117.7],
  [213, 1_000, 18_648, 73.7],
  [1_008, 1_000, 487_030, 909.0],
  [1_008, 1_000, 172_025, 560.3],
] as const;

const PROCESS_BYTES = 8e6;

function filled(
  keys: number,
  value: number,
  rssMiB?: number,
): { engine: Engine; count: number; set(key: number): void } {
  const engine = new Engine({
    profile: engineProfile("redis-7.0")!,
    quantum: 16,
    random: randomFrom("copy-on-write"),
    parameters: { "latency-tracking": "no" },
  });
  const session = engine.session(1);
  const bytes = new VirtualBytes(value, 1);
  const set = (key: number) => engine.execute(session, ["set", `key${String(key).padStart(8, "0")}`, bytes]);
  const wanted = rssMiB === undefined ? Number.POSITIVE_INFINITY : (rssMiB * MIB - PROCESS_BYTES) / 1.02;
  let count = 0;
  while (count < keys && engine.usedMemory < wanted) {
    set(count++);
    if (count % 1_000 === 0) engine.cron(engine.nowMs + 100);
  }
  return { engine, count, set };
}

describe("CopyOnWrite", () => {
  it.each(MEASURED)(
    "RSS %d MiB, values of %d B, %d keys rewritten: %d MiB within 10 %%",
    (rss, value, distinct, measured) => {
      const { engine, count, set } = filled(Number.POSITIVE_INFINITY, value, rss);
      const save = new CopyOnWrite(engine);
      const step = count / distinct;
      for (let i = 0; i < distinct; i++) set(Math.floor(i * step));
      expect(save.rewrittenKeys).toBe(distinct);
      expect(Math.abs(save.bytes(1) / MIB / measured - 1)).toBeLessThan(0.1);
    },
  );

  it("grows with the distinct keys rewritten and not with the writes", () => {
    const { engine, set } = filled(20_000, 200);
    const save = new CopyOnWrite(engine);
    let before = save.bytes(1);
    expect(before).toBe(CHILD_OWN_BYTES);
    for (let key = 0; key < 20_000; key += 100) {
      set(key);
      const now = save.bytes(1);
      expect(now).toBeGreaterThan(before);
      before = now;
    }
    for (let again = 0; again < 20_000; again += 100) set(again);
    expect(save.bytes(1)).toBe(before);
  });

  it("is bounded by the data set: all keys rewritten duplicate every class in full", () => {
    const { engine, set } = filled(20_000, 200);
    const save = new CopyOnWrite(engine);
    for (let key = 0; key < 20_000; key++) set(key);
    // Entry 32, key 16, header 16, value 224 (quantum 16): key names are not rewritten but share pages with headers.
    const whole = 20_000 * (32 + 16 + 16 + 224);
    expect(save.bytes(1) - CHILD_OWN_BYTES).toBeGreaterThan(0.98 * whole);
    expect(save.bytes(1) - CHILD_OWN_BYTES).toBeLessThanOrEqual(whole * 1.001);
  });

  it("values of 16 KiB peak in mid-save: the child gives back what it has saved", () => {
    const { engine, set } = filled(500, 16_300);
    const save = new CopyOnWrite(engine);
    const over: number[] = [];
    for (let step = 0; step < 10; step++) {
      for (let key = step * 50; key < (step + 1) * 50; key++) set(key);
      over.push(save.bytes((step + 1) / 10));
    }
    const peak = over.indexOf(Math.max(...over));
    expect(peak).toBeGreaterThan(2);
    expect(peak).toBeLessThan(9);
  });

  it("expects one page fault per page at most, fewer as pages get dirty", () => {
    const { engine, set } = filled(20_000, 200);
    const save = new CopyOnWrite(engine);
    set(0);
    const first = save.takeFaults();
    for (let key = 1; key < 10_000; key++) set(key);
    const early = save.takeFaults();
    for (let key = 10_000; key < 20_000; key++) set(key);
    expect(first).toBeGreaterThan(1);
    expect(save.takeFaults()).toBeLessThan(early / 10);
    save.end();
    set(0);
    expect(save.takeFaults()).toBe(0);
  });
});
