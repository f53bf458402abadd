// Every slot has one owner: of the nodes that claim to lead a shard, exactly one has the shard's epoch, and that is the one
// that the cluster names. An older claim may live on only as long as its node has not heard of the new one (split brain).
// Acknowledged writes come from a claimant. When it is quiet no slot is on the move, and every key lies where its slot is
// served and nowhere else, unless a promotion has lost the deletion of a copy.

import { SLOT_COUNT } from "../../engine/slots.ts";
import type { Shard } from "../cluster.ts";
import type { ObserverSpec } from "./observer.ts";

export const slotsObserver: ObserverSpec = {
  name: "slots",
  law: "every slot has exactly one owner; an older claim lives on only where the newer one has not been heard of",
  begin(world, tell) {
    const { cluster } = world;
    const look = () => {
      for (const shard of cluster.members) {
        const claimants = cluster.nodes.filter(
          node =>
            node.shard === shard.index &&
            (node.state === "up" || node.state === "frozen") &&
            node.engine.role === "primary",
        );
        const owners = claimants.filter(node => node.epoch === shard.epoch);
        if (owners.length > 1) {
          tell(
            `shard ${shard.index + 1} has two owners of epoch ${shard.epoch}: ${owners.map(one => one.name).join(", ")}`,
          );
        }
        // A shard whose nodes were taken away by intent is about to go: nobody claims it any more.
        const retired = shard.primary.state === "removed";
        if (!shard.failed && !retired && owners[0] !== shard.primary) {
          tell(`shard ${shard.index + 1} is led by ${shard.primary.name}, which does not claim epoch ${shard.epoch}`);
        }
        for (const node of claimants) {
          if (node.epoch > shard.epoch) tell(`${node.name} claims epoch ${node.epoch}, its shard has ${shard.epoch}`);
          if (node.epoch === shard.epoch) continue;
          if (!cluster.isDeposed(node)) {
            tell(`${node.name} still leads shard ${shard.index + 1} beside ${shard.primary.name}, and nobody knows`);
          }
        }
      }
      for (let slot = 0; slot < SLOT_COUNT; slot += 127) {
        if (cluster.shards[cluster.shardOfSlot[slot]] === undefined) tell(`slot ${slot} has no owner`);
      }
    };
    /** Shards that have lost changes in a promotion. */
    const lossy = new Set<number>();
    const keysElsewhere = ({ index, primary }: Shard) => {
      const db = primary.engine.database(0);
      db.forEachEntry(entry => {
        const owner = cluster.shardOfSlot[db.slotOf(entry)];
        if (owner !== index && !lossy.has(index))
          tell(`${primary.name} has ${db.keyOf(entry)}, whose slot shard ${owner + 1} serves`);
      });
    };
    cluster.observers.push({
      promoted(shard, lost) {
        if (lost > 0) lossy.add(shard.index);
        look();
      },
      steppedDown: look,
    });
    return {
      look,
      quiet() {
        look();
        const past = cluster.nodes.filter(node => node.outlook !== null || cluster.isDeposed(node));
        if (past.length > 0) tell(`${past[0].name} has not heard of the latest roles`);
        for (const shard of cluster.members) {
          if (shard.failed || shard.primary.state !== "up") tell(`shard ${shard.index + 1} has no running primary`);
          if (shard.primary.clusterDown) tell(`${shard.primary.name} still refuses everything`);
          keysElsewhere(shard);
        }
        if (cluster.manoeuvre !== null) tell(`${cluster.manoeuvre.what} does not end`);
        for (const { slot, from, to } of cluster.slots.moving.values()) {
          tell(`slot ${slot} is still on its way from shard ${from + 1} to shard ${to + 1}`);
        }
      },
    };
  },
};
