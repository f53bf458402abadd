// The memory of a node's host: what the engine's figure becomes outside, and what happens when it does not fit.
//
//   RSS = used_memory * 1.03 + 6 MB          fresh server without churn: 1.01-1.05 measured, process base 6 MB
//                                            (anchors/engines-and-memory.md, 3.6)
//   free = host memory - RSS - copy-on-write - 34 kB per TLS connection (models/physics.md, 5) - system
// Host memory is the EC2 instance's: 8, 4 or 2 GiB per vCPU for the r, m and c families, fixed sizes for t. The system
// keeps 3 % of it. When nothing is left the excess is in swap, and a command finds its key there with the probability
// that the swapped share has: it then waits for the page.
//
// Left out: fragmentation from churn, the OOM killer, page cache, huge pages.

import type { NodeType } from "../catalog/nodes.ts";
import { GIB } from "../units.ts";

const RSS_FACTOR = 1.03;
const PROCESS_BYTES = 6_000_000;
const TLS_CONNECTION_BYTES = 34_000;
const SYSTEM_SHARE = 0.03;
/** Bringing one page back from a network disk: half a millisecond, assumed. */
export const SWAP_IN_NS = 500_000;

/** EC2 memory of the burstable sizes in GiB (EC2 instance types page; the same for t2, t3 and t4g). */
const BURSTABLE_GIB: Readonly<Record<string, number>> = { micro: 1, small: 2, medium: 4 };
const GIB_PER_VCPU: Readonly<Record<string, number>> = { r: 8, m: 4, c: 2 };

/** Memory of the machine behind a node type, in bytes. */
export function hostMemoryBytes(node: NodeType): number {
  const burstable = node.family.startsWith("t") ? BURSTABLE_GIB[node.size] : undefined;
  return (burstable ?? node.vcpu * (GIB_PER_VCPU[node.family[0]] ?? 8)) * GIB;
}

export interface MemoryState {
  readonly rssBytes: number;
  readonly freeBytes: number;
  readonly swapBytes: number;
  readonly fragmentationRatio: number;
}

/** The host's memory for an engine's `used_memory`, a save's duplicated pages and so many TLS connections. */
export function memoryState(
  hostBytes: number,
  usedMemory: number,
  copyOnWriteBytes: number,
  tlsConnections: number,
): MemoryState {
  const rssBytes = usedMemory * RSS_FACTOR + PROCESS_BYTES + tlsConnections * TLS_CONNECTION_BYTES;
  const free = hostBytes * (1 - SYSTEM_SHARE) - rssBytes - copyOnWriteBytes;
  return {
    rssBytes,
    freeBytes: Math.max(0, free),
    swapBytes: Math.max(0, -free),
    fragmentationRatio: rssBytes / Math.max(1, usedMemory),
  };
}
