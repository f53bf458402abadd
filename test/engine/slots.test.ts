import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crc16, keySlot, SLOT_COUNT } from "../../src/engine/slots.ts";

/** The slot function that the JavaScript clients use. */
const clientSlot = createRequire(import.meta.url)("cluster-key-slot") as (key: Buffer) => number;

const bytes = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map(byte => String.fromCharCode(byte)),
  maxLength: 40,
});
const braces = fc.string({ unit: fc.constantFrom("{", "}", "a", "b", "ÿ"), maxLength: 8 });
/** The library looks for a later closing brace after an empty pair; the server hashes the whole key then. */
const anyKey = fc.oneof(bytes, braces).filter(key => !key.includes("{}"));

describe("keySlot(key)", () => {
  it("answers the slot of the client library, for any bytes and any braces", () => {
    fc.assert(
      fc.property(anyKey, key => {
        expect(keySlot(key)).toBe(clientSlot(Buffer.from(key, "latin1")));
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });

  it("hashes only what stands between the first brace and the next closing one, when that is not empty", () => {
    expect(keySlot("{user1000}.following")).toBe(keySlot("{user1000}.followers"));
    expect(keySlot("{user1000}.following")).toBe(keySlot("user1000"));
    expect(keySlot("foo{}{bar}")).toBe(crc16("foo{}{bar}") % SLOT_COUNT);
    expect(keySlot("{}}")).toBe(crc16("{}}") % SLOT_COUNT);
    expect(keySlot("foo{{bar}}zap")).toBe(keySlot("{bar"));
    expect(keySlot("foo{bar}{zap}")).toBe(keySlot("bar"));
    expect(keySlot("}a{b")).toBe(crc16("}a{b") % SLOT_COUNT);
  });

  it.each([
    ["foo", 12_182],
    ["bar", 5_061],
    ["hello", 866],
    ["", 0],
  ])("keySlot(%j) is %d", (key, slot) => {
    expect(keySlot(key)).toBe(slot);
  });

  it('crc16("123456789") is the check value of XMODEM, 0x31C3', () => {
    expect(crc16("123456789")).toBe(0x31c3);
    expect(crc16("x123456789y", 1, 10)).toBe(0x31c3);
  });
});
