// Cancelling is the agenda's own business; the order it shares with the event queue is tested with the kernel.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Agenda, type Timer } from "../../src/sim/agenda.ts";
import { Simulation } from "../../src/sim/simulation.ts";

describe("cancel", () => {
  const setUp = () => ({ sim: new Simulation(1), log: [] as string[] });

  test("a cancelled timer never runs, and neither counts as an event nor enters the digest", () => {
    const { sim, log } = setUp();
    sim.after(5, "kept", () => log.push("kept"));
    sim.after(5, "called off", () => log.push("called off")).cancel();
    sim.run(10);
    const plain = new Simulation(1);
    plain.after(5, "kept", () => {});
    plain.run(10);
    expect(log).toEqual(["kept"]);
    expect(sim.eventCount).toBe(1);
    expect(sim.digest.toString()).toBe(plain.digest.toString());
  });

  test("twice, or after it ran, does nothing", () => {
    const { sim, log } = setUp();
    const first = sim.after(1, "first", () => log.push("first"));
    const second = sim.after(2, "second", () => log.push("second"));
    sim.run(1);
    first.cancel();
    first.cancel();
    expect(sim.nextTime).toBe(2);
    second.cancel();
    second.cancel();
    sim.run(10);
    expect(log).toEqual(["first"]);
  });

  test("by the event itself does nothing; by an earlier event of the same instant it holds", () => {
    const { sim, log } = setUp();
    const own: Timer = sim.after(1, "own", () => {
      own.cancel();
      log.push("own");
      later.cancel();
    });
    const later = sim.after(1, "later", () => log.push("later"));
    sim.run(1);
    expect(log).toEqual(["own"]);
  });

  test("the earliest timer cancelled, the next one's time is the next time", () => {
    const { sim } = setUp();
    const early = sim.after(3, "early", () => {});
    sim.after(7, "late", () => {});
    expect([sim.nextTime, early.timeNs]).toEqual([3, 3]);
    early.cancel();
    expect(sim.nextTime).toBe(7);
  });
});

test("any adds, cancels and takes: the live entries come out by (time, sequence), the others never", () => {
  const step = fc.oneof(
    fc.record({ verb: fc.constant("add" as const), value: fc.nat(6) }),
    fc.record({ verb: fc.constant("cancel" as const), value: fc.nat(60) }),
    fc.record({ verb: fc.constant("take" as const), value: fc.constant(0) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120, size: "max" }), steps => {
      const agenda = new Agenda();
      const timers: Timer[] = [];
      let live: { time: number; sequence: number }[] = [];
      for (const { verb, value } of steps) {
        if (verb === "add") {
          const sequence = timers.length;
          timers.push(agenda.add(value, sequence, `${sequence}`, () => {}));
          live.push({ time: value, sequence });
          live.sort((left, right) => left.time - right.time || left.sequence - right.sequence);
        } else if (verb === "cancel" && timers.length > 0) {
          const sequence = value % timers.length;
          timers[sequence].cancel();
          live = live.filter(entry => entry.sequence !== sequence);
        } else if (verb === "take" && live.length > 0) {
          expect(agenda.take().label).toBe(`${live.shift()!.sequence}`);
        }
        const top = live[0] ?? { time: Number.POSITIVE_INFINITY, sequence: Number.POSITIVE_INFINITY };
        expect([agenda.topTime, agenda.topSequence]).toEqual([top.time, top.sequence]);
      }
    }),
    { numRuns: 200 },
  );
});
