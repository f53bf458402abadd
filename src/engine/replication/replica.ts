// What a primary knows of one of its replicas, from REPLCONF on.

import type { Session } from "../session.ts";

/**
 * wait: for a snapshot to begin; snapshot: it is being made for it; transfer: it is being sent; online: it gets the
 * stream; done: it wanted the snapshot only.
 */
export type ReplicaPhase = "none" | "wait" | "snapshot" | "transfer" | "online" | "done";

export class Replica {
  phase: ReplicaPhase = "none";
  port = 0;
  /** The address that it announces; "" when it does not. */
  announcedAddress = "";
  version = "";
  readonly capabilities = new Set<"eof" | "psync2">();
  /** It wants no stream after the snapshot. */
  snapshotOnly = false;
  /** What the snapshot is to hold; null: everything. */
  filter: { readonly functions: boolean } | null = null;
  /** It came by SYNC: it acknowledges nothing. */
  isOld = false;
  /** Its snapshot is sent as it is made: nothing may come between. */
  isStreamed = false;
  /** The stream waits for its first ACK: behind a snapshot without a length nothing may follow at once. */
  streamOnAck = false;
  ackOffset = 0;
  /** How much of the stream it has on disk. */
  fsyncedOffset = 0;
  ackMs = 0;
  /** Offset of the next byte that it is to be sent. */
  nextOffset = 0;
  /** When it began to wait. */
  sinceMs = 0;

  constructor(readonly session: Session) {}

  get address(): string {
    if (this.announcedAddress !== "") return this.announcedAddress;
    const { address } = this.session;
    return address.slice(0, address.lastIndexOf(":"));
  }

  get name(): string {
    return `${this.address}:${this.port}`;
  }

  /** Whether the stream may be sent now. */
  get streams(): boolean {
    return this.phase === "online" && !this.streamOnAck;
  }

  /** As INFO calls the phase; "" when it is not listed. */
  get state(): string {
    return STATES[this.phase];
  }

  /** Two replicas that may share a snapshot. */
  wantsSameAs(other: Replica): boolean {
    return this.filter?.functions === other.filter?.functions && (this.filter === null) === (other.filter === null);
  }
}

const STATES: Readonly<Record<ReplicaPhase, string>> = {
  none: "",
  wait: "wait_bgsave",
  snapshot: "wait_bgsave",
  transfer: "send_bulk",
  online: "online",
  done: "rdb_transmitted",
};
