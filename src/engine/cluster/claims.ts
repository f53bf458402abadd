// A primary claims slots: whose claim is younger is believed, and whoever loses all slots by it follows the winner.

import type { Cluster } from "./cluster.ts";
import { hasSlot } from "./message.ts";
import type { ClusterNode } from "./node.ts";

export function takeSlots(cluster: Cluster, sender: ClusterNode, epoch: number, claimed: Uint8Array): void {
  const { myself, engine } = cluster;
  if (sender === myself) return cluster.log("Discarding UPDATE message about myself.");
  const inMyShard = sender.shardId === myself.shardId;
  const head = myself.head;
  let winner: ClusterNode | null = null;
  let claims = 0;
  let lost = 0;
  let changed = false;
  const dirty: number[] = [];
  for (let slot = 0; slot < cluster.slots.length; slot++) {
    const owner = cluster.slots[slot];
    if (!hasSlot(claimed, slot)) {
      if (disclaim(cluster, slot, sender, epoch)) changed = true;
      continue;
    }
    claims++;
    if (owner === sender) {
      cluster.disowned.delete(slot);
      continue;
    }
    const isFree = owner === null || cluster.disowned.has(slot);
    if (!isFree && owner.configEpoch >= epoch) continue;
    if (!isFree && owner.shardId !== sender.shardId) {
      cluster.log(
        `Slot ${slot} is migrated from node ${owner.title} in shard ${owner.shardId} to node ${sender.title} in shard ${sender.shardId}.`,
      );
    }
    if (owner === myself && cluster.keysIn(slot) > 0) dirty.push(slot);
    if (owner === head) {
      winner = sender;
      lost++;
    }
    closeMoves(cluster, slot, sender, inMyShard);
    cluster.assign(slot, sender);
    cluster.disowned.delete(slot);
    changed = true;
  }
  if (changed) cluster.changed();
  const isOutdated = head.configEpoch < epoch && inMyShard;
  if (winner === null && myself.primary !== sender && claims === 0 && myself.slotCount === 0 && isOutdated) {
    winner = sender;
  }
  if (winner !== null && head.slotCount === 0) {
    if (engine.parameters.flag("cluster-allow-replica-migration") || inMyShard) {
      cluster.log(
        `Configuration change detected. Reconfiguring myself as a replica of node ${sender.title} in shard ${sender.shardId}`,
      );
      cluster.follow(sender, !inMyShard, !inMyShard);
    } else if (myself.isPrimary && claims >= lost) {
      cluster.log(
        `My last slot was migrated to node ${sender.title} in shard ${sender.shardId}. I am now an empty primary.`,
      );
    }
    return;
  }
  for (const slot of dirty) {
    cluster.log(`Deleting keys in dirty slot ${slot} on node ${myself.title} in shard ${myself.shardId}`);
    cluster.deleteKeysIn(slot);
  }
}

/** The slot has a new owner: moves that were under way may be over, or go on with another partner. */
function closeMoves(cluster: Cluster, slot: number, sender: ClusterNode, inMyShard: boolean): void {
  const target = cluster.migrating.get(slot);
  if (target !== undefined && !inMyShard) {
    cluster.log(`Slot ${slot} is no longer being migrated to node ${target.title} in shard ${target.shardId}.`);
    cluster.migrating.delete(slot);
  }
  const source = cluster.importing.get(slot);
  if (source === undefined || source === sender) return;
  if (sender.shardId === source.shardId) {
    cluster.log(
      `Failover occurred in migration source. Update importing source for slot ${slot} to node ${sender.title} in shard ${sender.shardId}.`,
    );
    cluster.importing.set(slot, sender);
  } else {
    cluster.log(`Slot ${slot} is no longer being imported from node ${source.title} in shard ${source.shardId}.`);
    cluster.importing.delete(slot);
  }
}

/** A slot that the sender does not claim; true when something has changed. */
function disclaim(cluster: Cluster, slot: number, sender: ClusterNode, epoch: number): boolean {
  const { myself } = cluster;
  if (cluster.slots[slot] === sender) cluster.disowned.add(slot);
  const target = cluster.migrating.get(slot);
  if (target !== undefined && target !== sender && target.shardId === sender.shardId) {
    if (target.configEpoch < epoch || target.isReplica) {
      cluster.log(
        `Failover occurred in migration target. Slot ${slot} is now being migrated to node ${sender.title} in shard ${sender.shardId}.`,
      );
      cluster.migrating.set(slot, sender);
      return true;
    }
  }
  if (!myself.isPrimary || cluster.importing.get(slot) !== sender) return false;
  cluster.log(
    `Slot ${slot} is no longer being imported from node ${sender.title} in shard ${sender.shardId}; Clear my importing source for the slot.`,
  );
  cluster.importing.delete(slot);
  // The move had come to its end there, and this side did not hear of it.
  if (cluster.slots[slot] !== myself) {
    cluster.assign(slot, myself);
    cluster.bumpEpoch();
  }
  return true;
}
