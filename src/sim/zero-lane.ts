// Events due at the current instant skip the heap: they are first in, first out by construction, because each is
// scheduled later than the one before. A ring buffer in typed columns; capacity is a power of two.

const INITIAL_CAPACITY = 256;

export class ZeroLane {
  private mask = INITIAL_CAPACITY - 1;
  private head = 0;
  private tail = 0;
  private sequences = new Float64Array(INITIAL_CAPACITY);
  private targets = new Int32Array(INITIAL_CAPACITY);
  private kinds = new Int32Array(INITIAL_CAPACITY);
  private as = new Float64Array(INITIAL_CAPACITY);
  private bs = new Float64Array(INITIAL_CAPACITY);

  /** Sequence of the first event in the lane; Infinity when empty. */
  topSequence = Number.POSITIVE_INFINITY;
  /** The event taken out last. */
  target = 0;
  kind = 0;
  a = 0;
  b = 0;

  push(sequence: number, target: number, kind: number, a: number, b: number): void {
    if (this.tail - this.head > this.mask) this.grow();
    const at = this.tail++ & this.mask;
    this.sequences[at] = sequence;
    this.targets[at] = target;
    this.kinds[at] = kind;
    this.as[at] = a;
    this.bs[at] = b;
    if (this.tail - this.head === 1) this.topSequence = sequence;
  }

  /** Moves the first event into `target`, `kind`, `a`, `b`. */
  shift(): void {
    const at = this.head++ & this.mask;
    this.target = this.targets[at];
    this.kind = this.kinds[at];
    this.a = this.as[at];
    this.b = this.bs[at];
    this.topSequence = this.head === this.tail ? Number.POSITIVE_INFINITY : this.sequences[this.head & this.mask];
  }

  private grow(): void {
    const size = this.tail - this.head;
    const capacity = (this.mask + 1) * 2;
    const columns = [this.sequences, this.targets, this.kinds, this.as, this.bs] as const;
    const [sequences, targets, kinds, as, bs] = [
      new Float64Array(capacity),
      new Int32Array(capacity),
      new Int32Array(capacity),
      new Float64Array(capacity),
      new Float64Array(capacity),
    ];
    for (let i = 0; i < size; i++) {
      const from = (this.head + i) & this.mask;
      sequences[i] = columns[0][from];
      targets[i] = columns[1][from];
      kinds[i] = columns[2][from];
      as[i] = columns[3][from];
      bs[i] = columns[4][from];
    }
    this.sequences = sequences;
    this.targets = targets;
    this.kinds = kinds;
    this.as = as;
    this.bs = bs;
    this.mask = capacity - 1;
    this.head = 0;
    this.tail = size;
  }
}
