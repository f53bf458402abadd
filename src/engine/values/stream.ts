// A stream: entries in the order of their ids, in nodes of several, and the groups that consume them. The nodes stand in
// an array that is searched by halves; the radix tree beside it only counts what the server's index would cost.

import type { Bytes } from "../bytes.ts";
import type { Collection } from "../keyspace.ts";
import type { SizeClass } from "../memory/allocator.ts";
import { RadixTree, type Tally } from "./radix-tree.ts";
import { type GroupHost, StreamGroup } from "./stream-group.ts";
import { addIntegers64, compareIds, type Integer, isZero, MAX_ID, MIN_ID, type StreamId } from "./stream-id.ts";
import { type StreamEntry, StreamNode } from "./stream-node.ts";

/** What a stream needs to know of its server. */
export interface StreamRules {
  readonly sizeClass: SizeClass;
  /** Bytes of the structure of a consumer. */
  readonly consumerBytes: number;
}

export interface NodeLimits {
  /** 0: none. */
  readonly streamNodeMaxBytes: number;
  readonly streamNodeMaxEntries: number;
}

export interface Trim {
  /** At most so many entries stay, or none below this id. */
  readonly keep: number | StreamId;
  /** Only whole nodes go. */
  readonly approximate: boolean;
  /** At most so many entries go; 0: any number. */
  readonly limit: number;
}

const HEAD_BYTES = 80;
const LARGEST_NODE = 1_073_741_824;

export class Stream implements Collection, GroupHost {
  readonly encoding = "stream";
  readonly tally: Tally = { bytes: 0 };
  private nodes: StreamNode[] = [];
  private readonly index: RadixTree<StreamNode>;
  length = 0;
  lastId: StreamId = MIN_ID;
  /** The first entry that is not deleted; zero when there is none. */
  firstId: StreamId = MIN_ID;
  maxDeletedId: StreamId = MIN_ID;
  /** Entries ever added. */
  entriesAdded: Integer = 0;
  /** By name; null until the first one is made, as it is never given back. */
  groups: RadixTree<StreamGroup> | null = null;

  constructor(readonly rules: StreamRules) {
    this.tally.bytes = rules.sizeClass(HEAD_BYTES);
    this.index = new RadixTree(rules.sizeClass, this.tally);
  }

  get bytes(): number {
    return this.tally.bytes;
  }

  get elements(): number {
    return this.length;
  }

  get nodeCount(): number {
    return this.nodes.length;
  }

  /** Nodes of the radix tree that the server would have. */
  get indexNodes(): number {
    return this.index.nodes;
  }

  /** Bytes as MEMORY USAGE estimates them from the first nodes and the last; 0 samples look at all. */
  sampledBytes(samples: number): number {
    const { nodes } = this;
    const looked = samples === 0 ? nodes.length : Math.min(samples, nodes.length);
    let packs = 0;
    for (let i = 0; i < looked; i++) packs += nodes[i].allocated;
    if (looked < nodes.length) packs = Math.floor(packs / looked) * (nodes.length - 1) + nodes.at(-1)!.allocated;
    let bytes = HEAD_BYTES + this.index.estimatedBytes + packs;
    for (const group of this.groups?.values() ?? []) bytes += group.estimatedBytes;
    return bytes;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Adding.

  /** Adds an entry whose id is above the last one. */
  append(id: StreamId, fields: readonly Bytes[], values: readonly Bytes[], limits: NodeLimits): void {
    const tail = this.nodes.at(-1);
    const node = tail === undefined || isFull(tail, fields, values, limits) ? this.addNode(id, fields, limits) : tail;
    const before = node.allocated;
    node.append(id, fields, values);
    this.tally.bytes += node.allocated - before;
    this.length++;
    this.entriesAdded = addIntegers64(this.entriesAdded, 1);
    this.lastId = id;
    if (this.length === 1) this.firstId = id;
  }

  private addNode(first: StreamId, fields: readonly Bytes[], limits: NodeLimits): StreamNode {
    const closed = this.nodes.at(-1);
    if (closed !== undefined) {
      this.tally.bytes -= closed.allocated;
      closed.close();
      this.tally.bytes += closed.allocated;
    }
    return this.adopt(new StreamNode(first, fields, this.rules.sizeClass, limits.streamNodeMaxBytes));
  }

  /** Every node, in order: for snapshots. */
  get allNodes(): readonly StreamNode[] {
    return this.nodes;
  }

  /** Adds a finished node to the end. */
  adopt(node: StreamNode): StreamNode {
    this.nodes.push(node);
    this.index.set(node.key, node);
    this.tally.bytes += node.allocated;
    return node;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Looking.

  /** Where the node is that may hold this id, or the first one. */
  private nodeFor(id: StreamId): number {
    const { nodes } = this;
    let low = 0;
    let high = nodes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareIds(nodes[middle].first, id) <= 0) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  /** Entries from one id to another, at most `count` of them (0: all), the last ones first when `reverse`. */
  range(start: StreamId, end: StreamId, count = 0, reverse = false): StreamEntry[] {
    return reverse ? this.rangeBackwards(start, end, count) : this.rangeForwards(start, end, count);
  }

  private rangeForwards(start: StreamId, end: StreamId, count: number): StreamEntry[] {
    const found: StreamEntry[] = [];
    const { nodes } = this;
    for (let n = this.nodeFor(start); n < nodes.length; n++) {
      const { entries } = nodes[n];
      for (let i = nodes[n].lowerBound(start); i < entries.length; i++) {
        const entry = entries[i];
        if (entry.deleted) continue;
        if (compareIds(entry, end) > 0) return found;
        found.push(entry);
        if (found.length === count) return found;
      }
    }
    return found;
  }

  private rangeBackwards(start: StreamId, end: StreamId, count: number): StreamEntry[] {
    const found: StreamEntry[] = [];
    const { nodes } = this;
    for (let n = Math.min(this.nodeFor(end), nodes.length - 1); n >= 0; n--) {
      const { entries } = nodes[n];
      for (let i = entries.length - 1; i >= 0; i--) {
        const entry = entries[i];
        if (entry.deleted || compareIds(entry, end) > 0) continue;
        if (compareIds(entry, start) < 0) return found;
        found.push(entry);
        if (found.length === count) return found;
      }
    }
    return found;
  }

  /** The entry of this id, unless it is deleted. */
  find(id: StreamId): StreamEntry | null {
    if (this.nodes.length === 0) return null;
    const node = this.nodes[this.nodeFor(id)];
    const entry = node.entries[node.lowerBound(id)];
    return entry !== undefined && !entry.deleted && compareIds(entry, id) === 0 ? entry : null;
  }

  /** The id of the last entry that is not deleted; zero when there is none. */
  get lastLiveId(): StreamId {
    return this.range(MIN_ID, MAX_ID, 1, true)[0] ?? MIN_ID;
  }

  /** The id of the first entry, deleted or not; the largest of all when there is none. */
  get firstStoredId(): StreamId {
    return this.nodes[0]?.entries[0] ?? MAX_ID;
  }

  /** Whether something between the id and the end may have been deleted by XDEL. */
  hasTombstonesAfter(id: StreamId): boolean {
    const { maxDeletedId } = this;
    if (this.length === 0 || isZero(maxDeletedId)) return false;
    return compareIds(this.firstId, maxDeletedId) <= 0 && compareIds(id, maxDeletedId) <= 0;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Deleting.

  /** Deletes one entry; whether it was there. `firstId` is the caller's business: it may delete several. */
  delete(id: StreamId): boolean {
    if (this.nodes.length === 0) return false;
    const at = this.nodeFor(id);
    const node = this.nodes[at];
    const entry = node.entries[node.lowerBound(id)];
    if (entry === undefined || entry.deleted || compareIds(entry, id) !== 0) return false;
    if (node.live === 1) this.dropNodes(at, 1);
    else this.mark(node, entry);
    this.length--;
    return true;
  }

  private mark(node: StreamNode, entry: StreamEntry): void {
    const before = node.allocated;
    node.delete(entry);
    this.tally.bytes += node.allocated - before;
  }

  private dropNodes(from: number, count: number): void {
    for (let i = from; i < from + count; i++) {
      this.index.delete(this.nodes[i].key);
      this.tally.bytes -= this.nodes[i].allocated;
    }
    if (from === 0 && count > 0 && count === this.nodes.length) this.nodes = [];
    else this.nodes.splice(from, count);
  }

  /** Brings `firstId` up to date after entries have gone. */
  findFirst(): void {
    const [first] = this.length === 0 ? [MIN_ID] : this.range(MIN_ID, MAX_ID, 1);
    this.firstId = { ms: first.ms, seq: first.seq };
  }

  /** Takes entries off the front; how many. */
  trim({ keep, approximate, limit }: Trim): number {
    const byLength = typeof keep === "number";
    let removed = 0;
    let whole = 0;
    for (const node of this.nodes) {
      if (byLength && this.length <= keep) break;
      if (limit > 0 && removed + node.live > limit) break;
      const goes = byLength ? this.length - node.live >= keep : compareIds(node.last, keep) < 0;
      if (!goes) {
        if (!approximate) removed += this.trimNode(node, keep);
        break;
      }
      whole++;
      this.length -= node.live;
      removed += node.live;
    }
    this.dropNodes(0, whole);
    if (this.length === 0 || removed > 0) this.findFirst();
    return removed;
  }

  private trimNode(node: StreamNode, keep: number | StreamId): number {
    let removed = 0;
    for (const entry of node.entries) {
      if (typeof keep === "number" ? this.length <= keep : compareIds(entry, keep) >= 0) break;
      if (entry.deleted) continue;
      this.mark(node, entry);
      this.length--;
      removed++;
    }
    return removed;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Groups.

  group(name: string): StreamGroup | undefined {
    return this.groups?.get(name);
  }

  /** Makes a group; null when there is one of this name. */
  createGroup(name: string, lastId: StreamId, entriesRead: Integer): StreamGroup | null {
    this.groups ??= new RadixTree(this.rules.sizeClass, this.tally);
    if (this.groups.get(name) !== undefined) return null;
    const group = new StreamGroup(name, lastId, entriesRead, this);
    this.groups.set(name, group);
    return group;
  }

  destroyGroup(group: StreamGroup): void {
    this.groups!.delete(group.name);
    group.drop();
  }

  clone(): Stream {
    const copy = new Stream(this.rules);
    for (const node of this.nodes) copy.adopt(node.clone());
    copy.length = this.length;
    copy.lastId = this.lastId;
    copy.firstId = this.firstId;
    copy.maxDeletedId = this.maxDeletedId;
    copy.entriesAdded = this.entriesAdded;
    for (const group of this.groups?.values() ?? []) {
      group.copyTo(copy.createGroup(group.name, group.lastId, group.entriesRead)!);
    }
    return copy;
  }
}

/** Whether the entry begins a node of its own. */
function isFull(
  node: StreamNode,
  fields: readonly Bytes[],
  values: readonly Bytes[],
  { streamNodeMaxBytes, streamNodeMaxEntries }: NodeLimits,
): boolean {
  const limit = streamNodeMaxBytes === 0 ? LARGEST_NODE : Math.min(streamNodeMaxBytes, LARGEST_NODE);
  let bytes = node.size;
  for (const field of fields) bytes += field.length;
  for (const value of values) bytes += value.length;
  return bytes >= limit || (streamNodeMaxEntries > 0 && node.entries.length >= streamNodeMaxEntries);
}
