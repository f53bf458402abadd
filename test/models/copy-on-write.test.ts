// The laws of what a save duplicates; the measured saves are in test/validation/copy-on-write.ts.

import { describe, expect, it } from "vitest";
import { CHILD_OWN_BYTES, CopyOnWrite } from "../../src/models/copy-on-write.ts";
import { filled } from "../validation/copy-on-write.ts";

describe("CopyOnWrite", () => {
  it("grows with the distinct keys rewritten and not with the writes", () => {
    const { engine, set } = filled(20_000, 200);
    const save = new CopyOnWrite(engine);
    expect(save.rewrittenKeys).toBe(0);
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
