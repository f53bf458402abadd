// LFU as the server does it: an 8-bit counter per key, sampled. A mean-field calculation in time.
//
// A stored key begins at 5. A request raises its counter c with probability 1 / ((c - 5) * log-factor + 1), surely up to
// 5; at every whole lfu-decay-time all counters fall by one. Evictions take from the lowest 1/K of the keys by counter,
// each as likely as the other (see lru.ts). For each class of keys this form holds how many are absent and how many stand
// on each level, and steps through time, decays included, until the cache has turned over a few times. The decays come to
// all keys at the same instant, which is why it steps and solves no stationary chain: with requests for a cold key about
// as frequent as decays, a chain with decays at random times is 1.5 points off.
//
// A TTL ends a life at a constant rate that gives its mean the right value: exact for keys that live much longer or much
// shorter than it.
//
// Left out: levels beyond the 24th above the start, whose keys are safe anyway (all levels are kept if log-factor is small).

import { staleSeconds, sweptShare } from "./expiry.ts";
import type { KeyClass } from "./rate-classes.ts";
import type { Residence } from "./residence.ts";

export interface LfuOptions {
  /** Bytes for keys. */
  readonly capacity: number;
  /** maxmemory-samples, lfu-log-factor, and lfu-decay-time in seconds (Infinity: no decay). */
  readonly samples: number;
  readonly logFactor: number;
  readonly decaySeconds: number;
  /** Only keys with a TTL may go. */
  readonly volatileOnly: boolean;
  /** The same cache with random eviction: about how fast it turns over, and how long expired keys lie. */
  readonly start: Residence;
}

const INITIAL = 5;
const LEVELS_ABOVE = 24;
const TOP = 255;
/** Of the keys at risk no more than this share goes in one step. */
const STEP_SHARE = 0.1;
/** Turnovers of the cache after which the start is forgotten, and steps that are enough in any case. */
const TURNOVERS = 4;
const MOST_STEPS = 20_000;
const STEPS_PER_TTL = 30;

/** One class on its way. */
interface Column {
  readonly of: KeyClass;
  /** Chances of one step: an absent key is stored, a present one rises from each level, its TTL is over. */
  readonly stored: number;
  /** Share of a step that a key is absent: from its start on, and after its life ended within it. */
  readonly away: number;
  readonly awayAfter: number;
  readonly rises: Float64Array;
  readonly expires: number;
  /** Seconds that an expired key still lies, and the chance that the expiry cycle is what finds it. */
  readonly dead: number;
  readonly swept: number;
  readonly mayGo: boolean;
  absent: number;
  /** Of those there, how many stand on each level. */
  readonly at: Float64Array;
  /** Sums over the steps of one decay-time. */
  alive: number;
  expired: number;
}

/** The stationary state. */
export function lfuResidence(classes: readonly KeyClass[], options: LfuOptions): Residence {
  const { start, decaySeconds, samples } = options;
  const turnover = start.aliveKeys / Math.max(start.stores, 1e-12);
  const cycle = decaySeconds === Number.POSITIVE_INFINITY ? turnover : decaySeconds;
  const shortest = Math.min((STEP_SHARE * turnover) / samples, shortestTtl(classes) / STEPS_PER_TTL);
  const steps = Math.min(MOST_STEPS, Math.max(1, Math.ceil(cycle / shortest)));
  const dt = cycle / steps;
  const top = options.logFactor >= 4 ? INITIAL + LEVELS_ABOVE : TOP;
  const columns = classes.map(one => column(one, options, dt, top));
  const cycles = Math.max(3, Math.min(MOST_STEPS / steps, (TURNOVERS * turnover) / cycle));
  const levels = new Float64Array(top + 1);
  let evicted = 0;
  for (let round = 0; round < cycles; round++) {
    evicted = 0;
    for (const one of columns) one.alive = one.expired = 0;
    for (let step = 0; step < steps; step++) {
      for (const one of columns) advance(one, top);
      evicted += evict(columns, options, dt, levels);
    }
    if (decaySeconds !== Number.POSITIVE_INFINITY) for (const one of columns) decay(one.at, top);
  }
  return summary(columns, steps, dt, evicted, start.sweepSeconds);
}

function shortestTtl(classes: readonly KeyClass[]): number {
  let shortest = Number.POSITIVE_INFINITY;
  for (const { ttls } of classes) for (const { seconds } of ttls) shortest = Math.min(shortest, seconds);
  return shortest;
}

function column(one: KeyClass, options: LfuOptions, dt: number, top: number): Column {
  const { count, readRate, writeRate, fill, ttls } = one;
  const rate = readRate + writeRate;
  const rises = new Float64Array(top + 1);
  for (let c = 0; c < top; c++) rises[c] = chance((rate * dt) / (Math.max(0, c - INITIAL) * options.logFactor + 1));
  const ttl = ttls.reduce((sum, point) => sum + point.weight * point.seconds, 0);
  // A write begins a new TTL: the mean time until one has run out.
  const life =
    ttl === Number.POSITIVE_INFINITY || writeRate * ttl < 1e-9 ? ttl : Math.expm1(writeRate * ttl) / writeRate;
  const { sweepSeconds } = options.start;
  const swept = sweptShare(rate * sweepSeconds);
  const at = new Float64Array(top + 1);
  const there = Math.min(1, options.start.aliveKeys / Math.max(1, options.start.aliveKeys + options.start.stores));
  at[INITIAL] = count * there;
  const stores = (writeRate + (fill ? readRate : 0)) * dt;
  const away = stores < 1e-9 ? 1 : chance(stores) / stores;
  return {
    of: one,
    stored: chance(stores),
    away,
    awayAfter: stores < 1e-6 ? 0.5 : (1 - away) / stores,
    rises,
    expires: chance(dt / life),
    dead: staleSeconds(rate, sweepSeconds, swept),
    swept,
    mayGo: !options.volatileOnly || ttl !== Number.POSITIVE_INFINITY,
    absent: count * (1 - there),
    at,
    alive: 0,
    expired: 0,
  };
}

/** Probability that at least one of a Poisson number of events comes. */
function chance(expected: number): number {
  return -Math.expm1(-expected);
}

/** Requests of one step: counters rise, absent keys are stored, lives end. */
function advance(one: Column, top: number): void {
  const { at, rises } = one;
  const stored = one.absent * one.stored;
  const stay = 1 - one.expires;
  let alive = 0;
  for (let c = top; c >= 0; c--) {
    const here = at[c];
    if (here === 0) continue;
    alive += here;
    const up = c === top ? 0 : here * rises[c];
    at[c] = (here - up) * stay;
    if (c < top) at[c + 1] += up * stay;
  }
  // Who is stored in this step is there for the rest of it, and who expires may be stored again.
  const expired = alive * one.expires;
  const again = expired * (1 - one.away);
  one.alive += alive + one.absent * (1 - one.away) - expired * one.awayAfter;
  one.expired += expired;
  one.absent += expired - again - stored;
  at[INITIAL] += stored + again;
}

/** Brings the cache back to its size; returns how many keys went. */
function evict(columns: readonly Column[], options: LfuOptions, dt: number, levels: Float64Array): number {
  levels.fill(0);
  let bytes = 0;
  let candidates = 0;
  let candidateBytes = 0;
  for (const { at, of, mayGo, absent, expires, dead } of columns) {
    const there = of.count - absent;
    bytes += (there + ((there * expires) / dt) * dead) * of.bytes;
    if (!mayGo) continue;
    candidates += there;
    candidateBytes += there * of.bytes;
    for (let c = 0; c < levels.length; c++) levels[c] += at[c];
  }
  if (bytes <= options.capacity || candidates === 0) return 0;
  const excess = ((bytes - options.capacity) * candidates) / candidateBytes;
  let left = candidates / options.samples;
  const goes = Math.min(1, excess / left);
  let gone = 0;
  for (let c = 0; c < levels.length && left > 0; c++) {
    if (levels[c] === 0) continue;
    const share = goes * Math.min(1, left / levels[c]);
    left -= levels[c];
    for (const one of columns) {
      if (!one.mayGo) continue;
      const part = one.at[c] * share;
      one.at[c] -= part;
      one.absent += part;
      gone += part;
    }
  }
  return gone;
}

function decay(at: Float64Array, top: number): void {
  at[0] += at[1];
  at.copyWithin(1, 2);
  at[top] = 0;
}

function summary(
  columns: readonly Column[],
  steps: number,
  dt: number,
  evicted: number,
  sweepSeconds: number,
): Residence {
  const sums = { aliveKeys: 0, staleKeys: 0, volatileKeys: 0, bytes: 0, reads: 0, hits: 0, stores: 0, sweeps: 0 };
  for (const one of columns) {
    const { count, readRate, writeRate, fill, bytes, ttls } = one.of;
    const alive = one.alive / steps;
    const expired = one.expired / (steps * dt);
    const stale = expired * one.dead;
    const hits = alive * readRate;
    sums.aliveKeys += alive;
    sums.staleKeys += stale;
    if (ttls[0].seconds !== Number.POSITIVE_INFINITY) sums.volatileKeys += alive + stale;
    sums.bytes += (alive + stale) * bytes;
    sums.reads += count * readRate;
    sums.hits += hits;
    sums.stores += count * writeRate + (fill ? count * readRate - hits : 0);
    sums.sweeps += expired * one.swept;
  }
  return {
    ...sums,
    hitRate: sums.reads === 0 ? null : sums.hits / sums.reads,
    evictions: evicted / (steps * dt),
    sweepSeconds,
  };
}
