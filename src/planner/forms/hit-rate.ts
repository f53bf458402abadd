// Hit rate of a cache of so many bytes, by eviction policy. One table; each policy says how its parameter is found.
//
// For every policy the memory that a catalogue takes falls as keys are evicted faster, so the parameter that fills the cache
// exactly is found by halving. Held against the engine's own eviction code in test/planner/forms/hit-rate.test.ts.

import type { ExpiryCycle } from "./expiry.ts";
import { fifoLife } from "./fifo.ts";
import { lfuResidence } from "./lfu.ts";
import { lruLife } from "./lru.ts";
import { byCompanions, randomLife } from "./random.ts";
import type { KeyClass } from "./rate-classes.ts";
import { type LifeModel, type Residence, residence, unevicted } from "./residence.ts";
import { logRoot } from "./root.ts";

export interface EvictionSettings {
  /** maxmemory-policy. */
  readonly policy: string;
  /** maxmemory-samples. */
  readonly samples: number;
  readonly lfuLogFactor: number;
  /** lfu-decay-time in seconds; Infinity: no decay. */
  readonly lfuDecaySeconds: number;
  readonly expiry: ExpiryCycle;
}

/** What upstream and ElastiCache begin with, but for the policy. */
export const EVICTION_DEFAULTS: EvictionSettings = {
  policy: "allkeys-lru",
  samples: 5,
  lfuLogFactor: 10,
  lfuDecaySeconds: 60,
  expiry: { hz: 10, effort: 1 },
};

/** The stationary state of a full cache. Null: what may be evicted does not suffice, and writes are refused. */
type Form = (classes: readonly KeyClass[], settings: EvictionSettings, capacity: number) => Residence | null;

const FORMS: Readonly<Record<string, Form>> = {
  lru: (classes, settings, capacity) => fillByHazard(capacity, hazard => sampledLru(classes, settings, hazard)),
  random: fillRandom,
  ttl: (classes, settings, capacity) =>
    fillByHazard(capacity, hazard => residence(classes, volatileLife(settings, fifoLife(1 / hazard)), settings.expiry)),
  lfu: fillLfu,
};

/**
 * What a cache of `capacity` bytes for keys does with a catalogue in the long run. Null when memory runs out: under
 * noeviction, or when a volatile policy finds too few keys with a TTL.
 */
export function cacheResidence(
  classes: readonly KeyClass[],
  settings: EvictionSettings,
  capacity: number,
): Residence | null {
  const free = residence(classes, unevicted, settings.expiry);
  if (free.bytes <= capacity) return free;
  const form = FORMS[settings.policy.split("-")[1] ?? ""];
  return form === undefined || capacity <= 0 ? null : form(classes, settings, capacity);
}

function volatileOnly(settings: EvictionSettings): boolean {
  return settings.policy.startsWith("volatile");
}

/** Under a volatile policy keys without a TTL stay. */
function volatileLife<C extends KeyClass>(settings: EvictionSettings, life: LifeModel<C>): LifeModel<C> {
  if (!volatileOnly(settings)) return life;
  return (one, ttl, into) => (ttl === Number.POSITIVE_INFINITY ? unevicted(one, ttl, into) : life(one, ttl, into));
}

const PRECISION = 2e-4;
const SLOWEST = 1e-9;
const FASTEST = 1e6;
const SHORTEST = 1e-6;
const LONGEST = 1e9;

/** The evictions per second and key at which the cache is just full. */
function fillByHazard(capacity: number, at: (hazard: number) => Residence): Residence | null {
  if (at(FASTEST).bytes > capacity) return null;
  return at(logRoot(SLOWEST, FASTEST, PRECISION, hazard => at(hazard).bytes - capacity));
}

/** Sampled LRU that evicts at this rate those of the 1/K longest idle. */
function sampledLru(classes: readonly KeyClass[], settings: EvictionSettings, hazard: number): Residence {
  const at = (t: number) => residence(classes, volatileLife(settings, lruLife(t, hazard)), settings.expiry);
  if (settings.samples <= 1) return at(0);
  // The longer keys are safe, the fewer of them are at risk.
  const atRisk = (t: number) => {
    const state = at(t);
    return state.evictions / hazard - candidates(state, settings) / settings.samples;
  };
  return at(logRoot(SHORTEST, LONGEST, PRECISION, atRisk));
}

function candidates(state: Residence, settings: EvictionSettings): number {
  return volatileOnly(settings) ? state.volatileKeys : state.aliveKeys + state.staleKeys;
}

function fillRandom(classes: readonly KeyClass[], settings: EvictionSettings, capacity: number): Residence | null {
  const split = byCompanions(classes);
  return fillByHazard(capacity, hazard =>
    residence(split, volatileLife(settings, randomLife(hazard)), settings.expiry),
  );
}

function fillLfu(classes: readonly KeyClass[], settings: EvictionSettings, capacity: number): Residence | null {
  const random = fillRandom(classes, settings, capacity);
  if (random === null) return null;
  return lfuResidence(classes, {
    capacity,
    samples: settings.samples,
    logFactor: settings.lfuLogFactor,
    decaySeconds: settings.lfuDecaySeconds,
    volatileOnly: volatileOnly(settings),
    start: random,
  });
}
