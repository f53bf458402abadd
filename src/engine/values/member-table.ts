// The hash table inside a collection: members (or fields) with a value each. It is the server's dict, so that SCAN's order,
// random picks, and the bucket arrays that count as memory come out as they do there: old and new arrays live together
// while a rehash is unfinished, and nothing in the background finishes it.

import type { Random } from "../../sim/random.ts";
import { Dict, type GrowthPolicy, NONE } from "../dict.ts";
import { hashKey } from "../keyspace.ts";
import { Records } from "../records.ts";

/** Collections grow whatever maxmemory says. */
const ALWAYS: GrowthPolicy = { allow: () => true, forcedGrowth: 5, childActive: false };

const POINTER = 8;
/** Buckets that finishing a rehash moves at a time. */
const ALL_BUCKETS = 0x7fff_ffff;

/** Spreads a hash over all bits; the server's tables are seeded, so that the order of members tells nothing. */
function spread(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

export class MemberTable<V> {
  private readonly records = new Records();
  private members: (string | undefined)[] = [];
  private values: (V | undefined)[] = [];
  private dict: Dict;

  constructor() {
    this.dict = this.newDict();
  }

  private newDict(): Dict {
    return new Dict(this.records, Records.NEXT_MAIN, ALWAYS, () => undefined);
  }

  get size(): number {
    return this.dict.size;
  }

  get rehashing(): boolean {
    return this.dict.rehashing;
  }

  /** Buckets of both arrays. */
  get buckets(): number {
    return this.dict.buckets;
  }

  /** Buckets with at least one member. */
  get occupiedBuckets(): number {
    return this.dict.occupiedBuckets;
  }

  /** The table, and while a rehash runs the one it moves to. */
  get tables(): readonly { buckets: number; used: number }[] {
    return this.dict.tables;
  }

  /** Members in a bucket, counted through the old array and then the new one. */
  chainLength(bucket: number): number {
    let length = 0;
    for (let entry = this.dict.bucketHead(bucket); entry !== NONE; entry = this.dict.following(entry)) length++;
    return length;
  }

  /** Request for the bucket arrays. */
  get tableBytes(): number {
    return this.dict.buckets * POINTER;
  }

  /** The entry of a member, or NONE. A step of rehashing on the way, as the server does at each look-up. */
  find(member: string): number {
    if (this.dict.size === 0) return NONE;
    if (this.dict.rehashing) this.dict.rehash(1);
    return this.locate(member, spread(hashKey(member)));
  }

  private locate(member: string, hash: number): number {
    const { dict, records, members } = this;
    let entry = dict.first(hash);
    while (entry !== NONE) {
      if (records.hash(entry) === hash && members[entry] === member) return entry;
      entry = dict.following(entry);
    }
    entry = dict.firstOfNew(hash);
    while (entry !== NONE) {
      if (records.hash(entry) === hash && members[entry] === member) return entry;
      entry = dict.following(entry);
    }
    return NONE;
  }

  has(member: string): boolean {
    return this.find(member) !== NONE;
  }

  get(member: string): V | undefined {
    const entry = this.find(member);
    return entry === NONE ? undefined : this.values[entry];
  }

  /** Adds a member that is not there; the insertion does a step of rehashing. */
  insert(member: string, value: V): number {
    const entry = this.allocate(member, value, spread(hashKey(member)));
    this.dict.insert(entry);
    return entry;
  }

  /**
   * Adds a member unless it is there: NONE when it was added, else the entry that was. Look-up and insertion share one step
   * of rehashing, and a full table grows whether it is there or not: as in the server's sets, and its hashes from 7.2 on.
   */
  addOrFind(member: string, value: V): number {
    const hash = spread(hashKey(member));
    this.dict.prepareInsert();
    const found = this.locate(member, hash);
    if (found === NONE) this.dict.link(this.allocate(member, value, hash));
    return found;
  }

  private allocate(member: string, value: V, hash: number): number {
    const entry = this.records.allocate(hash, 0, 0);
    this.members[entry] = member;
    this.values[entry] = value;
    return entry;
  }

  memberOf(entry: number): string {
    return this.members[entry]!;
  }

  valueOf(entry: number): V {
    return this.values[entry] as V;
  }

  setValue(entry: number, value: V): void {
    this.values[entry] = value;
  }

  remove(entry: number): void {
    this.dict.remove(entry);
    this.members[entry] = undefined;
    this.values[entry] = undefined;
    this.records.release(entry);
  }

  /** Removes by name; false when it was not there. */
  delete(member: string): boolean {
    const entry = this.find(member);
    if (entry === NONE) return false;
    this.remove(entry);
    return true;
  }

  /** Shrinks when too few buckets are used; the server looks after each removal. */
  shrinkIfSparse(below: number): void {
    this.dict.shrinkIfSparse(below);
  }

  /** One random entry: a random bucket, then a random place in its chain. */
  randomEntry(random: Random): number {
    return this.dict.randomEntry(random);
  }

  /** A fairer one, out of a sample. */
  fairRandomEntry(random: Random): number {
    return this.dict.fairRandomEntry(random);
  }

  /** One step of a scan with the server's cursor; returns the next cursor, 0 at the end. */
  scan(cursor: number, visit: (entry: number) => void): number {
    return this.dict.scan(cursor, visit);
  }

  /** Every entry, in the order of the buckets. */
  forEach(visit: (member: string, value: V, entry: number) => void): void {
    const { dict } = this;
    for (let bucket = 0; bucket < dict.buckets; bucket++) {
      for (let entry = dict.bucketHead(bucket); entry !== NONE; entry = dict.following(entry)) {
        visit(this.members[entry]!, this.values[entry] as V, entry);
      }
    }
  }

  /** Whether any entry is visited with success, in the order of the buckets; stops there. `last`: it ends its chain. */
  some(visit: (member: string, value: V, last: boolean) => boolean): boolean {
    const { dict } = this;
    for (let bucket = 0; bucket < dict.buckets; bucket++) {
      for (let entry = dict.bucketHead(bucket); entry !== NONE; entry = dict.following(entry)) {
        const last = dict.following(entry) === NONE;
        if (visit(this.members[entry]!, this.values[entry] as V, last)) return true;
      }
    }
    return false;
  }

  /** Finishes a rehash that is under way. */
  finishRehash(): void {
    while (this.dict.rehashing) this.dict.rehash(ALL_BUCKETS);
  }

  clone(copyValue: (value: V) => V = value => value): MemberTable<V> {
    const copy = new MemberTable<V>();
    copy.reserve(this.size);
    this.forEach((member, value) => {
      copy.insert(member, copyValue(value));
    });
    return copy;
  }

  /** Makes room for so many members at once, as conversions and copies do. */
  reserve(members: number): void {
    this.dict.reserve(members);
  }
}
