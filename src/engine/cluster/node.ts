// A node of a cluster as another one knows it.

/** Bits as the bus carries them. */
export const FLAG = {
  primary: 1,
  replica: 2,
  suspected: 4,
  failed: 8,
  myself: 16,
  handshake: 32,
  noAddress: 64,
  meet: 128,
  migrateTo: 256,
  noFailover: 512,
  extensions: 1_024,
} as const;

const FLAG_NAMES: readonly (readonly [flag: number, name: string])[] = [
  [FLAG.myself, "myself"],
  [FLAG.primary, "master"],
  [FLAG.replica, "slave"],
  [FLAG.suspected, "fail?"],
  [FLAG.failed, "fail"],
  [FLAG.handshake, "handshake"],
  [FLAG.noAddress, "noaddr"],
  [FLAG.noFailover, "nofailover"],
];

/** A connection of the bus. Each node opens one to every other node, so that there are two between any two. */
export interface BusLink {
  /** Whom it leads to; for one that was opened by the other side only when that has been seen. */
  node: ClusterNode | null;
  readonly inbound: boolean;
  readonly createdMs: number;
  /** Bytes that wait to be sent. */
  readonly pendingBytes: number;
  readonly localIp: string;
  readonly remoteIp: string;
  send(bytes: Uint8Array): void;
  close(): void;
}

export class ClusterNode {
  ip = "";
  port = 0;
  busPort = 0;
  hostname = "";
  /** A name for people. */
  nodeName = "";
  clientIpV4 = "";
  clientIpV6 = "";
  /** Of a replica. */
  primary: ClusterNode | null = null;
  configEpoch = 0;
  slotCount = 0;
  /** When a ping went out that is not answered; 0: none. */
  pingSentMs = 0;
  pongReceivedMs = 0;
  /** When anything came from it. */
  dataReceivedMs = 0;
  failedMs = 0;
  offset = 0;
  offsetMs = 0;
  orphanedMs = 0;
  votedMs = 0;
  /** Who says that it fails, and when it was said. */
  readonly reports = new Map<ClusterNode, number>();
  link: BusLink | null = null;
  inbound: BusLink | null = null;

  constructor(
    public id: string,
    public shardId: string,
    public flags: number,
    readonly createdMs: number,
  ) {}

  has(flag: number): boolean {
    return (this.flags & flag) !== 0;
  }

  set(flag: number, on: boolean): void {
    this.flags = on ? this.flags | flag : this.flags & ~flag;
  }

  get isMyself(): boolean {
    return this.has(FLAG.myself);
  }

  get isPrimary(): boolean {
    return this.has(FLAG.primary);
  }

  get isReplica(): boolean {
    return this.has(FLAG.replica);
  }

  get isFailed(): boolean {
    return this.has(FLAG.failed);
  }

  get isSuspected(): boolean {
    return this.has(FLAG.suspected);
  }

  get inHandshake(): boolean {
    return this.has(FLAG.handshake);
  }

  /** Only primaries with slots have a vote. */
  get isVoter(): boolean {
    return this.isPrimary && this.slotCount > 0;
  }

  /** The primary of its shard. */
  get head(): ClusterNode {
    return this.primary ?? this;
  }

  /** As the log names it. */
  get title(): string {
    return `${this.id} (${this.nodeName})`;
  }

  get flagNames(): string {
    const names = FLAG_NAMES.filter(([flag]) => this.has(flag)).map(([, name]) => name);
    return names.length === 0 ? "noflags" : names.join(",");
  }
}
