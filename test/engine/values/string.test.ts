import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { VirtualBytes } from "../../../src/engine/bytes.ts";
import { sizeClasses } from "../../../src/engine/memory/allocator.ts";
import { EMBEDDED, INT, RAW, SHARED_INT } from "../../../src/engine/memory/layout.ts";
import {
  encodeString,
  RawString,
  rawString,
  stringBytes,
  stringEncoding,
  stringForm,
  stringLength,
  stringText,
} from "../../../src/engine/values/string.ts";

const bytes = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map(byte => String.fromCharCode(byte)),
  maxLength: 80,
});
const text = fc.oneof(bytes, fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }).map(String), fc.integer().map(String));
const eight = sizeClasses(8);

describe("encodeString(bytes)", () => {
  it("keeps the bytes: text and length are those of the argument", () => {
    fc.assert(
      fc.property(text, argument => {
        const value = encodeString(argument);
        expect(stringText(value)).toBe(argument);
        expect(stringLength(value)).toBe(argument.length);
        expect(stringBytes(value)).toBe(argument);
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });

  it.each([
    ["12", "int"],
    ["-9223372036854775808", "int"],
    ["9223372036854775807", "int"],
    ["9223372036854775808", "embstr"],
    ["-0", "embstr"],
    ["1.0", "embstr"],
    ["", "embstr"],
    ["x".repeat(44), "embstr"],
    ["x".repeat(45), "raw"],
  ] as const)("of %j is stored as %s", (argument, encoding) => {
    expect(stringEncoding(encodeString(argument))).toBe(encoding);
  });

  it("leaves virtual bytes virtual", () => {
    const value = new VirtualBytes(100, 1);
    expect(encodeString(value)).toBe(value);
    expect(stringBytes(value)).toBe(value);
    expect(stringForm(value, true)).toBe(RAW);
    expect(stringForm(new VirtualBytes(44, 1), true)).toBe(EMBEDDED);
  });

  it("stringForm(value, share) shares the integers from 0 to 9999 when asked", () => {
    expect([-1, 0, 9_999, 10_000].map(value => stringForm(value, true))).toEqual([INT, SHARED_INT, SHARED_INT, INT]);
    expect([0, 9_999].map(value => stringForm(value, false))).toEqual([INT, INT]);
    expect(stringForm(2n ** 60n, true)).toBe(INT);
  });
});

describe("RawString", () => {
  it("grows and is written like an array of bytes, with zeros in the gaps", () => {
    const writes = fc.array(fc.tuple(fc.nat(300), bytes), { maxLength: 12 });
    fc.assert(
      fc.property(bytes, writes, (start, changes) => {
        const raw = RawString.from(start, eight);
        let model = start;
        for (const [offset, part] of changes) {
          raw.growTo(offset + part.length);
          raw.write(offset, part);
          const padded = model.padEnd(offset + part.length, "\0");
          model = padded.slice(0, offset) + part + padded.slice(offset + part.length);
        }
        expect(raw.text()).toBe(model);
        expect(raw.length).toBe(model.length);
        expect(raw.capacity).toBeGreaterThanOrEqual(raw.length);
        expect(raw.clone().text()).toBe(model);
      }),
      { seed: 2 },
    );
  });

  it.each([
    // What redis-server 7.0.15 and its successors give: the class's slack beyond 31 bytes, twice the need on growth.
    [10, 10],
    [31, 31],
    [32, 36],
    [45, 52],
    [100, 108],
    [252, 252],
  ])("of %d bytes has room for %d", (length, room) => {
    expect(RawString.from("x".repeat(length), eight).capacity).toBe(room);
    expect(RawString.zeros(length, eight).capacity).toBe(room);
  });

  it("growTo(length) asks for twice the length once the room is used up, and keeps what it has until then", () => {
    const raw = RawString.from("x".repeat(45), eight);
    raw.growTo(52);
    expect(raw.capacity).toBe(52);
    raw.growTo(53);
    expect(raw.capacity).toBe(108); // 106 + 3 + 1 in the class of 112
    raw.growTo(20);
    expect(raw.length).toBe(53);
  });

  it("clone() shares nothing", () => {
    const raw = RawString.from("abc", eight);
    const copy = raw.clone();
    raw.write(0, "x");
    expect(copy.text()).toBe("abc");
  });

  it("rawString(value, …, trims) has given back the room of a raw value, not that of an embedded one", () => {
    expect(rawString("x".repeat(45), eight, true).capacity).toBe(45);
    expect(rawString("x".repeat(45), eight, false).capacity).toBe(52);
    expect(rawString("x".repeat(44), eight, true).capacity).toBe(44);
    expect(rawString("x".repeat(40), eight, true).capacity).toBe(44);
    expect(rawString("x".repeat(100), eight, true).capacity).toBe(108); // less than a tenth: kept
    const raw = RawString.from("same", eight);
    expect(rawString(raw, eight, true)).toBe(raw);
    expect(rawString(-17, eight, true).text()).toBe("-17");
  });
});

describe("VirtualBytes", () => {
  it("text() has the length, is printable and the same for the same seed, and differs between seeds", () => {
    const value = new VirtualBytes(10_000, 3);
    expect(value.text()).toHaveLength(10_000);
    expect(value.text()).toMatch(/^[!-~]+$/u);
    expect(new VirtualBytes(10_000, 3).text()).toBe(value.text());
    expect(new VirtualBytes(10_000, 4).text()).not.toBe(value.text());
    expect(new VirtualBytes(0, 1).text()).toBe("");
  });
});
