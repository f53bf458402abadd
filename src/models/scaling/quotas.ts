// What an account may have, as a change of the cluster meets it: the control plane counts the nodes that there would be, and refuses
// the whole change before anything of it is done (ElastiCache API: NodeGroupsPerReplicationGroupQuotaExceeded,
// NodeQuotaForClusterExceeded, NodeQuotaForCustomerExceeded). Self-managed servers have no quotas.
//
//   nodes    shards x (1 + replicas), as they would be after the change
//   Region   the cluster's nodes; those of the account's other clusters are not simulated: a lower quota stands for them
//
// Left out: nodes that stand beside the old ones while they replace them (scale-up, upgrades), capacity that a zone lacks.

import { limit } from "../../catalog/limits.ts";
import type { Cluster } from "../cluster.ts";
import type { QuotasConfig } from "../config/scaling.ts";

/** Replicas that a shard may have. */
export const MOST_REPLICAS = limit("replicas-per-shard").value;

/** Why the account would not get a cluster of these shards and nodes; null when it would. */
export function beyondQuotas(quotas: QuotasConfig | undefined, shards: number, nodes: number): string | null {
  if (quotas === undefined) return null;
  const mostShards = Math.min(limit("shards-per-cluster").value, quotas.nodesPerCluster);
  if (shards > mostShards) {
    return `NodeGroupsPerReplicationGroupQuotaExceeded: ${shards} shards, the quota is ${mostShards} of a cluster`;
  }
  if (nodes > quotas.nodesPerCluster) {
    return `NodeQuotaForClusterExceeded: ${nodes} nodes, the account's quota is ${quotas.nodesPerCluster} per cluster`;
  }
  if (nodes > quotas.nodesPerRegion) {
    return `NodeQuotaForCustomerExceeded: ${nodes} nodes, the account's quota is ${quotas.nodesPerRegion} per Region`;
  }
  return null;
}

/** The same for a cluster as it is, with other shards, or with so many replicas in each. */
export function refusalOf(cluster: Cluster, moreShards: number, replicas?: number): string | null {
  const { members, config } = cluster;
  const shards = members.length + moreShards;
  const sizes = members.map(shard => 1 + (replicas ?? shard.replicas.length));
  const nodes = sizes.reduce((sum, size) => sum + size, 0) + moreShards * Math.min(...sizes);
  return beyondQuotas(config.quotas, shards, nodes);
}
