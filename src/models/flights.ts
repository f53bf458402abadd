// How many requests to the origin are under way for one key. One is enough: what goes beyond it is a stampede. A miss
// episode begins with the first and ends when none is under way any longer.

import type { CachingCounters } from "./caching/counters.ts";

export class Flights {
  private underWay: Uint32Array;

  constructor(
    keyCount: number,
    private readonly counters: CachingCounters,
  ) {
    this.underWay = new Uint32Array(keyCount);
  }

  began(key: number): void {
    if (key >= this.underWay.length) this.grow(key);
    const n = ++this.underWay[key];
    const { counters } = this;
    counters.missRequests++;
    if (n === 1) counters.missEpisodes++;
    if (n > counters.stampedePeak) counters.stampedePeak = n;
  }

  landed(key: number): void {
    this.underWay[key]--;
  }

  /** Replayed traces say only as they go which keys there are. */
  private grow(key: number): void {
    const wider = new Uint32Array(Math.max(1_024, 2 * (key + 1)));
    wider.set(this.underWay);
    this.underWay = wider;
  }
}
