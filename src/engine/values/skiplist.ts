// The skip list behind large sorted sets: nodes in order of score and member, each on as many levels as it drew, and
// every link knows how many nodes it jumps over, so that ranks cost no more than searches. Levels are real because the
// server's memory depends on them.
//
// A node has the number of its member's entry in the table beside (member-table.ts), which also keeps the member itself.
// All else of a node lies in one block of 32-bit words, so that a step of a search touches one or two cache lines; a place
// is the index at which a block begins.
//
//   words 0, 1      the score, as one double
//   word 2          the node's number
//   word 3          place of the node before, 0 (the header) for the first
//   words 4, 5      on the lowest level: place of the next node or NONE, and the span; then so for each further level
//
// The header has place 0 and all levels.

import type { Random } from "../../sim/random.ts";
import { NONE } from "../dict.ts";

export const MAX_LEVEL = 32;
const HEADER = 0;
const NODE = 2;
const BEFORE = 3;
const LINKS = 4;
const SPAN = LINKS + 1;
const HEADER_WORDS = LINKS + 2 * MAX_LEVEL;
const INITIAL_NODES = 128;
const GROWTH = 1.5;

/** Where the members of nodes are found. */
export interface Names {
  memberOf(node: number): string;
}

/** The last place before the wanted one on each level, and its rank. Searches do not nest: one pair serves all. */
const path = new Int32Array(MAX_LEVEL);
const ranks = new Int32Array(MAX_LEVEL);

/** One level, and one more with probability 1/4 each. */
export function drawLevel(random: Random): number {
  let level = 1;
  while (level < MAX_LEVEL && random.quick() < 0.25) level++;
  return level;
}

export class SkipList {
  private words = new Int32Array(HEADER_WORDS + 6 * INITIAL_NODES);
  private doubles = new Float64Array(this.words.buffer);
  private usedWords = HEADER_WORDS;
  /** By node. */
  private places = new Int32Array(INITIAL_NODES);
  private levels = new Uint8Array(INITIAL_NODES);
  /** Places of removed nodes by level. */
  private readonly free: number[][] = [];
  private height = 1;
  /** Place of the last node, 0 when there is none. */
  private tail = HEADER;
  length = 0;

  constructor(private readonly names: Names) {
    for (let i = 0; i < MAX_LEVEL; i++) this.words[LINKS + 2 * i] = NONE;
  }

  score(node: number): number {
    return this.doubles[this.places[node] >> 1];
  }

  level(node: number): number {
    return this.levels[node];
  }

  get first(): number {
    return this.nodeAt(this.words[LINKS]);
  }

  get last(): number {
    return this.nodeAt(this.tail);
  }

  next(node: number): number {
    return this.nodeAt(this.words[this.places[node] + LINKS]);
  }

  previous(node: number): number {
    return this.nodeAt(this.words[this.places[node] + BEFORE]);
  }

  private nodeAt(place: number): number {
    return place <= HEADER ? NONE : this.words[place + NODE];
  }

  // -------------------------------------------------------------------------------------------------------------
  // Changes.

  insert(node: number, score: number, level: number): void {
    if (node >= this.places.length) this.growNodes(node + 1);
    const place = this.allocate(level);
    this.seek(score, this.names.memberOf(node));
    const { words } = this;
    for (; this.height < level; this.height++) {
      path[this.height] = HEADER;
      ranks[this.height] = 0;
      words[SPAN + 2 * this.height] = this.length;
    }
    for (let i = 0; i < level; i++) {
      const from = path[i] + 2 * i;
      const passed = ranks[0] - ranks[i];
      words[place + LINKS + 2 * i] = words[from + LINKS];
      words[place + SPAN + 2 * i] = words[from + SPAN] - passed;
      words[from + LINKS] = place;
      words[from + SPAN] = passed + 1;
    }
    for (let i = level; i < this.height; i++) words[path[i] + SPAN + 2 * i]++;
    this.doubles[place >> 1] = score;
    words[place + NODE] = node;
    words[place + BEFORE] = path[0];
    this.places[node] = place;
    this.levels[node] = level;
    const after = words[place + LINKS];
    if (after === NONE) this.tail = place;
    else words[after + BEFORE] = place;
    this.length++;
  }

  remove(node: number): void {
    this.seek(this.score(node), this.names.memberOf(node));
    this.unlink(this.places[node]);
  }

  /**
   * Gives a node another score. It stays where it is when its neighbours allow; else it is taken out and put in anew
   * with a level from `draw`.
   */
  move(node: number, score: number, draw: () => number): void {
    const { words, doubles } = this;
    const place = this.places[node];
    const after = words[place + LINKS];
    const before = words[place + BEFORE];
    const fits = (before === HEADER || doubles[before >> 1] < score) && (after === NONE || doubles[after >> 1] > score);
    if (fits) {
      doubles[place >> 1] = score;
      return;
    }
    this.remove(node);
    this.insert(node, score, draw());
  }

  /** Removes the nodes of the ranks from `from` up to, not including, `to`; `removed` is told of each, still readable. */
  removeRange(from: number, to: number, removed: (node: number) => void): void {
    const { words } = this;
    let place = HEADER;
    let passed = 0;
    for (let i = this.height - 1; i >= 0; i--) {
      let next = words[place + LINKS + 2 * i];
      while (next !== NONE && passed + words[place + SPAN + 2 * i] <= from) {
        passed += words[place + SPAN + 2 * i];
        place = next;
        next = words[place + LINKS + 2 * i];
      }
      path[i] = place;
    }
    let doomed = words[place + LINKS];
    for (let count = to - from; count > 0 && doomed !== NONE; count--) {
      const after = words[doomed + LINKS];
      this.unlink(doomed);
      removed(words[doomed + NODE]);
      doomed = after;
    }
  }

  /** Takes out the node at a place that the path leads to. */
  private unlink(place: number): void {
    const { words } = this;
    for (let i = 0; i < this.height; i++) {
      const from = path[i] + 2 * i;
      if (words[from + LINKS] === place) {
        words[from + LINKS] = words[place + LINKS + 2 * i];
        words[from + SPAN] += words[place + SPAN + 2 * i] - 1;
      } else {
        words[from + SPAN]--;
      }
    }
    const after = words[place + LINKS];
    if (after === NONE) this.tail = words[place + BEFORE];
    else words[after + BEFORE] = words[place + BEFORE];
    while (this.height > 1 && words[LINKS + 2 * (this.height - 1)] === NONE) this.height--;
    this.length--;
    const level = this.levels[words[place + NODE]];
    this.free[level] ??= [];
    this.free[level].push(place);
  }

  // -------------------------------------------------------------------------------------------------------------
  // Searches.

  /** Lays the path to where this score and member stand or would. */
  private seek(score: number, member: string): void {
    const { words, doubles, names } = this;
    let place = HEADER;
    let rank = 0;
    for (let i = this.height - 1; i >= 0; i--) {
      const link = LINKS + 2 * i;
      let next = words[place + link];
      while (next !== NONE) {
        const other = doubles[next >> 1];
        if (other > score || (other === score && !(names.memberOf(words[next + NODE]) < member))) break;
        rank += words[place + link + 1];
        place = next;
        next = words[place + link];
      }
      path[i] = place;
      ranks[i] = rank;
    }
  }

  /** The 0-based rank of a node. */
  rankOf(node: number): number {
    this.seek(this.score(node), this.names.memberOf(node));
    return ranks[0];
  }

  /** The node of a 0-based rank, NONE beyond the end. */
  at(rank: number): number {
    const { words } = this;
    let place = HEADER;
    let left = rank + 1;
    for (let i = this.height - 1; i >= 0; i--) {
      const link = LINKS + 2 * i;
      let next = words[place + link];
      while (next !== NONE && words[place + link + 1] <= left) {
        left -= words[place + link + 1];
        if (left === 0) return words[next + NODE];
        place = next;
        next = words[place + link];
      }
    }
    return NONE;
  }

  /** How many nodes have a score below this one, or up to it. */
  countBelow(score: number, inclusive: boolean): number {
    const { words, doubles } = this;
    let place = HEADER;
    let count = 0;
    for (let i = this.height - 1; i >= 0; i--) {
      const link = LINKS + 2 * i;
      let next = words[place + link];
      while (next !== NONE) {
        const other = doubles[next >> 1];
        if (other > score || (other === score && !inclusive)) break;
        count += words[place + link + 1];
        place = next;
        next = words[place + link];
      }
    }
    return count;
  }

  /** How many nodes at the start have a member for which this holds, provided that it holds for a beginning. */
  countWhile(holds: (member: string) => boolean): number {
    const { words, names } = this;
    let place = HEADER;
    let count = 0;
    for (let i = this.height - 1; i >= 0; i--) {
      const link = LINKS + 2 * i;
      let next = words[place + link];
      while (next !== NONE && holds(names.memberOf(words[next + NODE]))) {
        count += words[place + link + 1];
        place = next;
        next = words[place + link];
      }
    }
    return count;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Room.

  private growNodes(needed: number): void {
    const capacity = Math.max(needed, Math.ceil(this.places.length * GROWTH));
    const [places, levels] = [new Int32Array(capacity), new Uint8Array(capacity)];
    places.set(this.places);
    levels.set(this.levels);
    this.places = places;
    this.levels = levels;
  }

  private allocate(level: number): number {
    const free = this.free[level];
    if (free !== undefined && free.length > 0) return free.pop()!;
    const place = this.usedWords;
    this.usedWords += LINKS + 2 * level;
    if (this.usedWords > this.words.length) {
      // An even number, so that doubles fit.
      const words = new Int32Array(2 * Math.ceil((this.usedWords * GROWTH) / 2));
      words.set(this.words);
      this.words = words;
      this.doubles = new Float64Array(words.buffer);
    }
    return place;
  }
}
