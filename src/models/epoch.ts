// Simulated time starts at a fixed date for the engines: absolute expiries, LRU clocks and LFU minutes then look like
// those of a server that runs today, and a run does not depend on the day it is made.

/** 2026-01-01 00:00:00 UTC in ms. */
export const EPOCH_MS = 1_767_225_600_000;

const NS_PER_MS = 1_000_000;

/** The engine's clock at a simulated instant: whole ms. */
export function engineMs(nowNs: number): number {
  return EPOCH_MS + Math.floor(nowNs / NS_PER_MS);
}
