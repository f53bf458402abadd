// The hit-rate curve of LRU in one pass, by stack distances (R. Mattson et al., 1970): a read hits a cache of C bytes if the
// keys that were used since its last use, itself included, take no more than C. The keys stand in a Fenwick tree by the
// time of their last use, so a distance is a sum over a range: O(log n) a request.
//
// Sampling by keys (SHARDS: C. Waldspurger et al., FAST 2015): of all keys only those whose hash lies below R are looked
// at, and each stands for 1/R of them, in requests and in bytes. The most popular keys are all looked at and stand for
// themselves (D. Carra, G. Neglia, 2020): with skewed popularity it is they who make a sampled curve wrong. The rest are
// sampled by strata of popularity and scaled to the requests that are really theirs, not to those expected.
//
// TTLs are honoured as from the last store of a cache that never evicts: a read after that is a miss at every size, and a
// store begins anew. A delete takes the key out.

import { TRACE_DELETE, TRACE_GET } from "../../workload/traces/trace.ts";
import type { RequestLog } from "./requests.ts";

export interface Sampling {
  /** Share of the keys that are looked at; 1: all. */
  readonly rate: number;
  /** Most popular keys that are looked at in any case. */
  readonly hotKeys: number;
}

export const EXACT: Sampling = { rate: 1, hotKeys: 0 };

export interface Curve {
  /** Reads in all. */
  readonly reads: number;
  /** Keys that were looked at. */
  readonly keysUsed: number;
  /** Share of the reads that hit a cache of so many bytes. */
  hitRate(bytes: number): number;
}

export function stackDistances(log: RequestLog, footprints: Float64Array, sampling: Sampling): Curve {
  const { weight, hot, used, strata } = chooseKeys(log, sampling);
  const tree = new RecencyTree(used + 1);
  /** Place of a key's last use in the tree, 0: not in it; and when its TTL ends, in ms. */
  const place = new Int32Array(log.keyCount);
  const endsMs = new Float64Array(log.keyCount).fill(Number.POSITIVE_INFINITY);
  const seen = new Uint8Array(log.keyCount);
  const distances: number[] = [];
  /** Stratum of each distance; -1 for keys that stand for themselves. */
  const kinds: number[] = [];
  const again = new Float64Array(STRATA);
  const sampledAgain = new Float64Array(STRATA);
  let reads = 0;
  for (let i = 0; i < log.count; i++) {
    const key = log.keys[i];
    const isRead = log.ops[i] === TRACE_GET;
    if (isRead) {
      reads++;
      if (seen[key] === 1) {
        again[strata[key]]++;
        if (weight[key] > 0) sampledAgain[strata[key]]++;
      }
    }
    seen[key] = 1;
    if (weight[key] === 0) continue;
    if (log.ops[i] === TRACE_DELETE) {
      tree.remove(place[key], footprints[key] * weight[key]);
      place[key] = 0;
      continue;
    }
    const dead = log.times[i] > endsMs[key];
    const there = place[key] !== 0 && !dead;
    if (isRead && there) {
      // What came after it, and itself once: a sampled key stands for others beside it, but must fit itself.
      distances.push(tree.after(place[key]) + footprints[key]);
      kinds.push(hot[key] === 1 ? -1 : strata[key]);
    }
    if (!there || !isRead)
      endsMs[key] = log.ttls[i] > 0 ? log.times[i] + log.ttls[i] * 1_000 : Number.POSITIVE_INFINITY;
    place[key] = tree.renew(place[key], key, footprints[key] * weight[key], place);
  }
  const counts = kinds.map(kind => (kind === -1 ? 1 : again[kind] / sampledAgain[kind]));
  return curveOf(distances, counts, reads, used);
}

/**
 * Which keys are looked at, and for how many each stands. Keys are sampled within strata of those that are asked for about
 * equally often (by powers of two), so that a sample holds as many of each kind as there are, in keys and in requests.
 */
function chooseKeys(log: RequestLog, { rate, hotKeys }: Sampling) {
  const keys = log.keyCount;
  const weight = new Float64Array(keys);
  const hot = new Uint8Array(keys);
  const strata = new Uint8Array(keys);
  if (rate >= 1) return { weight: weight.fill(1), hot: hot.fill(1), used: keys, strata };
  for (const key of popularKeys(log, hotKeys)) hot[key] = 1;
  const requests = requestsByKey(log);
  const hashes = log.hashes();
  const all = new Float64Array(STRATA);
  const sampled = new Float64Array(STRATA);
  for (let key = 0; key < keys; key++) {
    // The last stratum is that of the hot keys, which need no correction.
    strata[key] = hot[key] === 1 ? STRATA - 1 : stratumOf(requests[key]);
    all[strata[key]]++;
    if (hashes[key] < rate) sampled[strata[key]]++;
  }
  let used = 0;
  for (let key = 0; key < keys; key++) {
    const stratum = strata[key];
    // A stratum of which too few were drawn is looked at whole.
    if (hot[key] === 0 && sampled[stratum] < LEAST_OF_STRATUM) hot[key] = 1;
    weight[key] = hot[key] === 1 ? 1 : hashes[key] < rate ? all[stratum] / sampled[stratum] : 0;
    if (weight[key] > 0) used++;
  }
  return { weight, hot, used, strata };
}

/** Powers of two, and one for keys that stand for themselves. */
export const STRATA = 33;
const LEAST_OF_STRATUM = 8;

/** By powers of two. */
export function stratumOf(requests: number): number {
  return 31 - Math.clz32(Math.max(1, requests));
}

export function requestsByKey(log: RequestLog): Int32Array {
  const requests = new Int32Array(log.keyCount);
  for (let i = 0; i < log.count; i++) requests[log.keys[i]]++;
  return requests;
}

/** The keys with the most requests. */
function popularKeys(log: RequestLog, count: number): number[] {
  if (count === 0) return [];
  const requests = requestsByKey(log);
  return Array.from(requests.keys())
    .sort((a, b) => requests[b] - requests[a] || a - b)
    .slice(0, count);
}

/** The rate at which about so many keys are looked at: SHARDS of fixed size. */
export function rateForKeys(log: RequestLog, keys: number): number {
  if (keys >= log.keyCount) return 1;
  return log.hashes().sort()[keys];
}

function curveOf(distances: readonly number[], counts: readonly number[], reads: number, keysUsed: number): Curve {
  const order = Array.from(distances.keys()).sort((a, b) => distances[a] - distances[b]);
  const at = Float64Array.from(order, i => distances[i]);
  const sums = new Float64Array(order.length);
  let sum = 0;
  order.forEach((i, rank) => {
    sum += counts[i];
    sums[rank] = sum;
  });
  return {
    reads,
    keysUsed,
    hitRate(bytes) {
      let low = 0;
      let high = at.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (at[middle] <= bytes) low = middle + 1;
        else high = middle;
      }
      return reads === 0 || low === 0 ? 0 : Math.min(1, sums[low - 1] / reads);
    },
  };
}

/** A Fenwick tree over places in time. When they are used up, the keys are moved together, in their order. */
class RecencyTree {
  private sums: Float64Array;
  private owners: Int32Array;
  private weights: Float64Array;
  private next = 1;
  private total = 0;

  constructor(keys: number) {
    const room = Math.max(1_024, 4 * keys);
    this.sums = new Float64Array(room + 1);
    this.weights = new Float64Array(room + 1);
    this.owners = new Int32Array(room + 1).fill(-1);
  }

  /** Bytes of the keys used after the one at this place. */
  after(at: number): number {
    let before = 0;
    for (let i = at; i > 0; i -= i & -i) before += this.sums[i];
    return this.total - before;
  }

  private add(at: number, bytes: number): void {
    for (let i = at; i < this.sums.length; i += i & -i) this.sums[i] += bytes;
    this.total += bytes;
  }

  remove(at: number, bytes: number): void {
    if (at === 0) return;
    this.add(at, -bytes);
    this.owners[at] = -1;
  }

  /** Puts a key at the newest place; returns it. `places` is told where keys have moved to. */
  renew(from: number, key: number, bytes: number, places: Int32Array): number {
    this.remove(from, bytes);
    if (from !== 0) places[key] = 0;
    if (this.next === this.sums.length) this.compact(places);
    const at = this.next++;
    this.add(at, bytes);
    this.owners[at] = key;
    this.weights[at] = bytes;
    return at;
  }

  private compact(places: Int32Array): void {
    const { owners, weights } = this;
    let to = 1;
    for (let from = 1; from < owners.length; from++) {
      const key = owners[from];
      if (key === -1) continue;
      owners[from] = -1;
      owners[to] = key;
      weights[to] = weights[from];
      places[key] = to++;
    }
    this.next = to;
    this.total = 0;
    this.sums.fill(0);
    for (let i = 1; i < to; i++) this.add(i, weights[i]);
  }
}
