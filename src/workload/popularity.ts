// Which key a request is for: the field's popularity models as a table. A new one is one function and one line.

import { aliasTable } from "../sim/distributions/alias.ts";
import { zipf } from "../sim/distributions/zipf.ts";
import type { Popularity } from "./keys.ts";

export interface PopularityModel {
  readonly name: string;
  readonly summary: string;
  /** Names of the arguments in order, with the range each must lie in. */
  readonly parameters: readonly { readonly name: string; readonly min: number; readonly max: number }[];
  make(count: number, args: readonly number[]): Popularity;
  /** Keys come in turn: so do those of a sample of them. */
  readonly inTurn?: boolean;
  /** Share of the requests that go to key number k; for the closed forms. */
  probability(count: number, args: readonly number[]): (key: number) => number;
}

export const POPULARITIES: readonly PopularityModel[] = [
  {
    name: "zipf",
    summary: "rank k is asked for in proportion to k^-exponent",
    parameters: [{ name: "exponent", min: 0, max: 10 }],
    make: (count, [exponent]) => zipf(count, exponent).rank,
    probability: (count, [exponent]) => zipf(count, exponent).probability,
  },
  {
    name: "uniform",
    summary: "every key alike",
    parameters: [],
    make: count => random => random.below(count),
    probability: count => () => 1 / count,
  },
  {
    name: "hotspot",
    summary: "a share of the keys gets a share of the requests, uniformly on either side",
    parameters: [
      { name: "keys", min: 0, max: 1 },
      { name: "requests", min: 0, max: 1 },
    ],
    make(count, [keys, requests]) {
      const hot = hotKeys(count, keys);
      return random =>
        random.next() < requests || hot === count ? random.below(hot) : hot + random.below(count - hot);
    },
    probability(count, [keys, requests]) {
      const hot = hotKeys(count, keys);
      if (hot === count) return () => 1 / count;
      return key => (key < hot ? requests / hot : (1 - requests) / (count - hot));
    },
  },
  {
    name: "sequential",
    summary: "one key after the other, round and round: a scan",
    parameters: [],
    inTurn: true,
    make(count) {
      let next = 0;
      return () => {
        const key = next;
        next = next + 1 === count ? 0 : next + 1;
        return key;
      };
    },
    probability: count => () => 1 / count,
  },
];

function hotKeys(count: number, share: number): number {
  return Math.min(count, Math.max(1, Math.round(count * share)));
}

/** Popularity from a histogram: buckets of so many keys that share so much weight. */
export function bucketPopularity(buckets: readonly { keys: number; weight: number }[]): Popularity {
  const pick = aliasTable(buckets.map(bucket => bucket.weight));
  const starts: number[] = [];
  let start = 0;
  for (const bucket of buckets) {
    starts.push(start);
    start += bucket.keys;
  }
  return random => {
    const bucket = pick(random);
    return starts[bucket] + random.below(buckets[bucket].keys);
  };
}
