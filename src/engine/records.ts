// The numbers of the keyspace's entries: 32 bytes each in one buffer, seen as 32-bit words and as doubles. The layout is
// written out at the head of keyspace.ts; this file is the only one that computes with it.

const WORDS = 8;
const HASH = 0;
const LRU_AND_TYPE = 3;
const BYTES = 4;
const SLOT = 5;
/** Index of the expiry among the entry's four doubles. */
const EXPIRY = 3;
const LRU_MASK = 0xffffff;
const NO_EXPIRY = -1;
const INITIAL_CAPACITY = 64;

export class Records {
  /** Words of the two chains. */
  static readonly NEXT_MAIN = 1;
  static readonly NEXT_EXPIRES = 2;

  private words = new Int32Array(INITIAL_CAPACITY * WORDS);
  private unsigned = new Uint32Array(this.words.buffer);
  private doubles = new Float64Array(this.words.buffer);
  private highWater = 0;
  private readonly free: number[] = [];

  /** One more than the largest entry in use or in the free list. */
  get limit(): number {
    return this.highWater;
  }

  allocate(hash: number, type: number, lru: number): number {
    const entry = this.free.length > 0 ? this.free.pop()! : this.extend();
    this.words[entry * WORDS + HASH] = hash;
    this.words[entry * WORDS + LRU_AND_TYPE] = (type << 24) | lru;
    this.words[entry * WORDS + BYTES] = 0;
    this.doubles[entry * (WORDS / 2) + EXPIRY] = NO_EXPIRY;
    return entry;
  }

  release(entry: number): void {
    this.free.push(entry);
  }

  clear(): void {
    this.highWater = 0;
    this.free.length = 0;
  }

  hash(entry: number): number {
    return this.words[entry * WORDS + HASH];
  }

  /** The entry after this one in the chain that starts at the given word. */
  next(entry: number, word: number): number {
    return this.words[entry * WORDS + word];
  }

  setNext(entry: number, word: number, next: number): void {
    this.words[entry * WORDS + word] = next;
  }

  lru(entry: number): number {
    return this.words[entry * WORDS + LRU_AND_TYPE] & LRU_MASK;
  }

  setLru(entry: number, lru: number): void {
    const at = entry * WORDS + LRU_AND_TYPE;
    this.words[at] = (this.words[at] & ~LRU_MASK) | lru;
  }

  type(entry: number): number {
    return this.words[entry * WORDS + LRU_AND_TYPE] >>> 24;
  }

  setType(entry: number, type: number): void {
    const at = entry * WORDS + LRU_AND_TYPE;
    this.words[at] = (type << 24) | (this.words[at] & LRU_MASK);
  }

  bytes(entry: number): number {
    return this.unsigned[entry * WORDS + BYTES];
  }

  setBytes(entry: number, bytes: number): void {
    this.unsigned[entry * WORDS + BYTES] = bytes;
  }

  slot(entry: number): number {
    return this.words[entry * WORDS + SLOT];
  }

  setSlot(entry: number, slot: number): void {
    this.words[entry * WORDS + SLOT] = slot;
  }

  expiry(entry: number): number {
    return this.doubles[entry * (WORDS / 2) + EXPIRY];
  }

  setExpiry(entry: number, atMs: number): void {
    this.doubles[entry * (WORDS / 2) + EXPIRY] = atMs;
  }

  private extend(): number {
    const capacity = this.words.length / WORDS;
    if (this.highWater === capacity) {
      const words = new Int32Array(Math.ceil(capacity * 1.5) * WORDS);
      words.set(this.words);
      this.words = words;
      this.unsigned = new Uint32Array(words.buffer);
      this.doubles = new Float64Array(words.buffer);
    }
    return this.highWater++;
  }
}
