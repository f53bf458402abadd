// A large sorted set: a hash table from members to nodes and a skip list of the nodes.

import type { Random } from "../../sim/random.ts";
import { NONE } from "../dict.ts";
import type { SizeClass } from "../memory/allocator.ts";
import { sdsRequest } from "../memory/sds.ts";
import { TableFrame } from "./collection-rules.ts";
import { MemberTable } from "./member-table.ts";
import { drawLevel, MAX_LEVEL, SkipList } from "./skiplist.ts";
import {
  EMPTY_INTERVAL,
  type Interval,
  isAboveMin,
  isBelowMax,
  isEmptyLexRange,
  type LexRange,
  type Visit,
  type ZsetForm,
  type ZsetRules,
} from "./zset-form.ts";

// Requests of the server's structures (anchors/engines-and-memory.md, 3.3); the table's are in its frame.
const ZSET = 16;
const LIST = 32;
const NODE = 24;
const LEVEL = 16;
const HEADER = NODE + LEVEL * MAX_LEVEL;

export class SkiplistForm implements ZsetForm {
  readonly encoding = "skiplist";
  /** Members with the number of their entry, which is that of their node too. */
  readonly table = new MemberTable<number>();
  private readonly list = new SkipList(this.table);
  private readonly fixedBytes: number;
  /** Bytes of all members' strings and nodes. */
  private ownBytes = 0;

  private constructor(
    private readonly frame: TableFrame,
    private readonly sizeClass: SizeClass,
    capacity: number,
  ) {
    this.fixedBytes = sizeClass(ZSET) + sizeClass(LIST) + sizeClass(HEADER);
    this.table.reserve(capacity);
  }

  /** An empty one with a table for `capacity` members. */
  static create(rules: ZsetRules, capacity: number): SkiplistForm {
    return new SkiplistForm(new TableFrame(rules, true), rules.sizeClass, capacity);
  }

  get size(): number {
    return this.list.length;
  }

  get bytes(): number {
    return this.fixedBytes + this.frame.bytes(this.table) + this.ownBytes;
  }

  locate(member: string): number {
    return this.table.find(member);
  }

  memberAt(handle: number): string {
    return this.table.memberOf(handle);
  }

  scoreAt(handle: number): number {
    return this.list.score(handle);
  }

  rankAt(handle: number): number {
    return this.list.rankOf(handle);
  }

  insert(member: string, score: number, { random }: ZsetRules): void {
    this.place(member, score, drawLevel(random));
  }

  private place(member: string, score: number, level: number): void {
    const node = this.table.insert(member, 0);
    this.table.setValue(node, node);
    this.list.insert(node, score, level);
    this.ownBytes += this.bytesOf(node);
  }

  change(handle: number, score: number, { random }: { readonly random: Random }): void {
    this.ownBytes -= this.bytesOf(handle);
    this.list.move(handle, score, () => drawLevel(random));
    this.ownBytes += this.bytesOf(handle);
  }

  remove(handle: number, { profile }: ZsetRules): void {
    this.ownBytes -= this.bytesOf(handle);
    this.list.remove(handle);
    this.table.remove(handle);
    this.table.shrinkIfSparse(profile.shrinkBelow);
  }

  removeInterval({ from, to }: Interval, { profile }: ZsetRules): void {
    this.list.removeRange(from, to, node => {
      this.ownBytes -= this.bytesOf(node);
      this.table.remove(node);
    });
    this.table.shrinkIfSparse(profile.shrinkBelow);
  }

  countBelow(score: number, inclusive: boolean): number {
    return this.list.countBelow(score, inclusive);
  }

  lexInterval(range: LexRange): Interval {
    const { min, max } = range;
    if (isEmptyLexRange(range)) return EMPTY_INTERVAL;
    const from = this.list.countWhile(member => !isAboveMin(member, min));
    const to = this.list.countWhile(member => isBelowMax(member, max));
    return to <= from ? EMPTY_INTERVAL : { from, to };
  }

  walk(rank: number, count: number, reverse: boolean, visit: Visit): void {
    const { list, table } = this;
    let node = rank === 0 ? list.first : rank === list.length - 1 ? list.last : list.at(rank);
    for (let left = count; left > 0 && node !== NONE; left--) {
      if (visit(table.memberOf(node), list.score(node)) === false) return;
      node = reverse ? list.previous(node) : list.next(node);
    }
  }

  /** A copy with the same nodes; its table is made for them at once. */
  clone(): SkiplistForm {
    const copy = new SkiplistForm(this.frame.clone(), this.sizeClass, this.size);
    // From the end, so that every insertion is at the front.
    for (let node = this.list.last; node !== NONE; node = this.list.previous(node)) {
      copy.place(this.table.memberOf(node), this.list.score(node), this.list.level(node));
    }
    return copy;
  }

  private bytesOf(node: number): number {
    const { sizeClass } = this;
    return sizeClass(sdsRequest(this.table.memberOf(node).length)) + sizeClass(NODE + LEVEL * this.list.level(node));
  }

  /** What MEMORY USAGE estimates from the first `samples` members (0: all). */
  sampledBytes(samples: number): number {
    const { list } = this;
    let sum = 0;
    let seen = 0;
    for (let node = list.first; node !== NONE && (samples === 0 || seen < samples); node = list.next(node)) {
      sum += this.bytesOf(node);
      seen++;
    }
    const mean = seen === 0 ? 0 : Math.trunc((sum / seen) * this.size);
    return ZSET + LIST + this.sizeClass(HEADER) + this.frame.usage(this.table, 1, () => []) + mean;
  }
}
