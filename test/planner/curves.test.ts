// Hit-rate curves: stack distances against a plain LRU, samples against the whole, miniatures against full simulation.

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { engineProfile } from "../../src/engine/profile.ts";
import { cannotDraw, drawRequests } from "../../src/planner/curves/drawn-log.ts";
import { miniSimulation } from "../../src/planner/curves/mini-simulation.ts";
import { hitRateCurve, hotKeysOf, LEAST_KEYS, sizesOf } from "../../src/planner/curves/mrc.ts";
import { RequestLog } from "../../src/planner/curves/requests.ts";
import { EXACT, rateForKeys, stackDistances } from "../../src/planner/curves/stack-distance.ts";
import { plainSource, readTrace } from "../../src/scenarios/trace-file.ts";
import { constant } from "../../src/sim/distributions/constant.ts";
import { zipf } from "../../src/sim/distributions/zipf.ts";
import { randomFrom } from "../../src/sim/random.ts";
import { TRACE_DELETE, TRACE_GET, TRACE_SET, TraceKeys, UNKNOWN_SIZE } from "../../src/workload/traces/trace.ts";
import { load } from "../scenarios/fixture.ts";

const PROFILE = engineProfile("valkey-8.0")!;

function drawn(keys: number, requests: number, exponent: number, ttl = 0, otherOps = false): RequestLog {
  const names = new TraceKeys();
  const log = new RequestLog(names, { valueBytes: constant(200), ttlSeconds: null });
  const random = randomFrom(`curves/${keys}/${exponent}`);
  const ranks = zipf(keys, exponent);
  for (let i = 0; i < requests; i++) {
    const draw = otherOps ? random.next() : 1;
    const op = draw < 0.1 ? TRACE_SET : draw < 0.13 ? TRACE_DELETE : TRACE_GET;
    log.push(i * 1e6, names.number(`k${ranks.rank(random)}`), op, UNKNOWN_SIZE, ttl);
  }
  return log;
}

/** LRU as one would write it down, by bytes, with TTLs as of a cache that never evicts. */
function plainLru(log: RequestLog, footprints: Float64Array, bytes: number): number {
  const held = new Map<number, true>();
  const endsMs = new Map<number, number>();
  const stored = new Set<number>();
  let used = 0;
  let hits = 0;
  let reads = 0;
  for (let i = 0; i < log.count; i++) {
    const key = log.keys[i];
    const read = log.ops[i] === TRACE_GET;
    if (read) reads++;
    const dead = stored.has(key) && log.times[i] > endsMs.get(key)!;
    if (log.ops[i] === TRACE_DELETE) {
      if (held.delete(key)) used -= footprints[key];
      stored.delete(key);
      continue;
    }
    if (read && held.has(key) && !dead) hits++;
    if (!stored.has(key) || dead || !read) {
      stored.add(key);
      endsMs.set(key, log.ttls[i] > 0 ? log.times[i] + log.ttls[i] * 1_000 : Number.POSITIVE_INFINITY);
    }
    if (held.delete(key)) used -= footprints[key];
    held.set(key, true);
    used += footprints[key];
    for (const victim of held.keys()) {
      if (used <= bytes) break;
      held.delete(victim);
      used -= footprints[victim];
    }
  }
  return hits / reads;
}

describe("stack distances", () => {
  it.each([
    [0, false],
    [8, false],
    [0, true],
    [8, true],
  ])("hit as a plain LRU does at every size (TTL %d s, stores and deletes %s)", (ttl, otherOps) => {
    const log = drawn(1_500, 20_000, 0.9, ttl, otherOps);
    const footprints = log.footprints(PROFILE.layout(8, false));
    const curve = stackDistances(log, footprints, EXACT);
    const all = footprints.reduce((sum, bytes) => sum + bytes, 0);
    for (const bytes of sizesOf(all, 6)) {
      expect(curve.hitRate(bytes)).toBeCloseTo(plainLru(log, footprints, bytes), 2);
    }
  });

  it("never fall with the size", () => {
    const log = drawn(2_000, 20_000, 0.7);
    const curve = stackDistances(log, log.footprints(PROFILE.layout(8, false)), { rate: 0.2, hotKeys: 50 });
    let last = 0;
    for (let bytes = 0; bytes < 1e6; bytes += 10_000) {
      expect(curve.hitRate(bytes)).toBeGreaterThanOrEqual(last);
      last = curve.hitRate(bytes);
    }
  });

  it("a sample of fixed size takes about so many keys", () => {
    const log = drawn(5_000, 40_000, 0.5);
    const rate = rateForKeys(log, 500);
    const { keysUsed } = stackDistances(log, log.footprints(PROFILE.layout(8, false)), { rate, hotKeys: 0 });
    // The strata of which too few were drawn are looked at whole.
    expect(keysUsed).toBeGreaterThanOrEqual(500);
    expect(keysUsed).toBeLessThan(700);
  });
});

describe("miniature simulations", () => {
  it.each(["allkeys-lru", "allkeys-lfu"])("of %s come within 0.01 of the full ones", policy => {
    const log = drawn(30_000, 200_000, 0.9);
    const footprints = log.footprints(PROFILE.layout(8, false));
    const all = footprints.reduce((sum, bytes) => sum + bytes, 0);
    for (const share of [0.2, 0.5]) {
      const at = (rate: number) =>
        miniSimulation(log, footprints, {
          profile: PROFILE,
          policy,
          bytes: share * all,
          rate,
          leastKeys: LEAST_KEYS,
        });
      const small = at(0.1);
      expect(small.rate).toBeLessThan(1);
      expect(Math.abs(small.hitRate - at(1).hitRate)).toBeLessThan(0.01);
    }
  });
});

const TRACES = resolve(process.env.CACHECAST_SHARED ?? "../shared", "traces");
const noTraces = !existsSync(join(TRACES, "cache2k-web12.csv.gz"));
if (noTraces) console.log(`curves of recorded traces are not compared: there is no ${TRACES}`);

/** The longest trace is cut to so many: enough for all of its keys that matter. */
const MOST_REQUESTS = 300_000;

describe.skipIf(noTraces)("recorded traces", () => {
  it.each(["cache2k-web12", "cloudphysics-io", "mooncake-conversation", "cache2k-orm-busy-1m"])(
    "%s: SHARDS at 1/10 with hot keys exact is within 0.005 of exact at ten sizes",
    async name => {
      const names = new TraceKeys();
      const log = new RequestLog(names, { valueBytes: constant(200), ttlSeconds: null });
      await readTrace(plainSource(join(TRACES, `${name}.csv.gz`)), names, log);
      log.count = Math.min(log.count, MOST_REQUESTS);
      const footprints = log.footprints(PROFILE.layout(8, false));
      const exact = stackDistances(log, footprints, EXACT);
      const sampled = stackDistances(log, footprints, { rate: 0.1, hotKeys: hotKeysOf(log.keyCount, 0.1) });
      const all = footprints.reduce((sum, bytes) => sum + bytes, 0);
      for (const bytes of sizesOf(all, 10)) {
        expect(Math.abs(exact.hitRate(bytes) - sampled.hitRate(bytes))).toBeLessThan(0.005);
      }
    },
  );
});

describe("the cheapest size", () => {
  it("weighs memory against misses: dear misses buy more of it", () => {
    const log = drawn(20_000, 60_000, 0.8);
    const best = (usdPerMillionMisses: number) => {
      const curve = hitRateCurve(log, {
        profile: PROFILE,
        parameters: {},
        points: 8,
        method: "exact",
        rate: 1,
        sampledKeys: null,
        policies: [],
        trafficFactor: 1,
        prices: { bytesPerShard: 500_000, monthlyUsdPerShard: 10, usdPerMillionMisses },
      });
      return curve.points[curve.best!];
    };
    expect(best(100).bytes).toBeGreaterThan(best(0.001).bytes);
    expect(best(0.001).shards).toBe(1);
    const { monthlyUsd, memoryUsd, missesUsd } = best(100);
    expect(monthlyUsd).toBeCloseTo(memoryUsd! + missesUsd!, 9);
  });
});

describe("requests drawn from a scenario", () => {
  const scenario = (more: string, pattern = "pattern: { cache-aside: { ttl: 1h } }") => `name: drawn
duration: 10s
cluster: { engine: valkey-8.0, node: cache.r7g.large }
clients: [{ name: web }]
origin: { latency: 4ms }
workload:
  - name: pages
    ${pattern}
    rate: 1000/s
    keys: { count: 500, popularity: zipf(0.9)${more} }
`;
  const configOf = async (text: string) => (await load(text)).built.world(0, 1).workloads[0];
  const drawnFrom = async (text: string) => drawRequests(await configOf(text), 20_000, 1, 10e9);
  const share = (log: RequestLog, op: number) =>
    log.ops.subarray(0, log.count).filter(one => one === op).length / 20_000;

  it("have the writes of the pattern, as what they do to a copy", async () => {
    const written = scenario("").replace("rate: 1000/s", "rate: 1000/s\n    writes: 20%");
    const aside = (write: string) => written.replace("ttl: 1h", `ttl: 1h, onWrite: ${write}`);
    const [update, invalidate, around] = [aside("update"), aside("invalidate"), aside("around")].map(drawnFrom);
    expect(share(await update, TRACE_SET)).toBeCloseTo(0.2, 1);
    expect(share(await invalidate, TRACE_DELETE)).toBeCloseTo(0.2, 1);
    expect((await around).count).toBeLessThan(17_000);
    expect(share(await around, TRACE_GET)).toBeCloseTo(0.8, 1);
  });

  it("drift, and ask for keys once, as in the simulation", async () => {
    expect((await drawnFrom(scenario(""))).keyCount).toBeLessThanOrEqual(500);
    const once = await drawnFrom(scenario(", once: 10%"));
    expect(once.keyCount).toBeGreaterThan(2_000);
    // 20,000 requests take 20 s, in which 2,000 new keys come in at the top.
    const drifting = await drawnFrom(scenario(", drift: 100/s"));
    expect(drifting.keyCount).toBeGreaterThan(1_500);
  });

  it("are refused where no curve can show what they do", async () => {
    const users = scenario("").replace("rate: 1000/s", "users: { count: 10 }");
    expect(cannotDraw(await configOf(users))).toContain("needs a rate");
    expect(cannotDraw(await configOf(scenario(", absent: 10%")))).toContain("never stored");
    const sliding = scenario("").replace("ttl: 1h", "ttl: 1h, slidingTtl: true");
    expect(cannotDraw(await configOf(sliding))).toContain("begins the time to live anew");
    const hashes = scenario("", 'commands: { "HGET {key} field": 100% }');
    expect(cannotDraw(await configOf(hashes))).toContain("HGET");
    expect(cannotDraw(await configOf(scenario("")))).toBeNull();
  });
});
