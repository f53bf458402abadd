// The workload that explains what was seen: how many keys there are, how long they live, how large values are.
//
// Reads and writes. A write that is not the store after a miss is an update of the application; misses that nobody stores
// are for keys that the origin does not have. So with R reads, W writes, M misses a second:
//   updates = max(0, W - M)      absent = max(0, M - W) / R
//
// Keys. Nothing counts the keys that are asked for and are not there. Under an assumed popularity two unknowns, keys K and
// time to live T, follow from two figures:
//   nothing is evicted   keys alive = CurrItems and hit rate = seen; without reads of T's end this is Little's law:
//                        CurrItems = stores a second * T
//   keys are evicted     CurrItems is the capacity: K from the hit rate under the policy, T from expired : evicted
//   neither              stores and deletions balance: hit rate = R / (R + deletions)
// The closed forms are the planner's (planner/forms/). Values: bytes per key = (BytesUsedForCache - what an idle server
// takes) / CurrItems, turned around through the engine's own memory formulas.

import type { Layout } from "../../engine/memory/layout.ts";
import { parseDistribution } from "../../scenarios/distribution-text.ts";
import { parsePopularity } from "../../scenarios/popularity-text.ts";
import { formatPercent, parseBytes } from "../../units.ts";
import { cacheResidence, EVICTION_DEFAULTS } from "../forms/hit-rate.ts";
import { fixedBytes, slotsOf, stringKeyBytes, tableBytes } from "../forms/key-memory.ts";
import { type KeyClass, rankRuns } from "../forms/rate-classes.ts";
import { type Residence, residence, unevicted } from "../forms/residence.ts";
import { logRoot } from "../forms/root.ts";
import { sizePoints } from "../forms/sizes.ts";
import type { Observed } from "./observed.ts";

export interface FitOptions {
  readonly layout: Layout;
  readonly popularity: string;
  readonly policy: string;
  readonly keyLength: number;
  readonly backlogBytes: number;
}

/** A figure with the rule that gave it. */
export interface Ruled<T> {
  readonly value: T;
  readonly rule: string;
}

export interface Fit {
  /** Reads and updates a second; stores after misses come by themselves. */
  readonly rate: number;
  readonly hitRate: Ruled<number>;
  readonly writeShare: Ruled<number>;
  readonly onWrite: "update" | "invalidate";
  readonly absent: Ruled<number>;
  readonly keys: Ruled<number>;
  readonly ttlSeconds: Ruled<number | null>;
  readonly preload: Ruled<string>;
  readonly valueBytes: Ruled<number>;
}

const MOST_KEYS = 200_000_000;
const EVENNESS = 1.1;
/** Less than that of the stores is noise of a growing table or a day's tide. */
const NOTICED = 0.01;

export function fitWorkload(seen: Observed, options: FitOptions): Fit {
  const reads = Math.max(1e-6, seen.stringReads);
  const writes = seen.stringWrites;
  const lookups = (seen.hits ?? 0) + (seen.misses ?? 0);
  const hitRate: Ruled<number> =
    lookups > 0
      ? { value: (seen.hits ?? 0) / lookups, rule: "seen: CacheHits / (CacheHits + CacheMisses)" }
      : { value: Math.max(0, 1 - writes / reads), rule: "assumed: every write is a store after a miss" };
  const misses = reads * (1 - hitRate.value);
  const surplus = writes > 1.03 * misses ? writes - misses : 0;
  const absent = writes < 0.97 * misses ? Math.min(0.99, (misses - writes) / reads) : 0;
  const items = Math.max(1, seen.items ?? 1);
  const unknowns = new Unknowns(seen, options, { reads, surplus, absent, hitRate: hitRate.value, items });
  const { keys, ttlSeconds, preload, onWrite } = unknowns.solve();
  return {
    rate: reads + surplus,
    hitRate,
    writeShare: {
      value: surplus / (reads + surplus),
      rule: `seen: ${rate(writes)} writes against ${rate(misses)} misses: what no miss stores is ${onWrite === "update" ? "an update" : "a deletion"}`,
    },
    onWrite,
    absent: {
      value: absent,
      rule: `seen: ${rate(misses)} misses against ${rate(writes)} writes: what nobody stores, the origin does not have`,
    },
    keys,
    ttlSeconds,
    preload,
    valueBytes: valueSize(seen, options, items),
  };
}

interface Known {
  readonly reads: number;
  readonly surplus: number;
  readonly absent: number;
  readonly hitRate: number;
  readonly items: number;
}

type Solution = Pick<Fit, "keys" | "ttlSeconds" | "preload" | "onWrite">;

class Unknowns {
  constructor(
    private readonly seen: Observed,
    private readonly options: FitOptions,
    private readonly known: Known,
  ) {}

  solve(): Solution {
    const { reads, surplus, hitRate } = this.known;
    const stores = Math.max(1e-9, reads * (1 - hitRate) * (1 - this.known.absent) + surplus);
    const evicted = this.seen.evicted ?? 0;
    const expired = this.seen.expired ?? 0;
    if (evicted > NOTICED * stores) return this.evicting(evicted, expired, stores);
    const isVolatile = (this.seen.volatileItems ?? 0) > 0.05 * this.known.items || expired > NOTICED * stores;
    return isVolatile ? this.expiring(stores, expired) : this.standing();
  }

  private classes(keys: number, ttlSeconds: number): KeyClass[] {
    const { reads, surplus, absent } = this.known;
    const { model, args } = parsePopularity(this.options.popularity);
    const count = Math.max(1, Math.round(keys));
    return rankRuns(count, model.probability(count, args), EVENNESS).map(run => ({
      count: run.count * (1 - absent),
      readRate: run.share * reads,
      writeRate: run.share * surplus,
      fill: true,
      bytes: 1,
      ttls: [{ seconds: ttlSeconds, weight: 1 }],
    }));
  }

  private hitRateOf(state: Residence): number {
    return (state.hitRate ?? 0) * (1 - this.known.absent);
  }

  /** Keys at which the hit rate is what was seen. */
  private keysFor(state: (keys: number) => Residence | null): number {
    const { items, hitRate } = this.known;
    return logRoot(Math.max(1, items * 0.5), MOST_KEYS, 1e-3, keys => {
      const found = state(keys);
      return found === null ? 1 : this.hitRateOf(found) - hitRate;
    });
  }

  private expiring(stores: number, expired: number): Solution {
    const { items, hitRate, absent } = this.known;
    const cycle = EVICTION_DEFAULTS.expiry;
    const preload = { value: "steady", rule: "the scenario begins as a cache that has been running for long" };
    if (hitRate > (1 - absent) * 0.9995) {
      const left = this.seen.timeLeftSeconds;
      const [ttl, rule] =
        expired > 0
          ? [items / expired, "fitted: CurrItems / Reclaimed per second"]
          : left !== null
            ? [2 * left, "fitted: twice what is left in the mean (avg_ttl): keys are in the middle of their lives"]
            : [86_400, "assumed: keys have a TTL and none was seen to expire"];
      return {
        keys: {
          value: Math.round(items / Math.max(0.01, 1 - absent)),
          rule: "seen: CurrItems, since next to nothing misses",
        },
        ttlSeconds: { value: ttl, rule },
        preload,
        onWrite: "update",
      };
    }
    const keysOf = (ttl: number) => this.keysFor(keys => residence(this.classes(keys, ttl), unevicted, cycle));
    // Little's law names the neighbourhood.
    const little = items / stores;
    const ttl = logRoot(little / 30, little * 30, 1e-3, seconds => {
      const state = residence(this.classes(keysOf(seconds), seconds), unevicted, cycle);
      return state.aliveKeys + state.staleKeys - items;
    });
    return {
      keys: {
        value: Math.round(keysOf(ttl)),
        rule: `fitted: with ${this.options.popularity} and this TTL so many keys give ${formatPercent(hitRate)} of hits`,
      },
      ttlSeconds: {
        value: ttl,
        rule: `fitted: ${Math.round(items)} keys alive (CurrItems) at ${rate(stores)} stores: Little's law`,
      },
      preload,
      onWrite: "update",
    };
  }

  private evicting(evicted: number, expired: number, stores: number): Solution {
    const { items, hitRate } = this.known;
    const settings = { ...EVICTION_DEFAULTS, policy: this.options.policy };
    const at = (keys: number, ttl: number) => cacheResidence(this.classes(keys, ttl), settings, items);
    const keysOf = (ttl: number) => this.keysFor(keys => at(keys, ttl));
    const share = expired / (expired + evicted);
    const isVolatile = (this.seen.volatileItems ?? 0) > 0.05 * items || this.options.policy.startsWith("volatile");
    const turnover = items / stores;
    let ttl = Number.POSITIVE_INFINITY;
    let rule = "seen: next to no key has one (CurrVolatileItems)";
    if (share > NOTICED) {
      ttl = logRoot(turnover / 10, turnover * 100, 2e-2, seconds => {
        const state = at(keysOf(seconds), seconds);
        if (state === null) return -1;
        // A key that is written while it is there does not go.
        const gone = Math.max(1e-12, state.stores - this.known.surplus * this.hitRateOf(state));
        return share - Math.max(0, gone - state.evictions) / gone;
      });
      rule = `fitted: ${formatPercent(share)} of the keys that go expire, the others are evicted`;
    } else if (isVolatile) {
      ttl = 10 * turnover;
      rule = "assumed: ten times as long as keys stay before they are evicted; next to none was seen to expire";
    }
    const keys = Math.min(MOST_KEYS, Math.round(keysOf(ttl)));
    return {
      keys: {
        value: keys,
        rule: `fitted: ${this.options.popularity} under ${this.options.policy}: CurrItems is the capacity, ${formatPercent(hitRate)} hits`,
      },
      ttlSeconds: { value: Number.isFinite(ttl) ? ttl : null, rule },
      preload: {
        value: `${Math.min(100, Number(((100 * items) / keys).toPrecision(3)))}%`,
        rule: "the most popular keys fill the memory; eviction needs a while to find its own order",
      },
      onWrite: "update",
    };
  }

  private standing(): Solution {
    const { items, hitRate, reads, surplus, absent } = this.known;
    const ttlSeconds = { value: null, rule: "seen: no key has one (CurrVolatileItems), and none is evicted" };
    const preload = { value: "100%", rule: "nothing expires, nothing is evicted" };
    const balanced = reads / (reads + surplus);
    if (surplus > 0 && Math.abs(balanced - hitRate) < 0.05) {
      return {
        keys: {
          value: Math.round(items / balanced),
          rule: "fitted: CurrItems / hit rate: deleted keys are stored again when asked for",
        },
        ttlSeconds,
        preload: {
          value: `${Number((100 * balanced).toPrecision(3))}%`,
          rule: "fitted: hit rate; the others are deleted at any time",
        },
        onWrite: "invalidate",
      };
    }
    return {
      keys: {
        value: Math.round(items / Math.max(0.01, 1 - absent)),
        rule: "seen: CurrItems; nothing expires, nothing is evicted",
      },
      ttlSeconds,
      preload,
      onWrite: "update",
    };
  }
}

export const SIGMA = 0.8;

function valueSize(seen: Observed, options: FitOptions, items: number): Ruled<number> {
  const { layout, keyLength, backlogBytes } = options;
  const { usedBytes, shards, clusterMode, volatileItems } = seen;
  if (usedBytes === null) return { value: 1_024, rule: "assumed: BytesUsedForCache is missing" };
  const perShard = items / shards;
  const empty = fixedBytes(layout, clusterMode, seen.connections ?? 0, backlogBytes);
  const tables = tableBytes(layout, perShard, (volatileItems ?? 0) / shards, slotsOf(shards, clusterMode));
  const perKey = (usedBytes / shards - empty - tables) / perShard;
  const unit = sizePoints(parseDistribution(`lognormal(mean=1MiB, sigma=${SIGMA})`, parseBytes)).map(
    size => size / 1_048_576,
  );
  const hasTtl = (volatileItems ?? 0) > 0.5 * items;
  const bytesOf = (mean: number) =>
    stringKeyBytes(
      layout,
      keyLength,
      hasTtl,
      unit.map(size => size * mean),
    );
  const rule = `fitted: (BytesUsedForCache - ${Math.round(empty / 1_024)} KiB of an idle server and its buffers) / CurrItems is ${Math.round(perKey)} B a key`;
  if (perKey <= bytesOf(1))
    return { value: 1, rule: `${rule}: less than a key alone takes; values are taken as one byte` };
  return { value: logRoot(1, 64 * 1_048_576, 1e-3, mean => bytesOf(mean) - perKey), rule };
}

function rate(perSecond: number): string {
  return `${Number(perSecond.toPrecision(3))}/s`;
}
