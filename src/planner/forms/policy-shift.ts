// What an eviction policy makes of exact LRU, for planning: many worlds need a curve of hit rates over memory, and only LRU's
// costs next to nothing to tabulate (the characteristic time is its parameter). The policy's own form (hit-rate.ts) is
// solved at a few shares of all bytes for one catalogue, and what it adds carries over to catalogues of the same shape:
//
//   misses(share) = misses of LRU(share) * ratio(share)
//   ratio(share)  = misses of the policy / misses of LRU beyond those that TTLs and first writes cause anyway
//
// The ratio is interpolated in the logarithm of the share. Left out: that the ratio changes with the rate of requests per
// key, as LFU's does when requests become as rare as its decay: four times as many requests a key make it one and a half points of
// hit rate wrong, LRU and random less than half a point (test/planner/forms/policy-shift.test.ts).

import { cacheResidence, EVICTION_DEFAULTS, type EvictionSettings } from "./hit-rate.ts";
import { lruLife } from "./lru.ts";
import type { KeyClass } from "./rate-classes.ts";
import { type Residence, residence, unevicted } from "./residence.ts";
import { logRoot } from "./root.ts";

/** Hit rate under the policy for a share of all bytes, LRU's hit rate there, and the hit rate without evictions. */
export type PolicyShift = (share: number, lru: number, whole: number) => number;

const SHARES = [0.01, 0.03, 0.1, 0.3, 0.7] as const;
const PRECISION = 1e-3;
const SHORTEST = 1e-6;
const LONGEST = 1e9;
/** Fewer misses than that say nothing about a ratio. */
const FEW = 1e-4;

/** What the engine's parameters say of evictions; what they leave out is as upstream begins. */
export function evictionSettings(parameters: Readonly<Record<string, string>>): EvictionSettings {
  const number = (name: string, otherwise: number) => Number(parameters[name] ?? otherwise);
  const decayMinutes = number("lfu-decay-time", EVICTION_DEFAULTS.lfuDecaySeconds / 60);
  return {
    policy: parameters["maxmemory-policy"] ?? EVICTION_DEFAULTS.policy,
    samples: number("maxmemory-samples", EVICTION_DEFAULTS.samples),
    lfuLogFactor: number("lfu-log-factor", EVICTION_DEFAULTS.lfuLogFactor),
    lfuDecaySeconds: decayMinutes === 0 ? Number.POSITIVE_INFINITY : 60 * decayMinutes,
    expiry: { hz: number("hz", 10), effort: number("active-expire-effort", 1) },
  };
}

/** The shift of a policy, from one catalogue. Where it refuses writes instead of evicting, LRU's figures stand. */
export function policyShift(classes: readonly KeyClass[], settings: EvictionSettings): PolicyShift {
  const whole = residence(classes, unevicted, settings.expiry);
  const ratios = SHARES.map(share => {
    const capacity = share * whole.bytes;
    const under = cacheResidence(classes, settings, capacity);
    const lru = exactLru(classes, settings, capacity);
    if (under === null) return 1;
    const above = (state: Residence) => (whole.hitRate ?? 1) - (state.hitRate ?? 1);
    return above(lru) < FEW ? 1 : Math.max(0, above(under) / above(lru));
  });
  return (share, lru, free) => Math.min(free, Math.max(0, free - (free - lru) * at(ratios, share)));
}

function exactLru(classes: readonly KeyClass[], settings: EvictionSettings, capacity: number): Residence {
  const held = (t: number) => residence(classes, lruLife(t, Number.POSITIVE_INFINITY), settings.expiry);
  return held(logRoot(SHORTEST, LONGEST, PRECISION, t => held(t).bytes - capacity));
}

function at(ratios: readonly number[], share: number): number {
  const last = SHARES.length - 1;
  if (share <= SHARES[0]) return ratios[0];
  if (share >= 1) return 1;
  // Beyond the last the policies come together: when all keys fit, none of them evicts.
  if (share >= SHARES[last]) return ratios[last] + ((1 - ratios[last]) * (share - SHARES[last])) / (1 - SHARES[last]);
  const right = SHARES.findIndex(one => one > share);
  const from = Math.log(SHARES[right - 1]);
  const part = (Math.log(share) - from) / (Math.log(SHARES[right]) - from);
  return ratios[right - 1] + part * (ratios[right] - ratios[right - 1]);
}
