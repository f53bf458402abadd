// A mergeable log-linear histogram of non-negative whole numbers (latencies in ns, sizes in bytes).
//
// Buckets. Values below 256 have a bucket each. Above, every octave [2^e, 2^(e+1)) is cut into 128 equal buckets, so a
// value is known within 1/128 of itself and the bucket's middle within 0.4 %. Index of v with e = floor(log2 v) >= 8:
//   256 + (e - 8) * 128 + ((v >> (e - 7)) & 127)
// Merging adds counts and is exact, so replications and windows combine without loss. The octave comes from
// Math.clz32, never from a floating logarithm, whose last bit may round across a power of two.
//
// Sum, minimum and maximum are kept exactly beside the buckets.

import { BugError } from "../assert.ts";

const LINEAR = 256;
const PER_OCTAVE = 128;
const TWO_32 = 4_294_967_296;

function indexOf(value: number): number {
  if (value < LINEAR) return value;
  if (value < TWO_32) {
    const shift = 24 - Math.clz32(value); // e - 7
    return LINEAR + (shift - 1) * PER_OCTAVE + ((value >>> shift) & (PER_OCTAVE - 1));
  }
  const high = Math.floor(value / TWO_32);
  const shift = 56 - Math.clz32(high);
  return LINEAR + (shift - 1) * PER_OCTAVE + (Math.floor(value / 2 ** shift) & (PER_OCTAVE - 1));
}

/** Lower edge and width of a bucket. */
function bucket(index: number): { low: number; width: number } {
  if (index < LINEAR) return { low: index, width: 1 };
  const shift = Math.floor((index - LINEAR) / PER_OCTAVE) + 1;
  const within = (index - LINEAR) % PER_OCTAVE;
  return { low: (PER_OCTAVE + within) * 2 ** shift, width: 2 ** shift };
}

function refuse(value: number): never {
  throw new BugError(`a histogram takes whole numbers from 0 to 2^53 - 1, got ${value}`);
}

/** The non-empty buckets of a histogram at one moment. */
export interface HistogramSnapshot {
  readonly indices: Uint16Array;
  readonly counts: Float64Array;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

export class Histogram {
  count = 0;
  sum = 0;
  min = Number.POSITIVE_INFINITY;
  max = 0;
  private counts: Float64Array = new Float64Array(LINEAR);

  /** Records a value `times` times. Values are whole, at least zero and at most 2^53 - 1. */
  record(value: number, times = 1): void {
    // A typed array swallows a write to index -1 or 0.5, so the values are checked and not the index.
    if (value < 0 || !Number.isSafeInteger(value)) refuse(value);
    const index = indexOf(value);
    if (index >= this.counts.length) this.growTo(index);
    this.counts[index] += times;
    this.count += times;
    this.sum += value * times;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
  }

  get mean(): number {
    return this.count === 0 ? Number.NaN : this.sum / this.count;
  }

  /** The value below or at which a share `q` in [0, 1] of the records lies; NaN when there are none. */
  quantile(q: number): number {
    if (this.count === 0) return Number.NaN;
    if (q >= 1) return this.max;
    // 0.07 * 100 is a little more than 7: what lies within rounding of a whole rank is that rank.
    const rank = Math.max(1, Math.ceil(q * this.count * (1 - 2 * Number.EPSILON)));
    let seen = 0;
    for (let index = 0; index < this.counts.length; index++) {
      seen += this.counts[index];
      if (seen >= rank) {
        const { low, width } = bucket(index);
        const middle = width === 1 ? low : low + (width - 1) / 2;
        return Math.min(this.max, Math.max(this.min, middle));
      }
    }
    return this.max;
  }

  /**
   * Whether a percentile stands on enough records to be printed. Beyond the quantile there should be at least ten:
   * count >= 10 / (1 - q).
   */
  supports(q: number): boolean {
    return this.count * (1 - q) >= 10 - 1e-9;
  }

  /** Share of the records at or below a value. */
  shareAtOrBelow(value: number): number {
    if (this.count === 0) return Number.NaN;
    if (value >= this.max) return 1;
    let seen = 0;
    const last = indexOf(value);
    for (let index = 0; index <= last && index < this.counts.length; index++) seen += this.counts[index];
    return seen / this.count;
  }

  merge(other: Histogram): void {
    if (other.counts.length > this.counts.length) this.resize(other.counts.length);
    for (let index = 0; index < other.counts.length; index++) this.counts[index] += other.counts[index];
    this.count += other.count;
    this.sum += other.sum;
    if (other.min < this.min) this.min = other.min;
    if (other.max > this.max) this.max = other.max;
  }

  /** What was recorded so far in a small form, to be merged elsewhere later. */
  snapshot(): HistogramSnapshot {
    const indices: number[] = [];
    for (let index = 0; index < this.counts.length; index++) if (this.counts[index] > 0) indices.push(index);
    return {
      indices: Uint16Array.from(indices),
      counts: Float64Array.from(indices, index => this.counts[index]),
      count: this.count,
      sum: this.sum,
      min: this.min,
      max: this.max,
    };
  }

  mergeSnapshot(other: HistogramSnapshot): void {
    const { indices, counts } = other;
    if (indices.length === 0) return;
    const highest = indices[indices.length - 1];
    if (highest >= this.counts.length) this.resize(Math.ceil((highest + 1) / PER_OCTAVE) * PER_OCTAVE);
    for (let i = 0; i < indices.length; i++) this.counts[indices[i]] += counts[i];
    this.count += other.count;
    this.sum += other.sum;
    if (other.min < this.min) this.min = other.min;
    if (other.max > this.max) this.max = other.max;
  }

  /** Forgets everything. */
  reset(): void {
    this.counts.fill(0);
    this.count = 0;
    this.sum = 0;
    this.min = Number.POSITIVE_INFINITY;
    this.max = 0;
  }

  /** Non-empty buckets in ascending order: lower edge, width, count. */
  *buckets(): Generator<{ low: number; width: number; count: number }> {
    for (let index = 0; index < this.counts.length; index++) {
      if (this.counts[index] > 0) yield { ...bucket(index), count: this.counts[index] };
    }
  }

  private growTo(index: number): void {
    let length = this.counts.length;
    while (length <= index) length += PER_OCTAVE * 4;
    this.resize(length);
  }

  private resize(length: number): void {
    const counts = new Float64Array(length);
    counts.set(this.counts);
    this.counts = counts;
  }
}
