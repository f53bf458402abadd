// Consumer groups of a stream: what each group has delivered, to whom, and what is not acknowledged yet.

import type { SizeClass } from "../memory/allocator.ts";
import { sdsRequest } from "../memory/sds.ts";
import { type RadixEntry, RadixTree, type Tally } from "./radix-tree.ts";
import { addIntegers64, compareIds, type Integer, idKey, isZero, type StreamId } from "./stream-id.ts";

/** Nobody knows how many entries the group has read. */
export const UNKNOWN_READ = -1;
/** The consumer has never got an entry. */
export const NEVER = -1;

const GROUP_BYTES = 40;
const PENDING_BYTES = 24;

/** What a group needs of its stream. */
export interface GroupHost {
  readonly rules: { readonly sizeClass: SizeClass; readonly consumerBytes: number };
  readonly tally: Tally;
  readonly length: number;
  readonly lastId: StreamId;
  readonly firstId: StreamId;
  readonly maxDeletedId: StreamId;
  readonly entriesAdded: Integer;
  hasTombstonesAfter(id: StreamId): boolean;
}

/** An entry that was delivered and not acknowledged. */
export class Pending {
  deliveries: Integer = 1;

  constructor(
    readonly id: StreamId,
    /** Null only while XCLAIM makes it. */
    public consumer: Consumer | null,
    public deliveredMs: number,
  ) {}
}

export class Consumer {
  /** When it last got an entry. */
  activeMs = NEVER;
  readonly pending: RadixTree<Pending>;

  constructor(
    readonly name: string,
    /** When it last asked for anything. */
    public seenMs: number,
    { rules, tally }: GroupHost,
  ) {
    this.pending = new RadixTree(rules.sizeClass, tally);
  }
}

export class StreamGroup {
  /** Delivered and not acknowledged, by id. */
  readonly pending: RadixTree<Pending>;
  readonly consumers: RadixTree<Consumer>;

  constructor(
    readonly name: string,
    /** Consumers that ask for new entries get those after it. */
    public lastId: StreamId,
    public entriesRead: Integer,
    private readonly host: GroupHost,
  ) {
    const { rules, tally } = host;
    tally.bytes += rules.sizeClass(GROUP_BYTES);
    this.pending = new RadixTree(rules.sizeClass, tally);
    this.consumers = new RadixTree(rules.sizeClass, tally);
  }

  /** Bytes as MEMORY USAGE estimates them. */
  get estimatedBytes(): number {
    let bytes = GROUP_BYTES + this.pending.estimatedBytes + PENDING_BYTES * this.pending.size;
    for (const { name, pending } of this.consumers.values()) {
      bytes += this.host.rules.consumerBytes + name.length + pending.estimatedBytes;
    }
    return bytes;
  }

  /** Takes the group's bytes out of the stream's. */
  drop(): void {
    const { rules, tally } = this.host;
    for (const consumer of this.consumers.values()) this.countConsumer(consumer, -1);
    for (const consumer of this.consumers.values()) consumer.pending.drop();
    tally.bytes -= rules.sizeClass(GROUP_BYTES) + this.pending.size * rules.sizeClass(PENDING_BYTES);
    this.pending.drop();
    this.consumers.drop();
  }

  // -------------------------------------------------------------------------------------------------------------
  // Consumers.

  private countConsumer({ name }: Consumer, sign: 1 | -1): void {
    const { rules, tally } = this.host;
    tally.bytes += sign * (rules.sizeClass(rules.consumerBytes) + rules.sizeClass(sdsRequest(name.length)));
  }

  addConsumer(name: string, nowMs: number): Consumer {
    const consumer = new Consumer(name, nowMs, this.host);
    this.countConsumer(consumer, 1);
    this.consumers.set(name, consumer);
    return consumer;
  }

  /** Removes a consumer with all that it has not acknowledged. */
  removeConsumer(consumer: Consumer): void {
    for (const { id } of consumer.pending.values()) {
      this.pending.delete(idKey(id));
      this.countPending(-1);
    }
    consumer.pending.drop();
    this.countConsumer(consumer, -1);
    this.consumers.delete(consumer.name);
  }

  // -------------------------------------------------------------------------------------------------------------
  // Pending entries.

  private countPending(sign: 1 | -1): void {
    this.host.tally.bytes += sign * this.host.rules.sizeClass(PENDING_BYTES);
  }

  /** Notes a delivery, also of an entry that somebody else has not acknowledged. */
  deliver(id: StreamId, consumer: Consumer, nowMs: number): Pending {
    const key = idKey(id);
    const existing = this.pending.get(key);
    if (existing === undefined) return this.addPending(key, id, consumer, nowMs);
    existing.deliveredMs = nowMs;
    existing.deliveries = 1;
    this.hand(existing, key, consumer);
    return existing;
  }

  /** A pending entry that was not there; without a consumer it still has to be handed to one. */
  addPending(key: string, id: StreamId, consumer: Consumer | null, nowMs: number): Pending {
    const pending = new Pending({ ms: id.ms, seq: id.seq }, consumer, nowMs);
    this.pending.set(key, pending);
    consumer?.pending.set(key, pending);
    this.countPending(1);
    return pending;
  }

  /** Makes a pending entry that of another consumer. */
  hand(pending: Pending, key: string, consumer: Consumer): void {
    if (pending.consumer === consumer) return;
    pending.consumer?.pending.delete(key);
    pending.consumer = consumer;
    consumer.pending.set(key, pending);
  }

  /** Forgets a pending entry. */
  settle(key: string): boolean {
    const pending = this.pending.get(key);
    if (pending === undefined) return false;
    this.pending.delete(key);
    pending.consumer?.pending.delete(key);
    this.countPending(-1);
    return true;
  }

  /** The first pending entry with this id or a later one. */
  pendingFrom(id: StreamId, consumer: Consumer | null = null): RadixEntry<Pending> | null {
    return (consumer?.pending ?? this.pending).ceiling(idKey(id));
  }

  // -------------------------------------------------------------------------------------------------------------
  // How far the group has come.

  /** Moves on to an entry that is being delivered. */
  advance(id: StreamId): void {
    const { host } = this;
    if (this.entriesRead !== UNKNOWN_READ && !host.hasTombstonesAfter(id)) {
      this.entriesRead = addIntegers64(this.entriesRead, 1);
    } else if (host.entriesAdded !== 0) {
      this.entriesRead = readUpTo(host, id);
    }
    this.lastId = { ms: id.ms, seq: id.seq };
  }

  /** Entries not yet delivered; null when nobody can know. */
  get lag(): Integer | null {
    const { host } = this;
    if (host.entriesAdded === 0) return 0;
    const counted = this.entriesRead !== UNKNOWN_READ && !host.hasTombstonesAfter(this.lastId);
    const read = counted ? this.entriesRead : readUpTo(host, this.lastId);
    return !counted && read === UNKNOWN_READ ? null : addIntegers64(host.entriesAdded, -read);
  }

  /** Fills an empty group that is to be a copy of this one. */
  copyTo(copy: StreamGroup): void {
    for (const { name, seenMs, activeMs, pending } of this.consumers.values()) {
      const consumer = copy.addConsumer(name, seenMs);
      consumer.activeMs = activeMs;
      for (const { id, deliveredMs, deliveries } of pending.values()) {
        copy.addPending(idKey(id), id, consumer, deliveredMs).deliveries = deliveries;
      }
    }
  }
}

/** How many of all entries ever added come up to this id; UNKNOWN_READ when that cannot be told. */
function readUpTo(host: GroupHost, id: StreamId): Integer {
  const { entriesAdded, length, lastId, firstId, maxDeletedId } = host;
  if (entriesAdded === 0) return 0;
  const toLast = compareIds(id, lastId);
  if ((length === 0 && toLast < 1) || toLast === 0) return entriesAdded;
  if (toLast > 0) return UNKNOWN_READ;
  if (!isZero(maxDeletedId) && compareIds(maxDeletedId, firstId) >= 0) return UNKNOWN_READ;
  const toFirst = compareIds(id, firstId);
  if (toFirst > 0) return UNKNOWN_READ;
  const gone = addIntegers64(entriesAdded, -length);
  return toFirst < 0 ? gone : addIntegers64(gone, 1);
}
