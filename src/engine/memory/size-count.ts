// How the bytes of the data set are spread over sizes, kept up to date with every change: what a model of fragmentation needs
// to know of allocations and frees. A key with its value, entry and expiry counts as one allocation of its whole size, in one
// of jemalloc's classes for quantum 8 (multiples of 8 up to 64, then four per doubling).
//
// Why not its single allocations: a key's parts live and die together, and the value is most of it.

const LAST_MULTIPLE = 64;
const STEP = 8;
const MULTIPLES = LAST_MULTIPLE / STEP;
/** 2^6 is the last multiple of eight that is a class of its own line. */
const FIRST_DOUBLING = 6;
const PER_DOUBLING = 4;
const LARGEST_DOUBLING = 32;

export const SIZE_CLASSES = MULTIPLES + PER_DOUBLING * (LARGEST_DOUBLING - FIRST_DOUBLING) + 1;

/** The class of so many bytes, counted from 0. */
export function sizeClassIndex(bytes: number): number {
  if (bytes <= LAST_MULTIPLE) return (bytes + STEP - 1) >> 3;
  // 2^k < bytes <= 2^(k+1), in quarters of 2^k: the two bits below the highest say which.
  const k = 31 - Math.clz32(bytes - 1);
  return MULTIPLES + PER_DOUBLING * (k - FIRST_DOUBLING) + (((bytes - 1) >>> (k - 2)) % PER_DOUBLING) + 1;
}

/** The largest size of a class. */
export function sizeOfClass(index: number): number {
  if (index <= MULTIPLES) return index * STEP;
  const place = index - MULTIPLES - 1;
  const k = FIRST_DOUBLING + Math.floor(place / PER_DOUBLING);
  return 2 ** k + ((place % PER_DOUBLING) + 1) * 2 ** (k - 2);
}
