// Bringing used memory back below maxmemory before a command runs.
//
// It works for a bounded time (maxmemory-eviction-tenacity: 500 us by default), then lets the command through and goes
// on later, so that a sudden excess, such as a grown hash table, does not stop the server. The time is modelled: so
// much per key taken (Engine.costs).

import { NONE } from "../dict.ts";
import type { Engine } from "../engine.ts";
import { type Keyspace, NO_EXPIRY } from "../keyspace.ts";
import { idleMs, lfuCounter } from "./aging.ts";

/** OK: memory is in bounds, or nothing may be done now. RUNNING: more to do later. FAIL: nothing left to take. */
export const EVICT_OK = 0;
export const EVICT_RUNNING = 1;
export const EVICT_FAIL = 2;
export type EvictResult = typeof EVICT_OK | typeof EVICT_RUNNING | typeof EVICT_FAIL;

/** The clock is looked at once per this many keys. */
const KEYS_PER_CHECK = 16;

export function performEvictions(engine: Engine): EvictResult {
  if (!engine.mayEvict()) return EVICT_OK;
  const excess = engine.memoryToFree();
  if (excess <= 0) {
    engine.evictionRunning = false;
    return EVICT_OK;
  }
  const { policy } = engine.settings;
  if (policy.ranking === "none") return EVICT_FAIL;
  const stretch = engine.durations.start();
  const result = evictUntilFits(engine, excess);
  engine.durations.endCycle(stretch, "eviction-cycle");
  return result;
}

function evictUntilFits(engine: Engine, excess: number): EvictResult {
  const { policy } = engine.settings;
  const limitNs = timeLimitNs(engine.settings.evictionTenacity);
  let freed = 0;
  let taken = 0;
  while (freed < excess) {
    const database = policy.ranking === "random" ? pickRandom(engine) : pickRanked(engine);
    if (database === null) return engine.memoryToFree() <= 0 ? EVICT_OK : EVICT_FAIL;
    freed += evict(engine, database, picked);
    taken++;
    if (taken % KEYS_PER_CHECK === 0) {
      if (engine.memoryToFree() <= 0) break;
      if (taken * engine.costs.evictKeyNs > limitNs) {
        engine.evictionRunning = true;
        return EVICT_RUNNING;
      }
    }
  }
  engine.evictionRunning = false;
  return EVICT_OK;
}

/** 50 us per point up to ten, then 15 % more per point; 100 means no limit. */
function timeLimitNs(tenacity: number): number {
  if (tenacity <= 10) return 50_000 * tenacity;
  return tenacity < 100 ? 500_000 * 1.15 ** (tenacity - 10) : Number.POSITIVE_INFINITY;
}

/** The entry chosen last; the pickers return its database to avoid making an object per eviction. */
let picked = NONE;

function pickRandom(engine: Engine): Keyspace | null {
  const { volatileOnly } = engine.settings.policy;
  const count = engine.databases.length;
  for (let i = 0; i < count; i++) {
    engine.nextRandomDatabase = (engine.nextRandomDatabase + 1) % count;
    const database = engine.databases[engine.nextRandomDatabase];
    if (database === undefined) continue;
    picked = (volatileOnly ? database.expires : database.main).randomEntry(engine.random);
    if (picked !== NONE) return database;
  }
  return null;
}

const samples = new Int32Array(64);

function pickRanked(engine: Engine): Keyspace | null {
  const { settings, pool, databases, random } = engine;
  const { volatileOnly, ranking } = settings.policy;
  const minutes = engine.lfuMinutes;
  const clock = engine.lruClock;
  for (;;) {
    let candidates = 0;
    for (const database of databases) {
      if (database === undefined) continue;
      const dict = volatileOnly ? database.expires : database.main;
      if (dict.size === 0) continue;
      candidates += dict.size;
      const count = dict.sample(random, settings.maxmemorySamples, samples);
      for (let i = 0; i < count; i++) {
        const entry = samples[i];
        const score =
          ranking === "lru"
            ? idleMs(clock, database.lruOf(entry))
            : ranking === "lfu"
              ? 255 - lfuCounter(database.lruOf(entry), minutes, settings.lfuDecayTime)
              : -database.expiryOf(entry);
        pool.offer(database.keyOf(entry), database.index, score);
      }
    }
    if (candidates === 0) return null;
    for (let best = pool.take(); best !== null; best = pool.take()) {
      const database = databases[best.database];
      const entry = database === undefined ? NONE : database.find(best.key);
      if (entry === NONE || (volatileOnly && database!.expiryOf(entry) === NO_EXPIRY)) continue; // a ghost
      picked = entry;
      return database!;
    }
  }
}

/** Deletes the entry; returns the bytes that came free. */
function evict(engine: Engine, database: Keyspace, entry: number): number {
  const before = engine.usedMemory;
  const key = database.keyOf(entry);
  engine.effort.evictedKeys++;
  engine.stats.evictedKeys++;
  engine.dropKey(database, entry, engine.settings.lazyEviction);
  const freed = before - engine.usedMemory;
  engine.notifyKeyspace("e", "evicted", key, database.index);
  engine.propagateDeletion(database.index, key, engine.settings.lazyEviction);
  return freed;
}
