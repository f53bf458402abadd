// The keys of a workload. They are numbered; text, hash and slot of a key are made on first use and kept, so that every
// request for it, on every node, shares one flat string and computes no hash.

import { hashKey } from "../engine/keyspace.ts";
import { keySlot } from "../engine/slots.ts";
import type { Random } from "../sim/random.ts";

/** Chooses a key number; number 0 is the most popular. */
export type Popularity = (random: Random) => number;

/** Slot plus one takes 15 bits; 16 are left for the length, up to what is kept elsewhere. */
const SLOT_BITS = 15;
const SLOTS = (1 << SLOT_BITS) - 1;
const LONG = 0xffff;

export class KeyTable {
  private readonly texts: (string | undefined)[];
  /** Two numbers per key: its hash, and its length above its slot plus one (0: not made yet). */
  private numbers: Int32Array;

  /** `name` gives the text of a key number; `count` is how many keys to make room for, and may be exceeded. */
  constructor(
    count: number,
    private readonly name: (key: number) => string,
  ) {
    this.texts = new Array(count);
    this.numbers = new Int32Array(2 * count);
  }

  text(key: number): string {
    return this.texts[key] ?? this.make(key);
  }

  /** `hashKey` of the text. */
  hash(key: number): number {
    if (!(this.numbers[2 * key + 1] > 0)) this.make(key);
    return this.numbers[2 * key];
  }

  /** Cluster slot of the text. */
  slot(key: number): number {
    if (!(this.numbers[2 * key + 1] > 0)) this.make(key);
    return (this.numbers[2 * key + 1] & SLOTS) - 1;
  }

  /** Characters of the text. */
  length(key: number): number {
    if (!(this.numbers[2 * key + 1] > 0)) this.make(key);
    const length = this.numbers[2 * key + 1] >> SLOT_BITS;
    return length === LONG ? this.text(key).length : length;
  }

  private make(key: number): string {
    if (2 * key >= this.numbers.length) this.grow(key + 1);
    // Through a buffer, so that the string is flat: one made by joining two keeps both and costs a detour a read.
    const text = Buffer.from(this.name(key), "latin1").toString("latin1");
    this.texts[key] = text;
    this.numbers[2 * key] = hashKey(text);
    this.numbers[2 * key + 1] = (Math.min(text.length, LONG) << SLOT_BITS) | (keySlot(text) + 1);
    return text;
  }

  private grow(needed: number): void {
    const numbers = new Int32Array(2 * Math.max(needed, 1_024, this.numbers.length));
    numbers.set(this.numbers);
    this.numbers = numbers;
  }
}
