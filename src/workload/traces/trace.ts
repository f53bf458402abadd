// Replayed requests. A reader fills batches of typed columns outside the simulated world; the world takes them row by
// row. Times are relative to the first request.

/** Operations; what else a trace records is mapped onto these three by its reader. */
export const TRACE_GET = 0;
export const TRACE_SET = 1;
export const TRACE_DELETE = 2;

export const UNKNOWN_SIZE = -1;
export const UNKNOWN_TTL = -1;

/** Rows that have been read and not yet taken. */
export class TraceBuffer {
  private timesNs: Float64Array;
  private keys: Int32Array;
  private ops: Uint8Array;
  private sizes: Float64Array;
  private ttls: Float64Array;
  private start = 0;
  private end = 0;
  /** No further rows will come. */
  finished = false;

  constructor(capacity = 65_536) {
    this.timesNs = new Float64Array(capacity);
    this.keys = new Int32Array(capacity);
    this.ops = new Uint8Array(capacity);
    this.sizes = new Float64Array(capacity);
    this.ttls = new Float64Array(capacity);
  }

  get length(): number {
    return this.end - this.start;
  }

  /** Instant of the last row in the buffer. */
  get lastNs(): number {
    return this.length === 0 ? Number.NEGATIVE_INFINITY : this.timesNs[this.end - 1];
  }

  push(timeNs: number, key: number, op: number, size: number, ttl: number): void {
    if (this.end === this.timesNs.length) this.makeRoom();
    const at = this.end++;
    this.timesNs[at] = timeNs;
    this.keys[at] = key;
    this.ops[at] = op;
    this.sizes[at] = size;
    this.ttls[at] = ttl;
  }

  /** Instant of the next row; Infinity at the end of the trace. */
  get nextNs(): number {
    return this.length === 0 ? Number.POSITIVE_INFINITY : this.timesNs[this.start];
  }

  /** Key number, operation, size in bytes and TTL in seconds of the next row. */
  get key(): number {
    return this.keys[this.start];
  }
  get op(): number {
    return this.ops[this.start];
  }
  get size(): number {
    return this.sizes[this.start];
  }
  get ttl(): number {
    return this.ttls[this.start];
  }

  skip(): void {
    this.start++;
  }

  private makeRoom(): void {
    const { start, end } = this;
    const length = end - start;
    const capacity = length > this.timesNs.length / 2 ? this.timesNs.length * 2 : this.timesNs.length;
    const move = <T extends Float64Array | Int32Array | Uint8Array>(from: T, to: T): T => {
      to.set(from.subarray(start, end));
      return to;
    };
    this.timesNs = move(this.timesNs, new Float64Array(capacity));
    this.keys = move(this.keys, new Int32Array(capacity));
    this.ops = move(this.ops, new Uint8Array(capacity));
    this.sizes = move(this.sizes, new Float64Array(capacity));
    this.ttls = move(this.ttls, new Float64Array(capacity));
    this.start = 0;
    this.end = length;
  }
}

/** Gives every distinct key text of a trace a number, in order of appearance. */
export class TraceKeys {
  private readonly numbers = new Map<string, number>();
  readonly texts: string[] = [];

  number(text: string): number {
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    const number = this.texts.length;
    // A copy: a slice would keep the whole chunk of the file alive.
    const own = Buffer.from(text, "latin1").toString("latin1");
    this.numbers.set(own, number);
    this.texts.push(own);
    return number;
  }
}
