// The cluster: shards of a primary and its replicas, and how roles change hands. The failover profiles (failover/) decide
// when; this file does it. Who owns which slot stands in cluster-slots.ts, what nodes tell clients in cluster-view.ts.
//
// Every node sees a change of roles at the same instant: what differs in time is when clients learn of it (MOVED, ASK,
// refresh, DNS).

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
import { startFullSync } from "./full-sync.ts";
import type { Latency } from "./network.ts";
import type { Node } from "./node.ts";
import { ReplicationLink, ReplicationStream } from "./replication.ts";
import type { Manoeuvre } from "./scaling/manoeuvre.ts";
import type { Backup } from "./scaling/restore.ts";

export interface Shard {
  readonly index: number;
  primary: Node;
  /** In the order they joined; the lost ones have left. */
  replicas: Node[];
  stream: ReplicationStream;
  /** The primary is gone and nobody has taken over. */
  failed: boolean;
  /** The other nodes have agreed that it is. */
  knownFailed: boolean;
  /** Keys that the primary held when it went: gone if nobody can be promoted. */
  keysAtRisk: number;
  /** Scaled in: its nodes are gone and its number is not used again. */
  removed: boolean;
}

/** Told by whoever wants to follow a shard's fate. */
export interface ClusterObserver {
  replicaLag?(link: ReplicationLink, lagNs: number): void;
  replicaOnline?(shard: Shard, replica: Node): void;
  /** `lost`: changes that the promoted replica had not got; all keys when it starts empty. */
  promoted?(shard: Shard, lost: number): void;
  /** A node stands that was not there when the world began. */
  nodeAdded?(node: Node): void;
  /** A node has died. */
  nodeLost?(node: Node): void;
  /** A node has been taken out of service. */
  nodeRemoved?(node: Node): void;
  shardAdded?(shard: Shard): void;
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
  /** Slots of a failed shard make the whole cluster refuse (cluster-require-full-coverage). */
  requireFullCoverage = false;
  readonly observers: ClusterObserver[] = [];
  readonly capacity: Capacity;
  /** The change by intent that is under way: there is one at a time. */
  manoeuvre: Manoeuvre | null = null;
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
    for (let index = 0; index < config.shards; index++) {
      const primary = this.addNode(index, 0, zoneFor(config, zoneCount, index, 0));
      const shard: Shard = {
        index,
        primary,
        replicas: [],
        stream: new ReplicationStream(primary),
        failed: false,
        knownFailed: false,
        keysAtRisk: 0,
        removed: false,
      };
      this.shards.push(shard);
      for (let member = 1; member <= config.replicasPerShard; member++) {
        const replica = this.addNode(index, member, zoneFor(config, zoneCount, index, member));
        replica.engine.role = "replica";
        this.attach(shard, replica, shard.stream.end, 0);
      }
    }
    for (const node of this.nodes) this.capacity.add(node.type.type);
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

  /** Links a replica to its shard's stream from a sequence number on. */
  attach(shard: Shard, replica: Node, from: number, offset: number): ReplicationLink {
    shard.replicas.push(replica);
    this.version++;
    const link = new ReplicationLink(
      shard.stream,
      replica,
      this.sim,
      this.latency,
      this.config.replication.batchNs,
      from,
      offset,
      (one, lagNs) => this.notifyLag(one, lagNs),
    );
    this.countGoodReplicas(shard);
    return link;
  }

  private notifyLag(link: ReplicationLink, lagNs: number): void {
    for (const observer of this.observers) observer.replicaLag?.(link, lagNs);
  }

  /** min-replicas-to-write looks at links with acceptable lag; a live link counts as one. */
  countGoodReplicas(shard: Shard): void {
    shard.primary.engine.goodReplicas = shard.stream.links.filter(link => !link.paused).length;
  }

  linkOf(replica: Node): ReplicationLink | undefined {
    return this.shards[replica.shard].stream.links.find(link => link.replica === replica);
  }

  /** The running replica that has applied most of the stream; null when there is none. */
  leastLagging(shard: Shard): Node | null {
    let best: Node | null = null;
    let bestOffset = -1;
    for (const replica of shard.replicas) {
      if (replica.state !== "up" || replica.engine.isLoading) continue;
      const offset = this.linkOf(replica)?.offset ?? -1;
      if (offset > bestOffset) {
        best = replica;
        bestOffset = offset;
      }
    }
    return best;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Changes.

  /** A node dies. A lost host takes what is under way on its links with it. */
  crash(node: Node, state: "down" | "lost", cause: number | null): number {
    const event = this.log.add(node.name, state === "down" ? "process crashed" : "host lost", cause);
    const shard = this.shards[node.shard];
    if (shard.primary === node) {
      shard.failed = true;
      shard.keysAtRisk = dataSize(node.engine).keys;
      const { stream } = shard;
      node.crash(state);
      for (const link of [...stream.links]) {
        if (state === "lost") link.freeze();
        link.replica.engine.linkUp = false;
      }
    } else {
      this.linkOf(node)?.cut();
      shard.replicas = shard.replicas.filter(replica => replica !== node);
      node.crash(state);
      this.countGoodReplicas(shard);
    }
    this.version++;
    for (const observer of this.observers) observer.nodeLost?.(node);
    return event;
  }

  /** A replica becomes its shard's primary; the other replicas follow it. Returns how many changes were lost. */
  promote(shard: Shard, replica: Node, crashedAtNs: number, cause: number | null): number {
    const old = shard.stream;
    const link = old.links.find(one => one.replica === replica);
    assert(link !== undefined, `${replica.name} is no replica of shard ${shard.index}`);
    const lost = old.countBeyond(link.offset, crashedAtNs);
    const others = shard.replicas.filter(other => other !== replica);
    link.cut();
    const event = this.log.add(
      replica.name,
      `promoted to primary of shard ${shard.index + 1}; ${lost} changes lost`,
      cause,
    );
    replica.engine.role = "primary";
    replica.engine.linkUp = true;
    shard.primary = replica;
    shard.replicas = [];
    shard.failed = false;
    shard.knownFailed = false;
    shard.stream = new ReplicationStream(replica, link.offset);
    shard.stream.inherit(old, link.offset);
    for (const other of others) this.follow(shard, other, old, event);
    this.version++;
    for (const observer of this.observers) observer.promoted?.(shard, lost);
    return event;
  }

  /** A primary that has handed over follows its heir: it has all that the heir has. */
  demote(shard: Shard, old: Node, cause: number | null): void {
    old.stream?.stop(this.sim.now);
    old.stream = null;
    old.engine.role = "replica";
    this.log.add(old.name, `follows ${shard.primary.name}`, cause);
    this.attach(shard, old, shard.stream.end, shard.stream.offset);
  }

  /** A replica turns to its shard's new primary: partially when the backlog reaches back far enough, else in full. */
  private follow(shard: Shard, replica: Node, old: ReplicationStream, cause: number): void {
    const link = old.links.find(one => one.replica === replica);
    link?.cut();
    // Who has not got a whole copy yet has no history to go on from.
    const from = link === undefined || replica.engine.isLoading ? null : shard.stream.partialFrom(link.offset);
    if (link === undefined || from === null) return this.join(shard, replica, cause);
    shard.primary.engine.stats.partialSyncsOk++;
    this.log.add(replica.name, `partial resync from ${shard.primary.name}`, cause);
    replica.engine.linkUp = true;
    this.attach(shard, replica, from, link.offset);
  }

  /** A replica joins its shard by a full sync; until that is done it serves nobody. */
  join(shard: Shard, replica: Node, cause: number | null): void {
    replica.engine.role = "replica";
    replica.engine.linkUp = false;
    replica.engine.isLoading = true;
    shard.replicas.push(replica);
    this.version++;
    startFullSync(shard.stream, replica, this.sim, this.latency, cause, {
      log: (what, of) => this.log.add(shard.primary.name, what, of),
      record: (link, lagNs) => this.notifyLag(link, lagNs),
      online: () => {
        this.countGoodReplicas(shard);
        this.version++;
        for (const observer of this.observers) observer.replicaOnline?.(shard, replica);
      },
    });
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

  /**
   * A node of the shard takes over with an empty data set: there was nobody to promote, or it was back before anybody had
   * noticed. What replicas there are follow it, and lose their data with that.
   */
  startEmpty(shard: Shard, node: Node, cause: number | null): void {
    const text = `primary of shard ${shard.index + 1} starts empty; ${shard.keysAtRisk} keys lost`;
    const event = this.log.add(node.name, text, cause);
    if (node.state !== "up") node.start();
    node.engine.role = "primary";
    node.engine.linkUp = true;
    const old = shard.stream;
    const lost = shard.keysAtRisk;
    const others = shard.replicas.filter(replica => replica !== node);
    shard.primary = node;
    shard.replicas = [];
    shard.failed = false;
    shard.knownFailed = false;
    shard.stream = new ReplicationStream(node, old.offset);
    for (const other of others) {
      old.links.find(one => one.replica === other)?.cut();
      this.join(shard, other, event);
    }
    this.version++;
    for (const observer of this.observers) observer.promoted?.(shard, lost);
  }
}
