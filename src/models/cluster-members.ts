// Nodes and shards that come and go by intent, while the cluster serves: what scaling is made of. Who dies is cluster.ts's.

import { assert } from "../assert.ts";
import type { Cluster, Shard } from "./cluster.ts";
import { zoneFor } from "./cluster-placement.ts";
import type { ClusterConfig } from "./config.ts";
import type { Node } from "./node.ts";

/** Nodes of a shard that are in service, the primary first. */
export function nodesOf(shard: Shard): Node[] {
  return shard.removed ? [] : [shard.primary, ...shard.replicas];
}

/** A shard without slots, with as many replicas as told. Its nodes run. */
export function addShard(cluster: Cluster, replicas: number, cause: number | null): Shard {
  const { config, zoneCount } = cluster;
  const index = cluster.shards.length;
  const primary = cluster.addNode(index, 0, zoneFor(config, zoneCount, index, 0));
  const shard: Shard = {
    index,
    primary,
    replicas: [],
    stream: cluster.newStream(primary, ++cluster.epoch),
    epoch: cluster.epoch,
    failed: false,
    keysAtRisk: 0,
    removed: false,
  };
  primary.epoch = shard.epoch;
  cluster.shards.push(shard);
  cluster.capacity.add(primary.type.type);
  for (let member = 1; member <= replicas; member++) {
    const replica = cluster.addNode(index, member, zoneFor(config, zoneCount, index, member));
    replica.engine.role = "replica";
    // There is nothing to copy yet.
    shard.replicas.push(replica);
    cluster.following.attach(replica, shard.stream, shard.stream.end, 0);
    cluster.capacity.add(replica.type.type);
  }
  cluster.version++;
  cluster.log.add(primary.name, `shard ${index + 1} stands, without slots`, cause);
  for (const observer of cluster.observers) observer.shardAdded?.(shard);
  return shard;
}

/** An empty node joins a shard as a replica, by a full sync. */
export function addReplica(
  cluster: Cluster,
  shard: Shard,
  cause: number | null,
  config: ClusterConfig = cluster.config,
  zone = zoneForNew(cluster, shard),
): Node {
  const member = cluster.nodes.filter(node => node.shard === shard.index).length;
  const node = cluster.addNode(shard.index, member, zone, config);
  cluster.capacity.add(node.type.type);
  cluster.join(shard, node, cause);
  return node;
}

/** With Multi-AZ the zone that has fewest of the shard's nodes, else the primary's. */
function zoneForNew(cluster: Cluster, shard: Shard): number {
  const { config, zoneCount } = cluster;
  const members = nodesOf(shard);
  const named = config.placement?.shards[shard.index]?.[members.length];
  if (named !== undefined) return named;
  if (!config.multiAz) return shard.primary.zone;
  const allowed = config.placement?.preferred ?? Array.from({ length: zoneCount }, (_, zone) => zone);
  const load = (zone: number) => members.filter(node => node.zone === zone).length;
  return allowed.reduce((best, zone) => (load(zone) < load(best) ? zone : best));
}

/** Takes a replica out of service: its link is cut, its connections close, its memory is gone. */
export function removeReplica(cluster: Cluster, shard: Shard, node: Node, cause: number | null): void {
  assert(shard.replicas.includes(node), `${node.name} is no replica of shard ${shard.index}`);
  cluster.linkOf(node)?.cut();
  shard.replicas = shard.replicas.filter(replica => replica !== node);
  leave(cluster, node, cause);
  cluster.following.recount();
}

/** Takes a whole shard out of service. It must not own a slot any more. */
export function removeShard(cluster: Cluster, shard: Shard, cause: number | null): void {
  assert(!cluster.slots.owner.includes(shard.index), `shard ${shard.index} still owns slots`);
  for (const replica of [...shard.replicas]) removeReplica(cluster, shard, replica, cause);
  shard.removed = true;
  shard.failed = false;
  leave(cluster, shard.primary, cause);
}

/** Shards whose nodes are all gone at once, slots and all: a cluster that is lost. They own their slots until others do. */
export function retire(cluster: Cluster, shards: readonly Shard[], cause: number | null): void {
  for (const shard of shards) {
    for (const replica of [...shard.replicas]) removeReplica(cluster, shard, replica, cause);
    leave(cluster, shard.primary, cause);
  }
}

function leave(cluster: Cluster, node: Node, cause: number | null): void {
  cluster.log.add(node.name, "leaves the cluster", cause);
  node.crash("removed");
  cluster.capacity.remove(node.type.type);
  cluster.version++;
  for (const observer of cluster.observers) observer.nodeRemoved?.(node);
}
