// The reference keeps one value per nanosecond and averages them.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Gauge } from "../../src/sim/series.ts";

describe("Gauge", () => {
  const step = fc.record({
    gapNs: fc.nat(9),
    verb: fc.constantFrom("set", "add", "read"),
    value: fc.integer({ min: -50, max: 50 }),
  });

  test("read() gives the time-weighted mean and the highest value since the last reading", () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60, size: "max" }),
        fc.nat(100),
        fc.nat(20),
        (steps, startNs, initial) => {
          const gauge = new Gauge(initial, startNs);
          let nowNs = startNs;
          let value = initial;
          let peak = initial;
          let held: number[] = [];
          for (const { gapNs, verb, value: operand } of steps) {
            for (let i = 0; i < gapNs; i++) held.push(value);
            nowNs += gapNs;
            if (verb === "read") {
              const mean = held.length === 0 ? value : held.reduce((sum, one) => sum + one, 0) / held.length;
              const reading = gauge.read(nowNs);
              expect(reading.mean).toBeCloseTo(mean, 10);
              expect(reading.max).toBe(peak);
              held = [];
              peak = value;
            } else {
              value = verb === "set" ? operand : value + operand;
              if (verb === "set") gauge.set(nowNs, operand);
              else gauge.add(nowNs, operand);
              peak = Math.max(peak, value);
              expect(gauge.value).toBe(value);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test("a spike between two readings counts for as long as it lasts", () => {
    const gauge = new Gauge(0);
    gauge.set(40, 1_000);
    gauge.set(50, 0);
    expect(gauge.read(100)).toEqual({ mean: 100, max: 1_000 });
    expect(gauge.read(200)).toEqual({ mean: 0, max: 0 });
  });

  test("how often the same value is set does not matter", () => {
    const [seldom, often] = [new Gauge(3), new Gauge(3)];
    for (let nowNs = 0; nowNs < 1_000; nowNs += 7) often.set(nowNs, 3);
    expect(often.read(1_000)).toEqual(seldom.read(1_000));
  });
});
