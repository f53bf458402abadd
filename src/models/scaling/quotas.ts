// What an account may have, as a change of the cluster meets it: the control plane counts the nodes that there would be, and refuses
// the whole change before anything of it is done (ElastiCache API: NodeGroupsPerReplicationGroupQuotaExceeded,
// NodeQuotaForClusterExceeded, NodeQuotaForCustomerExceeded). Self-managed servers have no quotas.
//
//   nodes    shards x (1 + replicas), as they would be after the change; Memcached: 60 at most, without the quota on shards
//   Region   the cluster's nodes; those of the account's other clusters are not simulated: a lower quota stands for them
//
// Left out: nodes that stand beside the old ones while they replace them (scale-up, upgrades), capacity that a zone lacks.

import { limit } from "../../catalog/limits.ts";
import type { Cluster } from "../cluster.ts";
import type { QuotasConfig } from "../config/scaling.ts";

/** Replicas that a shard may have. */
export const MOST_REPLICAS = limit("replicas-per-shard").value;
/** Nodes that a cluster of Memcached may have. */
const MOST_MEMCACHED_NODES = limit("memcached-nodes-per-cluster").value;

/** Why the account would not get a cluster of these shards and nodes; null when it would. */
export function beyondQuotas(quotas: QuotasConfig | undefined, shards: number, nodes: number): string | null {
  if (quotas === undefined) return null;
  const mostShards = Math.min(limit("shards-per-cluster").value, quotas.nodesPerCluster);
  if (shards > mostShards) {
    return `NodeGroupsPerReplicationGroupQuotaExceeded: ${shards} shards, the quota is ${mostShards} of a cluster`;
  }
  return beyondNodes(quotas, nodes);
}

function beyondNodes(quotas: QuotasConfig, nodes: number): string | null {
  if (nodes > quotas.nodesPerCluster) {
    return `NodeQuotaForClusterExceeded: ${nodes} nodes, the account's quota is ${quotas.nodesPerCluster} per cluster`;
  }
  if (nodes > quotas.nodesPerRegion) {
    return `NodeQuotaForCustomerExceeded: ${nodes} nodes, the account's quota is ${quotas.nodesPerRegion} per Region`;
  }
  return null;
}

/** The same of Memcached, whose clusters have nodes and no node groups. */
function beyondMemcached(quotas: QuotasConfig | undefined, nodes: number): string | null {
  if (quotas === undefined) return null;
  if (nodes > MOST_MEMCACHED_NODES) {
    return `NodeQuotaForClusterExceeded: ${nodes} nodes, a Memcached cluster has at most ${MOST_MEMCACHED_NODES}`;
  }
  return beyondNodes(quotas, nodes);
}

/** The same for a cluster as it is, with other shards, or with so many replicas in each. Nodes that are lost count: they are replaced. */
export function refusalOf({ members, config }: Cluster, moreShards: number, replicas?: number): string | null {
  const shards = members.length + moreShards;
  const nodes = shards * (1 + (replicas ?? config.replicasPerShard));
  return config.memcached === undefined
    ? beyondQuotas(config.quotas, shards, nodes)
    : beyondMemcached(config.quotas, nodes);
}
