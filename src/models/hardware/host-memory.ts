// The memory of a node's host: what the engine's figure becomes outside, and what happens when it does not fit.
//
//   resident = (used_memory + fragments + dirty) * 1.03 + 6 MB + 34 kB per TLS connection
//   free     = host memory * 0.97 - resident - pages that a save has copied
// 1.03: fresh server without churn, 1.01-1.05 measured, process base 6 MB (anchors/engines-and-memory.md, 3.6). OpenSSL's
// buffers lie outside the allocator (models/physics.md, 5). `dirty` is what the allocator has freed and the kernel has not got
// back yet: it decays with a time constant of 6 s (RSS lagged the allocator by 5-8 s, section 6), unless it is used again.
//
// Host memory is the EC2 instance's: 8, 4 or 2 GiB per vCPU for the r, m and c families, fixed sizes for t. The system keeps 3 %
// of it. When nothing is left the excess goes to swap, and a command finds its key there with the probability that the swapped
// share has: it then waits for the page. Beyond the swap the kernel kills the engine. The size of ElastiCache's swap is not
// published: a quarter of the host's memory, assumed; half a millisecond to bring a page back from a network disk, assumed.
// Both are keys of the scenario (cluster.hardware.swap).
//
// Left out: page cache, huge pages, that the kernel swaps out cold pages first, the choice between engine and saving child.

import type { NodeType } from "../../catalog/nodes.ts";
import { GIB, NS_PER_SECOND } from "../../units.ts";

const RSS_FACTOR = 1.03;
const PROCESS_BYTES = 6_000_000;
const TLS_CONNECTION_BYTES = 34_000;
const SYSTEM_SHARE = 0.03;
const DECAY_NS = 6 * NS_PER_SECOND;

/** EC2 memory of the burstable sizes in GiB (EC2 instance types page; the same for t2, t3 and t4g). */
const BURSTABLE_GIB: Readonly<Record<string, number>> = { micro: 1, small: 2, medium: 4 };
const GIB_PER_VCPU: Readonly<Record<string, number>> = { r: 8, m: 4, c: 2 };

/** Memory of the machine behind a node type, in bytes. */
export function hostMemoryBytes(node: NodeType): number {
  const burstable = node.family.startsWith("t") ? BURSTABLE_GIB[node.size] : undefined;
  return (burstable ?? node.vcpu * (GIB_PER_VCPU[node.family[0]] ?? 8)) * GIB;
}

export interface SwapConfig {
  /** Swap of the host as a share of its memory. */
  readonly share: number;
  /** To bring one page back. */
  readonly pageInNs: number;
}

export interface MemoryState {
  readonly rssBytes: number;
  readonly freeBytes: number;
  readonly swapBytes: number;
  /** RSS / used_memory. */
  readonly fragmentationRatio: number;
  /** Memory and swap are both full. */
  readonly exhausted: boolean;
}

/** What the engine holds at an instant. */
export interface Held {
  readonly usedBytes: number;
  /** Held by the allocator beyond what is in use. */
  readonly fragmentBytes: number;
  /** Duplicated by a running save. */
  readonly copiedBytes: number;
  readonly tlsConnections: number;
}

export class HostMemory {
  readonly totalBytes: number;
  private readonly swapTotal: number;
  /** Freed by the allocator, not yet by the kernel. */
  private dirtyBytes = 0;
  private heldBefore = 0;
  private seenNs = 0;

  constructor(node: NodeType, swap: SwapConfig) {
    this.totalBytes = hostMemoryBytes(node);
    this.swapTotal = this.totalBytes * swap.share;
  }

  /** Looks at the allocator, every cron: pages that it has freed go back in their time. */
  update({ usedBytes, fragmentBytes }: Held, nowNs: number): void {
    const held = usedBytes + fragmentBytes;
    const decayed = this.dirtyBytes * Math.exp((this.seenNs - nowNs) / DECAY_NS);
    this.dirtyBytes = Math.max(0, decayed + this.heldBefore - held);
    this.heldBefore = held;
    this.seenNs = nowNs;
  }

  state({ usedBytes, fragmentBytes, copiedBytes, tlsConnections }: Held): MemoryState {
    const held = usedBytes + fragmentBytes + this.dirtyBytes;
    const rssBytes = held * RSS_FACTOR + PROCESS_BYTES + tlsConnections * TLS_CONNECTION_BYTES;
    const free = this.totalBytes * (1 - SYSTEM_SHARE) - rssBytes - copiedBytes;
    return {
      rssBytes,
      freeBytes: Math.max(0, free),
      swapBytes: Math.min(this.swapTotal, Math.max(0, -free)),
      fragmentationRatio: rssBytes / Math.max(1, usedBytes),
      exhausted: -free > this.swapTotal,
    };
  }

  /** The process is gone, and its pages with it. */
  reset(nowNs: number): void {
    this.dirtyBytes = 0;
    this.heldBefore = 0;
    this.seenNs = nowNs;
  }
}
