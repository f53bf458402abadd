// Keys that have expired and still take memory: how long the active expiry cycle lets them lie (models/physics.md, 7).
//
// hz times a second the cycle looks at batches of K keys in table order and goes on while more than `acceptable` in a
// hundred of a batch had expired. So a way once around N keys takes W = N / (hz K b), with b the batches per cycle: with
// a share f of dead keys just ahead of the cursor a batch ends the cycle with probability P(Bin(K, f) <= allowed), and
// b is one over that. f itself is what has died and not been found since the cursor last came by. Dead keys that somebody
// asks for go at once.
//
// Source: valkey's expire.c; 16-19 % below the measured mean share (physics.md 7). Left out: the time limit of a cycle,
// fast cycles.

import { logRoot } from "./root.ts";

const KEYS_PER_BATCH = 20;
const ACCEPTABLE_PERCENT = 10;

export interface ExpiryCycle {
  readonly hz: number;
  /** active-expire-effort, 1 to 10. */
  readonly effort: number;
}

/** Probability that the cycle is what finds a dead key, with so many requests for it to be expected in a way around. */
export function sweptShare(expected: number): number {
  // It waits for the cursor, which comes after a time uniform over the way around, or for a request.
  return expected < 1e-6 ? 1 : -Math.expm1(-expected) / expected;
}

/** Mean seconds for which a dead key lies that is asked for at `rate`. */
export function staleSeconds(rate: number, sweepSeconds: number, swept: number): number {
  return rate * sweepSeconds < 1e-6 ? sweepSeconds / 2 : (1 - swept) / rate;
}

/** Mean batches of one cycle when a share of the keys ahead is dead. */
export function batchesPerCycle(deadShare: number, effort: number): number {
  const keys = KEYS_PER_BATCH + (KEYS_PER_BATCH / 4) * (effort - 1);
  const acceptable = ACCEPTABLE_PERCENT - (effort - 1);
  const allowed = Math.ceil(((acceptable + 1) * keys) / 100) - 1;
  return 1 / Math.max(1e-6, binomialUpTo(keys, deadShare, allowed));
}

/** P(Bin(n, p) <= k). */
function binomialUpTo(n: number, p: number, k: number): number {
  if (p <= 0) return 1;
  if (p >= 1) return k >= n ? 1 : 0;
  let term = (1 - p) ** n;
  let sum = term;
  for (let i = 1; i <= k; i++) {
    term *= ((n - i + 1) / i) * (p / (1 - p));
    sum += term;
  }
  return Math.min(1, sum);
}

/** Relative; the formula itself is good to a sixth. */
const PRECISION = 2e-3;
const LONGEST = 1e9;

/**
 * Seconds for a way once around. `atSweep` answers, for a guess, how many keys the cycle walks and how many a second it
 * removes.
 */
export function sweepSeconds(
  cycle: ExpiryCycle,
  atSweep: (seconds: number) => { readonly volatileKeys: number; readonly sweeps: number },
): number {
  const keysPerBatch = KEYS_PER_BATCH + (KEYS_PER_BATCH / 4) * (cycle.effort - 1);
  /** By how much longer it takes than was guessed. */
  const later = (seconds: number): number => {
    const { volatileKeys, sweeps } = atSweep(seconds);
    if (volatileKeys === 0) return -seconds;
    const dead = Math.min(0.999, (sweeps * seconds) / volatileKeys);
    return volatileKeys / (cycle.hz * keysPerBatch * batchesPerCycle(dead, cycle.effort)) - seconds;
  };
  // One batch a cycle for the keys alive is about right where few are dead.
  const first = Math.max(1e-3, atSweep(0).volatileKeys / (cycle.hz * keysPerBatch));
  let [low, high] = [first, first];
  if (later(first) > 0) while (later((high *= 2)) > 0 && high < LONGEST) low = high;
  else while (later((low /= 2)) < 0 && low > 1e-6) high = low;
  return logRoot(low, high, PRECISION, later);
}
