// The engine thread of a node: one job at a time, first come first served, so whoever comes is told at once when it will
// have been done. CPU time and passed time differ where the host holds the thread back (burst credits): then a job takes
// `stretch` times its CPU time.

import { Overlapping } from "../faults/overlapping.ts";

export class EngineThread {
  /** How many there are. */
  readonly count: number = 1;
  /** When it will have done what it has promised so far. */
  freeAtNs = 0;
  /** CPU time that it has promised so far, in ns. */
  busyNs = 0;
  /** How much longer it takes than at full speed: for want of credits, and by a fault. */
  protected stretch = 1;
  private throttling = 1;
  private slowdown = 1;
  /** Faults that slow it down multiply. */
  private readonly slowdowns = new Overlapping<{ readonly factor: number }>(present => {
    this.slowdown = present.reduce((product, { factor }) => product * factor, 1);
    this.stretch = this.slowdown * this.throttling;
  });

  /** Takes `cpuNs` from `startNs` on, which is not before it is free; returns the instant it is free again. */
  occupy(startNs: number, cpuNs: number): number {
    this.busyNs += cpuNs;
    this.freeAtNs = startNs + cpuNs * this.stretch;
    return this.freeAtNs;
  }

  /** The first instant, from `nowNs` on, at which it can take something up. */
  readyNs(nowNs: number): number {
    return this.freeAtNs > nowNs ? this.freeAtNs : nowNs;
  }

  /** Work that waits for it, in ns of passing time. */
  backlogNs(nowNs: number): number {
    return this.freeAtNs > nowNs ? this.freeAtNs - nowNs : 0;
  }

  /** CPU time used until `nowNs`: what has been promised, less what is still to come. */
  workedNs(nowNs: number): number {
    return this.busyNs - this.backlogNs(nowNs) / this.stretch;
  }

  /** The host holds it back: work takes so many times its CPU time. */
  throttle(by: number): void {
    this.throttling = by;
    this.stretch = by * this.slowdown;
  }

  /** The same by a fault; call what it returns when it is over. */
  slow(factor: number): () => void {
    return this.slowdowns.add({ factor });
  }

  /** Its process stood still for so long: what was promised for later comes as much later. */
  stoodStill(fromNs: number, lateNs: number): void {
    if (this.freeAtNs > fromNs) this.freeAtNs += lateNs;
  }

  /** What it had promised will not be done: the process is gone. */
  stop(nowNs: number): void {
    this.busyNs -= this.backlogNs(nowNs) / this.stretch;
    this.freeAtNs = nowNs;
  }
}
