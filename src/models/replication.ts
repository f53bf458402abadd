// Asynchronous replication of one shard: a stream of changes on the primary, and a link per replica.
//
// A change takes its size on the wire (its RESP form; models/physics.md, section 2) and gets the instant at which the
// primary finished it. What has gathered travels to the replica after one batch of the event loop and the network's
// delay, and there takes the engine thread's time like everything else, so that lag is what the replica makes of it:
//   lag = batch + one-way delay + queue and work on the replica
// The primary keeps the last `repl-backlog-size` bytes: a replica whose missing bytes are still there resyncs partially.
//
// When the primary's process dies, what it has finished is delivered all the same: the kernel still has it (0 lost in 40
// measured runs). When its host dies, what was under way is gone: lost = rate * max(0, d_repl - d_client) + one batch.
//
// A change counts as received when it arrives: a replica that is promoted works off what its kernel has before it goes on.
//
// Left out: PINGs and SELECTs in the stream, acknowledgements, repl-backlog-ttl.

import { assert } from "../assert.ts";
import type { Bytes } from "../engine/bytes.ts";
import { commandBytes } from "../engine/reply.ts";
import type { Simulation } from "../sim/simulation.ts";
import { REPLICATED } from "./messages.ts";
import type { Latency } from "./network.ts";
import type { Node } from "./node.ts";

interface Change {
  readonly database: number;
  readonly argv: readonly Bytes[];
  /** Stream offset after this change. */
  readonly end: number;
  /** When the primary finished it; Infinity until its call is committed. */
  timeNs: number;
}

/** A batch that takes longer than this from its arrival is worth remembering for the lag. */
const BUSY_NS = 1_000_000;

/** Entries are dropped from the front in blocks of this many. */
const TRIM_BLOCK = 4_096;

export class ReplicationStream {
  /** Bytes written to the stream since the shard began. */
  offset: number;
  readonly links: ReplicationLink[] = [];
  private changes: Change[] = [];
  /** Sequence number of changes[0]. */
  private base = 0;
  private committed = 0;
  private backlogStart: number;
  private stopped = false;
  /** Number of entries at which it is worth looking whether some can go. */
  private trimAt = TRIM_BLOCK;

  constructor(
    readonly primary: Node,
    startOffset = 0,
  ) {
    this.offset = startOffset;
    this.backlogStart = startOffset;
    primary.stream = this;
  }

  /** A replica follows. The first one makes the primary keep a stream at all; without replicas there is no backlog. */
  add(link: ReplicationLink): void {
    this.links.push(link);
    this.open();
  }

  private open(): void {
    this.primary.engine.replicate ??= (database, argv) => this.append(database, argv);
  }

  /** Takes over the history that a promoted replica has of its old primary, so that others can resync partially. */
  inherit(old: ReplicationStream, upToOffset: number): void {
    assert(this.changes.length === 0, "a stream inherits before it is written to");
    this.changes = old.changes.filter(change => change.end <= upToOffset);
    this.committed = this.changes.length;
    this.backlogStart = old.backlogStart;
    this.open();
  }

  private append(database: number, argv: readonly Bytes[]): void {
    this.offset += commandBytes(argv);
    this.changes.push({ database, argv, end: this.offset, timeNs: Number.POSITIVE_INFINITY });
  }

  /** The primary has finished the call (or cron) whose changes were appended last. */
  commit(doneNs: number): void {
    const { changes, base } = this;
    if (this.committed === base + changes.length) return;
    for (let i = this.committed - base; i < changes.length; i++) changes[i].timeNs = doneNs;
    this.committed = base + changes.length;
    for (const link of this.links) link.wake(doneNs);
    if (changes.length >= this.trimAt) this.trim();
    this.account();
  }

  /** Sequence number after the last committed change. */
  get end(): number {
    return this.committed;
  }

  change(sequence: number): Change {
    return this.changes[sequence - this.base];
  }

  /** Sequence number from which a replica at this offset can go on, or null when it needs everything. */
  partialFrom(offset: number): number | null {
    if (offset > this.offset || offset < this.historyStart()) return null;
    let low = 0;
    let high = this.changes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.changes[middle].end <= offset) low = middle + 1;
      else high = middle;
    }
    return this.base + low;
  }

  private historyStart(): number {
    return Math.max(this.backlogStart, this.offset - this.primary.engine.settings.replBacklogSize);
  }

  /** The primary is gone: what it had not finished by `nowNs` never happened. */
  stop(nowNs: number): void {
    this.stopped = true;
    const kept = this.changes.filter(change => change.timeNs <= nowNs);
    this.changes = kept;
    this.committed = this.base + kept.length;
    if (kept.length > 0) this.offset = kept[kept.length - 1].end;
    this.primary.engine.replicate = null;
  }

  get isStopped(): boolean {
    return this.stopped;
  }

  /** Changes beyond an offset that were finished by an instant: what a promotion at that offset loses. */
  countBeyond(offset: number, finishedByNs: number): number {
    let count = 0;
    for (const change of this.changes) if (change.end > offset && change.timeNs <= finishedByNs) count++;
    return count;
  }

  private trim(): void {
    const keepFrom = this.historyStart();
    let drop = 0;
    let needed = this.committed;
    for (const link of this.links) needed = Math.min(needed, link.next);
    while (drop < this.changes.length && this.changes[drop].end <= keepFrom && this.base + drop < needed) drop++;
    if (drop > 0) {
      this.changes = this.changes.slice(drop);
      this.base += drop;
    }
    this.trimAt = this.changes.length + TRIM_BLOCK;
  }

  /** The backlog and what the slowest replica has yet to get count as used memory of the primary. */
  private account(): void {
    const { outside, settings } = this.primary.engine;
    let pending = 0;
    for (const link of this.links) pending = Math.max(pending, this.offset - link.offset);
    const history = Math.min(this.offset - this.backlogStart, settings.replBacklogSize);
    outside.replicationExcess = Math.max(0, pending - settings.replBacklogSize);
    outside.replication = history + outside.replicationExcess;
  }
}

/** Applies a primary's stream on one replica. */
export class ReplicationLink {
  /** Next change to be received. */
  next: number;
  /** Stream offset that the replica has received. */
  offset: number;
  /** The stream waits, buffering, while the replica loads. */
  paused = false;
  /** Batches that have arrived and wait for the replica's engine thread, or are on it. */
  private readonly applying: { readonly oldestNs: number; readonly doneNs: number }[] = [];
  private scheduled = false;
  /** When the batch that is on its way left the primary. */
  private departedNs = 0;
  private broken = false;
  /** Where its own history of the stream begins. */
  private readonly joinedAt: number;

  constructor(
    readonly stream: ReplicationStream,
    readonly replica: Node,
    private readonly sim: Simulation,
    private readonly latency: Latency,
    private readonly batchNs: number,
    from: number,
    offset: number,
    private readonly record: (link: ReplicationLink, lagNs: number) => void,
  ) {
    this.next = from;
    this.offset = offset;
    this.joinedAt = offset;
    stream.add(this);
    replica.onReplicated = () => this.receive();
  }

  /** Bytes that the replica has not got yet. */
  get pendingBytes(): number {
    return this.stream.offset - this.offset;
  }

  /** Age of the oldest change that the replica has not applied, in ns. */
  lagNs(nowNs: number): number {
    const { applying } = this;
    while (applying.length > 0 && applying[0].doneNs <= nowNs) applying.shift();
    if (applying.length > 0) return Math.max(0, nowNs - applying[0].oldestNs);
    if (this.next >= this.stream.end) return 0;
    return Math.max(0, nowNs - this.stream.change(this.next).timeNs);
  }

  /**
   * There is something to send, finished at `doneNs`. Batches follow each other as they leave, not as they arrive: one that
   * was finished while another one travelled is behind it by no more than the time between them.
   */
  wake(doneNs: number): void {
    if (this.scheduled || this.paused || this.broken) return;
    this.scheduled = true;
    const { sim, stream, replica } = this;
    const delay = this.latency.oneWayNs(stream.primary.zone, replica.zone);
    this.departedNs = doneNs + this.batchNs;
    const arrives = Math.max(sim.now, Math.round(this.departedNs + delay));
    sim.send(arrives - sim.now, replica.target, REPLICATED, 0, 0);
  }

  /** The replica has loaded a full copy: let the buffered changes flow. */
  resume(): void {
    this.paused = false;
    if (this.next < this.stream.end) this.wake(this.sim.now);
  }

  /** The primary's host is lost, and with it what is under way; the link stays known until somebody is promoted. */
  freeze(): void {
    this.broken = true;
  }

  /** Cuts the link; what is under way is lost. */
  cut(): void {
    this.broken = true;
    const { links } = this.stream;
    const at = links.indexOf(this);
    if (at !== -1) links.splice(at, 1);
    if (this.replica.onReplicated !== null) this.replica.onReplicated = null;
  }

  private receive(): void {
    this.scheduled = false;
    if (this.broken || this.paused || this.replica.state !== "up") return;
    const { stream, replica, sim } = this;
    let bytes = 0;
    let oldestNs = 0;
    let doneNs = 0;
    while (this.next < stream.end) {
      const change = stream.change(this.next);
      if (change.timeNs > this.departedNs) break;
      const done = replica.apply(change.database, change.argv);
      const lag = Math.round(done - change.timeNs);
      if (bytes === 0) oldestNs = change.timeNs;
      doneNs = done;
      this.record(this, lag);
      bytes += change.end - this.offset;
      this.offset = change.end;
      this.next++;
    }
    // A replica keeps a backlog too: it may be promoted.
    const { outside, settings } = replica.engine;
    outside.replication = Math.min(this.offset - this.joinedAt, settings.replBacklogSize);
    // Only a replica that is behind keeps a list; one that keeps up is done within the batch's own time.
    if (doneNs - sim.now > BUSY_NS) this.applying.push({ oldestNs, doneNs });
    if (bytes > 0 && !stream.isStopped) {
      stream.primary.networkOut.passBulk(sim.now, bytes);
      replica.networkIn.passBulk(sim.now, bytes);
    }
    if (this.next < stream.end) this.wake(stream.change(this.next).timeNs);
  }
}
