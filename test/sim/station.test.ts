// Waits against queueing theory are in station-theory.test.ts; here the heap of free times against a plain list.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BugError } from "../../src/assert.ts";
import { Station } from "../../src/sim/station.ts";

const step = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({ verb: fc.constant("admit" as const), gapNs: fc.nat(12), ns: fc.nat(60) }),
  },
  { weight: 1, arbitrary: fc.record({ verb: fc.constant("reset" as const), gapNs: fc.nat(12), ns: fc.constant(0) }) },
);

describe("Station", () => {
  test("starts each job on the server that is free first, as a list of servers does", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 17 }),
        fc.array(step, { maxLength: 120, size: "max" }),
        (servers, steps) => {
          const station = new Station(servers);
          let freeAt: number[] = Array.from({ length: servers }, () => 0);
          let nowNs = 0;
          let work = 0;
          let jobs = 0;
          for (const { verb, gapNs, ns } of steps) {
            nowNs += gapNs;
            if (verb === "admit") {
              const first = freeAt.indexOf(Math.min(...freeAt));
              const start = Math.max(nowNs, freeAt[first]);
              freeAt[first] = start + ns;
              work += ns;
              jobs++;
              expect(station.admit(nowNs, ns)).toBe(start);
            } else {
              for (const at of freeAt) work -= Math.max(0, at - nowNs);
              freeAt = freeAt.map(() => nowNs);
              station.reset(nowNs);
            }
            expect(station.earliestFreeNs).toBe(Math.min(...freeAt));
          }
          expect([station.busyNs, station.admitted]).toEqual([work, jobs]);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("is first come, first served: no job starts before one that came earlier", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.array(fc.tuple(fc.nat(9), fc.nat(99)), { maxLength: 100, size: "max" }),
        (servers, jobs) => {
          const station = new Station(servers);
          let nowNs = 0;
          let before = 0;
          for (const [gapNs, serviceNs] of jobs) {
            nowNs += gapNs;
            const start = station.admit(nowNs, serviceNs);
            expect(start).toBeGreaterThanOrEqual(Math.max(before, nowNs));
            before = start;
          }
        },
      ),
    );
  });

  test.each([0, -1, 1.5, Number.NaN])("%d servers are refused", servers => {
    expect(() => new Station(servers)).toThrow(BugError);
  });
});
