// Memcached's worker threads, one per vCPU, in the place of the engine thread: as many jobs at a time, first come first served.
//
//     start = max(ready, earliest free thread)
//
// A connection belongs to one thread for its life (memcached, thread.c), and idle threads do not help busy ones; with many more
// connections than threads, as caches have them, the waits come near those of a common queue, which is assumed here. Hash
// table and LRU are locked in thousands of pieces and per list: waiting for locks is left out.

import { EngineThread } from "./engine-thread.ts";

export class WorkerThreads extends EngineThread {
  private readonly freeAt: Float64Array;

  constructor(override readonly count: number) {
    super();
    this.freeAt = new Float64Array(count);
  }

  private get earliest(): number {
    const { freeAt } = this;
    let best = 0;
    for (let i = 1; i < freeAt.length; i++) if (freeAt[i] < freeAt[best]) best = i;
    return best;
  }

  override occupy(startNs: number, cpuNs: number): number {
    this.busyNs += cpuNs;
    const end = startNs + cpuNs * this.stretch;
    this.freeAt[this.earliest] = end;
    this.freeAtNs = this.freeAt[this.earliest];
    return end;
  }

  /** What all of them have still to do, in passed time. */
  private pendingNs(nowNs: number): number {
    return this.freeAt.reduce((sum, end) => sum + Math.max(0, end - nowNs), 0);
  }

  override workedNs(nowNs: number): number {
    return this.busyNs - this.pendingNs(nowNs) / this.stretch;
  }

  override stoodStill(fromNs: number, lateNs: number): void {
    for (let i = 0; i < this.freeAt.length; i++) if (this.freeAt[i] > fromNs) this.freeAt[i] += lateNs;
    this.freeAtNs = this.freeAt[this.earliest];
  }

  override stop(nowNs: number): void {
    this.busyNs -= this.pendingNs(nowNs) / this.stretch;
    this.freeAt.fill(nowNs);
    this.freeAtNs = nowNs;
  }
}
