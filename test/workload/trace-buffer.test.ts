// The buffer between reader and world: a queue of rows, first in, first out, in columns that move and grow.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TraceBuffer } from "../../src/workload/traces/trace.ts";

type Row = readonly [ns: number, key: number, op: number, size: number, ttl: number];

describe("TraceBuffer", () => {
  test("is a queue, whatever the order of pushing and taking", () => {
    const action = fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: 1, max: 9 }).map(n => ({ push: n })) },
      { weight: 2, arbitrary: fc.integer({ min: 1, max: 9 }).map(n => ({ take: n })) },
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.array(action, { maxLength: 60 }), (capacity, actions) => {
        const buffer = new TraceBuffer(capacity);
        const queue: Row[] = [];
        let made = 0;
        for (const one of actions) {
          if ("push" in one) {
            for (let i = 0; i < one.push; i++, made++) {
              const row: Row = [made * 1e9, made, made % 2, made * 1_000, made / 4];
              buffer.push(...row);
              queue.push(row);
            }
          } else {
            for (let i = 0; i < one.take && queue.length > 0; i++) {
              const { nextNs, key, op, size, ttl } = buffer;
              expect([nextNs, key, op, size, ttl]).toEqual(queue.shift());
              buffer.skip();
            }
          }
          expect(buffer.length).toBe(queue.length);
          expect(buffer.nextNs).toBe(queue[0]?.[0] ?? Number.POSITIVE_INFINITY);
          expect(buffer.lastNs).toBe(queue.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY);
        }
      }),
      { seed: 6, numRuns: 300 },
    );
  });

  test("a long trace through a small buffer does not make it grow", () => {
    const buffer = new TraceBuffer(8);
    const columns = buffer as unknown as { timesNs: Float64Array };
    for (let i = 0; i < 10_000; i++) {
      buffer.push(i, i, 0, 0, 0);
      if (i % 3 !== 0 || i < 3) buffer.skip();
      if (buffer.length > 3) buffer.skip();
    }
    expect(columns.timesNs.length).toBe(8);
  });
});
