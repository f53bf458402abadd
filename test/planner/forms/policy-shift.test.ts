// What a policy makes of LRU for planning, against the policy's own form solved at the same place.

import { describe, expect, it } from "vitest";
import { cacheResidence, EVICTION_DEFAULTS } from "../../../src/planner/forms/hit-rate.ts";
import { lruLife } from "../../../src/planner/forms/lru.ts";
import { evictionSettings, policyShift } from "../../../src/planner/forms/policy-shift.ts";
import { type KeyClass, rankRuns, ttlPoints } from "../../../src/planner/forms/rate-classes.ts";
import { residence, unevicted } from "../../../src/planner/forms/residence.ts";
import { constant } from "../../../src/sim/distributions/constant.ts";
import { zipf } from "../../../src/sim/distributions/zipf.ts";

function catalogue(keys: number, rate: number, ttlSeconds: number | null): KeyClass[] {
  return rankRuns(keys, zipf(keys, 0.9).probability, 1.3).map(({ count, share }) => ({
    count,
    readRate: share * rate,
    writeRate: 0,
    fill: true,
    bytes: 500,
    ttls: ttlPoints(ttlSeconds === null ? null : constant(ttlSeconds)),
  }));
}

/** Bytes and hit rate of exact LRU where keys leave after so many idle seconds, and the hit rate without evictions. */
function lruAt(classes: readonly KeyClass[], t: number) {
  const whole = residence(classes, unevicted, EVICTION_DEFAULTS.expiry);
  const state = residence(classes, lruLife(t, Number.POSITIVE_INFINITY), EVICTION_DEFAULTS.expiry);
  return { bytes: state.bytes, share: state.bytes / whole.bytes, lru: state.hitRate!, free: whole.hitRate! };
}

describe("the shift of a policy", () => {
  it.each([
    ["allkeys-lru", 0.5],
    ["allkeys-random", 0.5],
    ["allkeys-lfu", 1.5],
  ] as const)(
    "%s: carries over to a catalogue of twice the rate and half the keys within %d points",
    (policy, points) => {
      const settings = { ...EVICTION_DEFAULTS, policy };
      const shift = policyShift(catalogue(100_000, 5_000, 600), settings);
      const other = catalogue(50_000, 10_000, 600);
      for (const t of [0.3, 3, 20]) {
        const { bytes, share, lru, free } = lruAt(other, t);
        const exact = cacheResidence(other, settings, bytes)!;
        expect(100 * Math.abs(shift(share, lru, free) - exact.hitRate!)).toBeLessThan(points);
      }
    },
  );

  it("LFU is above LRU and random below it where keys are evicted", () => {
    const classes = catalogue(100_000, 5_000, null);
    const { share, lru, free } = lruAt(classes, 2);
    expect(policyShift(classes, { ...EVICTION_DEFAULTS, policy: "allkeys-lfu" })(share, lru, free)).toBeGreaterThan(
      lru + 0.01,
    );
    expect(policyShift(classes, { ...EVICTION_DEFAULTS, policy: "allkeys-random" })(share, lru, free)).toBeLessThan(
      lru - 0.01,
    );
  });

  it("leaves LRU's figures where a policy refuses writes instead of evicting", () => {
    const shift = policyShift(catalogue(100_000, 5_000, null), { ...EVICTION_DEFAULTS, policy: "noeviction" });
    expect(shift(0.2, 0.6, 1)).toBeCloseTo(0.6);
  });
});

describe("evictionSettings", () => {
  it("reads an engine's parameters, a decay of 0 being none", () => {
    const settings = evictionSettings({
      "maxmemory-policy": "allkeys-lfu",
      "lfu-decay-time": "0",
      "lfu-log-factor": "3",
    });
    expect(settings).toMatchObject({
      policy: "allkeys-lfu",
      lfuDecaySeconds: Number.POSITIVE_INFINITY,
      lfuLogFactor: 3,
      samples: 5,
    });
  });
});
