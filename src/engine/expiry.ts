// Expired keys go in two ways: when somebody touches one (Context.read and write), and in the active cycle here.
//
// The cycle runs `hz` times a second. It walks the table of keys with an expiry bucket by bucket from where it stopped
// last, in batches of twenty keys; as long as more than ten in a hundred of a batch had expired it takes another batch,
// for at most a quarter of the time between two cycles. (Both limits move with active-expire-effort.) So it holds the
// share of dead keys *just ahead of its cursor* near the stop rule, which is not the mean share: see models/physics.md,
// section 7. A cycle that ran out of time makes short "fast" cycles follow between commands.
//
// Time is modelled: so much per key looked at and per key removed (Engine.costs).

import type { Engine } from "./engine.ts";
import { type Keyspace, NO_EXPIRY } from "./keyspace.ts";

const KEYS_PER_LOOP = 20;
const FAST_DURATION_US = 1_000;
const SLOW_TIME_PERCENT = 25;
const ACCEPTABLE_STALE = 10;
const DATABASES_PER_CALL = 16;
/** Below this share of used buckets a walk would mostly see empty ones: it waits for the table to shrink. */
const MIN_FILL = 0.01;

export class ActiveExpiry {
  private nextDatabase = 0;
  private lastFastUs = Number.NEGATIVE_INFINITY;
  /** The last cycle ended for lack of time: there is more to remove. */
  behind = false;
  /** Running mean of the expired share of what was looked at, as INFO shows it. */
  stalePercent = 0;
  timeCapReached = 0;

  constructor(private readonly engine: Engine) {}

  resetStatistics(): void {
    this.timeCapReached = 0;
    this.stalePercent = 0;
  }

  /** One slow cycle, from the cron. Returns the modelled time it took, in ns. */
  slow(): number {
    const { hz, activeExpireEffort } = this.engine.settings;
    const share = SLOW_TIME_PERCENT + 2 * (activeExpireEffort - 1);
    return this.cycle((share * 1e7) / hz);
  }

  /** One fast cycle, between commands; does nothing unless the last cycle was cut short. `nowUs` spaces them. */
  fast(nowUs: number): number {
    const effort = this.engine.settings.activeExpireEffort - 1;
    const durationUs = FAST_DURATION_US + (FAST_DURATION_US / 4) * effort;
    // The server compares this running share (0–1) with a percentage, so in effect only a cut-short cycle counts.
    if (!this.behind && this.stalePercent < ACCEPTABLE_STALE - effort) return 0;
    if (nowUs < this.lastFastUs + 2 * durationUs) return 0;
    this.lastFastUs = nowUs;
    return this.cycle(durationUs * 1_000);
  }

  private cycle(limitNs: number): number {
    const { engine } = this;
    const { databases, settings, costs } = engine;
    const effort = settings.activeExpireEffort - 1;
    const perLoop = KEYS_PER_LOOP + (KEYS_PER_LOOP / 4) * effort;
    const acceptable = ACCEPTABLE_STALE - effort;
    const callLimit = this.behind ? databases.length : Math.min(DATABASES_PER_CALL, databases.length);
    this.behind = false;

    let spentNs = 0;
    let allSampled = 0;
    let allExpired = 0;
    let iteration = 0;
    for (let call = 0; call < callLimit && !this.behind; call++) {
      const database = databases[this.nextDatabase++ % databases.length];
      if (database === undefined || database.expires.size === 0) continue;
      for (;;) {
        iteration++;
        const batch = this.batch(database, perLoop);
        if (batch === null) break;
        allSampled += batch.sampled;
        allExpired += batch.expired;
        spentNs += batch.sampled * costs.sampleKeyNs + batch.expired * costs.expireKeyNs;
        if (iteration % 16 === 0 && spentNs > limitNs) {
          this.behind = true;
          this.timeCapReached++;
          break;
        }
        if (batch.wrapped) break;
        if (batch.sampled > 0 && Math.floor((batch.expired * 100) / batch.sampled) <= acceptable) break;
      }
    }
    const share = allSampled === 0 ? 0 : allExpired / allSampled;
    this.stalePercent = share * 0.05 + this.stalePercent * 0.95;
    return spentNs;
  }

  /** Looks at the next keys in bucket order; null when there is nothing to look at. */
  private batch(database: Keyspace, perLoop: number): Batch | null {
    const { engine } = this;
    const { expires } = database;
    const size = expires.size;
    if (size === 0) {
      database.averageTtlMs = 0;
      return null;
    }
    if (expires.buckets > 4 && size / expires.buckets < MIN_FILL) return null;
    const wanted = Math.min(size, perLoop);
    const nowMs = engine.nowMs;
    const result: Batch = { sampled: 0, expired: 0, wrapped: false };
    let ttlSum = 0;
    let alive = 0;
    const visit = (entry: number) => {
      const ttl = database.expiryOf(entry) - nowMs;
      result.sampled++;
      if (ttl < 0) {
        engine.expireKey(database, entry);
        result.expired++;
      } else if (ttl > 0) {
        ttlSum += ttl;
        alive++;
      }
    };
    const maxBuckets = wanted * 20;
    const tables = expires.rehashing ? 2 : 1;
    for (let checked = 0; result.sampled < wanted && checked < maxBuckets; ) {
      if (engine.profile.scansExpiry) {
        database.expiresCursor = expires.scan(database.expiresCursor, visit);
        checked++;
        if (database.expiresCursor === 0) {
          result.wrapped = true;
          break;
        }
      } else {
        expires.visitBucket(database.expiresCursor++, visit);
        checked += tables;
      }
    }
    if (alive > 0) {
      const mean = ttlSum / alive;
      database.averageTtlMs = database.averageTtlMs === 0 ? mean : database.averageTtlMs * 0.98 + mean * 0.02;
    }
    return result;
  }
}

interface Batch {
  sampled: number;
  expired: number;
  /** The walk came round to its start (8.0 stops there, earlier versions go on). */
  wrapped: boolean;
}

/** Whether an entry has expired at this instant: its time must have passed, not merely come. */
export function isExpired(database: Keyspace, entry: number, nowMs: number): boolean {
  const at = database.expiryOf(entry);
  return at !== NO_EXPIRY && nowMs > at;
}
