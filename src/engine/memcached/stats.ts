// What `stats` counts. Counters by list (class and segment) and by class are arrays; the rest are numbers.

import { MOST_CLASSES } from "./slab-classes.ts";

export const MOST_LISTS = 256;

/** By list; names are those of `stats items`. */
export class ListStats {
  readonly evicted = new Float64Array(MOST_LISTS);
  readonly evicted_nonzero = new Float64Array(MOST_LISTS);
  /** Seconds since the last evicted item was used. */
  readonly evicted_time = new Float64Array(MOST_LISTS);
  readonly outofmemory = new Float64Array(MOST_LISTS);
  readonly reclaimed = new Float64Array(MOST_LISTS);
  readonly expired_unfetched = new Float64Array(MOST_LISTS);
  readonly evicted_unfetched = new Float64Array(MOST_LISTS);
  readonly evicted_active = new Float64Array(MOST_LISTS);
  readonly crawler_reclaimed = new Float64Array(MOST_LISTS);
  readonly crawler_items_checked = new Float64Array(MOST_LISTS);
  readonly moves_to_cold = new Float64Array(MOST_LISTS);
  readonly moves_to_warm = new Float64Array(MOST_LISTS);
  readonly moves_within_lru = new Float64Array(MOST_LISTS);
  readonly direct_reclaims = new Float64Array(MOST_LISTS);
  readonly hits = new Float64Array(MOST_LISTS);

  total(counter: Exclude<keyof ListStats, "total">): number {
    return this[counter].reduce((sum, value) => sum + value, 0);
  }
}

/** By class; names are those of `stats slabs`. */
export class SlabStats {
  readonly cmd_set = new Float64Array(MOST_CLASSES);
  readonly delete_hits = new Float64Array(MOST_CLASSES);
  readonly incr_hits = new Float64Array(MOST_CLASSES);
  readonly decr_hits = new Float64Array(MOST_CLASSES);
  readonly cas_hits = new Float64Array(MOST_CLASSES);
  readonly cas_badval = new Float64Array(MOST_CLASSES);
  readonly touch_hits = new Float64Array(MOST_CLASSES);

  total(counter: Exclude<keyof SlabStats, "total">): number {
    return this[counter].reduce((sum, value) => sum + value, 0);
  }
}

export class MemcachedStats {
  lists = new ListStats();
  slabs = new SlabStats();
  getCommands = 0;
  getMisses = 0;
  getExpired = 0;
  getFlushed = 0;
  touchCommands = 0;
  touchMisses = 0;
  flushCommands = 0;
  metaCommands = 0;
  deleteMisses = 0;
  incrMisses = 0;
  decrMisses = 0;
  casMisses = 0;
  storeTooLarge = 0;
  storeNoMemory = 0;
  totalItems = 0;
  totalConnections = 0;
  rejectedConnections = 0;
  bytesRead = 0;
  bytesWritten = 0;
  juggles = 0;
  bumpsDropped = 0;
  crawlerStarts = 0;
  slabsMoved = 0;
  rescues = 0;
  chunkRescues = 0;
  evictionsNoMemory = 0;
  inlineReclaims = 0;

  /** `stats reset`. */
  reset(): void {
    Object.assign(this, new MemcachedStats());
  }
}
