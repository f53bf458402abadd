// jemalloc's size classes. `used_memory` is the sum of the usable sizes of all live allocations, so rounding every
// allocation up to its class and adding gives the server's own figure.
//
// Classes for quantum 8 (the build that Valkey and ElastiCache ship): 8 16 24 … 64, then four per doubling:
// 80 96 112 128 160 192 224 256 320 … Debian's redis-server links the system's jemalloc with quantum 16, which lacks
// 24, 40 and 56: small keys cost 5 to 20 % more there (anchors/engines-and-memory.md, 3.1).

import { fail } from "../../assert.ts";

export type Quantum = 8 | 16;
export const DEFAULT_QUANTUM: Quantum = 8;

/** Classes of requests up to this many bytes come from a table. */
const TABLE_LIMIT = 4_096;

/** Four classes per doubling: a request in (2^k, 2^(k+1)] is rounded up to a multiple of 2^k / 4. */
function roundedToQuarter(bytes: number): number {
  const step = 2 ** (Math.ceil(Math.log2(bytes)) - 3);
  return Math.ceil(bytes / step) * step;
}

function smallClass(bytes: number, quantum: Quantum): number {
  if (bytes <= 8) return 8;
  // Below 8 times the quantum the classes are its multiples.
  if (bytes <= 8 * quantum) return Math.ceil(bytes / quantum) * quantum;
  return roundedToQuarter(bytes);
}

const tables = new Map<Quantum, Uint16Array>();

function tableFor(quantum: Quantum): Uint16Array {
  let table = tables.get(quantum);
  if (table === undefined) {
    table = new Uint16Array(TABLE_LIMIT + 1);
    for (let bytes = 1; bytes <= TABLE_LIMIT; bytes++) table[bytes] = smallClass(bytes, quantum);
    tables.set(quantum, table);
  }
  return table;
}

/** Rounds a request up to its size class. */
export type SizeClass = (bytes: number) => number;

/** The size-class function of a build. */
export function sizeClasses(quantum: Quantum): SizeClass {
  const table = tableFor(quantum);
  return bytes => {
    if (bytes > TABLE_LIMIT) return roundedToQuarter(bytes);
    return table[bytes] ?? fail(`allocation of ${bytes} bytes`);
  };
}

/** The smallest power of two that holds n, at least 4: the bucket count of the server's dict for n keys. */
export function powerOfTwoFor(n: number): number {
  let size = 4;
  while (size < n) size *= 2;
  return size;
}
