// A first-come first-served station with k servers and no queue objects: whoever arrives is told at once when it
// starts, `start = max(now, earliest free server)`, because nobody who comes later can overtake.
//
// The free times of the servers form a binary heap; with one server it is a single number.

import { assert } from "../assert.ts";

export class Station {
  /** Instants at which the servers become free; the earliest first (heap order). */
  private readonly freeAt: Float64Array;
  /** Work done and promised so far, in ns of server time. */
  busyNs = 0;
  admitted = 0;

  constructor(readonly servers: number) {
    assert(Number.isInteger(servers) && servers >= 1, `a station needs at least one server, got ${servers}`);
    this.freeAt = new Float64Array(servers);
  }

  /** Takes a job that arrives now and lasts `serviceNs`; returns the instant at which it starts. */
  admit(nowNs: number, serviceNs: number): number {
    const { freeAt } = this;
    const start = freeAt[0] > nowNs ? freeAt[0] : nowNs;
    this.busyNs += serviceNs;
    this.admitted++;
    const end = start + serviceNs;
    if (this.servers === 1) freeAt[0] = end;
    else this.replaceEarliest(end);
    return start;
  }

  /** Instant at which the next arrival would start if it came now or later. */
  get earliestFreeNs(): number {
    return this.freeAt[0];
  }

  /** Forgets all pending work: the machine behind it has died. What it would have done does not count as busy. */
  reset(nowNs: number): void {
    for (let i = 0; i < this.servers; i++) {
      if (this.freeAt[i] > nowNs) this.busyNs -= this.freeAt[i] - nowNs;
      this.freeAt[i] = nowNs;
    }
  }

  private replaceEarliest(end: number): void {
    const { freeAt, servers } = this;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= servers) break;
      if (child + 1 < servers && freeAt[child + 1] < freeAt[child]) child++;
      if (freeAt[child] >= end) break;
      freeAt[at] = freeAt[child];
      at = child;
    }
    freeAt[at] = end;
  }
}
