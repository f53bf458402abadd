// Where measuring begins, and what a window takes of a run.

import { describe, expect, test } from "vitest";
import { HIT, MISS, OUTCOME_COUNT } from "../../src/models/outcome.ts";
import type { Period, Recorder } from "../../src/models/recorder.ts";
import { findWarmup } from "../../src/scenarios/warmup.ts";
import { hitRateOf, measure } from "../../src/scenarios/window.ts";
import { Histogram } from "../../src/sim/histogram.ts";
import { randomFrom } from "../../src/sim/random.ts";

const SECOND = 1e9;

/** A recorder of one-second periods, each with so many hits and misses (null: no look-ups) and a mean latency. */
function recorder(periods: readonly { hits: number; misses: number; latencyNs?: number }[]): Recorder {
  return {
    totals: new Float64Array(OUTCOME_COUNT),
    periods: periods.map(({ hits, misses, latencyNs = 1_000 }, i): Period => {
      const outcomes = new Float64Array(OUTCOME_COUNT);
      outcomes[HIT] = hits;
      outcomes[MISS] = misses;
      const latency = new Histogram();
      latency.record(latencyNs);
      return {
        startNs: i * SECOND,
        endNs: (i + 1) * SECOND,
        disturbed: false,
        arrived: hits + misses,
        inProgress: 0,
        rows: [{ outcomes, latency: latency.snapshot() }],
        weight: 1,
        repeats: false,
      };
    }),
  } as unknown as Recorder;
}

const random = randomFrom("warmup");
/** A cache that fills: misses fall off with a time constant, around a level of one in ten. */
const filling = (count: number, constant: number) =>
  Array.from({ length: count }, (_, i) => {
    const share = 0.1 + 0.9 * Math.exp(-i / constant) + 0.01 * (random.next() - 0.5);
    return { hits: Math.round(1_000 * (1 - share)), misses: Math.round(1_000 * share) };
  });
const NEVER = Number.POSITIVE_INFINITY;

describe("findWarmup", () => {
  test("what is given is taken as it is", () => {
    expect(findWarmup(recorder([]), 7 * SECOND, NEVER)).toEqual({ endNs: 7 * SECOND, method: "given", settled: true });
  });

  test("a series that fills is cut where it has filled", () => {
    const { endNs, method, settled } = findWarmup(recorder(filling(300, 8)), "auto", NEVER);
    expect([method, settled]).toEqual(["mser-5", true]);
    expect(endNs).toBeGreaterThanOrEqual(15 * SECOND);
    expect(endNs).toBeLessThanOrEqual(60 * SECOND);
  });

  test("one that is steady from the start loses next to nothing", () => {
    const steady = Array.from({ length: 200 }, () => ({ hits: 900 + Math.round(10 * random.next()), misses: 100 }));
    expect(findWarmup(recorder(steady), "auto", NEVER).endNs).toBeLessThanOrEqual(40 * SECOND);
    const flat = new Array(100).fill({ hits: 9, misses: 1 });
    expect(findWarmup(recorder(flat), "auto", NEVER)).toMatchObject({ endNs: 0, settled: true });
  });

  test("one that moves to the end has not settled", () => {
    expect(findWarmup(recorder(filling(100, 200)), "auto", NEVER).settled).toBe(false);
  });

  test("where nothing is looked up, latency tells", () => {
    const queue = Array.from({ length: 200 }, (_, i) => ({
      hits: 0,
      misses: 0,
      latencyNs: i < 30 ? 1_000_000 : 2_000,
    }));
    const { endNs, settled } = findWarmup(recorder(queue), "auto", NEVER);
    expect([endNs, settled]).toEqual([30 * SECOND, true]);
  });

  test("a drill is no warm-up: only the time before the first one is searched", () => {
    const calm = new Array(60).fill({ hits: 900, misses: 100 });
    const storm = new Array(60).fill({ hits: 100, misses: 900 });
    expect(findWarmup(recorder([...calm, ...storm]), "auto", 60 * SECOND).endNs).toBe(0);
    expect(findWarmup(recorder([...calm, ...storm]), "auto", NEVER).endNs).toBeGreaterThan(0);
  });

  test("fewer than twenty periods say nothing", () => {
    const none = { endNs: 0, method: "none", settled: false };
    expect(findWarmup(recorder(filling(19, 5)), "auto", NEVER)).toEqual(none);
    expect(findWarmup(recorder(filling(100, 5)), "auto", 10 * SECOND)).toEqual(none);
    expect(findWarmup(recorder([]), "auto", NEVER)).toEqual(none);
  });

  test("a period without requests keeps the level of the one before", () => {
    const gaps = Array.from({ length: 100 }, (_, i) =>
      i % 3 === 0 ? { hits: 0, misses: 0 } : { hits: 90, misses: 10 },
    );
    expect(findWarmup(recorder(gaps), "auto", NEVER).endNs).toBeLessThanOrEqual(5 * SECOND);
  });
});

describe("measure", () => {
  const three = recorder([
    { hits: 1, misses: 2, latencyNs: 10 },
    { hits: 10, misses: 20, latencyNs: 20 },
    { hits: 100, misses: 200, latencyNs: 30 },
  ]);

  test("adds up the periods of a window and no others", () => {
    const { seconds, arrived, outcomes, latency, rows } = measure(
      three,
      { name: "late", includes: period => period.startNs >= SECOND },
      null,
    );
    expect([seconds, arrived, outcomes[HIT], outcomes[MISS], latency.count, rows]).toEqual([
      2,
      330,
      110,
      220,
      2,
      [1, 2],
    ]);
    expect(latency.mean).toBe(25);
    expect(hitRateOf(outcomes)).toBeCloseTo(1 / 3);
  });

  test("an empty window has nothing", () => {
    const nothing = measure(three, { name: "none", includes: () => false }, null);
    expect([nothing.seconds, nothing.arrived, nothing.latency.count, hitRateOf(nothing.outcomes)]).toEqual([
      0,
      0,
      0,
      null,
    ]);
  });

  test("of one workload, that workload's", () => {
    const window = { name: "all", includes: () => true };
    expect(measure(three, window, 0).outcomes[HIT]).toBe(111);
    expect(measure(three, window, 1).outcomes[HIT]).toBe(0);
  });
});
