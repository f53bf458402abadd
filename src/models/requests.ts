// Requests in flight, as columns. A request is a small integer, its slot; events carry it together with the slot's
// generation, so that an event for a request that has meanwhile ended or moved on is recognised and dropped.
//
// Columns, by slot:
//   generation   raised whenever the pending step becomes void: at the end, on a retry, on a timeout
//   workload     which workload it belongs to            instance   which client instance runs it
//   key          key number, or -1                       step       what its pattern is doing
//   attempt      tries of the current command            redirects  MOVED followed in the current try
//   node         node that the current try went to       next       next request in a pool's queue
//   startedNs    when the user asked                     issuedNs   when the current command was first tried
//   doneNs       when the engine finished the current try, 0 before
//   muted        1 when the current try's answer is lost with its node's host
//   slot, hash, keyLength   of the key                   ttlSeconds, valueSize   what a trace row says, else -1
//   connection   of a multiplexing client, else -1       session   how it asks, and as whom (sessionOf)
//   pool         pool that the current try uses            channel    connection that carries it, -1: it is gone
//   reads        1 when the command only reads           hinted     1 when argv[1] is the key that these three are of
//   written, writtenEpoch   where the current try's changes end in its primary's stream, and that stream's epoch; 0: none
//   version      of the value that the pattern holds     askedNs    when the origin was asked
//   originAttempt, originWork   of the call of the origin that is under way
//   mark         of a pattern: what it must not forget   untilNs    of a pattern: how long it is patient
//   link         next request that waits for the same one
// and three of objects: argv (the current command), reply, error (why a try failed, null while none did).

import { fail } from "../assert.ts";
import type { Bytes } from "../engine/bytes.ts";
import type { Reply } from "../engine/reply.ts";

/** How a command asks: as ever; on a connection that has sent READONLY; preceded by ASKING. */
export const ORDINARY = 0;
export const READONLY = 1;
export const ASKING = 2;

const WAY_BITS = 2;
const WAYS = (1 << WAY_BITS) - 1;

/** How and as whom a request asks: ORDINARY, READONLY or ASKING, as a user of the cluster by number; null: the default one. */
export function sessionOf(way: number, user: number | null): number {
  return user === null ? way : way | ((user + 1) << WAY_BITS);
}

export function wayOf(session: number): number {
  return session & WAYS;
}

/** The user by number; -1: the default one. */
export function userOf(session: number): number {
  return (session >> WAY_BITS) - 1;
}

const INITIAL_CAPACITY = 1_024;
export const NO_REQUEST = -1;

/** Why a try came to nothing. */
export type Failure = "timeout" | "connection" | "error" | "pool" | "login" | "breaker";

export interface RequestWatcher {
  opened(request: number): void;
  closed(request: number): void;
}

export class Requests {
  generation = new Float64Array(INITIAL_CAPACITY);
  workload = new Uint16Array(INITIAL_CAPACITY);
  instance = new Int32Array(INITIAL_CAPACITY);
  key = new Int32Array(INITIAL_CAPACITY);
  step = new Uint8Array(INITIAL_CAPACITY);
  attempt = new Uint8Array(INITIAL_CAPACITY);
  redirects = new Uint8Array(INITIAL_CAPACITY);
  node = new Int32Array(INITIAL_CAPACITY);
  next = new Int32Array(INITIAL_CAPACITY);
  slot = new Int32Array(INITIAL_CAPACITY);
  connection = new Int32Array(INITIAL_CAPACITY);
  session = new Uint16Array(INITIAL_CAPACITY);
  pool = new Int32Array(INITIAL_CAPACITY);
  channel = new Int32Array(INITIAL_CAPACITY);
  reads = new Uint8Array(INITIAL_CAPACITY);
  hinted = new Uint8Array(INITIAL_CAPACITY);
  muted = new Uint8Array(INITIAL_CAPACITY);
  hash = new Int32Array(INITIAL_CAPACITY);
  keyLength = new Int32Array(INITIAL_CAPACITY);
  startedNs = new Float64Array(INITIAL_CAPACITY);
  issuedNs = new Float64Array(INITIAL_CAPACITY);
  doneNs = new Float64Array(INITIAL_CAPACITY);
  written = new Float64Array(INITIAL_CAPACITY);
  writtenEpoch = new Int32Array(INITIAL_CAPACITY);
  ttlSeconds = new Float64Array(INITIAL_CAPACITY);
  valueSize = new Float64Array(INITIAL_CAPACITY);
  version = new Float64Array(INITIAL_CAPACITY);
  askedNs = new Float64Array(INITIAL_CAPACITY);
  untilNs = new Float64Array(INITIAL_CAPACITY);
  originWork = new Float64Array(INITIAL_CAPACITY);
  originAttempt = new Uint8Array(INITIAL_CAPACITY);
  mark = new Uint8Array(INITIAL_CAPACITY);
  link = new Int32Array(INITIAL_CAPACITY);
  argv: (readonly Bytes[])[] = [];
  reply: Reply[] = [];
  failure: (Failure | null)[] = [];
  /** Whether the slot is in use. */
  alive = new Uint8Array(INITIAL_CAPACITY);
  /** Whether a try is out on the network or at a node: then `node` says where. */
  onWire = new Uint8Array(INITIAL_CAPACITY);

  active = 0;
  /** Sees requests come and end; null while nobody watches. */
  watcher: RequestWatcher | null = null;
  private highWater = 0;
  private readonly free: number[] = [];

  get limit(): number {
    return this.highWater;
  }

  /** A fresh slot for a request of this workload. */
  open(workload: number, instance: number, key: number, nowNs: number): number {
    let request = this.free.pop();
    if (request === undefined) {
      if (this.highWater === this.generation.length) this.grow();
      request = this.highWater++;
    }
    this.active++;
    this.alive[request] = 1;
    this.workload[request] = workload;
    this.instance[request] = instance;
    this.key[request] = key;
    this.step[request] = 0;
    this.attempt[request] = 0;
    this.redirects[request] = 0;
    this.onWire[request] = 0;
    this.connection[request] = -1;
    this.session[request] = 0;
    this.startedNs[request] = nowNs;
    this.ttlSeconds[request] = -1;
    this.valueSize[request] = -1;
    this.failure[request] = null;
    if (this.watcher !== null) this.watcher.opened(request);
    this.mark[request] = 0;
    return request;
  }

  /** Ends a request. Doing it twice is a bug: every request ends once. */
  close(request: number): void {
    if (this.alive[request] !== 1) fail(`request ${request} ends twice`);
    this.watcher?.closed(request);
    this.alive[request] = 0;
    this.generation[request]++;
    this.active--;
    this.free.push(request);
  }

  private grow(): void {
    const capacity = this.generation.length * 2;
    const wider = <T extends Float64Array | Int32Array | Uint16Array | Uint8Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.generation = wider(this.generation, new Float64Array(capacity));
    this.workload = wider(this.workload, new Uint16Array(capacity));
    this.instance = wider(this.instance, new Int32Array(capacity));
    this.key = wider(this.key, new Int32Array(capacity));
    this.step = wider(this.step, new Uint8Array(capacity));
    this.attempt = wider(this.attempt, new Uint8Array(capacity));
    this.redirects = wider(this.redirects, new Uint8Array(capacity));
    this.node = wider(this.node, new Int32Array(capacity));
    this.next = wider(this.next, new Int32Array(capacity));
    this.slot = wider(this.slot, new Int32Array(capacity));
    this.connection = wider(this.connection, new Int32Array(capacity));
    this.session = wider(this.session, new Uint16Array(capacity));
    this.pool = wider(this.pool, new Int32Array(capacity));
    this.channel = wider(this.channel, new Int32Array(capacity));
    this.reads = wider(this.reads, new Uint8Array(capacity));
    this.hinted = wider(this.hinted, new Uint8Array(capacity));
    this.muted = wider(this.muted, new Uint8Array(capacity));
    this.hash = wider(this.hash, new Int32Array(capacity));
    this.keyLength = wider(this.keyLength, new Int32Array(capacity));
    this.startedNs = wider(this.startedNs, new Float64Array(capacity));
    this.issuedNs = wider(this.issuedNs, new Float64Array(capacity));
    this.doneNs = wider(this.doneNs, new Float64Array(capacity));
    this.written = wider(this.written, new Float64Array(capacity));
    this.writtenEpoch = wider(this.writtenEpoch, new Int32Array(capacity));
    this.ttlSeconds = wider(this.ttlSeconds, new Float64Array(capacity));
    this.valueSize = wider(this.valueSize, new Float64Array(capacity));
    this.version = wider(this.version, new Float64Array(capacity));
    this.askedNs = wider(this.askedNs, new Float64Array(capacity));
    this.untilNs = wider(this.untilNs, new Float64Array(capacity));
    this.originWork = wider(this.originWork, new Float64Array(capacity));
    this.originAttempt = wider(this.originAttempt, new Uint8Array(capacity));
    this.mark = wider(this.mark, new Uint8Array(capacity));
    this.link = wider(this.link, new Int32Array(capacity));
    this.alive = wider(this.alive, new Uint8Array(capacity));
    this.onWire = wider(this.onWire, new Uint8Array(capacity));
  }
}
