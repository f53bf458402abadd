// What is behind the cache: a store that answers up to `concurrency` requests at a time; the others wait in one queue, first
// come first served.
//
//   time of one request = latency (drawn) * slow-down(n)        n requests under way as it begins, itself included
//   slow-down(n) = 1 + contention * (n - 1) + coherency * n * (n - 1)
//
// which is the Universal Scalability Law (N. J. Gunther, arXiv:0808.1431, 2008): with contention alone throughput levels
// off, with coherency it falls again beyond n = sqrt((1 - contention) / coherency). Both are 0 by default: then it is a
// station of `concurrency` servers. No figure of either is published for stores in general: they are assumptions, keys of the
// scenario.
//
// Overload: what finds `queueLimit` requests waiting is refused at once; what has waited `queueTimeoutNs` is dropped when its
// turn comes. What is answered fails with `errorRate`. Nobody tells the store that a client has given up: it works on for
// nobody, and that is what keeps an overload alive after its cause has gone.
//
// A read sees the store as it was when the store began with it. Left out: plans, locks and caches inside the store; a request
// that has begun keeps its pace when others come or go.

import { fail } from "../assert.ts";
import { Histogram } from "../sim/histogram.ts";
import type { Random } from "../sim/random.ts";
import type { Simulation } from "../sim/simulation.ts";
import type { OriginConfig } from "./config.ts";

/** To the origin: a = job; a = request, b = generation. */
const SERVED = 0;
const TURNED_AWAY = 1;

/** From sending a request until one hears that it was refused: a round trip, assumed. */
const REFUSAL_NS = 500_000;

const NONE = -1;
const INITIAL_CAPACITY = 256;

export const ANSWERED = 0;
export const ERROR = 1;
export const REFUSED = 2;
export type OriginEnd = typeof ANSWERED | typeof ERROR | typeof REFUSED;

/** Told what becomes of requests; identified by the request and its generation when it was sent. */
export interface OriginListener {
  /** The store begins with it: what it reads is what stands there now. */
  begun(request: number, generation: number): void;
  ended(request: number, generation: number, end: OriginEnd): void;
}

/** A disturbance that a drill makes: everything takes longer, fails more often, fewer are served at a time. */
export interface OriginTrouble {
  readonly slower: number;
  readonly errorRate: number;
  readonly concurrencyShare: number;
}

export class Origin {
  /** Requests that came; of them those that were refused, dropped from the queue, and that failed. */
  requests = 0;
  refused = 0;
  dropped = 0;
  errors = 0;
  /** From coming to being answered, of those that were answered. */
  readonly latency = new Histogram();
  listener: OriginListener | null = null;

  /** Requests under way and waiting. */
  busy = 0;
  waiting = 0;
  private busyNs = 0;

  private readonly troubles: OriginTrouble[] = [];
  private readonly target: number;
  private readonly limited: boolean;

  /** Requests in the house, as columns: next in the queue or in the list of free places. */
  private request = new Float64Array(INITIAL_CAPACITY);
  private generation = new Float64Array(INITIAL_CAPACITY);
  private cameNs = new Float64Array(INITIAL_CAPACITY);
  private work = new Float64Array(INITIAL_CAPACITY);
  private next = new Int32Array(INITIAL_CAPACITY);
  private highWater = 0;
  private free = NONE;
  private head = NONE;
  private tail = NONE;

  constructor(
    readonly config: OriginConfig,
    private readonly random: Random,
    private readonly sim: Simulation,
  ) {
    this.target = sim.register((kind, a, b) => {
      if (kind === SERVED) this.served(a);
      else if (kind === TURNED_AWAY) this.listener?.ended(a, b, REFUSED);
      else fail(`the origin got an event of kind ${kind}`);
    });
    this.limited = config.queueTimeoutNs !== undefined && Number.isFinite(config.queueTimeoutNs);
  }

  /** Sends a request that takes `work` times the latency. */
  submit(request: number, generation: number, work: number): void {
    this.requests++;
    const full = this.busy >= this.servers;
    if (full && this.waiting >= (this.config.queueLimit ?? Number.POSITIVE_INFINITY)) {
      this.refused++;
      this.sim.send(REFUSAL_NS, this.target, TURNED_AWAY, request, generation);
      return;
    }
    const job = this.place();
    this.request[job] = request;
    this.generation[job] = generation;
    this.cameNs[job] = this.sim.now;
    this.work[job] = work;
    if (full) this.enqueue(job);
    else this.begin(job);
  }

  private get servers(): number {
    const { concurrency } = this.config;
    if (this.troubles.length === 0) return concurrency;
    return Math.max(1, Math.round(this.troubles.reduce((left, one) => left * one.concurrencyShare, concurrency)));
  }

  private begin(job: number): void {
    const { config, troubles } = this;
    const n = ++this.busy;
    let ns = config.latencyNs.sample(this.random) * this.work[job] * slowDown(config, n);
    for (const { slower } of troubles) ns *= slower;
    const whole = Math.max(1, Math.round(ns));
    this.busyNs += whole;
    this.listener?.begun(this.request[job], this.generation[job]);
    this.sim.send(whole, this.target, SERVED, job, 0);
  }

  private served(job: number): void {
    this.busy--;
    const request = this.request[job];
    const generation = this.generation[job];
    const failed = this.fails();
    if (failed) this.errors++;
    else this.latency.record(this.sim.now - this.cameNs[job]);
    this.release(job);
    this.beginNext();
    this.listener?.ended(request, generation, failed ? ERROR : ANSWERED);
  }

  private fails(): boolean {
    let passing = 1 - (this.config.errorRate ?? 0);
    for (const { errorRate } of this.troubles) passing *= 1 - errorRate;
    return passing < 1 && this.random.next() >= passing;
  }

  private beginNext(): void {
    while (this.busy < this.servers && this.head !== NONE) {
      const job = this.head;
      this.head = this.next[job];
      if (this.head === NONE) this.tail = NONE;
      this.waiting--;
      if (this.limited && this.sim.now - this.cameNs[job] > this.config.queueTimeoutNs!) this.drop(job);
      else this.begin(job);
    }
  }

  private drop(job: number): void {
    this.dropped++;
    const request = this.request[job];
    const generation = this.generation[job];
    this.release(job);
    this.listener?.ended(request, generation, REFUSED);
  }

  /** Begins a disturbance; call the returned function when it is over. */
  disturb(trouble: OriginTrouble): () => void {
    this.troubles.push(trouble);
    return () => {
      const at = this.troubles.indexOf(trouble);
      if (at === -1) return;
      this.troubles.splice(at, 1);
      this.beginNext();
    };
  }

  /** Share of the servers' time used so far; what has been begun counts as a whole. */
  utilisation(nowNs: number): number {
    return nowNs === 0 ? 0 : this.busyNs / (nowNs * this.config.concurrency);
  }

  // -------------------------------------------------------------------------------------------------------------
  // Places.

  private enqueue(job: number): void {
    this.next[job] = NONE;
    if (this.tail === NONE) this.head = job;
    else this.next[this.tail] = job;
    this.tail = job;
    this.waiting++;
  }

  private place(): number {
    const job = this.free;
    if (job !== NONE) {
      this.free = this.next[job];
      return job;
    }
    if (this.highWater === this.next.length) this.grow();
    return this.highWater++;
  }

  private release(job: number): void {
    this.next[job] = this.free;
    this.free = job;
  }

  private grow(): void {
    const capacity = this.next.length * 2;
    const wider = <T extends Float64Array | Int32Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.request = wider(this.request, new Float64Array(capacity));
    this.generation = wider(this.generation, new Float64Array(capacity));
    this.cameNs = wider(this.cameNs, new Float64Array(capacity));
    this.work = wider(this.work, new Float64Array(capacity));
    this.next = wider(this.next, new Int32Array(capacity));
  }
}

/** How many times longer a request takes with `n` under way. */
export function slowDown({ contention = 0, coherency = 0 }: OriginConfig, n: number): number {
  return 1 + contention * (n - 1) + coherency * n * (n - 1);
}
