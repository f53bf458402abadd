// How sure a hit rate is that comes from a sample of the keys: reads and hits by strata of keys that are asked for about equally
// often, and within each by groups of keys. What the groups of a stratum differ by is what another sample would have differed
// by. Keys that stand for themselves are in no group: they add no error of sampling.

import type { Outcome } from "./outcome.ts";
import { HIT, MISS } from "./outcome.ts";

/** Of each doubling of the rank. */
export const GROUPS = 16;
const STRATA = 31;

export class KeyGroups {
  /** Per period: reads of each group of each stratum, then hits. */
  readonly periods: Float64Array[] = [];
  private now = new Float64Array(2 * GROUPS * STRATA);

  ended(key: number, hot: number, outcome: Outcome): void {
    if (key < hot || (outcome !== HIT && outcome !== MISS)) return;
    const place = key - hot;
    const group = (31 - Math.clz32(place + 1)) * GROUPS + (place % GROUPS);
    this.now[group]++;
    if (outcome === HIT) this.now[GROUPS * STRATA + group]++;
  }

  closePeriod(): void {
    this.periods.push(this.now);
    this.now = new Float64Array(2 * GROUPS * STRATA);
  }
}
