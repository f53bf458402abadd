// Random eviction: a life ends at a constant rate, its key's turn (V. Martina, M. Garetto, E. Leonardi, INFOCOM 2014).
//
// The server draws a bucket of its hash table and then a key of its chain, so keys that share a bucket come up more rarely
// than keys that have one of their own. The table is between half full and full; a load of 1/2 stands for that, since
// companions come and go, which evens out a part of it.

import type { KeyClass } from "./rate-classes.ts";
import { expIntegral, type LifeModel } from "./residence.ts";

/** Companions of a key in its bucket, Poisson: how many, and the share of the keys that have them. */
const COMPANIONS: readonly { readonly count: number; readonly share: number }[] = poisson(0.5, 4);

function poisson(mean: number, terms: number): { count: number; share: number }[] {
  const weights = Array.from({ length: terms }, (_, k) => mean ** k / factorial(k));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight, count) => ({ count, share: weight / total }));
}

function factorial(n: number): number {
  return n <= 1 ? 1 : n * factorial(n - 1);
}

/** A class whose keys have so many companions. */
export interface BucketClass extends KeyClass {
  readonly companions: number;
}

/** The classes, each split by the companions of its keys. */
export function byCompanions(classes: readonly KeyClass[]): BucketClass[] {
  return COMPANIONS.flatMap(({ count, share }) =>
    classes.map(one => ({ ...one, count: one.count * share, companions: count })),
  );
}

/** `hazard`: evictions per second of a key that has its bucket to itself. */
export function randomLife(hazard: number): LifeModel<BucketClass> {
  return ({ writeRate, companions }, ttl, life) => {
    const rate = hazard / (1 + companions) + writeRate;
    life.seconds = expIntegral(rate, ttl);
    life.expires = ttl === Number.POSITIVE_INFINITY ? 0 : Math.exp(-rate * ttl);
  };
}
