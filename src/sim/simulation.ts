// The kernel: one clock, one order of events, two doors.
//
//   send(delay, target, kind, a, b)  the data plane: numbers in typed columns, no object per event
//   after(delay, label, run)         the control plane: a closure, cancellable
//
// Events run in order of (time, order of scheduling), whichever door they came through. Time is integer nanoseconds.
// A target is a component registered with `register`; `a` and `b` mean what that component says they mean.

import { assert, BugError } from "../assert.ts";
import { Agenda, type Timer } from "./agenda.ts";
import { EventDigest } from "./digest.ts";
import { EventQueue } from "./event-queue.ts";
import { type Random, randomFrom, streamSeed } from "./random.ts";
import { ZeroLane } from "./zero-lane.ts";

/** Receives the data-plane events sent to one component. */
export type Handler = (kind: number, a: number, b: number) => void;

export class Simulation {
  /** The current instant in integer nanoseconds since the start of the run. */
  now = 0;
  /** Events run so far, of both planes. */
  eventCount = 0;
  readonly digest = new EventDigest();

  private sequence = 0;
  private readonly queue = new EventQueue();
  private readonly lane = new ZeroLane();
  private readonly agenda = new Agenda();
  private readonly handlers: Handler[] = [];
  private readonly streams = new Map<string, Random>();

  constructor(
    readonly seed: number,
    readonly replication = 0,
  ) {}

  /** Makes a component reachable by `send`; returns its target number. */
  register(handler: Handler): number {
    this.handlers.push(handler);
    return this.handlers.length - 1;
  }

  /** The stream of this name; asked for again, the same stream goes on. */
  random(name: string): Random {
    let stream = this.streams.get(name);
    if (stream === undefined) {
      stream = randomFrom(streamSeed(this.seed, this.replication, name));
      this.streams.set(name, stream);
    }
    return stream;
  }

  /**
   * Schedules a data-plane event. `delayNs` is a whole number of nanoseconds, zero or more. What is no such number
   * (a fraction, NaN, Infinity) differs from its whole part by something other than zero.
   */
  send(delayNs: number, target: number, kind: number, a: number, b: number): void {
    if (delayNs === 0) {
      this.lane.push(this.sequence++, target, kind, a, b);
      return;
    }
    if (delayNs < 0 || delayNs - Math.trunc(delayNs) !== 0) this.refuse(delayNs);
    this.queue.push(this.now + delayNs, this.sequence++, target, kind, a, b);
  }

  /** Schedules a control-plane event. The label enters the digest and names the event in failures. */
  after(delayNs: number, label: string, run: () => void): Timer {
    if (delayNs < 0 || delayNs - Math.trunc(delayNs) !== 0) this.refuse(delayNs);
    return this.agenda.add(this.now + delayNs, this.sequence++, label, run);
  }

  /** Instant of the next event; Infinity when none is pending. */
  get nextTime(): number {
    if (this.lane.topSequence !== Number.POSITIVE_INFINITY) return this.now;
    return Math.min(this.queue.topTime, this.agenda.topTime);
  }

  /**
   * Runs events up to and including `untilNs`, at most `maxEvents` of them, and returns whether it got that far.
   * Slicing a run by `maxEvents` changes nothing in it. With Infinity it runs until nothing is pending, and the clock
   * stays at the last event.
   */
  run(untilNs: number, maxEvents = Number.POSITIVE_INFINITY): boolean {
    const forEver = untilNs === Number.POSITIVE_INFINITY;
    assert(forEver || (untilNs >= 0 && Number.isInteger(untilNs)), `cannot run until ${untilNs} ns`);
    const lastNs = forEver ? Number.MAX_VALUE : untilNs;
    const { queue, lane, agenda, handlers, digest } = this;
    const stopAt = this.eventCount + maxEvents;
    try {
      while (this.eventCount < stopAt) {
        let time = queue.topTime;
        let sequence = queue.topSequence;
        let source = QUEUE;
        if (lane.topSequence !== Number.POSITIVE_INFINITY && (time > this.now || lane.topSequence < sequence)) {
          time = this.now;
          sequence = lane.topSequence;
          source = LANE;
        }
        if (agenda.topTime < time || (agenda.topTime === time && agenda.topSequence < sequence)) {
          time = agenda.topTime;
          source = AGENDA;
        }
        if (time > lastNs) {
          if (!forEver) this.now = Math.max(this.now, untilNs);
          return true;
        }
        this.now = time;
        this.eventCount++;
        if (source === QUEUE) {
          const slot = queue.pop();
          const target = queue.targets[slot];
          const kind = queue.kinds[slot];
          const a = queue.as[slot];
          const b = queue.bs[slot];
          digest.add(time, target, kind, a, b);
          handlers[target](kind, a, b);
        } else if (source === LANE) {
          lane.shift();
          digest.add(time, lane.target, lane.kind, lane.a, lane.b);
          handlers[lane.target](lane.kind, lane.a, lane.b);
        } else {
          const entry = agenda.take();
          digest.addText(entry.label);
          digest.add(time, -1, 0, 0, 0);
          entry.run();
        }
      }
    } catch (error) {
      if (error instanceof BugError) {
        error.message += ` [seed ${this.seed}, replication ${this.replication}, simulated time ${this.now} ns]`;
      }
      throw error;
    }
    return false;
  }

  private refuse(delayNs: number): never {
    assert(false, `delay ${delayNs} ns is not a whole number of nanoseconds >= 0 (now ${this.now})`);
    throw new BugError("unreachable");
  }
}

const QUEUE = 0;
const LANE = 1;
const AGENDA = 2;
