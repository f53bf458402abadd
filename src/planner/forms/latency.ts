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

export interface CacheTrip {
  /** Round trips in ns, ascending, equal weights. */
  readonly roundTripNs: Float64Array;
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

/** Probability that a trip takes longer than `ns`. */
export function tripBeyond(trip: CacheTrip, ns: number): number {
  const { roundTripNs, fixedNs, waits } = trip;
  let sum = 0;
  for (const roundTrip of roundTripNs) {
    const left = ns - fixedNs - roundTrip;
    if (left < 0) {
      sum += 1;
      continue;
    }
    // Waits at one place after the other: the chance that none of them is too long, each having the whole time.
    let within = 1;
    for (const one of waits) within *= 1 - waitBeyond(one, left);
    sum += 1 - within;
  }
  return sum / roundTripNs.length;
}

export function tripMean({ roundTripNs, fixedNs, waits }: CacheTrip): number {
  let sum = 0;
  for (const roundTrip of roundTripNs) sum += roundTrip;
  return sum / roundTripNs.length + fixedNs + waits.reduce((total, one) => total + one.meanNs, 0);
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

export function requestMean(path: RequestPath): number {
  const read = tripMean(path.read) + (path.slow === undefined ? 0 : path.slow.share * path.slow.addedNs);
  if (path.hitRate === 1) return read;
  let origin = 0;
  for (const ns of path.originNs) origin += ns / path.originNs.length;
  return read + (1 - path.hitRate) * (origin + (path.store === null ? 0 : tripMean(path.store)));
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

/** Share of ascending points up to a limit, smoothed between neighbours. */
function shareUpTo(points: Float64Array, limit: number): number {
  if (points.length === 0 || limit >= points[points.length - 1]) return 1;
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle] <= limit) low = middle + 1;
    else high = middle;
  }
  return low / points.length;
}
