// Sorted sets: members with scores, ordered by score and then by bytes. Small ones are a listpack, others a hash table and
// a skip list; which one is decided by zset-max-listpack-entries and -value, and except for the results of commands that
// store a whole set anew there is no way back.

import type { Collection } from "../keyspace.ts";
import type { MemberTable } from "./member-table.ts";
import type { Interval, LexRange, ScoreRange, Visit, ZsetForm, ZsetRules } from "./zset-form.ts";
import { EMPTY_INTERVAL } from "./zset-form.ts";
import { ListpackForm } from "./zset-listpack.ts";
import { SkiplistForm } from "./zset-skiplist.ts";

/** A listpack cannot grow beyond this. */
const LISTPACK_MAX_BYTES = 2 ** 30;

export class SortedSet implements Collection {
  private constructor(private form: ListpackForm | SkiplistForm) {}

  /** An empty one, in the encoding that suits so many members of up to so many bytes. */
  static create(rules: ZsetRules, members = 0, longest = 0): SortedSet {
    const small = fitsListpack(rules, members, longest);
    return new SortedSet(small ? ListpackForm.create(rules) : SkiplistForm.create(rules, members));
  }

  /** One that holds exactly these members, each named once; `capacity` sizes the table of a large one. */
  static of(rules: ZsetRules, pairs: readonly (readonly [member: string, score: number])[], capacity = 0): SortedSet {
    let longest = 0;
    for (const [member] of pairs) longest = Math.max(longest, member.length);
    const small = fitsListpack(rules, pairs.length, longest);
    const made = new SortedSet(small ? ListpackForm.create(rules) : SkiplistForm.create(rules, capacity));
    for (const [member, score] of pairs) made.form.insert(member, score, rules);
    return made;
  }

  get size(): number {
    return this.form.size;
  }

  get elements(): number {
    return this.form.size;
  }

  get bytes(): number {
    return this.form.bytes;
  }

  get encoding(): ZsetForm["encoding"] {
    return this.form.encoding;
  }

  /** The hash table, null in a listpack. Its values are nodes: `scoreAt` tells their score. */
  get table(): MemberTable<number> | null {
    return this.form instanceof SkiplistForm ? this.form.table : null;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Single members. Handles hold until the next change.

  locate(member: string): number {
    return this.form.locate(member);
  }

  scoreAt(handle: number): number {
    return this.form.scoreAt(handle);
  }

  memberAt(handle: number): string {
    return this.form.memberAt(handle);
  }

  scoreOf(member: string): number | undefined {
    const handle = this.form.locate(member);
    return handle === -1 ? undefined : this.form.scoreAt(handle);
  }

  /** The 0-based rank from the lowest score. */
  rankAt(handle: number): number {
    return this.form.rankAt(handle);
  }

  /** Takes the encoding for this many members at once, before they are added. */
  expect(members: number, longest: number, rules: ZsetRules): void {
    if (!fitsListpack(rules, members, longest)) this.convert(members, rules);
  }

  /** Adds a member that is not there. */
  insert(member: string, score: number, rules: ZsetRules): void {
    const { form } = this;
    if (form instanceof ListpackForm) {
      const fits =
        fitsListpack(rules, form.size + 1, member.length) && form.packedBytes + member.length <= LISTPACK_MAX_BYTES;
      if (!fits) this.convert(form.size + 1, rules);
    }
    this.form.insert(member, score, rules);
  }

  change(handle: number, score: number, rules: ZsetRules): void {
    this.form.change(handle, score, rules);
  }

  /** Sets a member's score whether it is there or not. */
  set(member: string, score: number, rules: ZsetRules): void {
    const handle = this.locate(member);
    if (handle === -1) this.insert(member, score, rules);
    else if (this.scoreAt(handle) !== score) this.change(handle, score, rules);
  }

  delete(member: string, rules: ZsetRules): boolean {
    const handle = this.form.locate(member);
    if (handle === -1) return false;
    this.form.remove(handle, rules);
    return true;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Ranges.

  /** Ranks of a range given by two indexes, of which negative ones count from the end. */
  rankInterval(start: number, stop: number): Interval {
    const { size } = this.form;
    const from = Math.max(0, start < 0 ? size + start : start);
    const to = Math.min(size - 1, stop < 0 ? size + stop : stop) + 1;
    return from >= to ? EMPTY_INTERVAL : { from, to };
  }

  scoreInterval({ min, max, minExclusive, maxExclusive }: ScoreRange): Interval {
    if (min > max) return EMPTY_INTERVAL;
    const from = this.form.countBelow(min, minExclusive);
    const to = this.form.countBelow(max, !maxExclusive);
    return from >= to ? EMPTY_INTERVAL : { from, to };
  }

  lexInterval(range: LexRange, reverse = false): Interval {
    return this.form.lexInterval(range, reverse);
  }

  /** Visits `count` members from a rank on; upwards, or downwards when `reverse`. */
  walk(rank: number, count: number, reverse: boolean, visit: Visit): void {
    this.form.walk(rank, count, reverse, visit);
  }

  /** Every member in order. */
  forEach(visit: Visit): void {
    this.form.walk(0, this.form.size, false, visit);
  }

  removeInterval(interval: Interval, rules: ZsetRules): void {
    if (interval.from < interval.to) this.form.removeInterval(interval, rules);
  }

  /** The member of a rank. */
  at(rank: number): readonly [member: string, score: number] {
    let found: [string, number] = ["", 0];
    this.form.walk(rank, 1, false, (member, score) => {
      found = [member, score];
    });
    return found;
  }

  // -------------------------------------------------------------------------------------------------------------

  clone(): SortedSet {
    return new SortedSet(this.form.clone());
  }

  sampledBytes(samples: number): number {
    return this.form instanceof ListpackForm ? this.form.bytes : this.form.sampledBytes(samples);
  }

  /** Large from now on: SORT makes it so. */
  toSkiplist(rules: ZsetRules): void {
    this.convert(this.size, rules);
  }

  private convert(capacity: number, rules: ZsetRules): void {
    const { form } = this;
    if (form instanceof SkiplistForm) return;
    // Before 7.2 the table grows while it is filled.
    const large = SkiplistForm.create(rules, rules.profile.sizeHints ? capacity : 0);
    form.walk(0, form.size, false, (member, score) => large.insert(member, score, rules));
    this.form = large;
  }
}

function fitsListpack({ settings }: ZsetRules, members: number, longest: number): boolean {
  return members <= settings.zsetMaxListpackEntries && longest <= settings.zsetMaxListpackValue;
}
