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

import { type ExpiryCycle, staleSeconds, sweepSeconds, sweptShare } from "./expiry.ts";
import type { KeyClass } from "./rate-classes.ts";

/** What becomes of one key after a store: mean seconds, and how the time ends. */
export interface Life {
  /** Mean seconds until it is evicted, expires or is written again. */
  seconds: number;
  /** Probability that it expires before the other two. */
  expires: number;
}

/** Writes the life of a key of this class, under a policy whose parameter is set. Plans ask for millions: no object for each. */
export type LifeModel<C extends KeyClass = KeyClass> = (one: C, ttlSeconds: number, life: Life) => void;

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
export const unevicted: LifeModel = ({ writeRate }, ttl, life) => untilExpiry(writeRate, ttl, life);

export function untilExpiry(writeRate: number, ttl: number, life: Life): void {
  if (ttl === Number.POSITIVE_INFINITY) {
    life.seconds = writeRate === 0 ? ttl : 1 / writeRate;
    life.expires = 0;
  } else {
    life.seconds = expIntegral(writeRate, ttl);
    life.expires = writeRate === 0 ? 1 : Math.exp(-writeRate * ttl);
  }
}

/** Integral of exp(-rate x) from 0 to `until`. */
export function expIntegral(rate: number, until: number): number {
  if (rate === Number.POSITIVE_INFINITY) return 0;
  if (rate === 0 || rate * until < 1e-12) return until;
  return -Math.expm1(-rate * until) / rate;
}

/**
 * Each class under a policy: probability of being there, lives of one key that end by TTL and by eviction, per second, and the share
 * of its lives with a TTL. One table is used again for every catalogue: a plan makes thousands.
 */
class Stays {
  there = new Float64Array(0);
  expired = new Float64Array(0);
  evicted = new Float64Array(0);
  volatileShare = new Float64Array(0);
  private readonly life: Life = { seconds: 0, expires: 0 };

  fit(classes: number): void {
    if (this.there.length >= classes) return;
    const room = 2 * classes;
    this.there = new Float64Array(room);
    this.expired = new Float64Array(room);
    this.evicted = new Float64Array(room);
    this.volatileShare = new Float64Array(room);
  }

  fill<C extends KeyClass>(i: number, of: C, model: LifeModel<C>): void {
    const { readRate, writeRate, fill, ttls } = of;
    const { life } = this;
    const storeRate = writeRate + (fill ? readRate : 0);
    let seconds = 0;
    let expires = 0;
    let volatileShare = 0;
    for (const point of ttls) {
      model(of, point.seconds, life);
      seconds += point.weight * life.seconds;
      expires += point.weight * life.expires;
      if (point.seconds !== Number.POSITIVE_INFINITY) volatileShare += point.weight;
    }
    // Lives that end by a write follow each other without a gap.
    const ended = writeRate === 0 ? 1 : Math.max(0, 1 - writeRate * seconds);
    const there = storeRate === 0 ? 0 : 1 / (1 + ended / (storeRate * seconds));
    const absences = storeRate * (1 - there);
    const expired = ended > 0 ? absences * Math.min(1, expires / ended) : 0;
    this.there[i] = there;
    this.expired[i] = expired;
    this.evicted[i] = Math.max(0, absences - expired);
    this.volatileShare[i] = volatileShare;
  }
}

const STAYS = new Stays();

/** Sums the lives of all classes. */
export function residence<C extends KeyClass>(
  classes: readonly C[],
  life: LifeModel<C>,
  cycle: ExpiryCycle,
): Residence {
  STAYS.fit(classes.length);
  let dies = false;
  for (let i = 0; i < classes.length; i++) {
    STAYS.fill(i, classes[i], life);
    if (STAYS.expired[i] > 0) dies = true;
  }
  return total(classes, dies ? sweepSeconds(cycle, seconds => swept(classes, seconds)) : 0);
}

/** One for all: whoever asks reads it at once. */
const SWEPT = { volatileKeys: 0, sweeps: 0 };

/** Keys that the expiry cycle walks, and removes in a second, if its way once around takes so long. */
function swept(classes: readonly KeyClass[], sweep: number): typeof SWEPT {
  const { there, expired, volatileShare } = STAYS;
  let volatileKeys = 0;
  let sweeps = 0;
  for (let i = 0; i < classes.length; i++) {
    if (volatileShare[i] === 0) continue;
    const { count, readRate, writeRate } = classes[i];
    const rate = readRate + writeRate;
    const found = sweptShare(rate * sweep);
    volatileKeys += count * (there[i] * volatileShare[i] + expired[i] * staleSeconds(rate, sweep, found));
    sweeps += count * expired[i] * found;
  }
  SWEPT.volatileKeys = volatileKeys;
  SWEPT.sweeps = sweeps;
  return SWEPT;
}

function total(classes: readonly KeyClass[], sweep: number): Residence {
  const { there, expired, evicted } = STAYS;
  let reads = 0;
  let hits = 0;
  let aliveKeys = 0;
  let staleKeys = 0;
  let bytes = 0;
  let stores = 0;
  let evictions = 0;
  for (let i = 0; i < classes.length; i++) {
    const { count, readRate, writeRate, fill, bytes: each } = classes[i];
    const rate = readRate + writeRate;
    const stale = expired[i] === 0 ? 0 : expired[i] * staleSeconds(rate, sweep, sweptShare(rate * sweep));
    reads += count * readRate;
    hits += count * readRate * there[i];
    aliveKeys += count * there[i];
    staleKeys += count * stale;
    bytes += count * each * (there[i] + stale);
    stores += count * (writeRate + (fill ? readRate * (1 - there[i]) : 0));
    evictions += count * evicted[i];
  }
  const { volatileKeys, sweeps } = swept(classes, sweep);
  return {
    hitRate: reads === 0 ? null : hits / reads,
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
