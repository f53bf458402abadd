// Round numbers on axes. Time steps follow the clock (15 s, 30 s, 1 min, 5 min), not powers of ten.

import { saySeconds } from "../quantity.ts";

const STEPS = [
  1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200,
  14_400, 28_800, 43_200, 86_400, 172_800, 432_000, 864_000,
];

/** The same number without the dust of floating-point sums. */
function clean(value: number): number {
  return Number(value.toPrecision(12));
}

/** At most about `count` round instants within the range, counted from `origin`. */
export function timeTicks(from: number, to: number, origin: number, count: number): number[] {
  const span = to - from;
  if (!(span > 0)) return [from];
  const step = STEPS.find(one => span / one <= count) ?? span / count;
  const ticks: number[] = [];
  for (let n = Math.ceil((from - origin) / step - 1e-9); origin + n * step <= to + 1e-9 * span; n++) {
    ticks.push(clean(origin + n * step));
  }
  return ticks;
}

const CLOCK = [
  [86_400, "d"],
  [3_600, "h"],
  [60, "min"],
] as const;

/** Round lengths in the unit in which they are round: 56 h, not 2.33 d. */
function sayLength(seconds: number): string {
  const unit = CLOCK.find(([size]) => seconds >= 2 * size && (2 * seconds) % size === 0);
  return unit === undefined ? saySeconds(seconds) : `${seconds / unit[0]} ${unit[1]}`;
}

/** An instant on the axis; after an injection with its sign. */
export function timeLabel(seconds: number, relative: boolean): string {
  if (seconds === 0) return "0";
  const text = sayLength(Math.abs(clean(seconds)));
  return seconds < 0 ? `−${text}` : relative ? `+${text}` : text;
}

/** Round values within the range of a log axis: the wider it is, the fewer per power of ten. */
export function logTicks(from: number, to: number): number[] {
  if (!(from > 0 && to > from)) return [];
  const ticks: number[] = [];
  const decades = Math.log10(to / from);
  const digits =
    decades > 3.5 ? [1] : decades > 2 ? [1, 3] : decades > 0.8 ? [1, 2, 5] : [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8];
  for (let exponent = Math.floor(Math.log10(from)); exponent <= Math.ceil(Math.log10(to)); exponent++) {
    for (const digit of digits) {
      const tick = clean(digit * 10 ** exponent);
      if (tick >= from && tick <= to) ticks.push(tick);
    }
  }
  return ticks;
}

/** The next round number from the value on: the top of an axis. */
export function roundUp(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return clean(
    ([1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find(digit => digit * power >= value * (1 - 1e-9)) ?? 10) * power,
  );
}

/** Round values from `from` to `to`, at most about `count` steps apart. */
export function linearTicks(from: number, to: number, count: number): number[] {
  const span = to - from;
  if (!(span > 0)) return [from];
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find(digit => digit * power >= rough * (1 - 1e-9)) ?? 10) * power;
  const ticks: number[] = [];
  for (let n = Math.ceil(from / step - 1e-9); n * step <= to + 1e-9 * span; n++) ticks.push(clean(n * step));
  return ticks;
}
