// Whom a client is sent to: MOVED for good, ASK for one call while a slot is on the move, or an error.

import type { Bytes } from "../bytes.ts";
import { ASKING, type Command, PUBSUB, WRITE } from "../command.ts";
import type { ClusterView } from "../engine-options.ts";
import { ErrorReply } from "../reply.ts";
import type { Session } from "../session.ts";
import { keySlot } from "../slots.ts";
import type { Cluster } from "./cluster.ts";
import { endpointOf } from "./describe.ts";
import { countKeys, type KeyPresence } from "./key-presence.ts";
import type { ClusterNode } from "./node.ts";

const DOWN = new ErrorReply("CLUSTERDOWN The cluster is down");
const DOWN_FOR_WRITES = new ErrorReply("CLUSTERDOWN The cluster is down and only accepts read commands");
const NOT_SERVED = new ErrorReply("CLUSTERDOWN Hash slot not served");
const TRY_AGAIN = new ErrorReply("TRYAGAIN Multiple keys request during rehashing of slot");

/** Channels have a slot and no keys. */
const NO_KEYS: KeyPresence = { missing: 0, present: 0, several: false };

export class Redirection implements ClusterView {
  constructor(private readonly cluster: Cluster) {}

  refusal(slot: number, session: Session, command: Command, argv: readonly Bytes[] = []): ErrorReply | null {
    const { cluster } = this;
    const { myself, engine } = cluster;
    const owner = cluster.slots[slot];
    if (owner === null) return NOT_SERVED;
    const isExec = command.name === "exec" && session.transaction !== null;
    // What a script is allowed to do it is taken to do.
    const own = argv.length > 0 ? engine.scripting.flagsOf(command, argv) : command.flags;
    const flags = isExec ? own | session.transaction!.flags : own;
    const write = (flags & WRITE) !== 0;
    const onShardChannels = (flags & PUBSUB) !== 0;
    if (!cluster.isOk) {
      const { parameters } = engine;
      if (onShardChannels) {
        if (!parameters.flag("cluster-allow-pubsubshard-when-down")) return DOWN;
      } else if (!parameters.flag("cluster-allow-reads-when-down")) return DOWN;
      else if (write) return DOWN_FOR_WRITES;
    }
    const moves = myself.isPrimary || session.readonly;
    const target = moves && owner === myself.head ? cluster.migrating.get(slot) : undefined;
    const imports = moves && target === undefined && cluster.importing.has(slot);
    if (target !== undefined || imports) {
      if (command.name === "migrate" && myself.isPrimary) return null;
      const { missing, present, several } = onShardChannels ? NO_KEYS : countKeys(engine, session, command, argv);
      if (target !== undefined && missing > 0) {
        return present > 0 ? TRY_AGAIN : this.toNode("ASK", slot, target, session);
      }
      if (imports && (session.asking || (flags & ASKING) !== 0)) return several && missing > 0 ? TRY_AGAIN : null;
    }
    if (owner === myself) return null;
    if ((session.readonly || onShardChannels) && !write && myself.isReplica && myself.primary === owner) return null;
    return this.toNode("MOVED", slot, owner, session);
  }

  private toNode(how: "ASK" | "MOVED", slot: number, node: ClusterNode, session: Session): ErrorReply {
    return new ErrorReply(`${how} ${slot} ${endpointOf(this.cluster, node, session) ?? ""}:${node.port}`);
  }

  /** Ends the waits of clients whose keys are served elsewhere by now. */
  redirectBlocked(): void {
    const { cluster } = this;
    const { engine, myself } = cluster;
    for (const session of [...engine.sessions.values()]) {
      const { blocked } = session;
      if (blocked === null || blocked.kind !== "keys" || blocked.keys.length === 0) continue;
      const slot = keySlot(blocked.keys[0]);
      const owner = cluster.slots[slot];
      const reads = session.readonly && (blocked.command.flags & WRITE) === 0 && myself.primary === owner;
      let error: ErrorReply | null = null;
      if (!cluster.isOk) error = DOWN;
      else if (owner !== myself && !reads && !cluster.importing.has(slot)) {
        error = owner === null ? NOT_SERVED : this.toNode("MOVED", slot, owner, session);
      }
      if (error === null) continue;
      engine.counters.count(blocked.command, error);
      engine.blocking.unblock(session, error);
    }
  }
}
