// Many timers of one fixed length, such as the command timeout of every request of a client. Since all wait equally
// long they end in the order they began, so a ring buffer keeps them and a single pending event stands for all.
// A timer is a pair of numbers (item, generation); whoever set it decides when it fires whether it still matters,
// so calling one off costs nothing.

import type { Simulation } from "./simulation.ts";

const INITIAL_CAPACITY = 1_024;

export class TimerLane {
  private mask = INITIAL_CAPACITY - 1;
  private head = 0;
  private tail = 0;
  private deadlines = new Float64Array(INITIAL_CAPACITY);
  private items = new Float64Array(INITIAL_CAPACITY);
  private generations = new Float64Array(INITIAL_CAPACITY);
  private readonly target: number;
  private armed = false;

  /** `alive` tells whether a timer still matters; `fire` is called for those that do, at their deadline. */
  constructor(
    private readonly sim: Simulation,
    readonly lengthNs: number,
    private readonly alive: (item: number, generation: number) => boolean,
    private readonly fire: (item: number, generation: number) => void,
  ) {
    this.target = sim.register(() => this.wake());
  }

  start(item: number, generation: number): void {
    if (this.tail - this.head > this.mask) this.grow();
    const at = this.tail++ & this.mask;
    this.deadlines[at] = this.sim.now + this.lengthNs;
    this.items[at] = item;
    this.generations[at] = generation;
    if (!this.armed) this.arm();
  }

  private wake(): void {
    this.armed = false;
    const { now } = this.sim;
    while (this.head !== this.tail) {
      const at = this.head & this.mask;
      const item = this.items[at];
      const generation = this.generations[at];
      // Timers that no longer matter are dropped ahead of time, which keeps the ring as short as the live requests.
      if (this.deadlines[at] > now && this.alive(item, generation)) break;
      this.head++;
      if (this.deadlines[at] <= now && this.alive(item, generation)) this.fire(item, generation);
    }
    if (!this.armed && this.head !== this.tail) this.arm();
  }

  private arm(): void {
    this.armed = true;
    this.sim.send(Math.max(0, this.deadlines[this.head & this.mask] - this.sim.now), this.target, 0, 0, 0);
  }

  private grow(): void {
    const size = this.tail - this.head;
    const capacity = (this.mask + 1) * 2;
    const deadlines = new Float64Array(capacity);
    const items = new Float64Array(capacity);
    const generations = new Float64Array(capacity);
    for (let i = 0; i < size; i++) {
      const from = (this.head + i) & this.mask;
      deadlines[i] = this.deadlines[from];
      items[i] = this.items[from];
      generations[i] = this.generations[from];
    }
    this.deadlines = deadlines;
    this.items = items;
    this.generations = generations;
    this.mask = capacity - 1;
    this.head = 0;
    this.tail = size;
  }
}
