// The shape of a day: what was seen at each hour, as a mean and two waves.
//
//   rate(t) = mean * (1 + a1 cos(2 pi t/1d - p1) + a2 cos(4 pi t/1d - p2))       t = 0 is the busiest time of the curve
//
// by Fourier's sums over the 24 hourly means (least squares, since the hours are evenly spaced). What the curve does not
// follow, seasons of the week and bursts, becomes the range of `demand.rate`: the 5th and 99th percentile of seen over curve.

import { quantileOf } from "../../sim/statistics/quantile.ts";
import { type Course, meanOf } from "./observed.ts";

const DAY = 86_400;
const HOURS = 24;
/** Less than that tells nothing of a day. */
const LEAST_SECONDS = 0.9 * DAY;

export interface Shape {
  /** Mean, per second. */
  readonly mean: number;
  /** Of the curve; the mean where there is none. */
  readonly busiest: number;
  readonly waves: readonly { readonly cycles: number; readonly amplitude: number; readonly phase: number }[];
  /** Seen over curve. */
  readonly low: number;
  readonly high: number;
}

export function shapeOf({ times, values, periodSeconds }: Course): Shape {
  const mean = meanOf(values) ?? 0;
  const hourly = times.length * periodSeconds >= LEAST_SECONDS && mean > 0 ? hourlyMeans(times, values) : null;
  const waves = hourly === null ? [] : wavesOf(hourly, mean);
  const at = (seconds: number) => curve(mean, waves, seconds);
  let start = 0;
  for (let second = 0; second < DAY; second += 300) if (at(second) > at(start)) start = second;
  const ratios = times.map((time, i) => values[i] / Math.max(1e-9, at(time))).sort((a, b) => a - b);
  return {
    mean,
    busiest: at(start),
    waves: waves.map(({ cycles, amplitude, phase }) => ({
      cycles,
      amplitude,
      phase: turned(phase - (2 * Math.PI * cycles * start) / DAY),
    })),
    low: ratios.length === 0 ? 1 : Math.min(1, quantileOf(ratios, 0.05)),
    high: ratios.length === 0 ? 1 : Math.max(1, quantileOf(ratios, 0.99)),
  };
}

function hourlyMeans(times: readonly number[], values: readonly number[]): number[] | null {
  const sums = Array.from({ length: HOURS }, () => ({ sum: 0, count: 0 }));
  times.forEach((time, i) => {
    const hour = sums[Math.floor((((time % DAY) + DAY) % DAY) / 3_600)];
    hour.sum += values[i];
    hour.count++;
  });
  return sums.some(({ count }) => count === 0) ? null : sums.map(({ sum, count }) => sum / count);
}

function wavesOf(hourly: readonly number[], mean: number): Shape["waves"] {
  return [1, 2]
    .map(cycles => {
      let [cosine, sine] = [0, 0];
      hourly.forEach((value, hour) => {
        const angle = (2 * Math.PI * cycles * (hour + 0.5)) / HOURS;
        cosine += (value * Math.cos(angle) * 2) / HOURS;
        sine += (value * Math.sin(angle) * 2) / HOURS;
      });
      return { cycles, amplitude: Math.hypot(cosine, sine) / mean, phase: Math.atan2(sine, cosine) };
    })
    .filter(({ amplitude }) => amplitude >= 0.02);
}

function curve(mean: number, waves: Shape["waves"], seconds: number): number {
  let sum = 1;
  for (const { cycles, amplitude, phase } of waves) {
    sum += amplitude * Math.cos((2 * Math.PI * cycles * seconds) / DAY - phase);
  }
  return mean * Math.max(LEAST_SHARE, sum);
}

/** Two waves may dip below what was ever seen. */
const LEAST_SHARE = 0.02;

/** As a scenario writes it, scaled. */
export function rateText({ mean, waves }: Shape, factor: number): string {
  const rate = Number((mean * factor).toPrecision(5));
  if (waves.length === 0) return `${rate}/s`;
  const terms = waves.map(({ cycles, amplitude, phase }) => {
    const turn = cycles === 1 ? "2*pi*t/1d" : `${2 * cycles}*pi*t/1d`;
    return ` + ${Number(amplitude.toFixed(3))}*cos(${turn} ${phase < 0 ? "+" : "-"} ${Number(Math.abs(phase).toFixed(3))})`;
  });
  return `${rate}/s * max(${LEAST_SHARE}, 1${terms.join("")})`;
}

function turned(angle: number): number {
  const turn = 2 * Math.PI;
  return angle - turn * Math.round(angle / turn);
}
