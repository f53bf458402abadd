// What the two encodings of a sorted set have in common. Ranges of scores and of members become intervals of ranks, so
// that counting, listing and removing are written once.

import type { Random } from "../../sim/random.ts";
import type { CollectionRules } from "./collection-rules.ts";

/** The engine is one of these too: levels of a skip list are drawn. */
export interface ZsetRules extends CollectionRules {
  readonly random: Random;
}

export interface ScoreRange {
  readonly min: number;
  readonly max: number;
  readonly minExclusive: boolean;
  readonly maxExclusive: boolean;
}

/** One end of a range of members: before all of them, after all of them, or at one. */
export interface LexBound {
  readonly end: -1 | 0 | 1;
  readonly member: string;
  readonly exclusive: boolean;
}

export interface LexRange {
  readonly min: LexBound;
  readonly max: LexBound;
}

/** Ranks from `from` up to, not including, `to`. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

export const EMPTY_INTERVAL: Interval = { from: 0, to: 0 };

export function isAboveMin(member: string, { end, member: bound, exclusive }: LexBound): boolean {
  if (end !== 0) return end < 0;
  return exclusive ? member > bound : member >= bound;
}

export function isBelowMax(member: string, { end, member: bound, exclusive }: LexBound): boolean {
  if (end !== 0) return end > 0;
  return exclusive ? member < bound : member <= bound;
}

/** Whether no member at all can lie in the range. */
export function isEmptyLexRange({ min, max }: LexRange): boolean {
  if (min.end !== max.end) return min.end > max.end;
  if (min.end !== 0) return true;
  return min.member > max.member || (min.member === max.member && (min.exclusive || max.exclusive));
}

/** Visits one member; false ends the walk. */
export type Visit = (member: string, score: number) => unknown;

/**
 * One encoding. A handle says where a member stands until the next change: its index in a listpack, its node in a skip
 * list; -1: nowhere.
 */
export interface ZsetForm {
  readonly encoding: "listpack" | "skiplist";
  readonly size: number;
  /** Allocator bytes, without the object header. */
  readonly bytes: number;
  locate(member: string): number;
  memberAt(handle: number): string;
  scoreAt(handle: number): number;
  rankAt(handle: number): number;
  /** Adds a member that is not there. */
  insert(member: string, score: number, rules: ZsetRules): void;
  /** Gives a member another score. */
  change(handle: number, score: number, rules: ZsetRules): void;
  remove(handle: number, rules: ZsetRules): void;
  /** How many members have a score below this one, or up to it. */
  countBelow(score: number, inclusive: boolean): number;
  /** `reverse` matters only where scores differ: the server's walk from the end then stops elsewhere. */
  lexInterval(range: LexRange, reverse: boolean): Interval;
  /** Visits `count` members from a rank on, upwards or downwards. */
  walk(rank: number, count: number, reverse: boolean, visit: Visit): void;
  removeInterval(interval: Interval, rules: ZsetRules): void;
}
