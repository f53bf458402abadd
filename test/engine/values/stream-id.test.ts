import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { narrow } from "../../../src/engine/numbers.ts";
import {
  compareIds,
  formatId,
  idAfter,
  idBefore,
  idKey,
  MAX_ID,
  MIN_ID,
  parseId,
  type StreamId,
} from "../../../src/engine/values/stream-id.ts";

const LARGEST = 2n ** 64n - 1n;
const part = fc
  .oneof(
    fc.bigInt({ min: 0n, max: 5n }),
    fc.bigInt({ min: 0n, max: LARGEST }),
    fc.constantFrom(2n ** 53n - 1n, LARGEST),
  )
  .map(narrow);
const anyId: fc.Arbitrary<StreamId> = fc.record({ ms: part, seq: part });

describe("ids of streams", () => {
  it("are ordered as their keys in the radix tree", () => {
    fc.assert(
      fc.property(anyId, anyId, (left, right) => {
        const [a, b] = [idKey(left), idKey(right)];
        expect(a).toHaveLength(16);
        expect(compareIds(left, right)).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
      { seed: 1 },
    );
  });

  it("read back as they are written", () => {
    fc.assert(
      fc.property(anyId, id => {
        expect(parseId(formatId(id))).toEqual(id);
      }),
      { seed: 1 },
    );
  });

  it("have one before and one after them, but for the ends", () => {
    fc.assert(
      fc.property(anyId, id => {
        const after = idAfter(id);
        if (after === null) expect(id).toEqual(MAX_ID);
        else {
          expect(compareIds(id, after)).toBe(-1);
          expect(idBefore(after)).toEqual(id);
        }
      }),
      { seed: 1 },
    );
    expect(idBefore(MIN_ID)).toBeNull();
    expect(idAfter(MAX_ID)).toBeNull();
  });

  it.each([
    ["5", "5-0"],
    ["5-3", "5-3"],
    ["0-0", "0-0"],
    ["18446744073709551615-18446744073709551615", "18446744073709551615-18446744073709551615"],
    // What C's strtoull reads beside canonical numbers.
    [" 7-7", "7-7"],
    ["+7-+7", "7-7"],
    ["007-1", "7-1"],
    ["1--0", "1-0"],
    ["1--05", "1-18446744073709551611"],
    ["1--9223372036854775809", "1-9223372036854775807"],
    ["3-3\0x", "3-3"],
  ])("%j reads as %s", (text, id) => {
    expect(formatId(parseId(text)!)).toBe(id);
  });

  it.each(["", "-", "+", "x", "1-", "-1", "1--5", "1-x", "1-*", "*", "1-1-1", "18446744073709551616", "9".repeat(128)])(
    "%j is none",
    text => {
      expect(parseId(text)).toBeNull();
    },
  );

  it("take the ends and the open number only where a command does", () => {
    expect(parseId("-", { allowEnds: true })).toEqual(MIN_ID);
    expect(parseId("+", { allowEnds: true })).toEqual(MAX_ID);
    expect(parseId("5-*", { allowAuto: true })).toEqual({ ms: 5, seq: 0 });
    expect(parseId("5", { missingSeq: MAX_ID.seq })).toEqual({ ms: 5, seq: LARGEST });
  });
});
