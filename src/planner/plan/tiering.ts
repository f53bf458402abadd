// Data tiering in closed form (models/hardware/tiering.ts): keys stay in memory, the least recently used values go to the SSD.
//
//   hits from the SSD = hit rate(memory and SSD) - hit rate(values in memory)       both read off the world's curve
// Values in memory are those that an LRU of that size would keep. A read from the SSD takes 300 us and its pages.

import type { NodeType } from "../../catalog/nodes.ts";
import { PAGE, READ_NS, READS_PER_VCPU, WRITES_PER_VCPU } from "../../models/hardware/tiering.ts";
import { GIB } from "../../units.ts";
import { WHOLE, type WorldCurve } from "./curve.ts";
import type { Tightest } from "./dimension.ts";
import { type Held, placeOf } from "./engine-side.ts";
import { readAt } from "./place.ts";

export interface Tier {
  /** Of all primaries. */
  readonly ssdBytes: number;
  /** Share of all requests whose value is fetched from the SSD. */
  readonly slowHits: number;
  readonly slowNs: number;
  /** Keys alone, and the memory there is for them. */
  readonly keyBytes: number;
  readonly dramBytes: number;
  readonly pages: number;
}

/** Null for nodes without an SSD. */
export function tierOf(node: NodeType, shards: number, dram: number, table: Held, curve: WorldCurve): Tier | null {
  if (node.ssdGiB === null) return null;
  const ssdBytes = node.ssdGiB * GIB * shards;
  const held = Math.min(dram + ssdBytes, table.all);
  const at = placeOf(table, held);
  const keyBytes = at === WHOLE ? table.allKeys : readAt(table.columns.keyBytes, at);
  const values = held - keyBytes;
  const inMemory = Math.max(0, Math.min(values, dram - keyBytes));
  const slowHits =
    inMemory >= values
      ? 0
      : Math.max(0, curve.hitRate(at) - curve.hitRate(placeOf(table, (inMemory / Math.max(1, values)) * held)));
  const pages = Math.max(1, Math.ceil((table.all - table.allKeys) / Math.max(1, curve.keys(WHOLE)) / PAGE));
  const slowNs = READ_NS + (pages * 1e9) / (READS_PER_VCPU * node.vcpu);
  return { ssdBytes, slowHits, slowNs, keyBytes, dramBytes: dram, pages };
}

/** Assumed: beyond that, reads wait for each other longer than the 300 us allow. */
const SSD_USE = 0.7;
const POLICIES = ["volatile-lru", "allkeys-lru", "noeviction"];

/** `busiest`: look-ups and stores a second of the busiest node. */
export function addTiering(
  tightest: Tightest,
  tier: Tier,
  node: NodeType,
  busiest: { readonly reads: number; readonly stores: number },
  policy: string,
): void {
  const fetched = busiest.reads * tier.slowHits * tier.pages;
  // What is brought back pushes something else out, and so does every store.
  const written = fetched + (tier.slowHits > 0 ? busiest.stores : 0) * tier.pages;
  tightest.most("memory for keys, with values on SSD", tier.keyBytes, 0.95 * tier.dramBytes, "bytes");
  tightest.most("reads from SSD", fetched / (READS_PER_VCPU * node.vcpu), SSD_USE, "share");
  tightest.most("writes to SSD", written / (WRITES_PER_VCPU * node.vcpu), SSD_USE, "share");
  tightest.most("eviction policies of data tiering", POLICIES.includes(policy) ? 0 : 2, 1, "times");
}
