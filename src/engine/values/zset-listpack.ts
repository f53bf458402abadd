// A small sorted set: one listpack of members and scores in order. Here two sorted arrays, and the listpack's size as a
// running sum.

import { LISTPACK_OVERHEAD, listpackEntryBytes } from "../memory/listpack.ts";
import { formatDouble, formatDouble17 } from "../numbers.ts";
import type { EngineProfile } from "../profile.ts";
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

export class ListpackForm implements ZsetForm {
  readonly encoding = "listpack";
  private members: string[] = [];
  private scores: number[] = [];
  /** Bytes of each pair. */
  private sizes: number[] = [];
  private entryBytes = 0;

  private constructor(public bytes: number) {}

  static create({ sizeClass }: ZsetRules): ListpackForm {
    return new ListpackForm(sizeClass(LISTPACK_OVERHEAD));
  }

  get size(): number {
    return this.members.length;
  }

  /** Bytes inside the listpack. */
  get packedBytes(): number {
    return LISTPACK_OVERHEAD + this.entryBytes;
  }

  locate(member: string): number {
    return this.members.indexOf(member);
  }

  memberAt(handle: number): string {
    return this.members[handle];
  }

  scoreAt(handle: number): number {
    return this.scores[handle];
  }

  rankAt(handle: number): number {
    return handle;
  }

  insert(member: string, given: number, rules: ZsetRules): void {
    // A negative zero loses its sign on the way into the listpack.
    const score = given === 0 ? 0 : given;
    const at = this.placeOf(member, score);
    this.members.splice(at, 0, member);
    this.scores.splice(at, 0, score);
    const size = pairBytes(member, score, rules);
    this.sizes.splice(at, 0, size);
    this.entryBytes += size;
    this.bytes = rules.sizeClass(this.packedBytes);
  }

  change(handle: number, score: number, rules: ZsetRules): void {
    const member = this.members[handle];
    this.remove(handle, rules);
    this.insert(member, score, rules);
  }

  remove(handle: number, rules: ZsetRules): void {
    this.removeInterval({ from: handle, to: handle + 1 }, rules);
  }

  removeInterval({ from, to }: Interval, rules: ZsetRules): void {
    this.members.splice(from, to - from);
    this.scores.splice(from, to - from);
    for (const size of this.sizes.splice(from, to - from)) this.entryBytes -= size;
    this.bytes = rules.sizeClass(this.packedBytes);
  }

  countBelow(score: number, inclusive: boolean): number {
    const { scores } = this;
    let count = 0;
    while (count < scores.length && (scores[count] < score || (inclusive && scores[count] === score))) count++;
    return count;
  }

  lexInterval(range: LexRange, reverse: boolean): Interval {
    const { members } = this;
    const { min, max } = range;
    const size = members.length;
    if (isEmptyLexRange(range) || !isAboveMin(members[size - 1], min) || !isBelowMax(members[0], max)) {
      return EMPTY_INTERVAL;
    }
    if (reverse) {
      let to = size;
      while (to > 0 && !isBelowMax(members[to - 1], max)) to--;
      let from = to;
      while (from > 0 && isAboveMin(members[from - 1], min)) from--;
      return { from, to };
    }
    let from = 0;
    while (from < size && !isAboveMin(members[from], min)) from++;
    let to = from;
    while (to < size && isBelowMax(members[to], max)) to++;
    return { from, to };
  }

  walk(rank: number, count: number, reverse: boolean, visit: Visit): void {
    const step = reverse ? -1 : 1;
    let at = rank;
    for (let left = count; left > 0 && at >= 0 && at < this.members.length; left--, at += step) {
      if (visit(this.members[at], this.scores[at]) === false) return;
    }
  }

  clone(): ListpackForm {
    const copy = new ListpackForm(this.bytes);
    copy.members = this.members.slice();
    copy.scores = this.scores.slice();
    copy.sizes = this.sizes.slice();
    copy.entryBytes = this.entryBytes;
    return copy;
  }

  /** The index before the first pair that comes after this one. */
  private placeOf(member: string, score: number): number {
    const { members, scores } = this;
    let low = 0;
    let high = scores.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (scores[middle] < score || (scores[middle] === score && members[middle] < member)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Whole scores up to here are integers in a listpack. */
const INTEGER_SCORES = 2 ** 62;

/** The text of a score in a listpack, which stores what reads as an integer as one. */
export function packedScore(score: number, { shortDoubles }: EngineProfile): string {
  const short = shortDoubles || (Number.isInteger(score) && Math.abs(score) <= INTEGER_SCORES);
  return short ? formatDouble(score) : formatDouble17(score);
}

function pairBytes(member: string, score: number, { profile }: ZsetRules): number {
  return listpackEntryBytes(member) + listpackEntryBytes(packedScore(score, profile));
}
