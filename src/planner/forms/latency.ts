// The latency of a cache-aside request as the client sees it, as a distribution: the probability that it is above a limit.
//
//   hit    client overhead + round trip + waits on I/O threads and engine thread + service
//   miss   a hit's way, then the origin, then the way again for the store
//
// Round trips and origin times stand as points of equal weight (samples of the models' own distributions), waits as the
// exponential tails of waits.ts; a miss adds the mean of its second trip. A percentile is found by halving.
//
// Left out: waits for connections, timeouts and retries, the reuse of one round trip's luck in the next.

import { type Wait, waitBeyond } from "./waits.ts";

/** In ns, ascending, equal weights. */
export interface RoundTrips {
  readonly ns: Float64Array;
  readonly meanNs: number;
}

export interface CacheTrip {
  readonly roundTrips: RoundTrips;
  /** Everything that is always the same: overheads, service, wire. */
  readonly fixedNs: number;
  readonly waits: readonly Wait[];
}

export interface RequestPath {
  readonly hitRate: number;
  readonly read: CacheTrip;
  /** Share of the requests whose value comes from an SSD first, and what that takes. */
  readonly slow?: { readonly share: number; readonly addedNs: number } | undefined;
  /** The store after a miss; null where nothing is stored. */
  readonly store: CacheTrip | null;
  /** Times of the origin, its wait included, ascending, equal weights. */
  readonly originNs: Float64Array;
}

/** From so many times its mean on, a wait is too rare to count: exp(-40) is 4e-18. */
const NEVER = 40;

/** Probability that a trip takes longer than `ns`. */
export function tripBeyond({ roundTrips, fixedNs, waits }: CacheTrip, ns: number): number {
  const roundTripNs = roundTrips.ns;
  const limit = ns - fixedNs;
  let longest = 0;
  for (const { meanNs, delayed } of waits) if (meanNs > 0) longest = Math.max(longest, (NEVER * meanNs) / delayed);
  // Trips that are too long by themselves; then, from the longest down, those that a wait may make so.
  const within = upTo(roundTripNs, limit);
  let sum = roundTripNs.length - within;
  for (let i = within - 1; i >= 0; i--) {
    const left = limit - roundTripNs[i];
    if (left > longest) break;
    // Waits at one place after the other: the chance that none of them is too long, each having the whole time.
    let free = 1;
    for (const one of waits) free *= 1 - waitBeyond(one, left);
    sum += 1 - free;
  }
  return sum / roundTripNs.length;
}

export function tripMean({ roundTrips, fixedNs, waits }: CacheTrip): number {
  return waits.reduce((sum, one) => sum + one.meanNs, roundTrips.meanNs + fixedNs);
}

/** Probability that a request takes longer than `ns`. */
export function requestBeyond(path: RequestPath, ns: number): number {
  const missRate = 1 - path.hitRate;
  const { slow } = path;
  let hit = path.hitRate === 0 ? 0 : (path.hitRate - (slow?.share ?? 0)) * tripBeyond(path.read, ns);
  if (slow !== undefined) hit += slow.share * tripBeyond(path.read, ns - slow.addedNs);
  if (missRate === 0) return hit;
  const trips = tripMean(path.read) + (path.store === null ? 0 : tripMean(path.store));
  return hit + missRate * (1 - shareUpTo(path.originNs, ns - trips));
}

/** The latency that a share `quantile` of the requests does not exceed. */
export function requestQuantile(path: RequestPath, quantile: number): number {
  let high = 1_000;
  while (requestBeyond(path, high) > 1 - quantile) {
    high *= 2;
    if (high > 1e15) return Number.POSITIVE_INFINITY;
  }
  let low = high / 2;
  for (let i = 0; i < 30 && high - low > 1e-4 * high; i++) {
    const middle = (low + high) / 2;
    if (requestBeyond(path, middle) > 1 - quantile) low = middle;
    else high = middle;
  }
  return high;
}

/** Share of ascending points up to a limit. */
function shareUpTo(points: Float64Array, limit: number): number {
  return points.length === 0 ? 1 : upTo(points, limit) / points.length;
}

/** How many of ascending points do not exceed a limit. */
function upTo(points: Float64Array, limit: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle] <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
