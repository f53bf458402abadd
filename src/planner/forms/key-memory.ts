// How many bytes keys take in `used_memory`, and how many are left for them on a node: the formulas of the engine's own
// accounting (engine/memory/layout.ts) averaged over value sizes.
//
//   used = idle server + connections + backlog + keys * mean over sizes of the key's allocations + bucket arrays
//
// Left out: growing tables, of which two exist for a while; buffers of slow replicas.

import { VirtualBytes } from "../../engine/bytes.ts";
import { powerOfTwoFor } from "../../engine/memory/allocator.ts";
import type { Layout } from "../../engine/memory/layout.ts";
import { SLOT_COUNT } from "../../engine/slots.ts";
import { stringCapacity, stringForm } from "../../engine/values/string.ts";
import { average } from "./sizes.ts";

/** Mean bytes of a key with a string value, without bucket arrays. */
export function stringKeyBytes(layout: Layout, keyLength: number, hasTtl: boolean, sizes: Float64Array): number {
  return average(sizes, size => {
    const value = new VirtualBytes(Math.round(size), 0);
    return layout.stringBytes(Math.round(keyLength), hasTtl, stringForm(value, false), stringCapacity(value));
  });
}

/** Bytes of the bucket arrays of a node that holds so many keys. `slots`: hash slots it owns; 0 outside cluster mode. */
export function tableBytes(layout: Layout, keys: number, volatileKeys: number, slots: number): number {
  if (layout.slotDictBytes !== null && slots > 0) return slots * poissonMean(layout.slotDictBytes, keys / slots);
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

export interface NodeMemory {
  readonly maxmemory: number;
  /** What is in use without a single key. */
  readonly fixedBytes: number;
}

/** Bytes of one client connection once it is older than five seconds (models/physics.md, 5). */
export const CONNECTION_BYTES = 2_270;

/** Memory of a node beside its keys. */
export function fixedBytes(layout: Layout, cluster: boolean, connections: number, backlogBytes: number): number {
  return layout.startupBytes(cluster) + connections * CONNECTION_BYTES + backlogBytes;
}

/** Slots of one shard out of so many. */
export function slotsOf(shards: number, clusterMode: boolean): number {
  return clusterMode ? SLOT_COUNT / shards : 0;
}
