// What the server remembers of a key's use, in 24 bits.
//   LRU   seconds of a clock that wraps after 194 days; refreshed by the cron, so accesses within 100 ms look alike
//   LFU   16 bits of minutes (when the counter was last brought up to date), 8 bits of a logarithmic counter
// The counter rises with probability 1 / ((counter - 5) * log-factor + 1) and loses one per decay-time minutes.

import type { Random } from "../../sim/random.ts";

export const LRU_MAX = 0xffffff;
const MINUTES_MAX = 0xffff;
/** New keys start with a head start, or they would be evicted before they can show themselves. */
export const LFU_INITIAL = 5;

export function lruClock(nowMs: number): number {
  return Math.floor(nowMs / 1_000) & LRU_MAX;
}

/** Idle time in ms by the LRU clock, which has a resolution of one second. */
export function idleMs(clock: number, lru: number): number {
  return (clock >= lru ? clock - lru : clock + (LRU_MAX - lru)) * 1_000;
}

export function lfuMinutes(nowMs: number): number {
  return Math.floor(nowMs / 60_000) & MINUTES_MAX;
}

export function lfuInitial(minutes: number): number {
  return (minutes << 8) | LFU_INITIAL;
}

/** The counter after decay, without storing it. */
export function lfuCounter(lru: number, minutes: number, decayTime: number): number {
  const last = lru >>> 8;
  const counter = lru & 255;
  if (decayTime === 0) return counter;
  const elapsed = minutes >= last ? minutes - last : MINUTES_MAX - last + minutes;
  const periods = Math.floor(elapsed / decayTime);
  return periods > counter ? 0 : counter - periods;
}

/** The field after one access: decayed, then perhaps incremented, stamped with the current minute. */
export function lfuTouched(lru: number, minutes: number, decayTime: number, logFactor: number, random: Random): number {
  let counter = lfuCounter(lru, minutes, decayTime);
  if (counter < 255) {
    const base = counter > LFU_INITIAL ? counter - LFU_INITIAL : 0;
    if (base === 0 || random.next() < 1 / (base * logFactor + 1)) counter++;
  }
  return (minutes << 8) | counter;
}
