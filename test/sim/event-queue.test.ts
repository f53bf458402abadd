// The oracle is fastpriorityqueue ordered by (time, sequence): any mix of pushes and pops must come out alike, with
// every column of the event intact.

import fc from "fast-check";
import FastPriorityQueue from "fastpriorityqueue";
import { expect, test } from "vitest";
import { EventQueue } from "../../src/sim/event-queue.ts";

interface Event {
  readonly time: number;
  readonly sequence: number;
  readonly target: number;
  readonly kind: number;
  readonly a: number;
  readonly b: number;
}

function pair() {
  const queue = new EventQueue();
  const oracle = new FastPriorityQueue<Event>(
    (left, right) => left.time < right.time || (left.time === right.time && left.sequence < right.sequence),
  );
  let sequence = 0;
  return {
    push(time: number): void {
      const s = sequence++;
      const event = { time, sequence: s, target: s % 97, kind: -1 - s, a: s / 7, b: s * 2 ** 20 };
      oracle.add(event);
      queue.push(time, event.sequence, event.target, event.kind, event.a, event.b);
    },
    popBoth(): void {
      const expected = oracle.poll();
      if (expected === undefined) return;
      const { topTime: time, topSequence: sequence } = queue;
      const slot = queue.pop();
      const event = { target: queue.targets[slot], kind: queue.kinds[slot], a: queue.as[slot], b: queue.bs[slot] };
      expect({ time, sequence, ...event }).toEqual(expected);
    },
    checkTop(): void {
      const top = oracle.peek();
      expect([queue.size, queue.topTime, queue.topSequence]).toEqual([
        oracle.size,
        top?.time ?? Number.POSITIVE_INFINITY,
        top?.sequence ?? Number.POSITIVE_INFINITY,
      ]);
    },
  };
}

test("any mix of pushes and pops comes out as from a priority queue by (time, sequence)", () => {
  const times = fc.oneof(fc.nat(4), fc.nat(1_000), fc.integer({ min: 0, max: 2 ** 52 }));
  const step = fc.oneof({ weight: 3, arbitrary: times }, { weight: 2, arbitrary: fc.constant("pop" as const) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300, size: "max" }), steps => {
      const both = pair();
      for (const what of steps) {
        if (what === "pop") both.popBoth();
        else both.push(what);
        both.checkTop();
      }
    }),
    { numRuns: 300 },
  );
});

test("growth beyond the first capacity keeps every pending event", () => {
  const both = pair();
  for (let round = 0; round < 4; round++) {
    for (let i = 0; i < 6_000; i++) both.push((i * 7_919 + round) % 4_001);
    both.checkTop();
    for (let i = 0; i < 5_000; i++) both.popBoth();
    both.checkTop();
  }
  for (let i = 0; i < 4_000; i++) both.popBoth();
  both.checkTop();
});

test("popped slots are used again: pushes and pops in balance never grow the columns", () => {
  const queue = new EventQueue();
  for (let i = 0; i < 1_000; i++) queue.push(i, i, 0, 0, 0, 0);
  const columns = queue.targets;
  for (let i = 1_000; i < 50_000; i++) {
    queue.pop();
    queue.push(i, i, 0, 0, 0, 0);
  }
  expect(queue.targets).toBe(columns);
  expect(queue.size).toBe(1_000);
});
