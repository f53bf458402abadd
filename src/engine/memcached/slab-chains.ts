// Items above slab_chunk_max: a header in a small class, then chunks of the largest class, the last one of the class that
// just holds the rest (memcached 1.6, items.c: do_item_alloc_chunk).

import { CHUNK_HEADER, ITEM_HEADER, type SlabClasses } from "./slab-classes.ts";

/** The class of the header: an item without its value, and the first link of the chain. */
export function headerClass(classes: SlabClasses, keyBytes: number, flags: number, cas: boolean): number {
  return classes.classOf(keyBytes + 1 + (flags === 0 ? 0 : 4) + ITEM_HEADER + CHUNK_HEADER + (cas ? 8 : 0));
}

/** The classes of the chunks for so many bytes of value. */
export function chainClasses(classes: SlabClasses, bytes: number, slabChunkMax: number): number[] {
  const chain: number[] = [];
  for (let left = bytes; left > 0; ) {
    const size = Math.min(left + CHUNK_HEADER, slabChunkMax);
    chain.push(classes.classOf(size));
    left -= size - CHUNK_HEADER;
  }
  return chain;
}
