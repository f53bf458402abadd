// The cluster: shards of a primary and its replicas, and how roles change hands. The failover profiles (failover/) decide
// when; this file does it. Who owns which slot stands in cluster-slots.ts, what nodes tell clients in cluster-view.ts.
//
// Nodes that reach each other see a change of roles at the same instant: what differs in time is when clients learn of it
// (MOVED, ASK, refresh, DNS). A node that is cut off or frozen learns of it later (hearsay.ts): until then two primaries
// may serve the same slots, the older one by its own outlook only.

import { assert } from "../assert.ts";
import type { Simulation } from "../sim/simulation.ts";
import { Capacity } from "./cluster-capacity.ts";
import { zoneFor } from "./cluster-placement.ts";
import { SlotTable } from "./cluster-slots.ts";
import { addressOf, viewOf } from "./cluster-view.ts";
import type { ClusterConfig } from "./config.ts";
import { dataSize } from "./data-size.ts";
import type { DnsRecord, ReaderRecord } from "./dns.ts";
import type { EventLog } from "./event-log.ts";
import { Hearsay } from "./hearsay.ts";
import { KeyRing } from "./key-ring.ts";
import type { Latency } from "./network.ts";
import type { Node } from "./node.ts";
import { ChangesByKey } from "./replication/changes-by-key.ts";
import { DurableLog } from "./replication/durable-log.ts";
import { Following } from "./replication/following.ts";
import type { ReplicationLink } from "./replication/link.ts";
import { type Change, ReplicationStream } from "./replication/stream.ts";
import type { Manoeuvre } from "./scaling/manoeuvre.ts";
import type { Backup } from "./scaling/restore.ts";

export interface Shard {
  readonly index: number;
  primary: Node;
  /** In the order they joined; the lost ones have left. */
  replicas: Node[];
  stream: ReplicationStream;
  /** Of the primary's claim: raised at every change of primaries. */
  epoch: number;
  /** The primary is gone and nobody has taken over. */
  failed: boolean;
  /** Keys that the primary held when it went: gone if nobody can be promoted. */
  keysAtRisk: number;
  /** Scaled in: its nodes are gone and its number is not used again. */
  removed: boolean;
}

/** Told by whoever wants to follow a shard's fate. */
export interface ClusterObserver {
  replicaLag?(link: ReplicationLink, lagNs: number): void;
  replicaOnline?(shard: Shard, replica: Node): void;
  /**
   * `lost`: changes that the promoted replica had not got; all keys when it starts empty. `from`: the stream that it goes
   * on from and how far it had got in it.
   */
  promoted?(shard: Shard, lost: number, from: Ancestry): void;
  /** A deposed primary has heard of it; `lost`: changes that it accepted after another one had been promoted. */
  steppedDown?(shard: Shard, node: Node, lost: number): void;
  /** A node stands that was not there when the world began. */
  nodeAdded?(node: Node): void;
  /** A node has died. */
  nodeLost?(node: Node): void;
  /** A node has been taken out of service. */
  nodeRemoved?(node: Node): void;
  shardAdded?(shard: Shard): void;
}

/** The history of a new primary. */
export interface Ancestry {
  readonly stream: ReplicationStream;
  /** Null: it starts empty. */
  readonly offset: number | null;
}

/** A primary that does not know yet that another one leads its shard, and what it had written by then. */
interface Deposed {
  readonly stream: ReplicationStream;
  readonly end: number;
  readonly cause: number;
}

export class Cluster {
  readonly shards: Shard[] = [];
  readonly nodes: Node[] = [];
  readonly slots: SlotTable;
  /** Raised at every change of roles or members. */
  version = 0;
  /** Where the primary endpoint points (cluster mode disabled). */
  primaryEndpoint: DnsRecord | null = null;
  /** Where the reader endpoint points (cluster mode disabled). */
  readerEndpoint: ReaderRecord | null = null;
  readonly observers: ClusterObserver[] = [];
  readonly capacity: Capacity;
  readonly following: Following;
  readonly hearsay: Hearsay;
  /** The change by intent that is under way: there is one at a time. */
  manoeuvre: Manoeuvre | null = null;
  /** Backups that are being taken. */
  backingUp = 0;
  private keepsChangesByKey = false;
  /** Sees every change of every primary; null while nobody watches. */
  private changeWatcher: ((stream: ReplicationStream, change: Change) => void) | null = null;
  /** The highest epoch of any claim. */
  epoch = 0;
  private readonly deposed = new Map<Node, Deposed>();
  /** The last snapshot's data, kept only where somebody will restore it. */
  backup: Backup | null = null;
  keepsBackups = false;
  private readonly byAddress = new Map<string, Node>();

  constructor(
    /** What new nodes are made of; changing the cluster's shape or hardware replaces it. */
    public config: ClusterConfig,
    readonly sim: Simulation,
    readonly latency: Latency,
    readonly log: EventLog,
    /** Makes a node in a zone for a shard; its name tells which. */
    private readonly makeNode: (shard: number, member: number, zone: number, config: ClusterConfig) => Node,
    readonly zoneCount: number,
  ) {
    this.slots = new SlotTable(config.shards);
    this.capacity = new Capacity(() => sim.now);
    this.following = new Following(this, sim, latency);
    this.hearsay = new Hearsay(this.nodes, this.shards, this.slots, sim, latency, node => this.informed(node));
    for (let index = 0; index < config.shards; index++) {
      const primary = this.addNode(index, 0, zoneFor(config, zoneCount, index, 0));
      const shard: Shard = {
        index,
        primary,
        replicas: [],
        stream: this.newStream(primary, ++this.epoch),
        epoch: this.epoch,
        failed: false,
        keysAtRisk: 0,
        removed: false,
      };
      primary.epoch = shard.epoch;
      this.shards.push(shard);
      for (let member = 1; member <= config.replicasPerShard; member++) {
        const replica = this.addNode(index, member, zoneFor(config, zoneCount, index, member));
        replica.engine.role = "replica";
        shard.replicas.push(replica);
        this.following.attach(replica, shard.stream, shard.stream.end, 0);
      }
    }
    for (const node of this.nodes) this.capacity.add(node.type.type);
    if (config.memcached !== undefined) this.observers.push(new KeyRing(this));
  }

  /** The shards that there are now. */
  get members(): Shard[] {
    return this.shards.filter(shard => !shard.removed);
  }

  /** Shard number by slot. */
  get shardOfSlot(): Int16Array {
    return this.slots.owner;
  }

  nodeAt(address: string): Node | undefined {
    return this.byAddress.get(address);
  }

  /** A node that runs, empty and without a role. */
  addNode(shard: number, member: number, zone: number, config = this.config): Node {
    const node = this.makeNode(shard, member, zone, config);
    assert(node.id === this.nodes.length, `node ${node.name} has id ${node.id}, expected ${this.nodes.length}`);
    this.nodes.push(node);
    this.byAddress.set(addressOf(node), node);
    if (config.mode === "cluster") node.engine.cluster = viewOf(this, node);
    for (const observer of this.observers) observer.nodeAdded?.(node);
    return node;
  }

  /** The stream of a primary that leads with an epoch. */
  newStream(primary: Node, epoch: number, offset = 0): ReplicationStream {
    const stream = new ReplicationStream(primary, epoch, offset);
    this.attachWatcher(stream);
    const { durability } = this.config;
    if (durability !== undefined) {
      stream.log = new DurableLog(durability, primary, this.sim, this.sim.random(`${primary.name}/durable log`));
    }
    return stream;
  }

  private attachWatcher(stream: ReplicationStream): void {
    const { changeWatcher } = this;
    stream.watcher = changeWatcher === null ? null : change => changeWatcher(stream, change);
    if (this.keepsChangesByKey) stream.keys ??= new ChangesByKey(stream.primary.engine);
  }

  /** Streams keep the changes of every key: somebody reads from replicas. */
  keepChangesByKey(): void {
    this.keepsChangesByKey = true;
    for (const { stream } of this.shards) this.attachWatcher(stream);
  }

  /** Lets an observer see every change of every primary from now on. */
  watchChanges(watcher: (stream: ReplicationStream, change: Change) => void): void {
    this.changeWatcher = watcher;
    for (const { stream } of this.shards) this.attachWatcher(stream);
  }

  /** A replica's link to its shard's primary, if it has one. */
  linkOf(replica: Node): ReplicationLink | undefined {
    return this.shards[replica.shard].stream.links.find(link => link.replica === replica);
  }

  /** Replicas that could lead, the most complete first: running, with a whole copy of this shard's history. */
  candidates(shard: Shard): { readonly node: Node; readonly offset: number }[] {
    return shard.replicas
      .flatMap(node => {
        const position = node.state === "up" && !node.engine.isLoading ? shard.stream.positionOf(node) : null;
        return position === null ? [] : [{ node, offset: position.offset }];
      })
      .sort((a, b) => b.offset - a.offset);
  }

  /** The running replica that has received most of the stream; null when there is none. */
  leastLagging(shard: Shard): Node | null {
    return this.candidates(shard)[0]?.node ?? null;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Changes.

  /** A node dies. A lost host takes what is under way on its links with it. */
  crash(node: Node, state: "down" | "lost", cause: number | null, what?: string): number {
    this.following.upkeep.wake();
    const event = this.log.add(node.name, what ?? (state === "down" ? "process crashed" : "host lost"), cause);
    const shard = this.shards[node.shard];
    if (shard.primary === node) {
      shard.failed = true;
      shard.keysAtRisk = dataSize(node.engine).keys;
      const { stream } = shard;
      if (state === "down") node.aof?.keep();
      node.crash(state);
      for (const link of [...stream.links]) {
        if (state === "lost") link.freeze();
        link.replica.engine.linkUp = false;
      }
    } else {
      node.link?.cut();
      shard.replicas = shard.replicas.filter(replica => replica !== node);
      node.crash(state);
      this.settle(shard, node);
      this.following.recount();
    }
    this.hearsay.forget(node);
    this.version++;
    for (const observer of this.observers) observer.nodeLost?.(node);
    return event;
  }

  /** A replica becomes its shard's primary; those who hear of it follow. Returns the event. */
  promote(shard: Shard, replica: Node, cause: number | null): number {
    const before = this.hearsay.before();
    const { primary: oldPrimary, stream: old } = shard;
    if (old.log !== null) this.recover(replica, old, cause);
    const position = old.positionOf(replica);
    assert(position !== null, `${replica.name} has no copy of shard ${shard.index}`);
    const lost = old.end - position.sequence;
    replica.link?.cut();
    replica.link = null;
    const event = this.log.add(
      replica.name,
      `promoted to primary of shard ${shard.index + 1}; ${lost} changes lost`,
      cause,
    );
    this.lead(shard, replica, shard.replicas);
    shard.stream = this.newStream(replica, shard.epoch, position.offset);
    shard.stream.inherit(old, position.offset);
    if (oldPrimary.state === "up" || oldPrimary.state === "frozen") {
      this.deposed.set(oldPrimary, { stream: old, end: old.end, cause: event });
    }
    this.hearsay.announce(replica, before);
    for (const other of shard.replicas) if (other.outlook === null) this.following.follow(other, shard.stream, event);
    const from = { stream: old, offset: position.offset };
    for (const observer of this.observers) observer.promoted?.(shard, lost, from);
    if (oldPrimary.state === "up" && oldPrimary.outlook === null) this.informed(oldPrimary);
    this.following.upkeep.wake();
    return event;
  }

  /** What the log of a durable cluster has goes to the replica that is to lead, and nothing more comes from its old primary. */
  private recover(replica: Node, old: ReplicationStream, cause: number | null): void {
    old.log!.isClosed = true;
    const { link } = replica;
    if (link === null || link.stream !== old) return;
    const changes = link.recover();
    if (changes > 0) this.log.add(replica.name, `${changes} changes read back from the durable log`, cause);
  }

  /** A node leads a shard from now on, with a higher epoch than all before. */
  private lead(shard: Shard, node: Node, members: readonly Node[]): void {
    node.engine.role = "primary";
    node.engine.linkUp = true;
    this.hearsay.forget(node);
    shard.primary = node;
    shard.replicas = members.filter(member => member !== node);
    shard.failed = false;
    shard.epoch = ++this.epoch;
    node.epoch = shard.epoch;
    node.aof?.begin();
    this.version++;
  }

  /** A node has heard of the roles as they are now: a deposed primary steps down, a replica turns to its new primary. */
  private informed(node: Node): void {
    const shard = this.shards[node.shard];
    if (shard.primary === node) return;
    const deposed = this.deposed.get(node);
    if (deposed === undefined) {
      if (shard.replicas.includes(node)) this.following.follow(node, shard.stream, null);
      return;
    }
    node.engine.role = "replica";
    node.stream = null;
    node.engine.replicate = null;
    node.clusterDown = false;
    shard.replicas.push(node);
    this.version++;
    this.settle(shard, node);
    this.following.turn(node, deposed.stream, shard.stream, deposed.cause);
  }

  /** What a deposed primary has written since another one was promoted is gone. */
  private settle(shard: Shard, node: Node): void {
    const deposed = this.deposed.get(node);
    if (deposed === undefined) return;
    this.deposed.delete(node);
    const lost = deposed.stream.end - deposed.end;
    this.log.add(node.name, `primary of shard ${shard.index + 1} no more; ${lost} more changes lost`, deposed.cause);
    for (const observer of this.observers) observer.steppedDown?.(shard, node, lost);
  }

  /** Whether it acts as a primary whom another one has replaced without its knowing. */
  isDeposed(node: Node): boolean {
    return this.deposed.has(node);
  }

  /** A replica joins its shard by a full sync; until that is done it serves nobody. */
  join(shard: Shard, replica: Node, cause: number | null): void {
    replica.engine.role = "replica";
    replica.engine.isLoading = true;
    shard.replicas.push(replica);
    this.version++;
    this.following.sync(replica, shard.stream, cause);
  }

  /** A new node in the zone of a lost one; it joins as a replica, or starts empty when the shard has no primary left. */
  replace(shard: Shard, lost: Node, cause: number | null): Node {
    const members = this.nodes.filter(node => node.shard === shard.index).length;
    const node = this.addNode(shard.index, members, lost.zone);
    this.log.add(node.name, `replaces ${lost.name}`, cause);
    if (shard.failed) this.startEmpty(shard, node, cause);
    else this.join(shard, node, cause);
    return node;
  }

  /** A primary is back before anybody took its place, with what its append-only file says: it goes on as it was. */
  startFromFile(shard: Shard, node: Node, cause: number | null): void {
    const before = this.hearsay.before();
    const { stream: old } = shard;
    node.start();
    const { keys, ns } = node.aof!.load();
    const event = this.log.add(node.name, `loads ${keys} keys from its append-only file`, cause);
    node.engine.isLoading = true;
    node.block(ns);
    this.sim.after(Math.max(1, Math.round(ns)), `${node.name}/loaded`, () => {
      node.engine.isLoading = false;
    });
    this.lead(shard, node, shard.replicas);
    shard.stream = this.newStream(node, shard.epoch, old.offset);
    shard.stream.inherit(old, old.offset);
    this.hearsay.announce(node, before);
    for (const other of shard.replicas) if (other.outlook === null) this.following.follow(other, shard.stream, event);
    for (const observer of this.observers) observer.promoted?.(shard, 0, { stream: old, offset: old.offset });
  }

  /**
   * A node of the shard takes over with an empty data set: there was nobody to promote, or it was back before anybody had
   * noticed. What replicas there are follow it, and lose their data with that.
   */
  startEmpty(shard: Shard, node: Node, cause: number | null): void {
    const text = `primary of shard ${shard.index + 1} starts empty; ${shard.keysAtRisk} keys lost`;
    const event = this.log.add(node.name, text, cause);
    const before = this.hearsay.before();
    if (node.state !== "up") node.start();
    const lost = shard.keysAtRisk;
    this.lead(shard, node, shard.replicas);
    const { stream } = shard;
    shard.stream = this.newStream(node, shard.epoch, stream.offset);
    this.hearsay.announce(node, before);
    for (const other of shard.replicas) {
      other.link?.cut();
      if (other.outlook === null) this.following.sync(other, shard.stream, event);
    }
    for (const observer of this.observers) observer.promoted?.(shard, lost, { stream, offset: null });
  }
}
