// Bytes of the bucket arrays of a node that holds so many keys, without the keys.

import { SLOT_COUNT } from "../slots.ts";
import { powerOfTwoFor } from "./allocator.ts";
import type { Layout } from "./layout.ts";

/** `slots`: hash slots that the node owns; 0 outside cluster mode. */
export function tableBytes(layout: Layout, keys: number, volatileKeys: number, slots: number): number {
  const { slotDictBytes } = layout;
  if (slotDictBytes !== null && slots > 0) {
    return slots * (poissonMean(slotDictBytes, keys / slots) + poissonMean(slotDictBytes, volatileKeys / slots));
  }
  const table = (used: number) => (used < 1 ? 0 : layout.newTable().bytes(powerOfTwoFor(used), used));
  return table(keys) + table(volatileKeys);
}

/** Mean of `of` over a Poisson number: hash slots get keys at random. */
function poissonMean(of: (keys: number) => number, mean: number): number {
  if (mean > 400) return of(Math.round(mean));
  let term = Math.exp(-mean);
  let sum = 0;
  const end = Math.ceil(mean + 8 * Math.sqrt(mean) + 8);
  for (let k = 0; k <= end; k++) {
    sum += term * of(k);
    term *= mean / (k + 1);
  }
  return sum;
}

/** Slots of one shard out of so many. */
export function slotsOf(shards: number, clusterMode: boolean): number {
  return clusterMode ? SLOT_COUNT / shards : 0;
}
