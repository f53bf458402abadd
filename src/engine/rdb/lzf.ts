// LZF, the compression of strings in RDB. The format:
//
//   000LLLLL                     L + 1 bytes follow as they are
//   LLLooooo oooooooo            L + 2 bytes (L from 1 to 6) from o + 1 bytes back
//   111ooooo LLLLLLLL oooooooo   L + 9 bytes from o + 1 bytes back
//
// The compressor finds repetitions as the servers' build of it does (a table of 2^16 places by three bytes, two entries
// made behind each match), so that equal data give equal bytes.

const HASH_BITS = 16;
const MAX_LITERALS = 32;
const MAX_OFFSET = 1 << 13;
const MAX_MATCH = 264;
/** That many comparisons are made without looking at the limit: a match may go beyond it by two. */
const UNCHECKED = 16;

/** Places by hash, counted on from call to call: what is below `origin` belongs to earlier calls. */
const places = new Int32Array(1 << HASH_BITS);
let origin = 1;

function slot(three: number): number {
  return ((three >>> (24 - HASH_BITS)) - three * 5) & ((1 << HASH_BITS) - 1);
}

/**
 * Compresses input[0, length) into `output`; the number of bytes there, or 0 when they would not fit into `room`.
 */
export function lzfCompress(input: Uint8Array, length: number, output: Uint8Array, room: number): number {
  if (length === 0 || room === 0) return 0;
  if (origin > 0x7fff_ffff - length) {
    places.fill(0);
    origin = 1;
  }
  const base = origin;
  origin += length;

  const last = length - 2;
  let ip = 0;
  // The byte before the literals under way is kept for their number.
  let op = 1;
  let literals = 0;
  let three = length > 1 ? (input[0] << 8) | input[1] : 0;
  while (ip < last) {
    three = ((three << 8) | input[ip + 2]) & 0xffffff;
    const index = slot(three);
    const from = places[index] - base;
    places[index] = base + ip;
    const offset = ip - from - 1;
    // The first byte of all is never the start of a match.
    const found =
      from > 0 &&
      offset < MAX_OFFSET &&
      input[from + 2] === input[ip + 2] &&
      input[from] === input[ip] &&
      input[from + 1] === input[ip + 1];
    if (!found) {
      if (op >= room) return 0;
      output[op++] = input[ip++];
      if (++literals === MAX_LITERALS) {
        output[op - literals - 1] = literals - 1;
        literals = 0;
        op++;
      }
      continue;
    }
    if (op - (literals === 0 ? 1 : 0) + 4 >= room) return 0;
    if (literals === 0) op--;
    else output[op - literals - 1] = literals - 1;

    const limit = Math.min(length - ip - 2, MAX_MATCH);
    const unchecked = limit > UNCHECKED ? 2 + UNCHECKED : 2;
    let matched = 3;
    while ((matched <= unchecked || matched < limit) && input[from + matched] === input[ip + matched]) matched++;
    const code = matched - 2;
    if (code < 7) {
      output[op++] = (offset >> 8) + (code << 5);
    } else {
      output[op++] = (offset >> 8) + (7 << 5);
      output[op++] = code - 7;
    }
    output[op++] = offset & 255;
    literals = 0;
    op++;
    ip += matched;
    if (ip >= last) break;

    ip -= 2;
    three = (input[ip] << 16) | (input[ip + 1] << 8) | input[ip + 2];
    places[slot(three)] = base + ip;
    ip++;
    three = ((three << 8) | input[ip + 2]) & 0xffffff;
    places[slot(three)] = base + ip;
    ip++;
  }
  if (op + 3 > room) return 0;
  while (ip < length) {
    output[op++] = input[ip++];
    if (++literals === MAX_LITERALS) {
      output[op - literals - 1] = literals - 1;
      literals = 0;
      op++;
    }
  }
  if (literals === 0) return op - 1;
  output[op - literals - 1] = literals - 1;
  return op;
}

/** No compressed byte stands for more than this many: three give 264. */
export const MAX_EXPANSION = 88;

/** Decompresses into an array of exactly `length` bytes; null when the data are damaged or of another length. */
export function lzfDecompress(input: Uint8Array, length: number): Uint8Array | null {
  // A false length is known before anything is allocated for it.
  if (length > input.length * MAX_EXPANSION) return null;
  const output = new Uint8Array(length);
  const end = input.length;
  let ip = 0;
  let op = 0;
  while (ip < end) {
    const control = input[ip++];
    if (control < MAX_LITERALS) {
      const count = control + 1;
      if (op + count > length || ip + count > end) return null;
      for (let i = 0; i < count; i++) output[op++] = input[ip++];
      continue;
    }
    let count = (control >> 5) + 2;
    if (count === 9) {
      if (ip >= end) return null;
      count += input[ip++];
    }
    if (ip >= end) return null;
    let from = op - ((control & 31) << 8) - input[ip++] - 1;
    if (from < 0 || op + count > length) return null;
    // Byte by byte: source and target may overlap, which repeats what is between them.
    for (let i = 0; i < count; i++) output[op++] = output[from++];
  }
  return op === length ? output : null;
}
