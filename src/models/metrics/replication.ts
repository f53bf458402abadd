// Roles and replication (METRICS).

import { counted, type NodeMetric, standing, type Total } from "./metric.ts";

const replicated: Total = node => node.stream?.offset ?? 0;

export const REPLICATION_METRICS: readonly NodeMetric[] = [
  standing("IsMaster", "Count", "1 on a primary", ({ node }) => (node.engine.role === "primary" ? 1 : 0)),
  {
    name: "ReplicationBytes",
    unit: "Bytes",
    meaning: "bytes that the primary put into its stream",
    totals: [replicated],
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
];
