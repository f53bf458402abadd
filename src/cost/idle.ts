// What of a cluster's price buys nothing that is used at the moment: memory that is kept free, memory that is empty, and
// replicas that answer no reads. These are parts of the nodes' lines, not additions to them. They overlap on purpose: an
// empty replica is both empty and idle.

import { type CostLine, costLine } from "./bill.ts";

export interface IdleUsage {
  /** What the nodes cost a month, all of them. */
  readonly nodesMonthlyUsd: number;
  /** Bytes of all nodes together: data at its peak, the limit of the engines, and the node types' memory. */
  readonly usedBytes: number;
  readonly limitBytes: number;
  readonly memoryBytes: number;
  readonly nodes: number;
  /** Replicas from which no client reads. */
  readonly idleReplicas: number;
}

export function idleLines(usage: IdleUsage): CostLine[] {
  const { nodesMonthlyUsd, usedBytes, limitBytes, memoryBytes, nodes, idleReplicas } = usage;
  const shares: readonly (readonly [what: string, share: number])[] = [
    ["memory kept in reserve", (memoryBytes - limitBytes) / memoryBytes],
    ["memory unused at its peak", Math.max(0, limitBytes - usedBytes) / memoryBytes],
    ["replicas that answer no reads", idleReplicas / nodes],
  ];
  return shares
    .filter(([, share]) => share > 0)
    .map(([what, share]) => costLine(what, share, "share of the nodes", nodesMonthlyUsd));
}
