// I/O threads: how many a node has, and what of a request stays on the engine thread. Nodes with Enhanced I/O read and write
// connections on other threads; what they do depends on the node's flags (AWS, table of node types) and the engine's version:
//
//   mode          when                                                                 turn   command
//   none          no Enhanced I/O (t, large), or no threads                            100 %  100 %
//   enhanced      Enhanced I/O without multiplexing (m5, r5, r6gd xlarge), 7.x          47 %  100 %
//   multiplexing  Enhanced I/O multiplexing, Redis OSS 7.0, Valkey 7.2                  38 %  100 %
//   offload       Valkey 8 and later; Redis OSS 7.1 on 8 physical cores or more          3 %   95 %
//
//   enhanced      fits +83 % requests per second, which AWS gives for Enhanced I/O, 5.0.3 and later (aws-facts.md 8, row 1)
//   multiplexing  fits 360 K SET/s of Valkey 7.2 with 8 I/O threads (row 5); AWS says up to +72 % over 6.2 at 5,200
//                 clients (row 2), we come to +18 %: pipelined load on four vCPUs (row 7) speaks against more
//   offload       1.0 M SET/s of 512 B against 1.19 M measured (row 5) and > 1 M on r7g.4xlarge (row 4)
// A request handed between threads costs the engine thread 300 ns more. TLS moves to the I/O threads where AWS offloads it
// (Redis OSS 6.2 and later; every engine here is).
//
// Numbers of threads are not published. Assumed, following upstream's advice (fewer than cores, no gain beyond eight): 2, 5
// and 8 on nodes of 4, 8 and 16 or more vCPUs; 1 on the large nodes that AWS's table of 2026 gives Enhanced I/O, with Valkey 9
// only: earlier editions of the table did not. `cluster.ioThreads` overrides; self-managed servers have `io-threads` less one.

import type { NodeType } from "../../catalog/nodes.ts";
import type { EngineProfile } from "../../engine/profile.ts";

/** Whose engine it is, and which version. */
export type EngineVersion = Pick<EngineProfile, "product" | "version">;

const HANDOFF_NS = 300;

/** How much of a request stays on the engine thread. */
export interface Split {
  readonly mode: "none" | "enhanced" | "multiplexing" | "offload";
  readonly turn: number;
  readonly command: number;
  readonly handoffNs: number;
}

const NONE: Split = { mode: "none", turn: 1, command: 1, handoffNs: 0 };
const ENHANCED: Split = { mode: "enhanced", turn: 0.47, command: 1, handoffNs: HANDOFF_NS };
const MULTIPLEXING: Split = { mode: "multiplexing", turn: 0.38, command: 1, handoffNs: HANDOFF_NS };
const OFFLOAD: Split = { mode: "offload", turn: 0.03, command: 0.95, handoffNs: HANDOFF_NS };

function isValkeySince(profile: EngineVersion, version: number): boolean {
  return profile.product === "valkey" && Number.parseFloat(profile.version) >= version;
}

/** I/O threads beside the engine thread of a managed node. */
export function ioThreadCount(node: NodeType, profile: EngineVersion): number {
  if (!node.enhancedIo) return 0;
  if (node.vcpu < 4) return node.vcpu > 1 && isValkeySince(profile, 9) ? 1 : 0;
  return node.vcpu >= 16 ? 8 : node.vcpu >= 8 ? 5 : 2;
}

export function ioSplit(node: NodeType, profile: EngineVersion, threads: number): Split {
  if (threads === 0) return NONE;
  if (isValkeySince(profile, 8)) return OFFLOAD;
  // AWS: "at least 8 physical cores", which is 2xlarge on Graviton and 4xlarge where a core is two vCPU.
  const physicalCores = node.processor.includes("Graviton") ? node.vcpu : node.vcpu / 2;
  if (profile.product === "redis" && Number.parseFloat(profile.version) >= 7.1 && physicalCores >= 8) return OFFLOAD;
  return node.enhancedIo && !node.enhancedIoMultiplexing ? ENHANCED : MULTIPLEXING;
}
