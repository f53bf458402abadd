// What a Memcached server is told when it starts. Names and defaults are those of memcached 1.6 (memcached.c,
// settings_init); `flatSettings` is what `-o no_modern` makes of them, which is how ElastiCache runs its nodes.

export interface MemcachedSettings {
  /** -m: bytes of item memory, in pages. */
  maxBytes: number;
  /** -I */
  readonly itemSizeMax: number;
  readonly pageBytes: number;
  /** An item above this is a chain of chunks. */
  readonly slabChunkMax: number;
  /** -f */
  readonly growthFactor: number;
  /** -n: room for key, value and flags in the smallest class. */
  readonly chunkSize: number;
  /** -C takes it away. */
  readonly cas: boolean;
  /** -M takes it away: memory that is full is an error then. */
  readonly evicts: boolean;
  /** -F takes it away. */
  readonly flushEnabled: boolean;
  /** -t and -c: told in `stats settings`; whoever owns the sockets keeps to them. */
  readonly threads: number;
  readonly maxConnections: number;
  lruMaintainer: boolean;
  lruSegmented: boolean;
  lruCrawler: boolean;
  hotLruPercent: number;
  warmLruPercent: number;
  hotMaxFactor: number;
  warmMaxFactor: number;
  tempLru: boolean;
  temporaryTtl: number;
  readonly slabReassign: boolean;
  /** 0: off; 1: by age and free pages; 2: at every eviction. */
  slabAutomove: number;
  slabAutomoveRatio: number;
  readonly slabAutomoveWindow: number;
  /** Hash tables begin with 2 to the power of this many buckets. */
  readonly hashPower: number;
  readonly idleTimeout: number;
}

const MIB = 1_048_576;

export function modernSettings(given: Partial<MemcachedSettings> = {}): MemcachedSettings {
  return {
    maxBytes: 64 * MIB,
    itemSizeMax: MIB,
    pageBytes: MIB,
    slabChunkMax: MIB / 2,
    growthFactor: 1.25,
    chunkSize: 48,
    cas: true,
    evicts: true,
    flushEnabled: true,
    threads: 4,
    maxConnections: 1_024,
    lruMaintainer: true,
    lruSegmented: true,
    lruCrawler: true,
    hotLruPercent: 20,
    warmLruPercent: 40,
    hotMaxFactor: 0.2,
    warmMaxFactor: 2,
    tempLru: false,
    temporaryTtl: 61,
    slabReassign: true,
    slabAutomove: 1,
    slabAutomoveRatio: 0.8,
    slabAutomoveWindow: 30,
    hashPower: 16,
    idleTimeout: 0,
    ...given,
  };
}

/**
 * Server of the 1.4 line: one LRU list per class, nothing in the background, items in one piece up to a page; where larger
 * ones are allowed, chains of half a page.
 */
export function flatSettings(given: Partial<MemcachedSettings> = {}): MemcachedSettings {
  const { itemSizeMax = MIB } = given;
  return modernSettings({
    lruMaintainer: false,
    lruSegmented: false,
    lruCrawler: false,
    slabReassign: false,
    slabAutomove: 0,
    slabChunkMax: itemSizeMax > MIB ? MIB / 2 : MIB,
    ...given,
  });
}

/** Why these settings cannot be, in the server's words; null when they can. */
export function settingsProblem(settings: MemcachedSettings): string | null {
  const { itemSizeMax, slabChunkMax, pageBytes, maxBytes, growthFactor } = settings;
  if (!(growthFactor > 1)) return "Factor must be greater than 1";
  if (itemSizeMax < 1_024) return "Item max size cannot be less than 1024 bytes.";
  if (itemSizeMax > maxBytes / 2) return "Cannot set item size limit higher than 1/2 of memory max.";
  if (itemSizeMax > 1_024 * MIB) return "Cannot set item size limit higher than a gigabyte.";
  if (slabChunkMax > itemSizeMax) {
    return `slab_chunk_max (bytes: ${slabChunkMax}) cannot be larger than -I (item_size_max ${itemSizeMax})`;
  }
  if (itemSizeMax % slabChunkMax !== 0) {
    return `-I (item_size_max: ${itemSizeMax}) must be evenly divisible by slab_chunk_max (bytes: ${slabChunkMax})`;
  }
  if (pageBytes % slabChunkMax !== 0) {
    return `slab_chunk_max (bytes: ${slabChunkMax}) must divide evenly into slab_page_size (${pageBytes})`;
  }
  if (settings.hotLruPercent + settings.warmLruPercent > 80)
    return "hot_lru_pct + warm_lru_pct cannot be more than 80%";
  return null;
}
