// What a node answers for a slot: it serves, or says where the slot is served.
//
//   MOVED      another shard owns the slot, or this node only follows: for good
//   ASK        the slot is moving away and the call's keys are not here any more: for this call
//   TRYAGAIN   the slot is moving and the call's keys are on both sides
//   CLUSTERDOWN  a shard is marked as failed and full coverage is required, or it sees a minority of the primaries
//
// The rules are those of the server (engine/cluster/redirect.ts), asked of the cluster's own table, or of what this node
// has last heard when it is cut off (hearsay.ts).

import type { Bytes } from "../engine/bytes.ts";
import { countKeys } from "../engine/cluster/key-presence.ts";
import { type Command, WRITE } from "../engine/command.ts";
import type { ClusterView } from "../engine/engine-options.ts";
import { ErrorReply } from "../engine/reply.ts";
import type { Session } from "../engine/session.ts";
import type { Cluster } from "./cluster.ts";
import type { SlotMove } from "./cluster-slots.ts";
import type { Outlook } from "./hearsay.ts";
import type { Node } from "./node.ts";

const CLUSTER_DOWN = new ErrorReply("CLUSTERDOWN The cluster is down");
const TRY_AGAIN = new ErrorReply("TRYAGAIN Multiple keys request during rehashing of slot");

/** The text by which MOVED and ASK name a node. */
export function addressOf(node: Node): string {
  return `${node.name}:6379`;
}

export function viewOf(cluster: Cluster, node: Node): ClusterView {
  const { shards, slots } = cluster;
  return {
    refusal(slot: number, session: Session, command: Command, argv: readonly Bytes[] = []): ErrorReply | null {
      if (node.clusterDown) return CLUSTER_DOWN;
      if (node.outlook !== null && !isEndOfMove(node, cluster, slot)) {
        return byOutlook(node, node.outlook, slot, session, command);
      }
      const shard = shards[slots.owner[slot]];
      if (slots.moving.size > 0) {
        const move = slots.moving.get(slot);
        if (move !== undefined) return whileMoving(cluster, node, move, session, command, argv);
      }
      if (shard.primary === node) return null;
      if (shard.index === node.shard && session.readonly && (command.flags & WRITE) === 0) return null;
      return new ErrorReply(`MOVED ${slot} ${addressOf(shard.primary)}`);
    },
  };
}

/** Source and target of a slot are told so themselves (CLUSTER SETSLOT), whatever else they have missed. */
function isEndOfMove(node: Node, { shards, slots }: Cluster, slot: number): boolean {
  const move = slots.moving.get(slot);
  return move !== undefined && (shards[move.from].primary === node || shards[move.to].primary === node);
}

/** A node that has missed a change of roles answers by what it knows. */
function byOutlook(
  node: Node,
  { slots, primaries }: Outlook,
  slot: number,
  session: Session,
  command: Command,
): ErrorReply | null {
  const primary = primaries[slots[slot]];
  if (primary === node) return null;
  if (primary.shard === node.shard && session.readonly && (command.flags & WRITE) === 0) return null;
  return new ErrorReply(`MOVED ${slot} ${addressOf(primary)}`);
}

function whileMoving(
  { shards }: Cluster,
  node: Node,
  { slot, from, to }: SlotMove,
  session: Session,
  command: Command,
  argv: readonly Bytes[],
): ErrorReply | null {
  const source = shards[from].primary;
  const target = shards[to].primary;
  const follows = node.shard === from && session.readonly && (command.flags & WRITE) === 0;
  if (node === source || follows) {
    const { missing, present } = countKeys(node.engine, session, command, argv);
    if (missing === 0) return null;
    return present > 0 ? TRY_AGAIN : new ErrorReply(`ASK ${slot} ${addressOf(target)}`);
  }
  if (node === target && session.asking) {
    const { missing, several } = countKeys(node.engine, session, command, argv);
    return several && missing > 0 ? TRY_AGAIN : null;
  }
  return new ErrorReply(`MOVED ${slot} ${addressOf(source)}`);
}
