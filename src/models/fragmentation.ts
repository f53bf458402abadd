// Fragmentation: memory that the allocator holds in slabs whose other slots are in use. Freed slots are used again by
// allocations of the same size class only, and a slab goes back when its last slot is free.
//
//   slabs of m slots that were full, of which a share d has been freed at random, are still there with 1 - d^m
//   held(class) = S * (1 - (1 - L / S)^m)      S bytes of its slots when it was fullest, L bytes in use
//   fragments   = sum over classes of held - L
// For m of 20 and more and three quarters deleted this is (A + B) / ((1 - d) A + B) of the churned and the other bytes:
// 3.32 where 3.33 was measured (models/physics.md, 6). m = least common multiple of class and page / class: jemalloc's slabs;
// values of 16 KiB and more have extents of their own, m = 1, and leave nothing. New keys use the holes of their own class
// first, and what then is there is the new S.
//
// A key counts as one allocation of its whole size (engine/memory/size-count.ts).
//
// Left out: fragmentation of the values inside collections while they grow and shrink, caches of threads, frees that are
// not at random (keys written together that expire together leave fewer holes than said here).

import { SIZE_CLASSES, sizeOfClass } from "../engine/memory/size-count.ts";

const PAGE = 4_096;
const LARGE_CLASS = 4 * PAGE;
/** Bytes below which a class is as good as empty: sums of bytes are exact, so this is for tidiness. */
const NOTHING = 0.5;

/** Slots per slab of each class. */
const SLOTS = Float64Array.from({ length: SIZE_CLASSES }, (_, index) => slotsPerSlab(sizeOfClass(index)));

function slotsPerSlab(size: number): number {
  if (size === 0 || size >= LARGE_CLASS) return 1;
  let pages = 1;
  while ((pages * PAGE) % size !== 0) pages++;
  return (pages * PAGE) / size;
}

export class Fragmentation {
  /** Bytes of each class when its slabs were fullest. */
  private readonly fullest = new Float64Array(SIZE_CLASSES);
  private readonly before = new Float64Array(SIZE_CLASSES);
  /** Bytes that the allocator holds beyond what is in use. */
  bytes = 0;

  /** Looks at the bytes in use by class; called every now and then. */
  observe(inUse: Float64Array): void {
    const { fullest, before } = this;
    let fragments = 0;
    for (let index = 0; index < SIZE_CLASSES; index++) {
      const now = inUse[index];
      if (now < NOTHING) fullest[index] = 0;
      else if (now >= fullest[index]) fullest[index] = now;
      else {
        // Holes are being used again: what the slabs hold is what they are made of from now on.
        if (now > before[index]) fullest[index] = Math.max(now, held(index, fullest[index], before[index]));
        fragments += held(index, fullest[index], now) - now;
      }
      before[index] = now;
    }
    this.bytes = fragments;
  }

  /** Allocations have been moved together: the share `share` of the fragments of each class is gone. */
  compact(share: number): void {
    const { fullest, before } = this;
    for (let index = 0; index < SIZE_CLASSES; index++) {
      fullest[index] -= (fullest[index] - before[index]) * Math.min(1, share);
    }
    this.bytes *= 1 - Math.min(1, share);
  }

  /** The process is gone. */
  reset(): void {
    this.fullest.fill(0);
    this.before.fill(0);
    this.bytes = 0;
  }
}

function held(index: number, fullest: number, inUse: number): number {
  if (inUse <= 0) return 0;
  if (inUse >= fullest) return inUse;
  return fullest * (1 - (1 - inUse / fullest) ** SLOTS[index]);
}
