// The lane is a plain first-in first-out queue; the reference is an array.

import fc from "fast-check";
import { expect, test } from "vitest";
import { ZeroLane } from "../../src/sim/zero-lane.ts";

type Row = readonly [sequence: number, target: number, kind: number, a: number, b: number];

/** Pushes and shifts in the given amounts, alternately, and compares all that comes out with an array. */
function drive(amounts: readonly number[]): void {
  const lane = new ZeroLane();
  const reference: Row[] = [];
  let sequence = 0;
  amounts.forEach((amount, step) => {
    for (let i = 0; i < amount; i++) {
      if (step % 2 === 0) {
        const row: Row = [sequence, sequence % 11, -1 - sequence, sequence / 3, sequence * 2 ** 21];
        sequence += 1 + (sequence % 3);
        reference.push(row);
        lane.push(...row);
      } else if (reference.length > 0) {
        const first = lane.topSequence;
        lane.shift();
        expect([first, lane.target, lane.kind, lane.a, lane.b]).toEqual(reference.shift());
      }
      expect(lane.topSequence).toBe(reference[0]?.[0] ?? Number.POSITIVE_INFINITY);
    }
  });
}

test("what goes in comes out in the same order", () => {
  fc.assert(fc.property(fc.array(fc.nat(12), { maxLength: 40, size: "max" }), drive), { numRuns: 150 });
});

test("the ring wraps and grows without losing its order", () => {
  drive([200, 150, 150, 10, 900, 1_000, 3, 3, 2_000, 5_000]);
});
