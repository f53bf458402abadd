// Hit rates in closed form against the engine's own eviction and expiry under independent requests.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cacheResidence, EVICTION_DEFAULTS } from "../../../src/planner/forms/hit-rate.ts";
import { type KeyClass, rankRuns, ttlPoints } from "../../../src/planner/forms/rate-classes.ts";
import { constant } from "../../../src/sim/distributions/constant.ts";
import { uniform } from "../../../src/sim/distributions/uniform.ts";
import { zipf } from "../../../src/sim/distributions/zipf.ts";
import { simulateCache } from "./simulated-cache.ts";

const KEYS = 6_000;
const RATE = 100;

function catalogue(exponent: number, ttlSeconds: number | null, keys = KEYS, rate = RATE): KeyClass[] {
  return rankRuns(keys, zipf(keys, exponent).probability).map(({ count, share }) => ({
    count,
    readRate: share * rate,
    writeRate: 0,
    fill: true,
    bytes: 1,
    ttls: ttlPoints(ttlSeconds === null ? null : constant(ttlSeconds)),
  }));
}

const CELLS = [0.6, 0.9, 1.2].flatMap(exponent =>
  ["allkeys-lru", "allkeys-lfu", "allkeys-random"].flatMap(policy =>
    [null, 80].map(ttl => [policy, exponent, ttl] as const),
  ),
);

describe("hit rate in closed form is within half a point of the engine's", () => {
  it.each(CELLS)("%s, Zipf %d, TTL of %s s", (policy, exponent, ttl) => {
    const measured = simulateCache({
      policy,
      keys: KEYS,
      popularity: zipf(KEYS, exponent).rank,
      rate: RATE,
      ttlSeconds: ttl,
      room: KEYS / 5,
      requests: 80_000,
    });
    // A cache that its TTL keeps small has room to spare, and its size is part of the answer.
    const room = measured.evictions === 0 ? KEYS / 5 : measured.held;
    const state = cacheResidence(catalogue(exponent, ttl), { ...EVICTION_DEFAULTS, policy }, room)!;
    expect(100 * Math.abs(state.hitRate! - measured.hitRate)).toBeLessThan(0.5);
    expect(state.aliveKeys + state.staleKeys).toBeGreaterThan(0.93 * measured.held);
    expect(state.aliveKeys + state.staleKeys).toBeLessThan(1.07 * measured.held);
  });
});

describe("a volatile-ttl cache", () => {
  it("is first in, first out while all keys live equally long", () => {
    const measured = simulateCache({
      policy: "volatile-ttl",
      keys: KEYS,
      popularity: zipf(KEYS, 0.8).rank,
      rate: RATE,
      ttlSeconds: 300,
      room: KEYS / 5,
      requests: 80_000,
    });
    const state = cacheResidence(catalogue(0.8, 300), { ...EVICTION_DEFAULTS, policy: "volatile-ttl" }, measured.held)!;
    expect(100 * Math.abs(state.hitRate! - measured.hitRate)).toBeLessThan(0.5);
  });
});

describe("one sample per eviction", () => {
  it("makes LRU random", () => {
    const classes = catalogue(0.9, null);
    const random = cacheResidence(classes, { ...EVICTION_DEFAULTS, policy: "allkeys-random" }, 500)!;
    const lru = cacheResidence(classes, { ...EVICTION_DEFAULTS, samples: 1 }, 500)!;
    expect(Math.abs(lru.hitRate! - random.hitRate!)).toBeLessThan(0.01);
  });
});

describe("where nothing may be evicted", () => {
  it("noeviction runs out of memory", () => {
    expect(cacheResidence(catalogue(0.9, null), { ...EVICTION_DEFAULTS, policy: "noeviction" }, 500)).toBeNull();
  });

  it("a volatile policy without TTLs does too", () => {
    expect(cacheResidence(catalogue(0.9, null), { ...EVICTION_DEFAULTS, policy: "volatile-lru" }, 500)).toBeNull();
  });

  it("keys without a TTL stay under a volatile policy, and the others make room", () => {
    const [still, moving] = [catalogue(0.9, null, 1_000), catalogue(0.9, 600)];
    const state = cacheResidence([...still, ...moving], { ...EVICTION_DEFAULTS, policy: "volatile-lru" }, 1_500)!;
    expect(state.bytes).toBeCloseTo(1_500, -1);
    expect(state.aliveKeys + state.staleKeys - state.volatileKeys).toBeCloseTo(1_000, -1);
  });
});

describe("laws of the closed forms", () => {
  const anyCache = {
    exponent: fc.double({ min: 0, max: 1.6, noNaN: true }),
    ttl: fc.option(fc.double({ min: 1, max: 10_000, noNaN: true })),
    policy: fc.constantFrom("allkeys-lru", "allkeys-random", "volatile-ttl"),
    rate: fc.double({ min: 0.1, max: 1e5, noNaN: true }),
    share: fc.double({ min: 0.02, max: 0.95, noNaN: true }),
  };

  it("more memory never means fewer hits, and no cache holds more than it has", () => {
    fc.assert(
      fc.property(fc.record(anyCache), ({ exponent, ttl, policy, rate, share }) => {
        if (policy === "volatile-ttl" && ttl === null) return;
        const classes = catalogue(exponent, ttl, 1_000, rate);
        const settings = { ...EVICTION_DEFAULTS, policy };
        const small = cacheResidence(classes, settings, 1_000 * share)!;
        const large = cacheResidence(classes, settings, 1_050 * share)!;
        expect(small.bytes).toBeLessThanOrEqual(1_000 * share * 1.001);
        expect(large.hitRate).toBeGreaterThanOrEqual(small.hitRate! - 1e-6);
        expect(small.hitRate).toBeGreaterThanOrEqual(0);
        expect(large.hitRate).toBeLessThanOrEqual(1);
      }),
      { numRuns: 40 },
    );
  });

  it("a longer TTL never means fewer hits where memory suffices", () => {
    fc.assert(
      fc.property(
        anyCache.exponent,
        anyCache.rate,
        fc.double({ min: 1, max: 1e4, noNaN: true }),
        (exponent, rate, ttl) => {
          const hits = (seconds: number) =>
            cacheResidence(catalogue(exponent, seconds, 1_000, rate), EVICTION_DEFAULTS, 1e9)!.hitRate!;
          expect(hits(ttl * 1.5)).toBeGreaterThanOrEqual(hits(ttl) - 1e-9);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("what comes in goes out: stores = evictions + expiries, in the long run", () => {
    const state = cacheResidence(catalogue(0.9, 100), EVICTION_DEFAULTS, 500)!;
    const expired = state.stores - state.evictions;
    expect(expired).toBeGreaterThan(0);
    expect(state.stores).toBeCloseTo(state.reads - state.hits, 6);
  });

  it("a mixture of times to live lies between its parts", () => {
    const classes = (ttl: Parameters<typeof ttlPoints>[0]) =>
      catalogue(0.9, null).map(one => ({ ...one, ttls: ttlPoints(ttl) }));
    const hit = (ttl: Parameters<typeof ttlPoints>[0]) =>
      cacheResidence(classes(ttl), EVICTION_DEFAULTS, 1e9)!.hitRate!;
    expect(hit(uniform(10, 200))).toBeGreaterThan(hit(constant(10)));
    expect(hit(uniform(10, 200))).toBeLessThan(hit(constant(200)));
    // Without a limit only the mean life counts.
    expect(hit(uniform(10, 200))).toBeCloseTo(hit(constant(105)), 3);
  });
});
