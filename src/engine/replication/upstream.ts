// The side of a replica: the primary that it follows, and how the link to it stands.

import { ErrorReply } from "../reply.ts";
import type { Replication } from "./replication.ts";

export interface PrimaryAddress {
  readonly host: string;
  readonly port: number;
}

/** As ROLE calls them. */
export type LinkState = "none" | "connect" | "connecting" | "handshake" | "sync" | "connected";

const UNBLOCKED = new ErrorReply(
  "UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)",
);

export class Upstream {
  primary: PrimaryAddress | null = null;
  private linkState: LinkState = "none";
  /** The data are a known point of `replication.id`: the primary may go on from it. */
  resumable = false;
  /** The database that the primary's stream has selected. */
  database = 0;
  /** Bytes received; what was applied is `replication.offset`. */
  readOffset = 0;
  lastIoMs = 0;
  downSinceMs: number | null = null;
  /** A snapshot on its way: how large, how much has come; size 0 when nobody said. */
  transfer = { bytes: 0, size: 0 };

  constructor(private readonly replication: Replication) {}

  get state(): LinkState {
    return this.linkState;
  }

  set state(state: LinkState) {
    this.linkState = state;
    this.replication.engine.linkUp = state === "connected" || this.primary === null;
  }

  get isConnected(): boolean {
    return this.linkState === "connected";
  }

  /** Follows this primary from now on. `fresh`: its data have nothing to do with ours. */
  follow(primary: PrimaryAddress, fresh = false): void {
    const { replication } = this;
    const { engine } = replication;
    const wasPrimary = this.primary === null;
    replication.host?.unfollow();
    disconnectBlocked(replication);
    this.primary = primary;
    engine.role = "replica";
    if (fresh) this.resumable = false;
    else if (wasPrimary) {
      replication.log(
        "Before turning into a replica, using my own primary parameters to synthesize a cached primary: I may be able to synchronize with the new primary with just a partial transfer.",
      );
      if (!this.resumable) this.database = 0;
      this.resumable = true;
    }
    if (wasPrimary) this.downSinceMs = null;
    else if (this.isConnected) this.downSinceMs = engine.nowMs;
    this.state = "connect";
    this.remember(`${primary.host} ${primary.port}`);
    replication.log(`Connecting to PRIMARY ${primary.host}:${primary.port}`);
    replication.host?.follow();
  }

  /** Becomes a primary with a history that continues the old one. */
  promote(): void {
    const { replication } = this;
    const { engine } = replication;
    if (this.primary === null) return;
    replication.host?.unfollow();
    this.primary = null;
    engine.role = "primary";
    replication.localKeys.clear();
    this.state = "none";
    this.resumable = false;
    this.downSinceMs = null;
    this.remember("");
    const before = replication.id;
    replication.branch();
    replication.log(
      `Setting secondary replication ID to ${before}, valid up to offset: ${replication.secondOffset}. New replication ID is ${replication.id}`,
    );
    replication.disconnectReplicas();
    replication.upkeep.lonely();
  }

  private remember(address: string): void {
    this.replication.engine.parameters.setAll([["replicaof", address]]);
  }

  /** The link broke while it was up. */
  lost(): void {
    this.state = "connect";
    this.downSinceMs = this.replication.engine.nowMs;
  }

  /** The primary goes on where we are, under this name of its history ("" for the one we know). */
  continued(id: string): void {
    const { replication } = this;
    if (id !== "" && id !== replication.id) {
      replication.log(`Primary replication ID changed to ${id}`);
      replication.branch(id);
      replication.disconnectReplicas();
    }
    replication.createBacklog();
    this.up();
  }

  /** All data have been replaced by the primary's. */
  copied(id: string, offset: number, database: number): void {
    this.replication.adoptHistory(id, offset);
    this.database = database;
    this.up();
  }

  /** Other data are about to come: what our own replicas have is no part of them. */
  discard(): void {
    this.resumable = false;
    this.replication.disconnectReplicas();
    this.replication.dropBacklog();
  }

  private up(): void {
    const { replication } = this;
    this.resumable = true;
    this.readOffset = replication.offset;
    this.lastIoMs = replication.engine.nowMs;
    this.downSinceMs = null;
    this.state = "connected";
  }
}

function disconnectBlocked({ engine }: Replication): void {
  for (const session of [...engine.sessions.values()]) {
    if (session.blocked === null || session.blocked.kind === "paused") continue;
    session.closing = true;
    engine.counters.count(session.blocked.command, UNBLOCKED);
    engine.blocking.unblock(session, UNBLOCKED);
  }
}
