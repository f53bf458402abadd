// Write-behind (write-back): a write is done when the cache has it; a worker per instance writes to the origin later.
//
//   SET, then the key is queued as dirty. Every `every`, or as soon as `batch` keys are dirty, the worker takes up to `batch`
//   of them, GETs what the cache holds and writes it to the origin in one go, which takes
//   1 + (n - 1) * furtherWork times the work of a single write. With `merge` a key that is dirty already is queued once.
//
// The cache is the only place where a dirty value is: when it has gone (a lost node, an eviction, an expiry) or gone back
// (a failover), the writes since the last flush are lost, and counted. A batch that the origin does not take goes back into
// the queue. With `queue` keys dirty, a further write goes to the origin at once, as write-through does.
//
// Left out: dirty keys of an instance that dies (the queue is taken to outlive it, as one in the cache or a log does).

import { VirtualBytes } from "../../engine/bytes.ts";
import { ErrorReply, type Reply } from "../../engine/reply.ts";
import type { BehindConfig, ReadConfig } from "../config.ts";
import { DONE, FAILED } from "../outcome.ts";
import type { Requests } from "../requests.ts";
import { CacheAside } from "./cache-aside.ts";
import { type PatternWorld, setCommand } from "./pattern.ts";
import { COLLECTING, FLUSHING, WRITING, WRITING_ORIGIN } from "./steps.ts";

/** What is known of a dirty key. */
interface Dirty {
  /** Writes since the last flush that users believe done; all of them stand in one value when they are merged. */
  writes: number;
  /** The one that was begun last, until the worker has looked: then what the cache holds. */
  version: number;
}

/** Keys that a worker is writing. */
interface Batch {
  readonly keys: Map<number, Dirty>;
  /** Answers of the cache that are still to come. */
  awaited: number;
  writes: number;
}

/** One instance's worker: its dirty keys in order, and how many writes stand behind them. */
interface Worker {
  readonly dirty: Map<number, Dirty>;
  writes: number;
  scheduled: boolean;
  batch: Batch | null;
}

export class WriteBehind extends CacheAside {
  private readonly workers = new Map<number, Worker>();
  /** The last version of a key that the origin has, where it is not the first. */
  private readonly flushed = new Map<number, number>();
  /** When a key's present version was stored. */
  private readonly storedNs = new Map<number, number>();

  constructor(
    world: PatternWorld,
    requests: Requests,
    read: ReadConfig,
    private readonly config: BehindConfig,
  ) {
    super(world, requests, { ...read, fillIfAbsent: true }, { copy: "update", strict: true });
  }

  private readonly atStore = { current: (key: number) => this.flushed.get(key) ?? this.world.versions!.initial(key) };

  override get atOrigin() {
    return this.atStore;
  }

  /** Writes that the origin does not have yet. */
  get queued(): number {
    let sum = 0;
    for (const { writes, batch } of this.workers.values()) sum += writes + (batch?.writes ?? 0);
    return sum;
  }

  override write(request: number, recorded: boolean): void {
    const { world, requests } = this;
    const { dirty } = this.workerOf(request);
    if (dirty.size >= this.config.queue && !dirty.has(requests.key[request])) {
      world.counters.overflowed++;
      return super.write(request, recorded);
    }
    requests.step[request] = WRITING;
    requests.version[request] = world.versions!.issue();
    world.call(request, setCommand(world.keyText(request), world.value(request), world.ttlSeconds(request)), false);
  }

  override replied(request: number, reply: Reply): void {
    const step = this.requests.step[request];
    if (step === COLLECTING) return this.collected(request, reply);
    if (step !== WRITING) return super.replied(request, reply);
    if (reply instanceof ErrorReply) return this.failed(request);
    const key = this.requests.key[request];
    const version = this.requests.version[request];
    this.commit(key, version, this.requests.doneNs[request]);
    const worker = this.workerOf(request);
    if (worker.dirty.has(key) && this.config.merge) this.world.counters.merged++;
    this.queue(worker, key, version, 1);
    this.goOn(worker, this.requests.instance[request]);
    this.world.finish(request, DONE);
  }

  /** The cache's order counts: an answer may overtake that to a later write. */
  private commit(key: number, version: number, storedNs: number): void {
    const versions = this.world.versions!;
    if (storedNs < (this.storedNs.get(key) ?? 0)) return versions.bury(version, this.world.nowNs);
    this.storedNs.set(key, storedNs);
    versions.commit(key, version, this.world.nowNs);
  }

  override failed(request: number): void {
    const step = this.requests.step[request];
    if (step === COLLECTING) this.unread(request);
    else if (step === WRITING) this.world.finish(request, FAILED);
    else super.failed(request);
  }

  override fetched(request: number): void {
    const { requests } = this;
    const step = requests.step[request];
    if (step === FLUSHING) return this.flushDone(request);
    super.fetched(request);
    if (step === WRITING_ORIGIN) this.flushed.set(requests.key[request], requests.version[request]);
  }

  override fetchFailed(request: number): void {
    if (this.requests.step[request] === FLUSHING) this.flushFailed(request);
    else super.fetchFailed(request);
  }

  // -------------------------------------------------------------------------------------------------------------
  // The worker.

  private workerOf(request: number): Worker {
    const instance = this.requests.instance[request];
    let worker = this.workers.get(instance);
    if (worker === undefined) {
      worker = { dirty: new Map(), writes: 0, scheduled: false, batch: null };
      this.workers.set(instance, worker);
    }
    return worker;
  }

  private queue(worker: Worker, key: number, version: number, writes: number): void {
    const known = worker.dirty.get(key);
    if (known === undefined) worker.dirty.set(key, { writes, version });
    else {
      known.writes += writes;
      known.version = Math.max(known.version, version);
    }
    worker.writes += writes;
  }

  /** A whole batch goes at once, less of it in its time. */
  private goOn(worker: Worker, instance: number): void {
    if (worker.batch !== null) return;
    if (worker.dirty.size >= this.config.batch) this.flush(worker, instance);
    else this.schedule(worker, instance);
  }

  private schedule(worker: Worker, instance: number): void {
    if (worker.scheduled || worker.dirty.size === 0) return;
    worker.scheduled = true;
    this.world.after(this.config.everyNs, "write-behind", () => {
      worker.scheduled = false;
      if (worker.batch === null && worker.dirty.size > 0) this.flush(worker, instance);
    });
  }

  private flush(worker: Worker, instance: number): void {
    const { world, requests, config } = this;
    const batch: Batch = { keys: new Map(), awaited: 0, writes: 0 };
    for (const [key, dirty] of worker.dirty) {
      if (batch.keys.size >= config.batch) break;
      worker.dirty.delete(key);
      worker.writes -= dirty.writes;
      batch.keys.set(key, dirty);
      batch.writes += dirty.writes;
    }
    batch.awaited = batch.keys.size;
    worker.batch = batch;
    for (const key of [...batch.keys.keys()]) {
      const request = world.background(instance, key);
      requests.step[request] = COLLECTING;
      world.call(request, ["get", world.keyText(request)], false);
    }
  }

  private collected(request: number, reply: Reply): void {
    if (reply instanceof ErrorReply) return this.unread(request);
    const { keys } = this.workerOf(request).batch!;
    const key = this.requests.key[request];
    const dirty = keys.get(key)!;
    const held = reply instanceof VirtualBytes ? reply.seed : -1;
    // Versions are numbered as writes begin, and the cache may have taken them in another order: one that is not out of
    // date, be it that nobody has heard of it yet, has overwritten the others.
    const isLast = held !== -1 && this.world.versions!.supersededAt(held) === Number.POSITIVE_INFINITY;
    if (held < dirty.version && !isLast) {
      // Nothing, or what the origin has already: all of it is gone. Something in between: at least the last.
      const allGone = held <= this.atOrigin.current(key);
      const lost = allGone ? dirty.writes : 1;
      this.world.counters.lost += lost;
      this.workerOf(request).batch!.writes -= lost;
      dirty.writes -= lost;
      if (allGone) keys.delete(key);
    }
    dirty.version = held;
    this.looked(request);
  }

  /** The cache told nothing: another time. */
  private unread(request: number): void {
    const worker = this.workerOf(request);
    this.putBack(worker, this.requests.key[request]);
    this.looked(request);
  }

  private putBack(worker: Worker, key: number): void {
    const batch = worker.batch!;
    const { version, writes } = batch.keys.get(key)!;
    batch.keys.delete(key);
    batch.writes -= writes;
    this.queue(worker, key, version, writes);
  }

  /** One look into the cache is over; the last of a batch carries it to the origin. */
  private looked(request: number): void {
    const { world, requests, config } = this;
    const worker = this.workerOf(request);
    const batch = worker.batch!;
    if (--batch.awaited > 0) return world.endBackground(request);
    if (batch.keys.size === 0) return this.endBatch(worker, request);
    requests.step[request] = FLUSHING;
    const items = config.merge ? batch.keys.size : batch.writes;
    world.save(request, 1 + (items - 1) * config.furtherWork);
  }

  private flushDone(request: number): void {
    const worker = this.workerOf(request);
    const { keys, writes } = worker.batch!;
    for (const [key, { version }] of keys) this.flushed.set(key, version);
    this.world.counters.flushed += writes;
    this.endBatch(worker, request);
  }

  private flushFailed(request: number): void {
    const worker = this.workerOf(request);
    this.world.counters.flushesFailed++;
    for (const key of [...worker.batch!.keys.keys()]) this.putBack(worker, key);
    worker.batch = null;
    // Not at once, even if there is a whole batch: the origin has just refused one.
    this.schedule(worker, this.requests.instance[request]);
    this.world.endBackground(request);
  }

  private endBatch(worker: Worker, request: number): void {
    worker.batch = null;
    this.goOn(worker, this.requests.instance[request]);
    this.world.endBackground(request);
  }
}
