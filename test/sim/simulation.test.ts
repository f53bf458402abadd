// The kernel promises one thing, an order: (time, order of scheduling) through both doors and the zero lane. Random
// programs, whose events schedule and cancel further events, run on the kernel and on a naive one that sorts all that
// is pending before every step; logs and digests must agree.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BugError } from "../../src/assert.ts";
import { EventDigest } from "../../src/sim/digest.ts";
import { exponential } from "../../src/sim/distributions/exponential.ts";
import { Simulation } from "../../src/sim/simulation.ts";

interface Kernel {
  now(): number;
  send(delayNs: number, kind: number, a: number, b: number): void;
  after(delayNs: number, run: () => void): { cancel(): void };
  run(untilNs: number): void;
  digest(): string;
}

type Receive = (kind: number, a: number, b: number) => void;

function realKernel(sim: Simulation, receive: Receive): Kernel {
  const target = sim.register(receive);
  return {
    now: () => sim.now,
    send: (delayNs, kind, a, b) => sim.send(delayNs, target, kind, a, b),
    after: (delayNs, run) => sim.after(delayNs, "step", run),
    run: untilNs => expect(sim.run(untilNs)).toBe(true),
    digest: () => sim.digest.toString(),
  };
}

function naiveKernel(receive: Receive): Kernel {
  let pending: { time: number; sequence: number; run: () => void }[] = [];
  let now = 0;
  let sequence = 0;
  const digest = new EventDigest();
  const add = (delayNs: number, run: () => void) => {
    const event = { time: now + delayNs, sequence: sequence++, run };
    pending.push(event);
    return {
      cancel: () => {
        pending = pending.filter(other => other !== event);
      },
    };
  };
  return {
    now: () => now,
    send: (delayNs, kind, a, b) =>
      add(delayNs, () => {
        digest.add(now, 0, kind, a, b);
        receive(kind, a, b);
      }),
    after: (delayNs, run) =>
      add(delayNs, () => {
        digest.addText("step");
        digest.add(now, -1, 0, 0, 0);
        run();
      }),
    run: untilNs => {
      for (;;) {
        pending.sort((left, right) => left.time - right.time || left.sequence - right.sequence);
        if (pending.length === 0 || pending[0].time > untilNs) break;
        const next = pending.shift()!;
        now = next.time;
        next.run();
      }
      now = untilNs;
    },
    digest: () => digest.toString(),
  };
}

/** What one event does when it runs. `next` names the behaviour of the new event, or the timer to cancel. */
interface Action {
  readonly verb: "send" | "after" | "cancel";
  readonly delayNs: number;
  readonly next: number;
}
type Program = readonly (readonly Action[])[];

const program: fc.Arbitrary<Program> = fc.array(
  fc.array(
    fc.record({
      verb: fc.constantFrom("send" as const, "send" as const, "after" as const, "cancel" as const),
      delayNs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2 ** 42 })),
      next: fc.nat(20),
    }),
    { maxLength: 5, size: "max" },
  ),
  { minLength: 1, maxLength: 8, size: "max" },
);

const END = 2 ** 52;
const BUDGET = 300;

/** Starts the program on a kernel; the returned log grows as the kernel runs. */
function start(behaviours: Program, make: (receive: Receive) => Kernel): { kernel: Kernel; log: string[] } {
  const log: string[] = [];
  const timers: { cancel(): void }[] = [];
  let scheduled = 0;
  const perform = (behaviour: number) => {
    for (const { verb, delayNs, next } of behaviours[behaviour % behaviours.length]) {
      if (verb === "cancel") {
        if (timers.length > 0) timers[next % timers.length].cancel();
      } else if (scheduled < BUDGET) {
        const serial = scheduled++;
        if (verb === "send") kernel.send(delayNs, next, serial, -serial / 3);
        else {
          const run = () => {
            log.push(`${kernel.now()} after #${serial}`);
            perform(next);
          };
          timers.push(kernel.after(delayNs, run));
        }
      }
    }
  };
  const kernel = make((kind, a, b) => {
    log.push(`${kernel.now()} send #${a} ${kind} ${b}`);
    perform(kind);
  });
  for (let behaviour = 0; behaviour < behaviours.length; behaviour++) perform(behaviour);
  return { kernel, log };
}

function startReal(behaviours: Program) {
  const sim = new Simulation(1);
  return { sim, ...start(behaviours, receive => realKernel(sim, receive)) };
}

describe("the order of events", () => {
  test("any program runs as on a kernel that sorts by (time, order of scheduling)", () => {
    fc.assert(
      fc.property(program, behaviours => {
        const real = startReal(behaviours);
        const naive = start(behaviours, naiveKernel);
        real.kernel.run(END);
        naive.kernel.run(END);
        expect(real.log).toEqual(naive.log);
        expect(real.kernel.digest()).toBe(naive.kernel.digest());
        expect(real.sim.eventCount).toBe(real.log.length);
        expect(real.sim.now).toBe(END);
        expect(real.sim.nextTime).toBe(Number.POSITIVE_INFINITY);
      }),
      { numRuns: 400 },
    );
  });

  test("one instant, three containers: events come in the order in which they were scheduled", () => {
    const sim = new Simulation(1);
    const log: string[] = [];
    const target = sim.register(kind => log.push(`event ${kind}`));
    sim.after(10, "first", () => {
      // Both lie at instant 10 already: the zero lane's event was scheduled later and must wait for them.
      sim.send(0, target, 3, 0, 0);
      sim.after(0, "last", () => log.push("timer 4"));
    });
    sim.send(10, target, 1, 0, 0);
    sim.after(10, "second", () => log.push("timer 2"));
    sim.run(10);
    expect(log).toEqual(["event 1", "timer 2", "event 3", "timer 4"]);
  });

  test("thousands of events outgrow every container and keep their order", () => {
    const sim = new Simulation(1);
    const count = 5_000;
    const seen: number[] = [];
    const target = sim.register((_kind, a) => seen.push(a));
    for (let i = 0; i < count; i++) {
      sim.send(1 + ((i * 7_919) % 1_000), target, 0, i, 0);
      sim.send(0, target, 0, count + i, 0);
      sim.after((i * 104_729) % 1_000, "timer", () => seen.push(2 * count + i));
    }
    sim.run(1_000);
    const dueNs = (i: number) => {
      if (i < count) return 1 + ((i * 7_919) % 1_000);
      return i < 2 * count ? 0 : ((i - 2 * count) * 104_729) % 1_000;
    };
    const scheduled = (i: number) => 3 * (i % count) + Math.floor(i / count);
    const expected = Array.from({ length: 3 * count }, (_, i) => i).sort(
      (left, right) => dueNs(left) - dueNs(right) || scheduled(left) - scheduled(right),
    );
    expect(seen).toEqual(expected);
  });
});

describe("run(untilNs, maxEvents)", () => {
  test("slices change nothing: same log, same digest, same clock", () => {
    const slice = fc.record({
      stepNs: fc.integer({ min: 0, max: 2 ** 42 }),
      maxEvents: fc.integer({ min: 0, max: 9 }),
    });
    fc.assert(
      fc.property(program, fc.array(slice, { maxLength: 60, size: "max" }), (behaviours, slices) => {
        const whole = startReal(behaviours);
        whole.sim.run(END);
        const sliced = startReal(behaviours);
        let untilNs = 0;
        for (const { stepNs, maxEvents } of slices) {
          const before = sliced.sim.eventCount;
          untilNs += stepNs;
          const arrived = sliced.sim.run(untilNs, maxEvents);
          if (arrived) expect(sliced.sim.now).toBe(untilNs);
          else expect(sliced.sim.eventCount - before).toBe(maxEvents);
          expect(sliced.sim.now).toBeLessThanOrEqual(untilNs);
          if (arrived) expect(sliced.sim.nextTime).toBeGreaterThan(untilNs);
        }
        sliced.sim.run(END);
        expect(sliced.log).toEqual(whole.log);
        expect(sliced.sim.digest.toString()).toBe(whole.sim.digest.toString());
        expect(sliced.sim.now).toBe(END);
      }),
      { numRuns: 200 },
    );
  });

  test("run(until) includes the events at that instant and none after it", () => {
    const sim = new Simulation(1);
    const seen: number[] = [];
    const target = sim.register(kind => seen.push(kind));
    for (const delayNs of [9, 10, 11]) sim.send(delayNs, target, delayNs, 0, 0);
    expect(sim.run(10)).toBe(true);
    expect(seen).toEqual([9, 10]);
    expect(sim.nextTime).toBe(11);
  });

  test("run(Infinity) runs until nothing is pending and leaves the clock at the last event", () => {
    const sim = new Simulation(1);
    const target = sim.register(kind => {
      if (kind > 0) sim.send(5, target, kind - 1, 0, 0);
    });
    sim.send(5, target, 3, 0, 0);
    expect(sim.run(Number.POSITIVE_INFINITY)).toBe(true);
    expect([sim.eventCount, sim.now]).toEqual([4, 20]);
    sim.send(1, target, 0, 0, 0);
    expect(sim.run(Number.POSITIVE_INFINITY)).toBe(true);
    expect([sim.eventCount, sim.now]).toEqual([5, 21]);
  });

  test("an instant that is no instant is refused", () => {
    for (const untilNs of [Number.NaN, -1, 0.5]) expect(() => new Simulation(1).run(untilNs)).toThrow(BugError);
  });

  test("a run that goes to an earlier instant than the clock's does not turn it back", () => {
    const sim = new Simulation(1);
    sim.run(100);
    expect(sim.run(50)).toBe(true);
    expect(sim.now).toBe(100);
  });
});

describe("seeds", () => {
  /** Poisson arrivals that each cause a second event: what the digest sees depends on every draw. */
  const digestOf = (seed: number, replication = 0): string => {
    const sim = new Simulation(seed, replication);
    const gap = exponential(1_000);
    const random = sim.random("arrivals");
    const target = sim.register(kind => {
      if (kind === 0) {
        sim.send(Math.round(gap.sample(random)), target, 0, 0, 0);
        sim.send(sim.random("service").below(500), target, 1, 0, 0);
      }
    });
    sim.send(0, target, 0, 0, 0);
    sim.run(1_000_000);
    expect(sim.eventCount).toBeGreaterThan(1_500);
    return sim.digest.toString();
  };

  test("the same seed and replication give the same digest, others give others", () => {
    const runs = [digestOf(7), digestOf(8), digestOf(7, 1), digestOf(8, 1)];
    expect(digestOf(7)).toBe(runs[0]);
    expect(new Set(runs).size).toBe(4);
  });

  test("random(name) goes on when asked for again, whatever the other streams do", () => {
    const alone = new Simulation(7);
    const drawn = [1, 2, 3, 4].map(() => alone.random("a").next());
    const mixed = new Simulation(7);
    const again = [1, 2, 3, 4].map(() => {
      mixed.random("b").next();
      return mixed.random("a").next();
    });
    expect(again).toEqual(drawn);
    expect(new Set(drawn).size).toBe(4);
  });
});

describe("bugs stop the run", () => {
  const refused = [-1, -0.5, 0.5, 1.25, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

  test.each(refused)("a delay of %d is refused at both doors, with seed and simulated time", delayNs => {
    const doors: ((sim: Simulation) => void)[] = [
      sim => sim.send(delayNs, 0, 0, 0, 0),
      sim => sim.after(delayNs, "late", () => {}),
    ];
    for (const door of doors) {
      const sim = new Simulation(42, 3);
      sim.register(() => door(sim));
      expect(() => door(sim)).toThrow(BugError);
      sim.send(5, 0, 0, 0, 0);
      const message = `${delayNs} ns.*seed 42, replication 3, simulated time 5 ns`;
      expect(() => sim.run(10)).toThrow(new RegExp(message));
      expect(() => sim.run(10)).not.toThrow();
    }
  });

  test("a failed assertion inside an event is re-thrown as it is, with seed and simulated time added", () => {
    const sim = new Simulation(42);
    const bug = new BugError("slots have two owners");
    sim.after(1_000, "check", () => {
      throw bug;
    });
    expect(() => sim.run(2_000)).toThrow(bug);
    expect(bug.message).toBe("slots have two owners [seed 42, replication 0, simulated time 1000 ns]");
  });

  test("an error that is no BugError passes through untouched", () => {
    const sim = new Simulation(42);
    const target = sim.register(() => {
      throw new RangeError("stack");
    });
    sim.send(1, target, 0, 0, 0);
    expect(() => sim.run(2)).toThrow(/^stack$/);
  });
});
