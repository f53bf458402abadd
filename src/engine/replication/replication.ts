// The state of replication: which history of changes the data belong to and how far it has come, the replicas that follow,
// the primary that is followed. Sockets, timers and snapshots are the owner's (ReplicationHost); the simulated world has a
// model of its own for them and leaves this at rest.

import type { Bytes } from "../bytes.ts";
import type { Engine } from "../engine.ts";
import { NO_DATABASE, TO_ALL, TO_REPLICAS } from "../propagation.ts";
import type { ReplicationPosition } from "../rdb/dump-file.ts";
import { encodeReply } from "../resp/writer.ts";
import type { Session } from "../session.ts";
import { Backlog } from "./backlog.ts";
import { Failover } from "./failover.ts";
import { LocalKeys } from "./local-keys.ts";
import { Replica } from "./replica.ts";
import { Upkeep } from "./upkeep.ts";
import { Upstream } from "./upstream.ts";

export interface ReplicationHost {
  /** The port that replicas of this server are to be told. */
  readonly port: number;
  /** Connects to the primary that is set now, instead of any other. */
  follow(): void;
  /** Ends the link to a primary. */
  unfollow(): void;
  /** Makes a snapshot for the replicas that wait, as soon as it may. */
  snapshotWanted(): void;
  /** Tells the primary at once how far its stream has been applied. */
  acknowledge(): void;
  /** Ends a snapshot that is being made for nobody any more. */
  snapshotUnwanted(): void;
  log(line: string): void;
}

const MIN_BACKLOG = 16_384;

export class Replication {
  host: ReplicationHost | null = null;
  /** How many bytes of the data's history have come to be. */
  offset = 0;
  backlog: Backlog | null = null;
  /** Bytes that changes have caused to be sent to replicas. */
  egress = 0;
  readonly replicas = new Set<Replica>();
  readonly upstream: Upstream;
  readonly failover: Failover;
  readonly localKeys: LocalKeys;
  /** How much of the stream is safe in the append-only file; -1 without one. */
  fsyncedOffset = -1;
  /** Somebody waits for acknowledgements: the replicas are asked at the end of the turn. */
  private askForAcks = false;
  /** The database that the stream has selected; none after whatever made a replica forget it. */
  private selected = NO_DATABASE;
  readonly upkeep: Upkeep;

  constructor(readonly engine: Engine) {
    this.upstream = new Upstream(this);
    this.failover = new Failover(this);
    this.localKeys = new LocalKeys(engine);
    this.upkeep = new Upkeep(this);
  }

  /** The history that the data belong to. */
  get id(): string {
    return this.engine.identity.replicationId;
  }

  /** The history before a promotion, and the first offset that it no longer has. */
  get id2(): string {
    return this.engine.identity.previousHistory;
  }

  get secondOffset(): number {
    return this.engine.identity.previousHistoryOffset;
  }

  log(line: string): void {
    this.host?.log(line);
  }

  /** The owner takes part: changes are written into the stream from now on. */
  attach(host: ReplicationHost): void {
    this.host = host;
    this.upkeep.lonely();
    this.engine.propagation.addSink((database, argv, targets = TO_ALL) => {
      if ((targets & TO_REPLICAS) !== 0) this.feed(database, argv);
    });
    this.engine.persistence.replicationPosition = () => this.position();
  }

  // -------------------------------------------------------------------------------------------------------------
  // Histories.

  /** From here on the data go a way of their own, or one that the primary has named. */
  branch(id?: string): void {
    this.engine.identity.branch(this.offset, id);
    this.selected = NO_DATABASE;
  }

  /** The data were kept over a restart: replicas, or this one as a replica, may go on from there. */
  restore({ id, offset, database }: ReplicationPosition, asReplica: boolean): void {
    const { identity } = this.engine;
    this.offset = offset;
    if (asReplica) {
      identity.replicationId = id;
      this.upstream.resumable = true;
      this.upstream.database = database;
      return;
    }
    identity.previousHistory = id;
    identity.previousHistoryOffset = offset + 1;
    this.createBacklog();
    this.upkeep.lonely();
  }

  /** The data are a copy of a primary's. */
  adoptHistory(id: string, offset: number): void {
    const { identity } = this.engine;
    identity.replicationId = id;
    identity.forgetPrevious();
    this.offset = offset;
    this.backlog = null;
    this.createBacklog();
  }

  createBacklog(): void {
    this.backlog ??= new Backlog(
      this.offset,
      () => this.backlogSize,
      () => this.neededFrom(),
    );
  }

  dropBacklog(): void {
    this.backlog = null;
    this.account();
  }

  get backlogSize(): number {
    return Math.max(MIN_BACKLOG, this.engine.settings.replBacklogSize);
  }

  /** The first byte that a replica has not been sent. */
  private neededFrom(): number {
    let needed = Number.POSITIVE_INFINITY;
    for (const replica of this.replicas) if (owed(replica)) needed = Math.min(needed, replica.nextOffset);
    return needed;
  }

  /** For the head of a snapshot: null when the data belong to no history that somebody could go on from. */
  position(): ReplicationPosition | null {
    const { upstream, id, offset } = this;
    if (upstream.primary !== null) {
      return upstream.resumable || upstream.state === "connected" ? { id, offset, database: upstream.database } : null;
    }
    if (this.backlog === null) return null;
    return { id, offset, database: Math.max(0, this.selected) };
  }

  // -------------------------------------------------------------------------------------------------------------
  // The stream.

  /** A change of this primary's data, or a word to its replicas (NO_DATABASE). */
  feed(database: number, argv: readonly Bytes[]): void {
    // A replica hands on its primary's stream, byte by byte, and nothing of its own.
    if (this.upstream.primary !== null) return;
    if (this.backlog === null) {
      // Only so that who waits for the append-only file can tell one change from another.
      if (this.fsyncedOffset >= 0) this.offset++;
      return;
    }
    if (database !== NO_DATABASE && database !== this.selected) {
      this.selected = database;
      this.append(encodeReply(["SELECT", String(database)], 2));
    }
    const text = encodeReply(argv, 2);
    this.egress += text.length * this.replicas.size;
    this.append(text);
  }

  /** Bytes of the primary's stream that have been applied here. */
  handOn(bytes: string): void {
    this.append(bytes);
  }

  private append(bytes: string): void {
    this.offset += bytes.length;
    this.backlog?.append(bytes);
  }

  /** Sends to every replica what it can take. For the end of the turn. */
  pump(): void {
    if (this.askForAcks) {
      this.askForAcks = false;
      if (this.engine.pause.mode === null) this.feed(NO_DATABASE, ["REPLCONF", "GETACK", "*"]);
    }
    if (this.backlog === null) return;
    for (const replica of this.replicas) this.pumpTo(replica);
    this.account();
  }

  private pumpTo(replica: Replica): void {
    const { session } = replica;
    if (replica.streams && session.sendBytes !== null && replica.nextOffset <= this.offset) {
      for (const piece of this.backlog!.from(replica.nextOffset)) {
        replica.nextOffset += piece.length;
        if (!session.sendBytes(piece)) break;
      }
    }
    session.backlogBytes = owed(replica) ? this.offset + 1 - replica.nextOffset : 0;
  }

  private account(): void {
    const { outside } = this.engine;
    const bytes = this.backlog?.memory ?? 0;
    outside.replication = bytes;
    outside.replicationExcess = Math.max(0, bytes - this.backlogSize);
  }

  // -------------------------------------------------------------------------------------------------------------
  // Replicas.

  /** What is known of a connection as a replica. */
  replicaOf(session: Session): Replica {
    session.replica ??= new Replica(session);
    return session.replica;
  }

  /** A replica asks to go on after `offset - 1` of a history; false when it must take everything anew. */
  resume(replica: Replica, id: string, offset: number): boolean {
    if (!this.canResume(replica, id, offset)) return false;
    this.join(replica);
    replica.nextOffset = offset;
    const answer = replica.capabilities.has("psync2") ? `+CONTINUE ${this.id}\r\n` : "+CONTINUE\r\n";
    replica.session.sendBytes?.(answer);
    const bytes = this.offset + 1 - offset;
    this.log(
      `Partial resynchronization request from ${replica.name} accepted. Sending ${bytes} bytes of backlog starting from offset ${offset}.`,
    );
    this.goOnline(replica);
    return true;
  }

  private canResume(replica: Replica, id: string, offset: number): boolean {
    const asked = id.toLowerCase();
    if (asked !== this.id && (asked !== this.id2 || offset > this.secondOffset)) {
      if (asked.startsWith("?")) this.log(`Full resync requested by replica ${replica.name}`);
      else if (asked !== this.id2) {
        this.log(
          `Partial resynchronization not accepted: Replication ID mismatch (Replica asked for '${id}', my replication IDs are '${this.id}' and '${this.id2}')`,
        );
      } else {
        this.log(
          `Partial resynchronization not accepted: Requested offset for second ID was ${offset}, but I can reply up to ${this.secondOffset}`,
        );
      }
      return false;
    }
    if (this.backlog?.reaches(offset)) return true;
    this.log(
      `Unable to partial resync with replica ${replica.name} for lack of backlog (Replica request was: ${offset}).`,
    );
    return false;
  }

  /** A replica wants all data. */
  wantSnapshot(replica: Replica): void {
    this.engine.stats.fullSyncs++;
    this.join(replica);
    replica.phase = "wait";
    replica.sinceMs = this.engine.nowMs;
    if (this.replicas.size === 1 && this.backlog === null) {
      this.engine.identity.changeReplicationId();
      this.createBacklog();
      this.log(`Replication backlog created, my new replication IDs are '${this.id}' and '${this.id2}'`);
    }
    this.host?.snapshotWanted();
  }

  private join(replica: Replica): void {
    replica.session.isReplica = true;
    replica.ackMs = this.engine.nowMs;
    this.replicas.add(replica);
  }

  /** The snapshot that these wait for is taken now: what changes from here on is theirs to get. */
  snapshotTaken(replicas: readonly Replica[], offset = this.offset): void {
    for (const replica of replicas) {
      replica.phase = "snapshot";
      replica.nextOffset = offset + 1;
      if (!replica.isOld) replica.session.sendBytes?.(`+FULLRESYNC ${this.id} ${offset}\r\n`);
    }
    // They know of no database that was selected before.
    if (offset === this.offset) this.selected = NO_DATABASE;
  }

  /** A replica has been sent all of its snapshot. */
  snapshotSent(replica: Replica): void {
    if (!this.replicas.has(replica)) return;
    if (replica.snapshotOnly) {
      replica.phase = "done";
      this.log(`RDB transfer completed, rdb only replica (${replica.name}) should be disconnected asap`);
      replica.session.onKill?.();
    } else this.goOnline(replica);
  }

  private goOnline(replica: Replica): void {
    replica.phase = "online";
    replica.ackMs = this.engine.nowMs;
    this.refreshGoodReplicas();
    this.log(`Synchronization with replica ${replica.name} succeeded`);
  }

  acknowledged(replica: Replica, offset: number, fsynced: number | null): void {
    replica.ackOffset = Math.max(replica.ackOffset, offset);
    if (fsynced !== null) replica.fsyncedOffset = Math.max(replica.fsyncedOffset, fsynced);
    replica.ackMs = this.engine.nowMs;
    replica.streamOnAck = false;
    this.refreshGoodReplicas();
    this.engine.blocking.poll();
  }

  /** A connection has gone. */
  left(session: Session): void {
    const { replica } = session;
    if (replica === null || !this.replicas.delete(replica)) return;
    this.log(`Connection with replica ${replica.name} lost.`);
    if (this.replicas.size === 0) this.upkeep.lonely();
    this.backlog?.trim();
    this.account();
    this.refreshGoodReplicas();
    this.host?.snapshotUnwanted();
  }

  disconnectReplicas(): void {
    for (const replica of [...this.replicas]) replica.session.onKill?.();
  }

  countAcks(offset: number): number {
    return this.count(replica => replica.ackOffset >= offset);
  }

  countFsynced(offset: number): number {
    return this.count(replica => replica.fsyncedOffset >= offset);
  }

  private count(condition: (replica: Replica) => boolean): number {
    let count = 0;
    for (const replica of this.replicas) if (replica.phase === "online" && condition(replica)) count++;
    return count;
  }

  /** All that is in the append-only file is on disk. */
  fsynced(): void {
    if (this.fsyncedOffset === this.offset) return;
    this.fsyncedOffset = this.offset;
    if (this.engine.blocking.count > 0) this.engine.blocking.poll();
  }

  requestAcks(): void {
    this.askForAcks = true;
  }

  refreshGoodReplicas(): void {
    const { engine } = this;
    const maxLag = engine.parameters.number("min-replicas-max-lag");
    const now = Math.floor(engine.nowMs / 1_000);
    engine.goodReplicas = this.count(({ ackMs }) => now - Math.floor(ackMs / 1_000) <= maxLag);
  }
}

/** Whether the stream is kept for it. */
function owed({ phase, snapshotOnly }: Replica): boolean {
  return !snapshotOnly && (phase === "snapshot" || phase === "transfer" || phase === "online");
}
