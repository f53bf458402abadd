// What one client instance believes about the cluster, and where it therefore sends a command.
//
// Cluster mode: the instance keeps a copy of who owns each slot, who leads each shard and who follows. It learns of changes
// by MOVED (that slot), and by refreshing (asking a node) after a MOVED, a lost connection or a timeout, as far as its
// library does, not more often than `spacing` allows, and from time to time if it does that. A library that refreshes on
// nothing follows each MOVED for that one call and goes on asking the wrong node. ASK changes nothing: it is for one call.
// Cluster mode disabled: new connections go where the primary endpoint's name leads by the instance's DNS cache; those
// that stand stay where they are. Reads from replicas go to the one that the reader endpoint gave when it connected.

import type { Random } from "../sim/random.ts";
import type { Simulation } from "../sim/simulation.ts";
import type { Cluster } from "./cluster.ts";
import type { ClientConfig } from "./config.ts";
import { ConnectedName, DnsCache } from "./dns.ts";
import { clientsIn } from "./faults/links.ts";
import type { Latency } from "./network.ts";
import type { Node } from "./node.ts";

/** What `route` says for the primary endpoint: whatever node its name leads to when a connection is made. */
export const PRIMARY_ENDPOINT = -1;

export class InstanceView {
  /** Connections that it opened by an answer which the name does not give any more. */
  outdated = 0;
  /** Whether the last `route` chose a replica. */
  routedToReplica = false;

  /** Shard by slot, as last asked; shared with all who asked then. */
  private slots!: Int16Array;
  /** Slots that MOVED has said something else about since; null when there are none. */
  private strays: Map<number, number> | null = null;
  private primaries: number[] = [];
  private replicas: (readonly number[])[] = [];
  private readonly dns: DnsCache | null;
  private readonly reader: ConnectedName | null;
  /** Whether it goes by the endpoints of cluster mode disabled. */
  private usesEndpoints: boolean;
  /** Shards that there were when it last asked. */
  private serving: number[] = [];
  private lastRefreshNs = Number.NEGATIVE_INFINITY;
  private refreshing = false;
  private turn = 0;
  /** Of second copies: they do not take the turn of first ones. */
  private secondTurn = 0;

  constructor(
    private readonly config: ClientConfig,
    private readonly zone: number,
    private readonly cluster: Cluster,
    private readonly sim: Simulation,
    private readonly latency: Latency,
    private readonly random: Random,
  ) {
    const { primaryEndpoint, readerEndpoint } = cluster;
    // Instances resolved the name at different times before the run began.
    const firstExpiry = Number.isFinite(config.dnsTtlNs) ? random.below(config.dnsTtlNs + 1) : config.dnsTtlNs;
    this.dns = primaryEndpoint === null ? null : new DnsCache(primaryEndpoint, config.dnsTtlNs, firstExpiry);
    this.usesEndpoints = this.dns !== null;
    const reads = readerEndpoint !== null && config.readFrom === "replica";
    this.reader = reads ? new ConnectedName(new DnsCache(readerEndpoint, config.dnsTtlNs, firstExpiry)) : null;
    this.copyTopology();
    if (!this.usesEndpoints) this.refreshEvery(config.refresh.everyNs);
  }

  /** The client turns from the endpoints to the cluster protocol. */
  useClusterProtocol(): void {
    this.usesEndpoints = false;
    this.copyTopology();
    this.refreshEvery(this.config.refresh.everyNs);
  }

  /** Its process is another one, which knows nothing of before. */
  restart(): void {
    this.dns?.forget();
    this.reader?.forget();
    this.copyTopology();
  }

  private refreshEvery(everyNs: number): void {
    if (!Number.isFinite(everyNs)) return;
    // Instances began at different times.
    this.sim.after(this.random.below(everyNs), "periodic topology refresh", () => this.refreshAndGoOn(everyNs));
  }

  private refreshAndGoOn(everyNs: number): void {
    this.refresh();
    this.sim.after(everyNs, "periodic topology refresh", () => this.refreshAndGoOn(everyNs));
  }

  /** Where a new connection for the primary endpoint goes now. */
  resolve(): number {
    const node = this.endpointNode();
    if (node !== this.cluster.primaryEndpoint!.node) this.outdated++;
    return node;
  }

  private endpointNode(): number {
    return this.dns!.resolve(this.sim.now);
  }

  /** The node, or PRIMARY_ENDPOINT, for a command on a slot (-1: any shard). */
  route(slot: number, reads: boolean): number {
    const { serving, config } = this;
    const shard =
      slot >= 0 ? this.shardOf(slot) : serving.length === 1 ? serving[0] : serving[this.random.below(serving.length)];
    this.routedToReplica = false;
    if (reads && config.readFrom !== "primary") {
      const replica = this.pickReplica(this.replicas[shard], this.primaryOf(shard));
      if (replica !== null) {
        this.routedToReplica = replica !== this.primaryOf(shard);
        return replica;
      }
    }
    return this.primaryOf(shard);
  }

  /** For a second copy of a read: another node than `first` that it may go to, or the primary; `first` where there is none. */
  routeElsewhere(slot: number, first: number): number {
    const shard = this.shardOf(slot);
    const primary = this.primaryOf(shard);
    const { readFrom } = this.config;
    this.routedToReplica = false;
    // The reader endpoint is one connection to whatever node it gave.
    if (readFrom === "primary" || (this.reader !== null && this.usesEndpoints)) return primary;
    const all =
      readFrom === "any" || readFrom === "nearest" ? [...this.replicas[shard], primary] : this.replicas[shard];
    const others = all.filter(node => node !== first);
    const node = others.length > 0 ? others[this.secondTurn++ % others.length] : first === primary ? first : primary;
    this.routedToReplica = node !== primary;
    return node;
  }

  private shardOf(slot: number): number {
    return this.strays?.get(slot) ?? this.slots[slot];
  }

  private primaryOf(shard: number): number {
    return this.usesEndpoints ? PRIMARY_ENDPOINT : this.primaries[shard];
  }

  private zoneOf(member: number): number {
    return this.cluster.nodes[member === PRIMARY_ENDPOINT ? this.endpointNode() : member].zone;
  }

  /** Without replicas the reader endpoint leads to the primary. */
  private readerNode(reader: ConnectedName, primary: number): number {
    const node = reader.resolve(this.sim.now);
    return this.cluster.nodes[node].engine.role === "primary" ? primary : node;
  }

  /** Round robin over those who may answer; null: the primary, for want of others. */
  private pickReplica(replicas: readonly number[], primary: number): number | null {
    const { readFrom } = this.config;
    if (this.reader !== null && this.usesEndpoints) return this.readerNode(this.reader, primary);
    if (readFrom === "any") {
      const turn = this.turn++ % (replicas.length + 1);
      return turn === replicas.length ? primary : replicas[turn];
    }
    if (readFrom === "nearest" || readFrom === "zone-replica") {
      const here = this.pickHere(replicas, readFrom === "nearest" && this.isHere(primary), primary);
      if (here !== null) return here;
    }
    return replicas.length === 0 ? null : replicas[this.turn++ % replicas.length];
  }

  private isHere(member: number): boolean {
    return this.zoneOf(member) === this.zone;
  }

  /** Round robin over those in the instance's own zone; null: there is none. Asked for every read: it makes no list. */
  private pickHere(replicas: readonly number[], withPrimary: boolean, primary: number): number | null {
    let count = withPrimary ? 1 : 0;
    for (const replica of replicas) if (this.isHere(replica)) count++;
    if (count === 0) return null;
    let turn = this.turn++ % count;
    if (withPrimary && turn-- === 0) return primary;
    for (const replica of replicas) if (this.isHere(replica) && turn-- === 0) return replica;
    return null;
  }

  /** A node said who serves the slot. */
  moved(slot: number, node: Node): void {
    const { refresh } = this.config;
    if (!refresh.onMoved) return;
    if (slot >= 0) {
      if (this.shardOf(slot) !== node.shard) (this.strays ??= new Map()).set(slot, node.shard);
      this.primaries[node.shard] = node.id;
      // A shard that it has not heard of until now: of that it knows this one node.
      this.replicas[node.shard] ??= [];
    }
    this.refreshSoon();
  }

  /** A connection was lost or refused, or a node said that it is not the one to ask. */
  disconnected(): void {
    this.reader?.lost();
    if (this.config.refresh.onDisconnect) this.refreshSoon();
  }

  timedOut(): void {
    this.reader?.lost();
    if (this.config.refresh.onTimeout) this.refreshSoon();
  }

  /** Asks for the topology, unless that was done just now. */
  private refreshSoon(): void {
    if (this.sim.now - this.lastRefreshNs >= this.config.refresh.spacingNs) this.refresh();
  }

  private refresh(): void {
    const { sim } = this;
    if (this.refreshing) return;
    const informant = this.pickInformant();
    if (informant === null) return;
    this.refreshing = true;
    const there = this.latency.oneWayNs(this.zone, informant.zone);
    const back = this.latency.oneWayNs(informant.zone, this.zone);
    const { faults } = this.latency;
    const extra = faults === null ? 0 : faults.exchangeNs(clientsIn(this.zone), informant.id, 2);
    const answers = extra !== null && informant.state === "up";
    sim.after(answers ? there + back + extra : this.config.timeoutNs, "topology refresh", () => {
      this.refreshing = false;
      this.lastRefreshNs = sim.now;
      if (answers) this.copyTopology();
    });
  }

  /** Whether it believes that the node is one of the cluster's. */
  knows(node: number): boolean {
    return this.primaries.includes(node) || this.replicas.some(members => members.includes(node));
  }

  /** One of the nodes it knows, or, when they are all gone, one that the configuration endpoint's name leads to. */
  private pickInformant(): Node | null {
    const isUp = (node: Node) => node.state === "up" || node.state === "frozen";
    // Not spread: shards of which it has not heard are holes, and `filter` passes over them.
    const known = this.primaries
      .concat(this.replicas.flat())
      .map(id => this.cluster.nodes[id])
      .filter(isUp);
    const up = known.length > 0 ? known : this.cluster.nodes.filter(isUp);
    return up.length === 0 ? null : up[this.random.below(up.length)];
  }

  private copyTopology(): void {
    const { shards, slots } = this.cluster;
    this.slots = slots.snapshot();
    this.serving = shards.filter(shard => !shard.removed).map(shard => shard.index);
    this.strays = null;
    this.primaries = shards.map(shard => shard.primary.id);
    this.replicas = shards.map(shard =>
      shard.replicas.filter(replica => replica.state === "up" && !replica.engine.isLoading).map(replica => replica.id),
    );
  }
}
