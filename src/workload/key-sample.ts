// A sample of a workload's keys, by key: whether a key is in it depends on the key alone, so every client, shard and replica
// agrees on it (SHARDS: C. Waldspurger et al., FAST 2015).
//
// The most popular keys stand for themselves (D. Carra, G. Neglia, ATC 2020). The others, in the order of their popularity, are
// cut into groups of `per` neighbours, and of each group the key with the smallest hash stands for all of them: it gets
// their requests, which come to `per` times its own. Each key is chosen with the probability 1 / per, and each level of
// popularity gives its share, which a plain threshold on the hash gets right only on average.

import type { Popularity } from "./keys.ts";

export class KeySample {
  /** Keys of the sample. They are numbered in the order of their popularity, as the keys of a workload are. */
  readonly count: number;

  constructor(
    /** Keys of the workload. */
    readonly keys: number,
    /** The most popular of them, which are all in the sample. */
    readonly hot: number,
    readonly per: number,
  ) {
    this.count = hot + Math.ceil((keys - hot) / per);
  }

  /** Number, within the sample, of the key that stands for this one. */
  of(key: number): number {
    return key < this.hot ? key : this.hot + Math.floor((key - this.hot) / this.per);
  }

  /** The key with this number within the sample. */
  keyOf(number: number): number {
    const { hot, per, keys } = this;
    if (number < hot) return number;
    // Beyond the keys that there are: asked for once, and each is one of its own.
    if (number >= this.count) return keys + number - this.count;
    const first = hot + (number - hot) * per;
    const end = Math.min(first + per, keys);
    let chosen = first;
    let least = Number.POSITIVE_INFINITY;
    for (let key = first; key < end; key++) {
      const hash = hashOf(key);
      if (hash >= least) continue;
      least = hash;
      chosen = key;
    }
    return chosen;
  }

  isHot(number: number): boolean {
    return number < this.hot;
  }

  /** Keys of the sample among the `most` most popular ones. */
  among(most: number): number {
    return most <= 0 ? 0 : this.of(most - 1) + 1;
  }

  /** Requests for the workload's keys as requests for those that stand for them. */
  drawn(popularity: Popularity): Popularity {
    return random => this.of(popularity(random));
  }
}

/** Murmur's finaliser, with a start of its own: it has nothing to do with slots or with other choices by key. */
function hashOf(key: number): number {
  let z = (key ^ 0x2545f491) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return (z ^ (z >>> 16)) >>> 0;
}
