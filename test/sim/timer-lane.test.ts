// A lane must do what one `after` per timer would do, at a fraction of the events. Deadlines lie on even instants and
// deaths on odd ones, so that no test depends on who comes first at an equal instant.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Simulation } from "../../src/sim/simulation.ts";
import { TimerLane } from "../../src/sim/timer-lane.ts";

interface Timer {
  /** Time since the timer before it began. */
  readonly gapNs: number;
  /** When its reply comes and it stops to matter; null for never. */
  readonly deadAfterNs: number | null;
  /** How many times it is set again when it has fired. */
  readonly again: number;
}

const LENGTH = 100;

const timers = fc.array(
  fc.record({
    gapNs: fc.nat(30).map(n => 2 * n),
    deadAfterNs: fc.option(fc.nat(80).map(n => 2 * n + 1)),
    again: fc.constantFrom(0, 0, 0, 1, 3),
  }),
  { maxLength: 60, size: "max" },
);

type Start = (item: number) => void;

/** Plays the timers against one way of keeping them; returns what fired when, and the events it took. */
function play(
  all: readonly Timer[],
  keep: (sim: Simulation, alive: (item: number) => boolean, fire: (item: number) => void) => Start,
) {
  const sim = new Simulation(1);
  const fired: string[] = [];
  const dead = new Set<number>();
  const left = all.map(timer => timer.again);
  const startOne = keep(
    sim,
    item => !dead.has(item),
    item => {
      fired.push(`${sim.now} #${item}`);
      if (left[item]-- > 0) startOne(item);
    },
  );
  let atNs = 0;
  all.forEach(({ gapNs, deadAfterNs }, item) => {
    atNs += gapNs;
    sim.after(atNs, "start", () => startOne(item));
    if (deadAfterNs !== null) sim.after(atNs + deadAfterNs, "die", () => dead.add(item));
  });
  sim.run(1_000_000);
  return { fired, events: sim.eventCount };
}

const byLane = (all: readonly Timer[]) =>
  play(all, (sim, alive, fire) => {
    const lane = new TimerLane(sim, LENGTH, alive, fire);
    return item => lane.start(item, 0);
  });

const byAfter = (all: readonly Timer[]) =>
  play(all, (sim, alive, fire) => item => {
    sim.after(LENGTH, "timer", () => {
      if (alive(item)) fire(item);
    });
  });

describe("TimerLane", () => {
  test("fires what one `after` per timer would fire, at the same instants and in the same order", () => {
    fc.assert(
      fc.property(timers, all => {
        expect(byLane(all).fired).toEqual(byAfter(all).fired);
      }),
      { numRuns: 300 },
    );
  });

  test("one pending event stands for all: ten thousand dead timers cost next to none", () => {
    const all = Array.from({ length: 10_000 }, () => ({ gapNs: 2, deadAfterNs: 31, again: 0 }));
    const [lane, after] = [byLane(all), byAfter(all)];
    expect(lane.fired).toEqual([]);
    expect(after.events).toBe(30_000);
    expect(lane.events).toBeLessThan(20_000 + 300);
  });

  test("fires by generation: an item in use again is another timer", () => {
    const sim = new Simulation(1);
    const generation = [0, 0];
    const fired: string[] = [];
    const lane = new TimerLane(
      sim,
      10,
      (item, of) => generation[item] === of,
      (item, of) => fired.push(`${sim.now} ${item}/${of}`),
    );
    lane.start(0, 0);
    lane.start(1, 0);
    sim.after(4, "answered, used again", () => {
      generation[0] = 1;
      lane.start(0, 1);
    });
    sim.run(100);
    expect(fired).toEqual(["10 1/0", "14 0/1"]);
  });

  test("grows beyond its first ring while its head has moved on", () => {
    const sim = new Simulation(1);
    const fired: string[] = [];
    const lane = new TimerLane(
      sim,
      5_000,
      () => true,
      (item, generation) => fired.push(`${item}/${generation}`),
    );
    const target = sim.register(item => {
      lane.start(item, item % 5);
      // Thin at first, so that timers end; then three times as many at once as the first ring holds.
      if (item < 20_000) sim.send(item < 3_000 ? 100 : 1 + (item % 2), target, item + 1, 0, 0);
    });
    sim.send(0, target, 0, 0, 0);
    sim.run(1_000_000);
    expect(fired).toEqual(Array.from({ length: 20_001 }, (_, i) => `${i}/${i % 5}`));
  });

  test("a length of zero fires at the same instant, after what was scheduled before", () => {
    const sim = new Simulation(1);
    const log: string[] = [];
    const lane = new TimerLane(
      sim,
      0,
      () => true,
      item => log.push(`${sim.now} timer ${item}`),
    );
    sim.after(3, "start", () => {
      sim.after(0, "before", () => log.push(`${sim.now} before`));
      lane.start(7, 0);
    });
    sim.run(10);
    expect(log).toEqual(["3 before", "3 timer 7"]);
  });
});
