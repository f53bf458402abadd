// How much data an engine holds.

import type { Engine } from "../engine/engine.ts";
import { MemcachedEngine } from "../engine/memcached/engine.ts";

/** Keys and bytes of values of all databases. */
export function dataSize(engine: Engine): { keys: number; bytes: number } {
  return { keys: keyCount(engine), bytes: engine.dataBytes };
}

export function keyCount(engine: Engine): number {
  if (engine instanceof MemcachedEngine) return engine.store.index.size;
  return engine.databases.reduce((sum, database) => sum + (database?.size ?? 0), 0);
}

/** Memory that the engine holds beyond what it counts: Memcached's pages, as far as no item fills them, and its hash table. */
export function slackBytes(engine: Engine): number {
  return engine instanceof MemcachedEngine ? engine.slabBytes + engine.tableBytes - engine.dataBytes : 0;
}

/** Keys with a time to live; Memcached does not count them. */
export function volatileCount(engine: Engine): number {
  return engine.databases.reduce((sum, database) => sum + (database?.expires.size ?? 0), 0);
}
