// The server's hash table over keyspace entries: chained buckets, a power of two of them, doubled when full and
// rehashed a bucket at a time while both tables live. Its quirks are kept because they show in results: a rehash holds
// memory twice, growth is put off near maxmemory, sampling walks neighbouring buckets, scans go in bucket order.
//
// An entry is a small integer of the keyspace. The dict owns the bucket arrays, heads[b] = first entry of bucket b or
// NONE (0 the old table, 1 the new one during a rehash), and one chain word in each entry's record; the entry's hash
// stands in its record too, so a dict stores no keys and compares none.

import type { Random } from "../sim/random.ts";
import type { Records } from "./records.ts";

export const NONE = -1;
const INITIAL_BUCKETS = 4;
const EMPTY = new Int32Array(0);

/** What the owner decides: whether a growth is allowed now, and how eagerly. */
export interface GrowthPolicy {
  /** Called before a table of `bytes` is allocated at load factor `load`; false puts the growth off. */
  allow(bytes: number, load: number): boolean;
  /** While a child process saves, growth and rehashing wait until this load factor. Infinity: no child. */
  readonly forcedGrowth: number;
  readonly childActive: boolean;
}

const POINTER_BYTES = 8;

export class Dict {
  private heads0: Int32Array = EMPTY;
  private heads1: Int32Array = EMPTY;
  private used0 = 0;
  private used1 = 0;
  /** Buckets with something in them, of both tables. */
  private occupied = 0;
  /** Next bucket of the old table to move; NONE when no rehash runs. */
  private rehashAt = NONE;
  /** While a scan step runs its visitor, nothing moves between the tables, or entries would be missed. */
  private scanning = false;

  constructor(
    private readonly records: Records,
    /** The word of a record that links this dict's chains. */
    private readonly chain: number,
    private readonly policy: GrowthPolicy,
    /** Told whenever the number of buckets changes. */
    private readonly resized: () => void,
  ) {}

  get size(): number {
    return this.used0 + this.used1;
  }

  /** Buckets of both tables. */
  get buckets(): number {
    return this.heads0.length + this.heads1.length;
  }

  get occupiedBuckets(): number {
    return this.occupied;
  }

  /** The table, and while a rehash runs the one it moves to. */
  get tables(): { buckets: number; used: number }[] {
    const main = { buckets: this.heads0.length, used: this.used0 };
    return this.rehashAt === NONE ? [main] : [main, { buckets: this.heads1.length, used: this.used1 }];
  }

  get rehashing(): boolean {
    return this.rehashAt !== NONE;
  }

  /** First entry of the hash's bucket in the old (or only) table. Walk on with `following`. */
  first(hash: number): number {
    return this.heads0.length === 0 ? NONE : this.heads0[hash & (this.heads0.length - 1)];
  }

  /** First entry of the hash's bucket in the new table; NONE unless a rehash runs. */
  firstOfNew(hash: number): number {
    return this.rehashAt === NONE ? NONE : this.heads1[hash & (this.heads1.length - 1)];
  }

  following(entry: number): number {
    return this.records.next(entry, this.chain);
  }

  insert(entry: number): void {
    this.prepareInsert();
    this.link(entry);
  }

  /** What comes before the look-up for an insertion, and stays when the look-up finds something. */
  prepareInsert(): void {
    if (this.rehashAt !== NONE) this.rehash(1);
    this.growIfNeeded();
  }

  /** The insertion itself. */
  link(entry: number): void {
    const { records, chain } = this;
    const heads = this.rehashAt === NONE ? this.heads0 : this.heads1;
    const bucket = records.hash(entry) & (heads.length - 1);
    if (heads[bucket] === NONE) this.occupied++;
    records.setNext(entry, chain, heads[bucket]);
    heads[bucket] = entry;
    if (this.rehashAt === NONE) this.used0++;
    else this.used1++;
  }

  remove(entry: number): void {
    if (this.rehashAt !== NONE) this.rehash(1);
    const hash = this.records.hash(entry);
    if (this.unlink(this.heads0, hash, entry)) this.used0--;
    else if (this.unlink(this.heads1, hash, entry)) this.used1--;
  }

  private unlink(heads: Int32Array, hash: number, entry: number): boolean {
    if (heads.length === 0) return false;
    const { records, chain } = this;
    const bucket = hash & (heads.length - 1);
    let at = heads[bucket];
    if (at === entry) {
      heads[bucket] = records.next(entry, chain);
      if (heads[bucket] === NONE) this.occupied--;
      return true;
    }
    while (at !== NONE) {
      const after = records.next(at, chain);
      if (after === entry) {
        records.setNext(at, chain, records.next(entry, chain));
        return true;
      }
      at = after;
    }
    return false;
  }

  /** First entry of a bucket, counted through the old table and then the new one. */
  bucketHead(bucket: number): number {
    const { heads0, heads1 } = this;
    return bucket < heads0.length ? heads0[bucket] : heads1[bucket - heads0.length];
  }

  /** Gives a dict room for so many entries; one with entries in it starts a rehash. */
  reserve(entries: number): void {
    if (this.rehashAt !== NONE || this.used0 > entries || this.heads0.length >= entries) return;
    let buckets = INITIAL_BUCKETS;
    while (buckets < entries) buckets *= 2;
    if (this.used0 > 0) return this.startRehash(buckets);
    this.heads0 = new Int32Array(buckets).fill(NONE);
    this.resized();
  }

  clear(): void {
    this.heads0 = EMPTY;
    this.heads1 = EMPTY;
    this.used0 = 0;
    this.used1 = 0;
    this.occupied = 0;
    this.rehashAt = NONE;
    this.resized();
  }

  /** Moves up to `buckets` buckets to the new table (looking at ten times as many empty ones); true while it runs on. */
  rehash(buckets: number): boolean {
    if (this.rehashAt === NONE || this.scanning) return false;
    if (this.policy.childActive) {
      const [small, large] = [this.heads0.length, this.heads1.length].sort((a, b) => a - b);
      if (large / small < this.policy.forcedGrowth) return false;
    }
    const { heads0, heads1, records, chain } = this;
    const mask = heads1.length - 1;
    let empty = buckets * 10;
    for (let moved = 0; moved < buckets && this.used0 > 0; moved++) {
      while (heads0[this.rehashAt] === NONE) {
        this.rehashAt++;
        if (--empty === 0) return true;
      }
      let entry = heads0[this.rehashAt];
      while (entry !== NONE) {
        const after = records.next(entry, chain);
        const bucket = records.hash(entry) & mask;
        if (heads1[bucket] === NONE) this.occupied++;
        records.setNext(entry, chain, heads1[bucket]);
        heads1[bucket] = entry;
        this.used0--;
        this.used1++;
        entry = after;
      }
      heads0[this.rehashAt++] = NONE;
      this.occupied--;
    }
    if (this.used0 > 0) return true;
    this.heads0 = heads1;
    this.heads1 = EMPTY;
    this.used0 = this.used1;
    this.used1 = 0;
    this.rehashAt = NONE;
    this.resized();
    return false;
  }

  /** Starts shrinking when no more than the share `below` of the buckets is used. */
  shrinkIfSparse(below: number): void {
    if (this.rehashAt !== NONE || this.heads0.length <= INITIAL_BUCKETS) return;
    if (this.used0 > this.heads0.length * below) return;
    let buckets = INITIAL_BUCKETS;
    while (buckets < this.used0) buckets *= 2;
    if (buckets < this.heads0.length) this.startRehash(buckets);
  }

  private growIfNeeded(): void {
    if (this.rehashAt !== NONE) return;
    const buckets = this.heads0.length;
    if (buckets === 0) {
      this.heads0 = new Int32Array(INITIAL_BUCKETS).fill(NONE);
      this.resized();
      return;
    }
    if (this.used0 < buckets) return;
    const load = this.used0 / buckets;
    if (this.policy.childActive && Math.floor(load) <= this.policy.forcedGrowth) return;
    let wanted = buckets * 2;
    while (wanted < this.used0 + 1) wanted *= 2;
    if (this.policy.allow(wanted * POINTER_BYTES, load)) this.startRehash(wanted);
  }

  private startRehash(buckets: number): void {
    this.heads1 = new Int32Array(buckets).fill(NONE);
    this.rehashAt = 0;
    this.resized();
  }

  // -------------------------------------------------------------------------------------------------------------
  // Sampling and scanning.

  /**
   * Collects up to `count` entries from neighbouring buckets, starting at a random one, into `out`; returns how many.
   * In a sparse table the walk may jump back to where it has been, and an entry comes twice; otherwise they are
   * distinct. The last bucket's chain is sampled by reservoir so that its tail has a chance too.
   */
  sample(random: Random, count: number, out: Int32Array): number {
    const wanted = Math.min(count, this.size);
    for (let i = 0; i < wanted && this.rehashAt !== NONE; i++) this.rehash(1);
    if (wanted === 0) return 0;
    const { heads0, heads1 } = this;
    const size0 = heads0.length;
    const size1 = heads1.length;
    const mask = Math.max(size0, size1) - 1;
    let steps = wanted * 10;
    let stored = 0;
    let emptyRun = 0;
    let bucket = random.below(mask + 1);
    while (stored < wanted && steps-- > 0) {
      for (let table = 0; table < (this.rehashAt === NONE ? 1 : 2); table++) {
        if (table === 0 && bucket < this.rehashAt) {
          // Buckets before the rehash index are empty in the old table; past the new table's end there is nothing.
          if (bucket >= size1) bucket = this.rehashAt;
          else continue;
        }
        if (bucket >= (table === 0 ? size0 : size1)) continue;
        let entry = (table === 0 ? heads0 : heads1)[bucket];
        if (entry === NONE) {
          emptyRun++;
          if (emptyRun >= 5 && emptyRun > wanted) {
            bucket = random.below(mask + 1);
            emptyRun = 0;
          }
          continue;
        }
        emptyRun = 0;
        while (entry !== NONE) {
          if (stored < wanted) out[stored] = entry;
          else {
            const at = random.below(stored + 1);
            if (at < wanted) out[at] = entry;
          }
          stored++;
          entry = this.following(entry);
        }
        if (stored >= wanted) return wanted;
      }
      bucket = (bucket + 1) & mask;
    }
    return Math.min(stored, wanted);
  }

  /** One random entry: a random non-empty bucket, then a random place in its chain. NONE when empty. */
  randomEntry(random: Random): number {
    if (this.size === 0) return NONE;
    if (this.rehashAt !== NONE) this.rehash(1);
    const size0 = this.heads0.length;
    let head = NONE;
    while (head === NONE) {
      if (this.rehashAt === NONE) head = this.heads0[random.below(size0)];
      else {
        const at = this.rehashAt + random.below(size0 + this.heads1.length - this.rehashAt);
        head = at >= size0 ? this.heads1[at - size0] : this.heads0[at];
      }
    }
    let length = 0;
    for (let entry = head; entry !== NONE; entry = this.following(entry)) length++;
    let entry = head;
    for (let steps = random.below(length); steps > 0; steps--) entry = this.following(entry);
    return entry;
  }

  /** A fairer random entry, as RANDOMKEY takes it: one of a sample of fifteen. */
  fairRandomEntry(random: Random): number {
    const count = this.sample(random, 15, FAIR);
    return count === 0 ? this.randomEntry(random) : FAIR[random.below(count)];
  }

  /** Visits the entries of bucket `index`, taken modulo each table's size; returns how many were there. */
  visitBucket(index: number, visit: (entry: number) => void): number {
    let seen = 0;
    for (const heads of this.rehashAt === NONE ? [this.heads0] : [this.heads0, this.heads1]) {
      if (heads.length === 0) continue;
      let entry = heads[index & (heads.length - 1)];
      while (entry !== NONE) {
        const after = this.following(entry);
        visit(entry);
        seen++;
        entry = after;
      }
    }
    return seen;
  }

  /**
   * One step of a full iteration in reverse binary order: entries that stay throughout are visited at least once,
   * however the table grows or shrinks in between. Start with cursor 0; 0 again means done.
   */
  scan(cursor: number, visit: (entry: number) => void): number {
    if (this.size === 0) return 0;
    this.scanning = true;
    const next = this.scanStep(cursor, visit);
    this.scanning = false;
    return next;
  }

  private scanStep(cursor: number, visit: (entry: number) => void): number {
    const emit = (heads: Int32Array, at: number) => {
      let entry = heads[at & (heads.length - 1)];
      while (entry !== NONE) {
        const after = this.following(entry);
        visit(entry);
        entry = after;
      }
    };
    let at = cursor | 0;
    if (this.rehashAt === NONE) {
      emit(this.heads0, at);
      return advance(at, this.heads0.length - 1);
    }
    const [small, large] =
      this.heads0.length <= this.heads1.length ? [this.heads0, this.heads1] : [this.heads1, this.heads0];
    const smallMask = small.length - 1;
    const largeMask = large.length - 1;
    emit(small, at);
    // Every bucket of the larger table that folds onto this bucket of the smaller one.
    do {
      emit(large, at);
      at = advance(at, largeMask);
    } while ((at & (smallMask ^ largeMask)) !== 0);
    return at;
  }
}

const FAIR = new Int32Array(15);

/** Adds one to the cursor in reverse binary under the mask. */
function advance(cursor: number, mask: number): number {
  return reverse32(reverse32(cursor | ~mask) + 1);
}

function reverse32(value: number): number {
  let v = value | 0;
  v = ((v >>> 1) & 0x55555555) | ((v & 0x55555555) << 1);
  v = ((v >>> 2) & 0x33333333) | ((v & 0x33333333) << 2);
  v = ((v >>> 4) & 0x0f0f0f0f) | ((v & 0x0f0f0f0f) << 4);
  v = ((v >>> 8) & 0x00ff00ff) | ((v & 0x00ff00ff) << 8);
  return ((v >>> 16) | (v << 16)) >>> 0;
}
