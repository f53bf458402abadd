// Asynchronous replication of one shard, the primary's side: the stream of its changes. link.ts is the replica's side.
//
// A change takes its size on the wire (its RESP form; models/physics.md, section 2) and gets the instant at which the
// primary finished it. The primary keeps the last `repl-backlog-size` bytes: a replica whose missing bytes are still there
// resyncs partially. What a replica has not got yet waits in its output buffer on the primary: beyond the hard limit of
// client-output-buffer-limit, or the soft one for its time, the primary closes the link (10 % of maxmemory and 60 s on
// ElastiCache; 256 MB, 64 MB and 60 s upstream).
//
// When the primary's process dies, what it has finished is delivered all the same: the kernel still has it (0 lost in 40
// measured runs). When its host dies, what was under way is gone: lost = rate * max(0, d_repl - d_client) + one batch.
//
// Left out: SELECTs in the stream, repl-backlog-ttl.

import { assert } from "../../assert.ts";
import type { Bytes } from "../../engine/bytes.ts";
import { commandBytes } from "../../engine/reply.ts";
import type { Node } from "../node.ts";
import type { Requests } from "../requests.ts";
import type { ChangesByKey } from "./changes-by-key.ts";
import type { DurableLog } from "./durable-log.ts";
import type { ReplicationLink } from "./link.ts";

export interface Change {
  readonly database: number;
  readonly argv: readonly Bytes[];
  /** Stream offset after this change. */
  readonly end: number;
  /** When the primary finished it; Infinity until its call is committed. */
  timeNs: number;
  /** When the log of a durable cluster has it; left out on others. */
  persistedNs?: number;
}

/** Entries are dropped from the front in blocks of this many. */
const TRIM_BLOCK = 4_096;

export class ReplicationStream {
  /** Bytes written to the stream since the shard began. */
  offset: number;
  readonly links: ReplicationLink[] = [];
  /** Sees every change as it is written; null while nobody watches. */
  watcher: ((change: Change) => void) | null = null;
  /** The changes of each key; null while nobody reads from replicas. */
  keys: ChangesByKey | null = null;
  /** Of a durable cluster. */
  log: DurableLog | null = null;
  /** The stream that it goes on from, and how far its primary had got in that one. */
  private parent: { readonly stream: ReplicationStream; readonly offset: number } | null = null;
  private changes: Change[] = [];
  /** Sequence number of changes[0]. */
  private base = 0;
  private committed = 0;
  private backlogStart: number;
  /** When its primary died: what it had promised for later never happened. */
  stoppedNs = Number.POSITIVE_INFINITY;
  /** What the primary finishes after this instant has not left it: it stands still. */
  private heldFromNs = Number.POSITIVE_INFINITY;
  /** Number of entries at which it is worth looking whether some can go. */
  private trimAt = TRIM_BLOCK;

  constructor(
    readonly primary: Node,
    /** Of its primary's claim: no two streams have the same. */
    readonly epoch: number,
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
    // A dead primary's changes are none of its business: its successor on the same host has a stream of its own.
    if (this.isStopped) return;
    this.primary.engine.replicate ??= (database, argv) => this.append(database, argv);
  }

  /** Takes over the history that a promoted replica has of its old primary, so that others can resync partially. */
  inherit(old: ReplicationStream, upToOffset: number): void {
    assert(this.changes.length === 0, "a stream inherits before it is written to");
    this.changes = old.changes.filter(change => change.end <= upToOffset);
    this.committed = this.changes.length;
    this.backlogStart = old.backlogStart;
    this.parent = { stream: old, offset: upToOffset };
    this.open();
  }

  private append(database: number, argv: readonly Bytes[]): void {
    this.offset += commandBytes(argv);
    const change: Change = { database, argv, end: this.offset, timeNs: Number.POSITIVE_INFINITY };
    this.keys?.note(argv, this.base + this.changes.length);
    this.changes.push(change);
    this.watcher?.(change);
  }

  /** The primary has finished the call (or cron) whose changes were appended last; whether there were any. */
  commit(doneNs: number): boolean {
    const { changes, base } = this;
    if (this.committed === base + changes.length) return false;
    if (this.log !== null) this.persist(this.log, doneNs);
    for (let i = this.committed - base; i < changes.length; i++) changes[i].timeNs = doneNs;
    this.committed = base + changes.length;
    for (const link of this.links) link.wake(doneNs);
    if (changes.length >= this.trimAt) this.trim();
    this.account(doneNs);
    return true;
  }

  private persist(log: DurableLog, doneNs: number): void {
    const { changes } = this;
    for (let i = this.committed - this.base; i < changes.length; i++) {
      changes[i].persistedNs = log.append(commandBytes(changes[i].argv), doneNs);
    }
  }

  /** The same for a client's call: the request remembers where its changes end. */
  commitCall(doneNs: number, requests: Requests, request: number): void {
    if (!this.commit(doneNs)) return;
    requests.written[request] = this.offset;
    requests.writtenEpoch[request] = this.epoch;
  }

  /** Sequence number after the last committed change. */
  get end(): number {
    return this.committed;
  }

  change(sequence: number): Change {
    return this.changes[sequence - this.base];
  }

  /** The same for a change that may have been dropped. */
  changeOrNull(sequence: number): Change | null {
    return this.changes[sequence - this.base] ?? null;
  }

  /**
   * Sequence number from which a replica at this offset of a history can go on, or null when it needs everything: the
   * history is another one, or what it misses is no longer in the backlog.
   */
  partialFrom(history: ReplicationStream, offset: number): number | null {
    const { parent } = this;
    const isShared = history === this || (parent !== null && parent.stream === history && offset <= parent.offset);
    if (!isShared || offset > this.offset || offset < this.historyStart()) return null;
    return this.sequenceAt(offset);
  }

  /** Sequence number of the first change beyond an offset that is in the history. */
  sequenceAt(offset: number): number {
    let low = 0;
    let high = this.changes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.changes[middle].end <= offset) low = middle + 1;
      else high = middle;
    }
    return this.base + low;
  }

  /** How far a replica has got in this history, or null when it has another one. */
  positionOf(replica: Node): { readonly offset: number; readonly sequence: number } | null {
    const { link } = replica;
    if (link === null) return null;
    if (link.stream === this) return { offset: link.offset, sequence: link.next };
    if (this.parent?.stream !== link.stream || link.offset > this.parent.offset) return null;
    return { offset: link.offset, sequence: this.sequenceAt(link.offset) };
  }

  private historyStart(): number {
    return Math.max(this.backlogStart, this.offset - this.primary.engine.settings.replBacklogSize);
  }

  /** The primary is gone: what it had not finished by `nowNs` never happened. */
  stop(nowNs: number): void {
    // What an append-only file says happened, happened.
    const { aof, state } = this.primary;
    const until = aof !== null && state === "down" ? Number.MAX_SAFE_INTEGER : nowNs;
    this.stoppedNs = Math.min(until, this.heldFromNs);
    const kept = this.changes.filter(change => change.timeNs <= this.stoppedNs);
    this.changes = kept;
    this.committed = this.base + kept.length;
    if (kept.length > 0) this.offset = kept[kept.length - 1].end;
    this.primary.engine.replicate = null;
  }

  get isStopped(): boolean {
    return this.stoppedNs < Number.POSITIVE_INFINITY;
  }

  /** The primary stands still: what it was to finish later stays with it. */
  hold(fromNs: number): void {
    this.heldFromNs = fromNs;
  }

  /** It goes on, and finishes everything so much later. */
  release(fromNs: number, lateNs: number): void {
    this.heldFromNs = Number.POSITIVE_INFINITY;
    for (const change of this.changes) if (change.timeNs > fromNs) change.timeNs += lateNs;
    for (const link of this.links) link.goOn();
  }

  /** Whether a change of this instant has left the primary's process. */
  hasLeft(timeNs: number): boolean {
    return timeNs <= this.heldFromNs;
  }

  private trim(): void {
    const keepFrom = this.historyStart();
    let drop = 0;
    let needed = this.committed;
    for (const link of this.links) needed = Math.min(needed, link.next);
    while (drop < this.changes.length && this.changes[drop].end <= keepFrom && this.base + drop < needed) drop++;
    if (drop > 0) {
      this.base += drop;
      if (this.keys !== null) for (let i = 0; i < drop; i++) this.keys.trim(this.changes[i].argv, this.base);
      this.changes = this.changes.slice(drop);
    }
    this.trimAt = this.changes.length + TRIM_BLOCK;
  }

  /** The backlog and what the slowest replica has yet to get count as used memory of the primary. */
  private account(nowNs: number): void {
    const { outside, settings } = this.primary.engine;
    let pending = 0;
    let dropped: ReplicationLink | null = null;
    for (const link of this.links) {
      const buffered = link.bufferedBytes;
      if (buffered > pending) pending = buffered;
      if (link.buffer.exceeds(buffered, nowNs)) dropped = link;
    }
    const history = Math.min(this.offset - this.backlogStart, settings.replBacklogSize);
    outside.replicationExcess = Math.max(0, pending - settings.replBacklogSize);
    outside.replication = history + outside.replicationExcess;
    if (dropped !== null) dropped.overflow();
  }
}
