// Memory that a save duplicates, without running one: distinct keys rewritten while it lasts, by the size classes of the
// data set (models/copy-on-write.ts, models/physics.md 1.2).
//
//   D(t) = sum over classes of keys of count * P(there) * (1 - exp(-w t)) + (evictions + expiries) * t
//
// and the peak over the save, since the child gives pages of large values back as it goes.

import { VirtualBytes } from "../../engine/bytes.ts";
import type { Layout } from "../../engine/memory/layout.ts";
import { stringCapacity, stringForm } from "../../engine/values/string.ts";
import { CHILD_OWN_BYTES, type ClassCount, dirtyBytes } from "../../models/copy-on-write.ts";
import { saveWorkNs } from "../../models/save.ts";

export interface SavedData {
  readonly keys: number;
  readonly dataBytes: number;
  readonly keyLength: number;
  readonly hasTtl: boolean;
  readonly sizes: Float64Array;
  /** Distinct keys that are rewritten, evicted or expire within so many seconds. */
  rewritten(seconds: number): number;
}

export interface CopyPeak {
  readonly seconds: number;
  readonly bytes: number;
}

const LOOKS = 10;

/** Length of a save at a node's speed and the most memory that it duplicates. */
export function copyPeak(layout: Layout, data: SavedData, speedFactor: number): CopyPeak {
  const seconds = (saveWorkNs(data.keys, data.dataBytes) * speedFactor) / 1e9;
  const counts = allocations(layout, data);
  let peak = 0;
  for (let look = 1; look <= LOOKS; look++) {
    const progress = look / LOOKS;
    const share = Math.min(1, data.rewritten(progress * seconds) / Math.max(1, data.keys));
    let bytes = CHILD_OWN_BYTES;
    for (const one of counts.values()) {
      bytes += dirtyBytes({ ...one, rewritten: one.writable * share }, progress);
    }
    peak = Math.max(peak, bytes);
  }
  return { seconds, bytes: peak };
}

function allocations(layout: Layout, { keys, keyLength, hasTtl, sizes }: SavedData): Map<number, ClassCount> {
  const counts = new Map<number, ClassCount>();
  for (const size of sizes) {
    const value = new VirtualBytes(Math.round(size), 0);
    const form = stringForm(value, false);
    layout.visitString(Math.round(keyLength), hasTtl, form, stringCapacity(value), (sizeClass, rewritten) => {
      let one = counts.get(sizeClass);
      if (one === undefined) {
        counts.set(sizeClass, (one = { size: sizeClass, writable: 0, still: 0, rewritten: 0 }));
      }
      if (rewritten) one.writable += keys / sizes.length;
      else one.still += keys / sizes.length;
    });
  }
  return counts;
}
