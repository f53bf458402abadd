// LRU as the server does it, with times to live.
//
// The server draws K keys per eviction (maxmemory-samples) and keeps the best sixteen that it has seen in a pool. In a
// steady state every candidate among the longest-idle 1/K of the keys is taken sooner or later, and nobody else: K
// candidates come per eviction and one is taken. So a key is safe until it has been idle for t, when only 1/K of the keys
// are idle for longer, and from then on leaves at the rate h = K * evictions / keys. (Drawing five of uniform ranks for a
// pool of sixteen gives a density of 5.0 over the first fifth, falling to nothing between 0.18 and 0.24.) K = 1 is random
// eviction with t = 0; for K without bound it is exact LRU and h infinite: then t is the characteristic time of Che's
// approximation (H. Che, Y. Tung, Z. Wang, 2002; C. Fricker, P. Robert, J. Roberts, 2012).
//
// A life. A key leaves in a gap between requests with probability g = e h / (r + h), e = exp(-r t), so without TTL it is
// there for (1 - g) / g / r in the mean. With a TTL the time matters: S(x), the probability that it is still there x after a
// store, is 1 up to t; then those who leave in their first long gap, a share g, go at the rate r + h, and the others at a
// constant rate that gives the whole integral its right value. That is exact without TTL, for TTLs up to t, and in the
// limit of long ones.
//
// Left out: the clock's resolution of a second, candidates that are used again while they wait in the pool.

import type { KeyClass } from "./rate-classes.ts";
import { expIntegral, type Life, type LifeModel, untilExpiry } from "./residence.ts";

/** `t`: idle seconds up to which a key is safe. `hazard`: evictions per second and key beyond; Infinity: exact LRU. */
export function lruLife(t: number, hazard: number): LifeModel {
  return (one, ttl, life) => {
    if (ttl <= t) untilExpiry(one.writeRate, ttl, life);
    else sampledLife(t, hazard, one, ttl, life);
  };
}

/** A chance so small that a life does not end by it. */
const NEVER = 1e-12;

function sampledLife(
  t: number,
  hazard: number,
  { readRate: read, writeRate: write }: KeyClass,
  ttl: number,
  life: Life,
): void {
  const idle = Math.exp(-read * t);
  /** Leaves in its first gap that is too long. */
  const gone = hazard === Number.POSITIVE_INFINITY ? idle : (idle * hazard) / (read + hazard);
  if (gone < NEVER) {
    untilExpiry(write, ttl, life);
    return;
  }
  // All of a life without end, less what lies before t and what those have who leave in their first long gap.
  const rest =
    read === 0 ? 0 : (1 - gone) / gone / read - t - gone * expIntegral(read + hazard, Number.POSITIVE_INFINITY);
  const settled = rest <= 0 ? Number.POSITIVE_INFINITY : (1 - gone) / rest;
  const beyond = ttl - t;
  const atT = write === 0 ? 1 : Math.exp(-write * t);
  life.seconds =
    expIntegral(write, t) +
    atT * (gone * expIntegral(read + hazard + write, beyond) + (1 - gone) * expIntegral(settled + write, beyond));
  life.expires =
    ttl === Number.POSITIVE_INFINITY
      ? 0
      : atT * (gone * decayed(read + hazard + write, beyond) + (1 - gone) * decayed(settled + write, beyond));
}

function decayed(rate: number, seconds: number): number {
  return rate === Number.POSITIVE_INFINITY ? 0 : Math.exp(-rate * seconds);
}
