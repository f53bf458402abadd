// Data tiering in closed form (models/hardware/tiering.ts): keys stay in memory, the least recently used values go to the SSD.
//
//   hits from the SSD = hit rate(memory and SSD) - hit rate(values in memory)       both read off the world's curve
// Values in memory are those that an LRU of that size would keep. A read from the SSD takes 300 us and its pages.

import type { NodeType } from "../../catalog/nodes.ts";
import { PAGE, READ_NS, READS_PER_VCPU, WRITES_PER_VCPU } from "../../models/hardware/tiering.ts";
import { GIB } from "../../units.ts";
import type { WorldCurve } from "./curve.ts";
import { type Dimension, most } from "./dimension.ts";
import type { Held } from "./engine-side.ts";
import { place, readAt } from "./place.ts";
import type { Work } from "./work.ts";

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
  const last = table.bytes.length - 1;
  const held = Math.min(dram + ssdBytes, table.bytes[last]);
  const at = place(table.bytes, held);
  const keyBytes = readAt(table.keyBytes, at);
  const hitRates = curve.rows.map(row => row.hitRate);
  const values = held - keyBytes;
  const inMemory = Math.max(0, Math.min(values, dram - keyBytes));
  const near = inMemory >= values ? held : (inMemory / Math.max(1, values)) * held;
  const slowHits = Math.max(0, readAt(hitRates, at) - readAt(hitRates, place(table.bytes, near)));
  const keys = curve.rows[last].keys.reduce((sum, count) => sum + count, 0);
  const pages = Math.max(1, Math.ceil((table.bytes[last] - table.keyBytes[last]) / Math.max(1, keys) / PAGE));
  const slowNs = READ_NS + (pages * 1e9) / (READS_PER_VCPU * node.vcpu);
  return { ssdBytes, slowHits, slowNs, keyBytes, dramBytes: dram, pages };
}

/** Assumed: beyond that, reads wait for each other longer than the 300 us allow. */
const SSD_USE = 0.7;
const POLICIES = ["volatile-lru", "allkeys-lru", "noeviction"];

export function tieringDimensions(tier: Tier, node: NodeType, work: Work, share: number, policy: string): Dimension[] {
  const fetched = work.reads * tier.slowHits * tier.pages * share;
  // What is brought back pushes something else out, and so does every store.
  const written = (work.reads * tier.slowHits + (tier.slowHits > 0 ? work.stores : 0)) * tier.pages * share;
  return [
    most("memory for keys, with values on SSD", tier.keyBytes, 0.95 * tier.dramBytes, "bytes"),
    most("reads from SSD", fetched / (READS_PER_VCPU * node.vcpu), SSD_USE, "share"),
    most("writes to SSD", written / (WRITES_PER_VCPU * node.vcpu), SSD_USE, "share"),
    most("eviction policies of data tiering", POLICIES.includes(policy) ? 0 : 2, 1, "times"),
  ];
}
