// Planted series of every kind, each with some noise: 60 periods of 1,000 arrivals.

import { describe, expect, test } from "vitest";
import { randomFrom } from "../../../src/sim/random.ts";
import { type Saturation, saturationVerdict } from "../../../src/sim/statistics/saturation.ts";

const PERIODS = 60;
const ARRIVALS = 60_000;

function planted(name: string, inProgress: (period: number) => number, peakUtilisation: number): Saturation {
  const random = randomFrom(name);
  const series = Array.from({ length: PERIODS }, (_, period) => inProgress(period) * (0.9 + 0.2 * random.next()));
  const completions = ARRIVALS - Math.max(0, Math.round(series[PERIODS - 1] - series[0]));
  return saturationVerdict({ inProgress: series, arrivals: ARRIVALS, completions, peakUtilisation });
}

describe("saturationVerdict", () => {
  const cases: [string, Saturation, (period: number) => number, number][] = [
    ["level", "stable", () => 40, 0.7],
    ["empty", "stable", () => 0, 0],
    ["level and high, with room at every station", "stable", () => 5_000, 0.9],
    ["a few more in progress at the end, next to nothing of the load", "stable", period => 1 + period / 20, 0.5],
    ["a burst in the middle that drains", "stable", period => (period > 20 && period < 35 ? 3_000 : 40), 0.95],
    ["falling: the start was worse", "stable", period => 3_000 - 45 * period, 0.9],
    ["waves", "stable", period => 400 + 300 * Math.sin(period / 3), 0.9],
    ["level, a station at its limit", "backlogged", () => 40, 0.99],
    ["grown late: a fault near the end", "backlogged", period => (period < 45 ? 40 : 2_000), 0.95],
    ["grown for a while, then level and high", "backlogged", period => Math.min(40 + 80 * period, 2_040), 0.95],
    ["growing by a tenth of the load from start to end", "overloaded", period => 40 + 100 * period, 1],
    ["growing by half of the load", "overloaded", period => 500 * period, 1],
    ["growing since long before the measured time", "overloaded", period => 4_000 + 200 * period, 1],
    ["growing ever faster", "overloaded", period => 40 + 3 * period ** 2, 1],
  ];
  test.each(cases)("%s is %s", (name, verdict, inProgress, peakUtilisation) => {
    expect(planted(name, inProgress, peakUtilisation)).toBe(verdict);
  });

  test("a burst in the very last period, on a level that hardly rises, is no overload", () => {
    const inProgress = Array.from({ length: PERIODS }, (_, period) => 5_000 + 3 * period);
    inProgress[PERIODS - 1] += 1_500;
    const completions = ARRIVALS - 1_677;
    expect(saturationVerdict({ inProgress, arrivals: ARRIVALS, completions, peakUtilisation: 0.9 })).toBe("stable");
  });

  test("a run too short for thirds is judged by its stations", () => {
    const short = { inProgress: [5, 900], arrivals: 1_000, completions: 100 };
    expect(saturationVerdict({ ...short, peakUtilisation: 0.5 })).toBe("stable");
    expect(saturationVerdict({ ...short, peakUtilisation: 0.98 })).toBe("backlogged");
  });

  test("nothing arrived, nothing is amiss", () => {
    const idle = { inProgress: new Array<number>(30).fill(0), arrivals: 0, completions: 0, peakUtilisation: 0 };
    expect(saturationVerdict(idle)).toBe("stable");
  });
});
