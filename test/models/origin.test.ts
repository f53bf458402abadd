// The store behind the cache: its queue, its slow-down, what clients do when it does not answer, and how an overload
// outlives its cause.

import { describe, expect, it } from "vitest";
import type { OriginConfig } from "../../src/models/config.ts";
import { Origin, type OriginEnd, slowDown } from "../../src/models/origin.ts";
import { FAILED, MISS } from "../../src/models/outcome.ts";
import { constant } from "../../src/sim/distributions/constant.ts";
import { randomFrom } from "../../src/sim/random.ts";
import { Simulation } from "../../src/sim/simulation.ts";
import { hotKeys, runHot, sum } from "./caching/hot.ts";
import { columnOf, outcomes, runTo } from "./world.ts";

function alone(config: Partial<OriginConfig>) {
  const sim = new Simulation(1, 0);
  const origin = new Origin({ latencyNs: constant(10e6), concurrency: 4, ...config }, randomFrom("origin"), sim);
  const ends: { request: number; end: OriginEnd; atMs: number }[] = [];
  origin.listener = {
    begun: () => {},
    ended: (request, _generation, end) => ends.push({ request, end, atMs: sim.now / 1e6 }),
  };
  return { sim, origin, ends };
}

describe("an origin", () => {
  it("serves so many at a time, the others in the order in which they came", () => {
    const { sim, origin, ends } = alone({ concurrency: 2 });
    for (let request = 0; request < 5; request++) origin.submit(request, 0, 1);
    sim.run(1e9);
    expect(ends.map(({ request, atMs }) => [request, atMs])).toEqual([
      [0, 10],
      [1, 10],
      [2, 20],
      [3, 20],
      [4, 30],
    ]);
    expect(origin.utilisation(sim.now)).toBeCloseTo(0.05 / 2, 6);
  });

  it("refuses what finds its queue full, and drops what has waited for too long", () => {
    const { sim, origin, ends } = alone({ concurrency: 1, queueLimit: 2, queueTimeoutNs: 15e6 });
    for (let request = 0; request < 5; request++) origin.submit(request, 0, 1);
    sim.run(1e9);
    expect(ends).toEqual([
      { request: 3, end: 2, atMs: 0.5 },
      { request: 4, end: 2, atMs: 0.5 },
      { request: 0, end: 0, atMs: 10 },
      { request: 2, end: 2, atMs: 20 },
      { request: 1, end: 0, atMs: 20 },
    ]);
    expect([origin.refused, origin.dropped]).toEqual([2, 1]);
  });

  it.each([
    [0.02, 0, 20],
    [0.01, 0.0001, 99],
  ])("follows the Universal Scalability Law: contention %d, coherency %d", (contention, coherency, n) => {
    // With n always under way: throughput = n / (latency * (1 + contention (n-1) + coherency n (n-1))).
    const { sim, origin, ends } = alone({ concurrency: n, contention, coherency });
    const more = () => {
      while (origin.busy < n) origin.submit(0, 0, 1);
    };
    for (let ms = 0; ms < 4_000; ms++) {
      more();
      sim.run(ms * 1e6);
    }
    const theory = n / (0.01 * (1 + contention * (n - 1) + coherency * n * (n - 1)));
    expect(ends.length / 4 / theory).toBeGreaterThan(0.93);
    expect(ends.length / 4 / theory).toBeLessThan(1.07);
  });

  it("does most at n = sqrt((1 - contention) / coherency)", () => {
    const config: OriginConfig = { latencyNs: constant(1), concurrency: 1_000, contention: 0.01, coherency: 0.0001 };
    const throughput = (n: number) => n / slowDown(config, n);
    const best = Math.round(Math.sqrt(0.99 / 0.0001));
    expect(throughput(best)).toBeGreaterThan(throughput(best - 10));
    expect(throughput(best)).toBeGreaterThan(throughput(best + 10));
    expect(throughput(1_000)).toBeLessThan(throughput(best) / 2);
  });

  it("is slower, fails and serves fewer while it is disturbed, and no longer afterwards", () => {
    const { sim, origin, ends } = alone({ concurrency: 4 });
    const calm = origin.disturb({ slower: 5, errorRate: 1, concurrencyShare: 0.5 });
    for (let request = 0; request < 4; request++) origin.submit(request, 0, 1);
    sim.run(50e6);
    expect(ends.map(({ end, atMs }) => [end, atMs])).toEqual([
      [1, 50],
      [1, 50],
    ]);
    calm();
    sim.run(200e6);
    // Two had begun under the disturbance and keep their pace; what they answer is no longer disturbed.
    expect(ends.slice(2).map(({ end, atMs }) => [end, atMs])).toEqual([
      [0, 100],
      [0, 100],
    ]);
    origin.submit(9, 0, 1);
    sim.run(300e6);
    expect(ends.at(-1)!.atMs).toBe(210);
  });
});

const TRIES = { attempts: 3, backoffLowNs: 50e6, backoffHighNs: 50e6, jitter: "none" as const };
/** Every request is a miss of a key of its own. */
const COLD = { keys: 1_000_000, ttlSeconds: 1_000 };

describe("clients of the origin", () => {
  it("wait for as long as they are told, try as often as they are told, and leave the work behind", () => {
    const world = runHot({
      ...COLD,
      rate: 50,
      seconds: 10,
      originMs: 400,
      origin: { timeoutNs: 100e6, retry: TRIES },
    });
    const { originCalls, origin } = world;
    expect(outcomes(world)[MISS]).toBe(0);
    expect(outcomes(world)[FAILED]).toBeGreaterThan(450);
    expect(originCalls.retries / originCalls.calls).toBeCloseTo(2, 1);
    // Every attempt is answered in the end, after its client has gone.
    expect(originCalls.late / origin.requests).toBeGreaterThan(0.95);
    // 3 x 100 ms of waiting and 2 x 50 ms between them.
    const means = columnOf(world, "LatencyMean").slice(1);
    expect(sum(means) / means.length / 1_000).toBeCloseTo(400, 0);
  });

  it("with a budget of 10 % try again for one call in ten", () => {
    const world = runHot({
      ...COLD,
      rate: 200,
      seconds: 10,
      originMs: 5,
      origin: { errorRate: 1, retry: TRIES, retryBudget: 0.1 },
    });
    const { retries, calls, unaffordable } = world.originCalls;
    expect(retries / calls).toBeCloseTo(0.1, 1);
    expect(retries).toBeLessThanOrEqual(0.1 * calls + 10);
    expect(unaffordable).toBeGreaterThan(0.8 * calls);
  });
});

describe("an overload that outlives its cause", () => {
  /** 800 misses/s against 1,000/s of capacity, disturbed for two seconds. */
  function disturbed(origin: Partial<OriginConfig>) {
    const world = hotKeys({
      ...COLD,
      rate: 800,
      seconds: 40,
      originMs: 50,
      origin: { concurrency: 50, timeoutNs: 500e6, ...origin },
    });
    runTo(world, 10);
    const calm = world.origin.disturb({ slower: 5, errorRate: 0, concurrencyShare: 1 });
    runTo(world, 12);
    calm();
    runTo(world, 40);
    world.checkConservation();
    const completed = columnOf(world, "Completed");
    const mean = (from: number, to: number) => sum(completed.slice(from, to)) / (to - from);
    return { world, before: mean(5, 10), after: mean(30, 40) };
  }

  it("stays: with retries the load is above the capacity, and all work is done for those who have gone", () => {
    const { world, before, after } = disturbed({ retry: TRIES });
    expect(before).toBeGreaterThan(780);
    expect(after / before).toBeLessThan(0.1);
    // The origin is as busy as it can be.
    const late = columnOf(world, "OriginLateAnswers").slice(30);
    expect(sum(late) / late.length).toBeGreaterThan(900);
  });

  it("passes without retries, once the queue is worked off", () => {
    const { before, after } = disturbed({});
    expect(after / before).toBeGreaterThan(0.98);
  });

  it("passes with retries behind a short queue: what cannot be served in time is refused at once", () => {
    const { before, after } = disturbed({ retry: TRIES, queueLimit: 200 });
    expect(after / before).toBeGreaterThan(0.98);
  });
});
