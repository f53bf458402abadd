// What the server's cron does to the data: expiry, eviction that was left unfinished, tables that grow and shrink.

import type { Engine } from "./engine.ts";
import { performEvictions } from "./eviction/evict.ts";

/** Buckets that one call moves in its millisecond of rehashing. */
const REHASH_BUCKETS = 10_000;

/** Returns the modelled time of the work on the engine thread, in ns. */
export function periodicWork(engine: Engine): number {
  let spentNs = 0;
  const stretch = engine.durations.start();
  const mayExpire = engine.role === "primary" && engine.activeExpireEnabled && !engine.isLoading;
  if (mayExpire && !engine.pause.stopsExpiry) spentNs += engine.expiry.slow();
  // Nobody sends a writable replica a DEL for what its own clients have written.
  if (engine.role === "replica") engine.replication.localKeys.expire();
  engine.durations.endCycle(stretch, "expire-cycle");
  if (engine.evictionRunning) {
    performEvictions(engine);
    spentNs += engine.effort.evictedKeys * engine.costs.evictKeyNs;
  }
  if (!engine.childActive) tendTables(engine);
  return spentNs;
}

function tendTables(engine: Engine): void {
  for (const database of engine.databases) {
    if (database === undefined) continue;
    if (engine.debug.resizesTables) {
      database.main.shrinkIfSparse(engine.profile.shrinkBelow);
      database.expires.shrinkIfSparse(engine.profile.shrinkBelow);
    }
    if (!engine.settings.activeRehashing) continue;
    if (database.main.rehashing) database.main.rehash(REHASH_BUCKETS);
    else if (database.expires.rehashing) database.expires.rehash(REHASH_BUCKETS);
  }
}
