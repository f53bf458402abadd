// Roles and replication (METRICS).

import type { Node } from "../node.ts";
import { counted, type NodeMetric, standing, type Total } from "./metric.ts";

const replicated: Total = node => node.stream?.offset ?? 0;

const replicaReads: Total = node => node.replicaReads?.reads ?? 0;
const staleReads: Total = node => node.replicaReads?.stale ?? 0;
const waited: Total = node => node.waits?.waited ?? 0;
const tooFew: Total = node => node.waits?.tooFew ?? 0;

/** A metric of nodes from which somebody reads, or at which writes wait. */
function wanted(has: (node: Node) => boolean, name: string, meaning: string, total: Total): NodeMetric {
  const read: NodeMetric["read"] = ({ node, rise }) => (has(node) ? rise(total) : undefined);
  return { name, unit: "Count", meaning, totals: [total], read };
}

const isRead = (node: Node) => node.replicaReads !== null;
const isWaitedAt = (node: Node) => node.waits !== null;
const hasFile = (node: Node) => node.aof !== null;
const delayedFsyncs: Total = node => node.aof?.delayedFsyncs ?? 0;
const rewrites: Total = node => node.aof?.rewrites ?? 0;

export const REPLICATION_METRICS: readonly NodeMetric[] = [
  standing("IsMaster", "Count", "1 on a primary", ({ node }) => (node.engine.role === "primary" ? 1 : 0)),
  {
    name: "ReplicationBytes",
    unit: "Bytes",
    meaning: "bytes that the primary put into its stream",
    totals: [replicated],
    flow: true,
    read: ({ node, rise }) => (node.stream === null ? null : Math.max(0, rise(replicated))),
  },
  standing(
    "ReplicationLag",
    "Seconds",
    "age of the newest change that a replica has applied",
    ({ node, link, nowNs }) => (node.engine.role === "primary" || link === undefined ? null : link.lagNs(nowNs) / 1e9),
  ),
  standing("MasterLinkHealthStatus", "None", "1 while a replica is in step with its primary", ({ node }) =>
    node.engine.role === "primary" ? null : node.engine.linkUp ? 1 : 0,
  ),
  counted(
    "FullSyncs",
    "Count",
    "full syncs that the node gave (sync_full of INFO; not a CloudWatch metric)",
    node => node.engine.stats.fullSyncs,
  ),
  wanted(isRead, "ReplicaReads", "reads that a replica answered (not a CloudWatch metric)", replicaReads),
  wanted(
    isRead,
    "StaleReplicaReads",
    "those of them that lacked a write which the primary had finished before they were asked (not a CloudWatch metric)",
    staleReads,
  ),
  standing(
    "StaleReplicaReadAge",
    "Seconds",
    "longest time for which such an answer had been out of date (not a CloudWatch metric)",
    ({ node }) => (node.replicaReads === null ? undefined : node.replicaReads.oldestNs / 1e9),
  ),
  wanted(isWaitedAt, "WaitedWrites", "writes that waited for replicas by WAIT (not a CloudWatch metric)", waited),
  wanted(
    isWaitedAt,
    "WaitedInVain",
    "those of them that ended at the timeout with too few replicas (not a CloudWatch metric)",
    tooFew,
  ),
  wanted(hasFile, "AofDelayedFsyncs", "fsyncs that held the engine thread (not a CloudWatch metric)", delayedFsyncs),
  wanted(hasFile, "AofRewrites", "rewrites of the append-only file that ended (not a CloudWatch metric)", rewrites),
];
