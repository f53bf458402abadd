// A cluster as one of its nodes knows it: the nodes, who serves which slot, and which slots are on the move. How nodes come to
// know of each other is the bus's business (bus.ts); redirection of clients is in redirect.ts.

import { NONE } from "../dict.ts";
import type { Engine } from "../engine.ts";
import { keySlot, SLOT_COUNT } from "../slots.ts";
import { ClusterNode, FLAG } from "./node.ts";
import { SlotStats } from "./slot-stats.ts";

export interface ClusterHost {
  /** Shakes hands with whoever listens there; false when one is under way already. */
  meet(ip: string, port: number, busPort: number): boolean;
  /** Tells every node at once what has changed here. */
  announce(): void;
  /** Ends the connections to a node. */
  drop(node: ClusterNode): void;
  /** Writes the configuration down, soon. */
  save(): void;
  /** Writes it down at once; why that failed, or null. */
  saveNow(): string | null;
  /** Begins a manual failover of this replica. */
  failover(how: "orderly" | "force" | "takeover"): void;
  log(line: string): void;
  /** Messages sent and received by type, for CLUSTER INFO. */
  /** Connections that were closed because too much waited on them. */
  readonly overflows: number;
  readonly sent: ReadonlyMap<string, number>;
  readonly received: ReadonlyMap<string, number>;
}

/** After its start a primary waits for news before it serves. */
const WRITABLE_DELAY_MS = 2_000;
const MIN_REJOIN_MS = 500;
const MAX_REJOIN_MS = 5_000;

/** A connection's struct with its receive buffer. */
const LINK_BYTES = 1_144;

export class Cluster {
  host: ClusterHost | null = null;
  readonly nodes = new Map<string, ClusterNode>();
  readonly myself: ClusterNode;
  readonly slots: (ClusterNode | null)[] = new Array(SLOT_COUNT).fill(null);
  readonly migrating = new Map<number, ClusterNode>();
  readonly importing = new Map<number, ClusterNode>();
  /** Slots whose owner, as it is known here, does not claim them any more. */
  readonly disowned = new Set<number>();
  readonly stats: SlotStats;
  currentEpoch = 0;
  lastVoteEpoch = 0;
  isOk = false;
  /** Primaries that serve slots. */
  size = 0;
  /** Nodes that were forgotten, and until when they stay so. */
  readonly forgotten = new Map<string, number>();
  /** For tests: messages of this type are ignored, and close their connection or not. */
  droppedType = -1;
  closesOnDrop = false;
  private minorityMs = Number.NEGATIVE_INFINITY;
  private readonly startedMs: number;

  constructor(readonly engine: Engine) {
    this.startedMs = engine.nowMs;
    this.stats = new SlotStats(this);
    this.myself = new ClusterNode(this.newId(), this.newId(), FLAG.myself | FLAG.primary, engine.nowMs);
    this.nodes.set(this.myself.id, this.myself);
  }

  newId(): string {
    let id = "";
    for (let i = 0; i < 5; i++) id += this.engine.random.uint32().toString(16).padStart(8, "0");
    return id;
  }

  log(line: string): void {
    this.host?.log(line);
  }

  // -------------------------------------------------------------------------------------------------------------
  // Nodes.

  /** In an order that all nodes agree on. */
  replicasOf(primary: ClusterNode): ClusterNode[] {
    const replicas = [...this.nodes.values()].filter(node => node.primary === primary);
    return replicas.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** Nodes by shard, each shard's in the order in which they came. */
  shards(): Map<string, ClusterNode[]> {
    const shards = new Map<string, ClusterNode[]>();
    for (const node of this.nodes.values()) {
      if (node.inHandshake) continue;
      const members = shards.get(node.shardId);
      if (members === undefined) shards.set(node.shardId, [node]);
      else members.push(node);
    }
    return shards;
  }

  remove(node: ClusterNode): void {
    for (let slot = 0; slot < SLOT_COUNT; slot++) {
      if (this.slots[slot] === node) this.unassign(slot);
    }
    for (const map of [this.migrating, this.importing]) {
      for (const [slot, other] of map) if (other === node) map.delete(slot);
    }
    for (const other of this.nodes.values()) {
      other.reports.delete(node);
      if (other.primary === node) other.primary = null;
    }
    this.nodes.delete(node.id);
    this.host?.drop(node);
  }

  /** A node takes another id: it was only a guess, or is to be a new node. */
  rename(node: ClusterNode, id: string): void {
    this.nodes.delete(node.id);
    node.id = id;
    this.nodes.set(id, node);
  }

  // -------------------------------------------------------------------------------------------------------------
  // Slots.

  assign(slot: number, node: ClusterNode): void {
    if (this.slots[slot] === node) return;
    this.unassign(slot);
    this.slots[slot] = node;
    node.slotCount++;
    if (node === this.myself.head) this.stats.reset(slot);
  }

  unassign(slot: number): void {
    const owner = this.slots[slot];
    if (owner === null) return;
    this.slots[slot] = null;
    this.disowned.delete(slot);
    owner.slotCount--;
    this.stats.reset(slot);
    if (owner === this.myself) this.engine.pubsub.dropShardChannelsOf(slot);
  }

  /** Inclusive ranges of a node's slots. */
  rangesOf(node: ClusterNode): [first: number, last: number][] {
    const ranges: [number, number][] = [];
    if (node.slotCount === 0) return ranges;
    for (let slot = 0; slot < SLOT_COUNT; slot++) {
      if (this.slots[slot] !== node) continue;
      const last = ranges[ranges.length - 1];
      if (last !== undefined && last[1] === slot - 1) last[1] = slot;
      else ranges.push([slot, slot]);
    }
    return ranges;
  }

  /** Slots on the move, as a snapshot for a replica carries them. */
  get openSlotsText(): string {
    const text = (moves: ReadonlyMap<number, ClusterNode>, sign: string) =>
      [...moves].map(([slot, { id }]) => `${slot}${sign}${id},`).join("");
    return text(this.importing, "<") + text(this.migrating, ">");
  }

  takeOpenSlots(text: string): void {
    for (const [, slot, sign, id] of text.matchAll(/(\d+)([<>])([0-9a-f]{40}),/gu)) {
      let node = this.nodes.get(id);
      if (node === undefined) {
        node = new ClusterNode(id, this.newId(), 0, this.engine.nowMs);
        this.nodes.set(id, node);
      }
      (sign === "<" ? this.importing : this.migrating).set(Number(slot), node);
    }
  }

  keysIn(slot: number): number {
    return this.engine.databases[0]?.keysInSlot(slot) ?? 0;
  }

  /** Up to so many keys of a slot. */
  someKeysIn(slot: number, limit: number): string[] {
    const keys: string[] = [];
    const db = this.engine.databases[0];
    const count = Math.min(limit, this.keysIn(slot));
    if (db === undefined || count === 0) return keys;
    for (let bucket = 0; bucket < db.main.buckets && keys.length < count; bucket++) {
      for (let entry = db.main.bucketHead(bucket); entry !== NONE; entry = db.main.following(entry)) {
        if (db.slotOf(entry) === slot && keys.length < count) keys.push(db.keyOf(entry));
      }
    }
    return keys;
  }

  /** The slot has gone elsewhere: what is left of it here is no longer ours. */
  deleteKeysIn(slot: number): number {
    const { engine } = this;
    const db = engine.database(0);
    const keys = this.someKeysIn(slot, Number.POSITIVE_INFINITY);
    for (const key of keys) {
      engine.dropKey(db, db.find(key), false);
      engine.propagateDeletion(0, key, engine.settings.lazyServerDel);
    }
    return keys.length;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Epochs and roles.

  get highestEpoch(): number {
    let highest = this.currentEpoch;
    for (const { configEpoch } of this.nodes.values()) highest = Math.max(highest, configEpoch);
    return highest;
  }

  /** This node's claims outrank all others from now on; false when they did so already. */
  bumpEpoch(): boolean {
    const { myself } = this;
    if (myself.configEpoch !== 0 && myself.configEpoch === this.highestEpoch) return false;
    this.currentEpoch++;
    myself.configEpoch = this.currentEpoch;
    this.changed();
    this.log(`New configEpoch set to ${myself.configEpoch}`);
    return true;
  }

  /** This node becomes a replica of another one. */
  follow(primary: ClusterNode, closeSlots = true, fresh = true): void {
    const { myself, engine } = this;
    myself.set(FLAG.primary | FLAG.migrateTo, false);
    myself.set(FLAG.replica, true);
    if (closeSlots) this.closeSlots();
    myself.primary = primary;
    myself.shardId = primary.shardId;
    engine.replication.upstream.follow({ host: primary.ip, port: primary.port }, fresh);
    this.dropForeignChannels();
    this.changed();
  }

  /** Shard channels are served where their slots are. */
  private dropForeignChannels(): void {
    const { pubsub } = this.engine;
    for (const channel of [...pubsub.shardChannels.keys()]) {
      const slot = keySlot(channel);
      if (this.slots[slot] !== this.myself.head) pubsub.dropShardChannelsOf(slot);
    }
  }

  /** A node is a primary from now on. */
  promote(node: ClusterNode): void {
    if (node.isPrimary) return;
    if (node.primary !== null && node !== this.myself) node.set(FLAG.migrateTo, true);
    node.set(FLAG.replica, false);
    node.set(FLAG.primary, true);
    node.primary = null;
    this.changed();
  }

  closeSlots(): void {
    this.migrating.clear();
    this.importing.clear();
  }

  /** CLUSTER RESET. */
  reset(hard: boolean): void {
    const { myself, engine } = this;
    if (myself.isReplica) {
      this.promote(myself);
      engine.replication.upstream.promote();
      engine.flushAll();
    }
    this.closeSlots();
    for (let slot = 0; slot < SLOT_COUNT; slot++) this.unassign(slot);
    for (const node of [...this.nodes.values()]) if (node !== myself) this.remove(node);
    this.forgotten.clear();
    if (hard) {
      this.currentEpoch = 0;
      this.lastVoteEpoch = 0;
      myself.configEpoch = 0;
      this.log("configEpoch set to 0 via CLUSTER RESET HARD");
      this.rename(myself, this.newId());
      myself.shardId = this.newId();
      this.log(`Node hard reset, now I'm ${myself.id}`);
    }
    this.changed();
  }

  // -------------------------------------------------------------------------------------------------------------
  // State.

  /** Something that is written down has changed. */
  changed(): void {
    this.host?.save();
    this.update();
  }

  /** Whether the cluster serves, by what is known here. */
  update(): void {
    const { engine, myself } = this;
    const now = engine.nowMs;
    if (myself.isPrimary && !this.isOk && now - this.startedMs < WRITABLE_DELAY_MS) return;
    const voters = [...this.nodes.values()].filter(node => node.isVoter);
    this.size = voters.length;
    const reachable = voters.filter(node => !node.isFailed && !node.isSuspected).length;
    let ok = true;
    if (engine.parameters.flag("cluster-require-full-coverage")) {
      ok = this.slots.every(node => node !== null && !node.isFailed);
    }
    if (reachable < this.quorum) {
      ok = false;
      this.minorityMs = now;
    }
    if (ok === this.isOk) return;
    const rejoinMs = Math.min(MAX_REJOIN_MS, Math.max(MIN_REJOIN_MS, engine.parameters.number("cluster-node-timeout")));
    // What has happened while it was cut off, it has to hear first.
    if (ok && myself.isPrimary && now - this.minorityMs < rejoinMs) return;
    this.log(`Cluster state changed: ${ok ? "ok" : "fail"}`);
    this.isOk = ok;
  }

  /** So many primaries are a majority. */
  get quorum(): number {
    return Math.floor(this.size / 2) + 1;
  }

  /** Bytes that the bus's connections take. */
  get linkBytes(): number {
    let bytes = 0;
    for (const { link, inbound } of this.nodes.values()) {
      if (link !== null) bytes += LINK_BYTES + link.pendingBytes;
      if (inbound !== null) bytes += LINK_BYTES + inbound.pendingBytes;
    }
    return bytes;
  }

  get offset(): number {
    return this.engine.replication.offset;
  }

  offsetOf(node: ClusterNode): number {
    return node === this.myself ? this.offset : node.offset;
  }
}
