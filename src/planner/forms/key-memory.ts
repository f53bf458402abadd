// How many bytes keys take in `used_memory`, and how many are left for them on a node: the formulas of the engine's own
// accounting (engine/memory/layout.ts) averaged over value sizes.
//
//   used = idle server + connections + backlog + keys * mean over sizes of the key's allocations + bucket arrays
//
// Left out: growing tables, of which two exist for a while; buffers of slow replicas.

import { VirtualBytes } from "../../engine/bytes.ts";
import type { Layout } from "../../engine/memory/layout.ts";
import { stringCapacity, stringForm } from "../../engine/values/string.ts";
import { average } from "./sizes.ts";

export { slotsOf, tableBytes } from "../../engine/memory/table-bytes.ts";

/** Mean bytes of a key with a string value, without bucket arrays. */
export function stringKeyBytes(layout: Layout, keyLength: number, hasTtl: boolean, sizes: Float64Array): number {
  return average(sizes, size => {
    const value = new VirtualBytes(Math.round(size), 0);
    return layout.stringBytes(Math.round(keyLength), hasTtl, stringForm(value, false), stringCapacity(value));
  });
}

/** Bytes of one client connection once it is older than five seconds (models/physics.md, 5). */
export const CONNECTION_BYTES = 2_270;

/** Memory of a node beside its keys. */
export function fixedBytes(layout: Layout, cluster: boolean, connections: number, backlogBytes: number): number {
  return layout.startupBytes(cluster) + connections * CONNECTION_BYTES + backlogBytes;
}
