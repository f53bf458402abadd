// What the server remembers about one connection.

import type { Blocked } from "./blocking.ts";
import type { ClientBuffers } from "./client-buffers.ts";
import type { Replica } from "./replication/replica.ts";
import type { Reply } from "./reply.ts";
import type { TrackingState } from "./tracking.ts";
import type { Transaction } from "./transaction.ts";

/** Channels, patterns and shard channels that a connection listens to, each in the order of subscription. */
export interface Subscriptions {
  readonly channels: Set<string>;
  readonly patterns: Set<string>;
  readonly shardChannels: Set<string>;
}

/** The state of one client connection as commands see it. */
export class Session {
  db = 0;
  resp: 2 | 3 = 2;
  name = "";
  libName = "";
  libVersion = "";
  authenticated = true;
  user = "default";
  /** One-shot permission to touch a slot that is being imported. */
  asking = false;
  /** Reads may be served by a replica. */
  readonly = false;
  /** It can be sent to another server (CLIENT CAPA REDIRECT). */
  redirects = false;
  /** Accesses do not count for aging (CLIENT NO-TOUCH). */
  noTouch = false;
  /** Not to be closed to save memory (CLIENT NO-EVICT). */
  noEvict = false;
  closing = false;
  /** This connection is a replica that gets the stream of changes. */
  isReplica = false;
  /** What it said of itself as a replica. */
  replica: Replica | null = null;
  /** Where the replication stream stood after this connection's last change. */
  writeOffset = 0;
  isMonitor = false;
  /** No connection: the calls of a script. */
  isScript = false;
  /** CLIENT REPLY: what becomes of replies; skip-next turns into skip with the next call. */
  replyMode: "on" | "off" | "skip" | "skip-next" = "on";

  transaction: Transaction | null = null;
  /** Keys watched, as database and key. */
  watched: Map<string, boolean> | null = null;
  /** A watched key has changed: the next EXEC does nothing. */
  watchBroken = false;
  subscriptions: Subscriptions | null = null;
  tracking: TrackingState | null = null;
  blocked: Blocked | null = null;
  /** The call under way is one that had been parked. */
  resumed = false;

  /** The owner's way to send what is no answer to a call under way: late replies, messages, invalidations. */
  deliver: ((reply: Reply) => void) | null = null;
  /** Sends bytes as they are; false when it had better wait for what is on its way. The owner's business. */
  sendBytes: ((bytes: string | Uint8Array) => boolean) | null = null;
  /** Called once when there is room for more bytes; whoever sends sets it. */
  onDrain: (() => void) | null = null;
  /** Closes the connection from the server's side; the owner's business. */
  onKill: (() => void) | null = null;
  /** Messages for this connection while a call of its own runs: they go out after the reply. */
  private held: Reply[] = [];
  holding = false;

  /** Peer and own address, for CLIENT LIST and the log; "" in the simulated world. */
  address = "";
  localAddress = "";
  /** Its socket's file descriptor; -1 where there is none. */
  descriptor = -1;
  lastCommand = "";
  lastActiveMs: number;
  /** Its buffers; null where the owner keeps none (the simulated world). */
  buffers: ClientBuffers | null = null;
  /** Bytes that the owner says are waiting on either side. */
  queryBytes = 0;
  /** Arguments of the call under way, or of the one that is coming in. */
  argumentBytes = 0;
  outputBytes = 0;
  /** Bytes of replies beyond which the owner closes the connection: no more than that need be made. */
  replyLimit = Number.POSITIVE_INFINITY;
  /** Bytes of the request under way. */
  requestBytes = 0;
  /** Bytes of the replication stream that are kept for it. */
  backlogBytes = 0;
  /** Totals over the connection's life. */
  bytesIn = 0;
  bytesOut = 0;
  calls = 0;

  constructor(
    readonly id: number,
    /** The stream from the primary: nothing it says is refused, and keys never expire under it. */
    readonly fromPrimary = false,
    readonly createdMs = 0,
    /** What the server's record of a connection takes. */
    readonly recordBytes = 0,
  ) {
    this.lastActiveMs = createdMs;
  }

  /** Sends a message; while a call of this connection runs it waits for the reply to go first. */
  push(reply: Reply): void {
    if (this.holding) this.held.push(reply);
    else this.deliver?.(reply);
  }

  /** Messages that had to wait for the reply. */
  takeHeld(): readonly Reply[] {
    if (this.held.length === 0) return NONE;
    const held = this.held;
    this.held = [];
    return held;
  }

  /** Whether the connection is in the mode in which RESP2 allows nothing but subscribing. */
  get subscribed(): boolean {
    const { subscriptions } = this;
    return (
      subscriptions !== null &&
      subscriptions.channels.size + subscriptions.patterns.size + subscriptions.shardChannels.size > 0
    );
  }

  /** Back to how the connection began, as RESET does it; registries are the caller's business. */
  reset(): void {
    this.db = 0;
    this.resp = 2;
    this.name = "";
    this.user = "default";
    this.asking = false;
    this.readonly = false;
    this.redirects = false;
    this.noTouch = false;
    this.noEvict = false;
    this.replyMode = "on";
    this.isMonitor = false;
  }
}

const NONE: readonly Reply[] = [];
