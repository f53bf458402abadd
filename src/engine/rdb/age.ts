// The age of a key that comes from a snapshot or from RESTORE.

import type { Engine } from "../engine.ts";
import { LRU_MAX, lfuInitial } from "../eviction/aging.ts";

/** The aging field for a key that has been idle for so many seconds, or has this access counter; -1: not said. */
export function loadedAge(engine: Engine, idleSeconds: number, frequency: number): number {
  if (engine.settings.policy.ranking === "lfu") {
    return frequency >= 0 ? (engine.lfuMinutes << 8) | frequency : lfuInitial(engine.lfuMinutes);
  }
  if (idleSeconds < 0) return engine.lruClock;
  // The clock goes round.
  const at = engine.lruClock - idleSeconds;
  const whole = LRU_MAX + 1;
  return at >= 0 ? at : (((at + LRU_MAX) % whole) + whole) % whole;
}
