// Sizes of the slab classes, and which class an item belongs to.
//
//     size(1) = 48 + n, rounded up to 8;  size(i+1) = floor(size(i) × f), rounded up to 8, while size < slab_chunk_max / f
//     the last class holds slab_chunk_max;  chunks per page = floor(page / size)
//
// Source: memcached 1.6, slabs.c (slabs_init, slabs_clsid); test/engine/memcached/real-server.test.ts asks a server.

import type { MemcachedSettings } from "./settings.ts";

/** sizeof(item): links, times, length, flags. */
export const ITEM_HEADER = 48;
/** sizeof(item_chunk): what a piece of a large item takes beside its bytes. */
export const CHUNK_HEADER = 48;
/** One more than the largest number of a class; class 0 is the pool of pages without a class. */
export const MOST_CLASSES = 64;
const ALIGNMENT = 8;

export interface SlabClasses {
  /** By class; 0 for the pool. */
  readonly sizes: readonly number[];
  readonly perPage: readonly number[];
  readonly largest: number;
  /** The class for so many bytes; 0: such an item cannot be stored. */
  classOf(bytes: number): number;
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

export function slabClasses(settings: MemcachedSettings): SlabClasses {
  const { slabChunkMax, growthFactor, pageBytes, itemSizeMax } = settings;
  const sizes = [0];
  let size = ITEM_HEADER + settings.chunkSize;
  while (sizes.length < MOST_CLASSES - 1 && size < slabChunkMax / growthFactor) {
    sizes.push(aligned(size));
    size = Math.floor(aligned(size) * growthFactor);
  }
  sizes.push(slabChunkMax);
  const largest = sizes.length - 1;
  return {
    sizes,
    perPage: sizes.map(bytes => (bytes === 0 ? 0 : Math.floor(pageBytes / bytes))),
    largest,
    classOf(bytes) {
      if (bytes <= 0 || bytes > itemSizeMax) return 0;
      let low = 1;
      let high = largest;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (sizes[middle] < bytes) low = middle + 1;
        else high = middle;
      }
      return low;
    },
  };
}

/** What an item takes: header, CAS id, key with its zero, flags when there are any, value with CR LF. */
export function itemBytes(keyBytes: number, flags: number, valueBytes: number, cas: boolean): number {
  return ITEM_HEADER + (cas ? 8 : 0) + keyBytes + 1 + (flags === 0 ? 0 : 4) + valueBytes + 2;
}
