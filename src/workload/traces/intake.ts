// What all readers of traces do with a row, whatever it looked like in the file: times become nanoseconds from the first
// request, what is missing is filled by rule, rows are counted, problems are kept.
//
//   time     unknown: so long after the row before as `gapMs` says (1 ms). Falling: an error in our own format; in those
//            of others, which are gathered from many hosts, the row comes at the time of the row before and is counted
//   size     unknown stays unknown: whoever replays the trace has a rule for it
//   ttl      the same
//   spread   times in whole seconds: the requests of one second are spread evenly over it, or all of them would come at once
//   amplify  a trace that holds one key in so many (a traffic factor of 1/100) is brought back to size by asking for
//            each key under so many names

import { TRACE_DELETE, TRACE_SET, type TraceKeys, UNKNOWN_SIZE } from "./trace.ts";

/** A row that cannot be used. Rows are counted from 1. */
export interface TraceProblem {
  readonly row: number;
  readonly message: string;
}

/** Takes requests in order of time. */
export interface TraceSink {
  push(timeNs: number, key: number, op: number, size: number, ttl: number): void;
}

export interface IntakeOptions {
  /** Times are divided by it. */
  readonly speed?: number;
  /** From one row to the next where the file has no times. */
  readonly gapMs?: number;
  readonly amplify?: number;
  /** Requests with the same time are spread over so many ms. */
  readonly spreadMs?: number;
  /** Rows out of order are moved, not refused. */
  readonly tolerant?: boolean;
  readonly problemLimit?: number;
}

export const DEFAULT_GAP_MS = 1;
const NS_PER_MS = 1_000_000;
/** Instants stay exact integers in a double up to here. */
const LATEST_MS = Number.MAX_SAFE_INTEGER / NS_PER_MS;

export class TraceIntake {
  /** Requests taken, repeated and amplified ones each. */
  rows = 0;
  reads = 0;
  writes = 0;
  deletes = 0;
  firstMs = Number.NaN;
  lastMs = Number.NaN;
  /** Rows whose time was filled in, or moved because it fell. */
  untimed = 0;
  disordered = 0;
  /** Rows without a size; those of them that store. */
  unsized = 0;
  /** Lines that are no request: by what they were. */
  readonly skipped = new Map<string, number>();
  /** The first problems; `problemCount` counts all of them. */
  readonly problems: TraceProblem[] = [];
  problemCount = 0;

  private readonly speed: number;
  private readonly gapMs: number;
  private readonly amplify: number;
  private readonly spreadMs: number;
  /** Requests of one instant that wait to be spread. */
  private readonly held: { key: number; op: number; size: number; ttl: number }[] = [];
  private heldMs = Number.NaN;
  private readonly tolerant: boolean;
  private readonly problemLimit: number;

  /** Without a sink the rows are only checked and counted. */
  constructor(
    readonly keys: TraceKeys,
    private readonly sink: TraceSink | null,
    options: IntakeOptions = {},
  ) {
    this.speed = options.speed ?? 1;
    this.gapMs = options.gapMs ?? DEFAULT_GAP_MS;
    this.amplify = options.amplify ?? 1;
    this.spreadMs = options.spreadMs ?? 0;
    this.tolerant = options.tolerant ?? false;
    this.problemLimit = options.problemLimit ?? 20;
  }

  /** One request. `timeMs` is NaN where the file does not say. False: it cannot be used, and why is among the problems. */
  take(row: number, timeMs: number, key: string, op: number, size: number, ttl: number): boolean {
    let at = timeMs;
    const timed = !Number.isNaN(timeMs);
    if (!timed) {
      this.untimed++;
      at = Number.isNaN(this.lastMs) ? 0 : this.lastMs + this.gapMs;
    } else if (at < this.lastMs) {
      if (!this.tolerant) {
        this.problem(row, `time_ms ${at} lies before the row above (${this.lastMs})`);
        return false;
      }
      this.disordered++;
      at = this.lastMs;
    }
    if (Number.isNaN(this.firstMs)) this.firstMs = at;
    this.lastMs = at;
    if ((at - this.firstMs) / this.speed > LATEST_MS) {
      this.problem(row, `time ${at} lies more than 104 days after the first row`);
      return false;
    }
    this.count(op, size);
    const spreads = timed && this.spreadMs > 0;
    for (let i = 0; i < this.amplify; i++) {
      this.deliver(at, spreads, this.keys.number(this.amplify === 1 ? key : `${key}/${i}`), op, size, ttl);
    }
    return true;
  }

  private deliver(atMs: number, spreads: boolean, key: number, op: number, size: number, ttl: number): void {
    if (this.sink === null) return;
    if (!spreads || atMs !== this.heldMs) this.release();
    if (!spreads) return this.sink.push(this.instant(atMs), key, op, size, ttl);
    this.heldMs = atMs;
    this.held.push({ key, op, size, ttl });
  }

  /** Hands on what was held back. */
  private release(): void {
    const { held, spreadMs } = this;
    if (held.length === 0) return;
    held.forEach(({ key, op, size, ttl }, i) => {
      this.sink!.push(this.instant(this.heldMs + (i * spreadMs) / held.length), key, op, size, ttl);
    });
    held.length = 0;
  }

  private instant(ms: number): number {
    return Math.round(((ms - this.firstMs) * NS_PER_MS) / this.speed);
  }

  private count(op: number, size: number): void {
    const by = this.amplify;
    this.rows += by;
    if (op === TRACE_SET) this.writes += by;
    else if (op === TRACE_DELETE) this.deletes += by;
    else this.reads += by;
    if (size === UNKNOWN_SIZE && op !== TRACE_DELETE) this.unsized += by;
  }

  /** A line that is no request, and what it is. */
  skip(what: string): void {
    this.skipped.set(what, (this.skipped.get(what) ?? 0) + 1);
  }

  problem(row: number, message: string): void {
    this.problemCount++;
    if (this.problems.length < this.problemLimit) this.problems.push({ row: Math.max(1, row), message });
  }

  /** The file has ended; readers whose message it is not to give call it with their last row. */
  end(row: number): void {
    this.release();
    if (this.rows === 0 && this.problemCount === 0) this.problem(row, "there is no request in it");
  }
}
