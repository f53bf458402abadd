// The arithmetic of HyperLogLog: which register an element belongs to, and how many elements a set of registers has seen.

/** 2^14. */
export const REGISTERS = 16_384;
const INDEX_BITS = 14;
/** Bits of the hash that are not the index. */
const PATTERN_BITS = 64 - INDEX_BITS;
const SEED = 0xadc83b19;
/** The multiplier of MurmurHash64A in halves. */
const M_HIGH = 0xc6a4a793 | 0;
const M_LOW = 0x5bd1e995 | 0;

// A 64-bit number in two signed halves: what the functions below return.
let high = 0;
let low = 0;

/** Multiplies by the multiplier, modulo 2^64. */
function multiply(h: number, l: number): void {
  const a = l & 0xffff;
  const b = l >>> 16;
  const c = M_LOW & 0xffff;
  const d = M_LOW >>> 16;
  const bottom = a * c;
  const middle = b * c + (bottom >>> 16);
  const upper = a * d + (middle & 0xffff);
  // Beyond 32 bits `middle` and `upper` are still exact doubles.
  const carry = b * d + Math.floor(middle / 0x10000) + Math.floor(upper / 0x10000);
  low = ((upper & 0xffff) << 16) | (bottom & 0xffff);
  high = (Math.imul(h, M_LOW) + Math.imul(l, M_HIGH) + (carry | 0)) | 0;
}

/** MurmurHash64A of an element, into `high` and `low`. */
function hash(element: string): void {
  const { length } = element;
  multiply(0, length);
  let h = high;
  let l = low ^ SEED;
  let at = 0;
  for (; at + 8 <= length; at += 8) {
    multiply(word(element, at + 4), word(element, at));
    // k ^= k >>> 47
    multiply(high, low ^ (high >>> 15));
    multiply(h ^ high, l ^ low);
    h = high;
    l = low;
  }
  if (at < length) {
    for (let i = length - 1; i >= at; i--) {
      const shift = (i - at) * 8;
      if (shift >= 32) h ^= element.charCodeAt(i) << (shift - 32);
      else l ^= element.charCodeAt(i) << shift;
    }
    multiply(h, l);
    h = high;
    l = low;
  }
  multiply(h, l ^ (h >>> 15));
  low ^= high >>> 15;
}

function word(text: string, at: number): number {
  return (
    text.charCodeAt(at) |
    (text.charCodeAt(at + 1) << 8) |
    (text.charCodeAt(at + 2) << 16) |
    (text.charCodeAt(at + 3) << 24)
  );
}

/** The register of an element in the lower 14 bits and what it says, 1 to 51, above them. */
export function placeOf(element: string): number {
  hash(element);
  const index = low & (REGISTERS - 1);
  // The lowest set bit of the other 50; a stop bit behind them ends the search.
  const lower = (low >>> INDEX_BITS) | (high << (32 - INDEX_BITS));
  const upper = (high >>> INDEX_BITS) | (1 << (PATTERN_BITS - 32));
  const zeros = lower === 0 ? 32 + trailingZeros(upper) : trailingZeros(lower);
  return ((zeros + 1) << INDEX_BITS) | index;
}

function trailingZeros(value: number): number {
  return 31 - Math.clz32(value & -value);
}

/** A constant of the estimator: 1 / (2 ln 2). */
const ALPHA = 0.7213475204444817;

/** How many different elements registers with this histogram of values have seen (Ertl, arXiv:1702.01284). */
export function cardinality(histogram: readonly number[]): number {
  let z = REGISTERS * tau((REGISTERS - histogram[PATTERN_BITS + 1]) / REGISTERS);
  for (let value = PATTERN_BITS; value >= 1; value--) z = (z + histogram[value]) * 0.5;
  z += REGISTERS * sigma(histogram[0] / REGISTERS);
  return Math.round((ALPHA * REGISTERS * REGISTERS) / z);
}

function sigma(share: number): number {
  if (share === 1) return Number.POSITIVE_INFINITY;
  let x = share;
  let y = 1;
  let z = share;
  for (let before = -1; before !== z; ) {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  }
  return z;
}

function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let x = share;
  let y = 1;
  let z = 1 - share;
  for (let before = -1; before !== z; ) {
    x = Math.sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1 - x) ** 2 * y;
  }
  return z / 3;
}
