// The control plane's pending events: elections, scrapes, drills, timers. They are rare, so each is an object with a
// closure, and they can be cancelled. A cancelled entry stays in the queue until its time comes and is then skipped.

import FastPriorityQueue from "fastpriorityqueue";

/** What `Simulation.after` returns: a way to call the event off. Cancelling twice, or after it ran, does nothing. */
export interface Timer {
  readonly timeNs: number;
  cancel(): void;
}

interface Entry {
  readonly timeNs: number;
  readonly sequence: number;
  readonly label: string;
  run: (() => void) | null;
}

export class Agenda {
  private readonly queue = new FastPriorityQueue<Entry>(
    (left, right) => left.timeNs < right.timeNs || (left.timeNs === right.timeNs && left.sequence < right.sequence),
  );
  /** Time and sequence of the earliest live entry; Infinity when there is none. */
  topTime = Number.POSITIVE_INFINITY;
  topSequence = Number.POSITIVE_INFINITY;

  add(timeNs: number, sequence: number, label: string, run: () => void): Timer {
    const entry: Entry = { timeNs, sequence, label, run };
    this.queue.add(entry);
    this.refresh();
    return {
      timeNs,
      cancel: () => {
        entry.run = null;
        this.refresh();
      },
    };
  }

  /** Takes the earliest live entry out. Call only when `topTime` is finite. */
  take(): { label: string; run: () => void } {
    const entry = this.queue.poll()!;
    this.refresh();
    return { label: entry.label, run: entry.run! };
  }

  private refresh(): void {
    let top = this.queue.peek();
    while (top !== undefined && top.run === null) {
      this.queue.poll();
      top = this.queue.peek();
    }
    this.topTime = top === undefined ? Number.POSITIVE_INFINITY : top.timeNs;
    this.topSequence = top === undefined ? Number.POSITIVE_INFINITY : top.sequence;
  }
}
