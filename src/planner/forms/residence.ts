// How long a key stays, and what follows from it: the renewal argument that all eviction policies share.
//
// A key is absent until a request stores it, at rate `a` (reads that fill, and writes), and then in memory for a time of
// mean M, its TTL and evictions included. Requests come as a Poisson process, so a read finds the key with the
// probability that it is there:
//
//   P(there) = M / (M + 1/a)                        M = m / (1 - w m)
//
// with m the mean time from a store until the key leaves *or* is written again (rate w), which begins a new life. A policy
// says what m is for its own parameter, and how likely a life ends by its TTL. For a cache-aside read of a key without
// writes this is E / (1 + E) with E = a m the expected hits of a life (anchors/cache-simulation.md, section 3).
//
// Keys that have expired and not been found out yet still take memory (`expiry.ts`).
//
// Left out: requests that are not independent of each other (scans, sessions, bursts for one key).

import { type ExpiryCycle, staleSeconds, sweepSeconds } from "./expiry.ts";
import type { KeyClass } from "./rate-classes.ts";

/** What becomes of one key after a store: mean seconds, and how the time ends. */
export interface Life {
  /** Mean seconds until it is evicted, expires or is written again. */
  readonly seconds: number;
  /** Probability that it expires before the other two. */
  readonly expires: number;
}

/** A life of a key of this class under a policy whose parameter is set. */
export type LifeModel<C extends KeyClass = KeyClass> = (one: C, ttlSeconds: number) => Life;

/** What a cache does with a catalogue. Rates are per second. */
export interface Residence {
  /** Share of the reads that find their key; null where nothing is read. */
  readonly hitRate: number | null;
  /** Keys that are alive in memory, and that have expired and still lie there. */
  readonly aliveKeys: number;
  readonly staleKeys: number;
  /** Keys in memory that have a time to live: what the expiry cycle walks and volatile policies may take. */
  readonly volatileKeys: number;
  readonly bytes: number;
  readonly reads: number;
  readonly hits: number;
  readonly stores: number;
  readonly evictions: number;
  /** Keys that the expiry cycle removes. */
  readonly sweeps: number;
  /** Its way once around, in seconds; 0 where nothing expires. */
  readonly sweepSeconds: number;
}

/** Nobody is evicted: keys end by their TTL or not at all. */
export const unevicted: LifeModel = ({ writeRate }, ttl) => untilExpiry(writeRate, ttl);

export function untilExpiry(writeRate: number, ttl: number): Life {
  if (ttl === Number.POSITIVE_INFINITY) return { seconds: writeRate === 0 ? ttl : 1 / writeRate, expires: 0 };
  return { seconds: expIntegral(writeRate, ttl), expires: Math.exp(-writeRate * ttl) };
}

/** Integral of exp(-rate x) from 0 to `until`. */
export function expIntegral(rate: number, until: number): number {
  if (rate === Number.POSITIVE_INFINITY) return 0;
  if (rate === 0 || rate * until < 1e-12) return until;
  return -Math.expm1(-rate * until) / rate;
}

/** One class under a policy: probability of being there, and lives of one key that end by TTL, per second. */
interface Stay {
  readonly of: KeyClass;
  readonly there: number;
  readonly expired: number;
  readonly evicted: number;
  readonly volatileShare: number;
}

/** Sums the lives of all classes. */
export function residence<C extends KeyClass>(
  classes: readonly C[],
  life: LifeModel<C>,
  cycle: ExpiryCycle,
): Residence {
  const stays = classes.map(one => stayOf(one, life));
  const volatile = stays.some(stay => stay.expired > 0);
  const sweep = volatile ? sweepSeconds(cycle, seconds => swept(stays, seconds)) : 0;
  return total(stays, sweep);
}

function stayOf<C extends KeyClass>(of: C, life: LifeModel<C>): Stay {
  const { readRate, writeRate, fill, ttls } = of;
  const storeRate = writeRate + (fill ? readRate : 0);
  let seconds = 0;
  let expires = 0;
  let volatileShare = 0;
  for (const point of ttls) {
    const one = life(of, point.seconds);
    seconds += point.weight * one.seconds;
    expires += point.weight * one.expires;
    if (point.seconds !== Number.POSITIVE_INFINITY) volatileShare += point.weight;
  }
  // Lives that end by a write follow each other without a gap.
  const ended = writeRate === 0 ? 1 : Math.max(0, 1 - writeRate * seconds);
  const there = storeRate === 0 ? 0 : 1 / (1 + ended / (storeRate * seconds));
  const absences = storeRate * (1 - there);
  const expired = ended > 0 ? absences * Math.min(1, expires / ended) : 0;
  return { of, there, expired, evicted: Math.max(0, absences - expired), volatileShare };
}

function swept(stays: readonly Stay[], seconds: number): { volatileKeys: number; sweeps: number } {
  let volatileKeys = 0;
  let sweeps = 0;
  for (const { of, there, expired, volatileShare } of stays) {
    if (volatileShare === 0) continue;
    const stale = staleSeconds(of.readRate + of.writeRate, seconds);
    volatileKeys += of.count * (there * volatileShare + expired * stale.seconds);
    sweeps += of.count * expired * stale.swept;
  }
  return { volatileKeys, sweeps };
}

function total(stays: readonly Stay[], sweep: number): Residence {
  let reads = 0;
  let hits = 0;
  let aliveKeys = 0;
  let staleKeys = 0;
  let bytes = 0;
  let stores = 0;
  let evictions = 0;
  for (const { of, there, expired, evicted } of stays) {
    const { count, readRate, writeRate, fill } = of;
    const stale = expired === 0 ? 0 : expired * staleSeconds(readRate + writeRate, sweep).seconds;
    reads += count * readRate;
    hits += count * readRate * there;
    aliveKeys += count * there;
    staleKeys += count * stale;
    bytes += count * of.bytes * (there + stale);
    stores += count * (writeRate + (fill ? readRate * (1 - there) : 0));
    evictions += count * evicted;
  }
  const hitRate = reads === 0 ? null : hits / reads;
  const { volatileKeys, sweeps } = swept(stays, sweep);
  return {
    hitRate,
    aliveKeys,
    staleKeys,
    volatileKeys,
    bytes,
    reads,
    hits,
    stores,
    evictions,
    sweeps,
    sweepSeconds: sweep,
  };
}
