// The changes of one primary under one epoch, as an observer has seen them written: what was at risk, what was acknowledged,
// what a promotion left behind.

import type { Change, ReplicationStream } from "../replication/stream.ts";

export interface Written {
  readonly change: Change;
  acknowledged: boolean;
}

export class History {
  /** In the order of the stream. */
  entries: Written[] = [];
  /** Where the next primary goes on from; what lies beyond is lost. */
  closedAt = Number.POSITIVE_INFINITY;
  /** Changes that were there when it was closed. */
  atClose = 0;
  /** Changes before the first entry that is kept. */
  private dropped = 0;

  constructor(
    readonly stream: ReplicationStream,
    readonly shard: number,
  ) {}

  /** Changes seen so far. */
  get count(): number {
    return this.dropped + this.entries.length;
  }

  /** Index of the first entry beyond an offset. */
  private firstBeyond(offset: number): number {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.entries[middle].change.end <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The change that ends at an offset; undefined when it is not there, or no longer. */
  endingAt(offset: number): Written | undefined {
    const entry = this.entries[this.firstBeyond(offset) - 1];
    return entry?.change.end === offset ? entry : undefined;
  }

  /** Whether an offset lies before everything that is kept. */
  isForgotten(offset: number): boolean {
    return this.entries.length === 0 || offset < this.entries[0].change.end;
  }

  upTo(offset: number): Written[] {
    return this.entries.slice(0, this.firstBeyond(offset));
  }

  beyond(offset: number): Written[] {
    return this.entries.slice(this.firstBeyond(offset));
  }

  /** Forgets what nobody can lose any more. */
  forget(offset: number): void {
    const first = this.firstBeyond(offset);
    if (first === 0) return;
    this.entries = this.entries.slice(first);
    this.dropped += first;
  }

  /** The next primary goes on from an offset. Returns what is lost of what had been finished. */
  close(offset: number): Written[] {
    this.closedAt = offset;
    this.atClose = this.count;
    return this.finished(this.beyond(offset));
  }

  /** Those that were finished before their primary died. */
  finished(entries: readonly Written[]): Written[] {
    return entries.filter(({ change }) => change.timeNs <= this.stream.stoppedNs);
  }

  /** What was written after it had been closed, and finished. */
  afterClose(): Written[] {
    return this.finished(this.entries.slice(Math.max(0, this.atClose - this.dropped)));
  }
}
