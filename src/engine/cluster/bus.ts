// The bus: how nodes keep in touch. Each pings the others, tells in every ping what it is and a little of what it knows of
// third nodes, and concludes from silence that one has failed. Sockets and timers are the owner's.

import type { Cluster, ClusterHost } from "./cluster.ts";
import { nodeLine } from "./describe.ts";
import { Election } from "./election.ts";
import { Failures } from "./failures.ts";
import {
  decodeMessage,
  EXTENDED,
  type Extension,
  encodeMessage,
  encodePublish,
  encodeUpdate,
  type Gossip,
  type Head,
  PAUSED,
  slotBits,
  TYPE,
  TYPE_NAMES,
} from "./message.ts";
import { type BusLink, ClusterNode, FLAG } from "./node.ts";
import { Receiver } from "./receiver.ts";

export interface BusOwner {
  /** Where clients and nodes reach it; 0 before it listens. */
  readonly port: number;
  readonly busPort: number;
  /** Opens a connection; `connected` or `lost` is called when it stands or fails. */
  connect(node: ClusterNode): BusLink | null;
  log(line: string): void;
  save(): void;
  saveNow(): string | null;
}

/** What a connection takes without anything on it. */
const LINK_BYTES = 40;
const FORGOTTEN_EXTENSION_LIMIT = 64;

export class Bus implements ClusterHost {
  readonly sent = new Map<string, number>();
  readonly received = new Map<string, number>();
  overflows = 0;
  readonly election: Election;
  readonly failures: Failures;
  private readonly receiver: Receiver;
  private crons = 0;

  constructor(
    readonly cluster: Cluster,
    private readonly owner: BusOwner,
  ) {
    this.election = new Election(cluster, this);
    this.failures = new Failures(cluster, this);
    this.receiver = new Receiver(cluster, this);
    cluster.host = this;
    cluster.engine.parameters.onChange(() => this.refreshMyself());
    cluster.engine.clusterBus = { publish: (channel, message, shard) => this.publish(channel, message, shard) };
  }

  log(line: string): void {
    this.owner.log(line);
  }

  save(): void {
    this.owner.save();
  }

  saveNow(): string | null {
    return this.owner.saveNow();
  }

  get timeoutMs(): number {
    return this.cluster.engine.parameters.number("cluster-node-timeout");
  }

  private get now(): number {
    return this.cluster.engine.nowMs;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Nodes come and go.

  meet(ip: string, port: number, busPort: number): boolean {
    const { cluster } = this;
    for (const node of cluster.nodes.values()) {
      if (node.inHandshake && node.ip === ip && node.busPort === busPort) return false;
    }
    const node = new ClusterNode(cluster.newId(), cluster.newId(), FLAG.handshake | FLAG.meet, this.now);
    node.ip = ip;
    node.port = port;
    node.busPort = busPort;
    cluster.nodes.set(node.id, node);
    return true;
  }

  drop(node: ClusterNode): void {
    node.link?.close();
    node.inbound?.close();
    node.link = null;
    node.inbound = null;
  }

  /** Our side of a connection stands: the first word on it. */
  connected(link: BusLink): void {
    const { node } = link;
    if (node === null) return;
    const pingSentMs = node.pingSentMs;
    this.ping(link, node.has(FLAG.meet) ? TYPE.meet : TYPE.ping);
    // A link that was lost does not make an old question young.
    if (pingSentMs !== 0) node.pingSentMs = pingSentMs;
  }

  lost(link: BusLink): void {
    const { node } = link;
    if (node === null) return;
    if (node.link === link) node.link = null;
    if (node.inbound === link) node.inbound = null;
  }

  receive(link: BusLink, bytes: Buffer): void {
    const message = decodeMessage(bytes);
    if (message === null) return;
    count(this.received, TYPE_NAMES[message.type] ?? "unknown");
    if (message.type === this.cluster.droppedType) {
      if (!this.cluster.closesOnDrop) return;
      this.log(`Closing link for matching packet type ${message.type}`);
      link.close();
      this.lost(link);
      return;
    }
    this.receiver.process(link, message);
  }

  // -------------------------------------------------------------------------------------------------------------
  // Sending.

  private head(type: number, messageFlags = 0): Head {
    const { cluster } = this;
    const { myself, engine } = cluster;
    const { head } = myself;
    const paused = myself.isPrimary && this.election.manual !== null ? PAUSED : 0;
    return {
      type,
      sender: myself.id,
      port: myself.port,
      busPort: myself.busPort,
      currentEpoch: cluster.currentEpoch,
      configEpoch: head.configEpoch,
      offset: cluster.offset,
      slots: slotBits(cluster.slots, head),
      primary: myself.primary?.id ?? "",
      ip: engine.parameters.text("cluster-announce-ip"),
      flags: myself.flags,
      isOk: cluster.isOk,
      messageFlags: messageFlags | paused,
    };
  }

  private send(link: BusLink | null, type: number, bytes: Uint8Array): void {
    if (link === null) return;
    count(this.sent, TYPE_NAMES[type]);
    link.send(bytes);
  }

  ping(link: BusLink, type: number = TYPE.ping): void {
    const { node } = link;
    if (!link.inbound && node !== null && type === TYPE.ping) node.pingSentMs = this.now;
    const extends_ = node?.has(FLAG.extensions) ?? false;
    this.send(
      link,
      type,
      encodeMessage(this.head(type, EXTENDED), this.gossipFor(node), extends_ ? this.extensions() : []),
    );
  }

  /** Some nodes at random, and all that are suspected. */
  private gossipFor(receiver: ClusterNode | null): Gossip[] {
    const { cluster } = this;
    const others = [...cluster.nodes.values()].filter(
      node =>
        node !== cluster.myself &&
        node !== receiver &&
        !node.inHandshake &&
        !node.has(FLAG.noAddress) &&
        (node.link !== null || node.slotCount > 0 || node.isSuspected),
    );
    const chosen = others.filter(node => node.isSuspected);
    const fresh = others.filter(node => !node.isSuspected);
    for (let wanted = Math.max(3, Math.floor(cluster.nodes.size / 10)); wanted > 0 && fresh.length > 0; wanted--) {
      chosen.push(...fresh.splice(cluster.engine.random.below(fresh.length), 1));
    }
    return chosen.map(node => ({
      id: node.id,
      pingSentS: Math.floor(node.pingSentMs / 1_000),
      pongReceivedS: Math.floor(node.pongReceivedMs / 1_000),
      ip: node.ip,
      port: node.port,
      busPort: node.busPort,
      flags: node.flags & ~(FLAG.myself | FLAG.extensions),
    }));
  }

  private extensions(): Extension[] {
    const { myself, forgotten } = this.cluster;
    const extensions: Extension[] = [{ type: "shardId", text: myself.shardId }];
    if (myself.hostname !== "") extensions.push({ type: "hostname", text: myself.hostname });
    if (myself.nodeName !== "") extensions.push({ type: "nodeName", text: myself.nodeName });
    if (myself.clientIpV4 !== "") extensions.push({ type: "clientIpV4", text: myself.clientIpV4 });
    if (myself.clientIpV6 !== "") extensions.push({ type: "clientIpV6", text: myself.clientIpV6 });
    for (const [id, untilMs] of forgotten) {
      const seconds = Math.ceil((untilMs - this.now) / 1_000);
      if (seconds > 0 && extensions.length < FORGOTTEN_EXTENSION_LIMIT) {
        extensions.push({ type: "forgotten", text: id, seconds });
      }
    }
    return extensions;
  }

  announce(): void {
    for (const node of this.cluster.nodes.values()) {
      if (node.link !== null && !node.inHandshake) this.ping(node.link, TYPE.pong);
    }
  }

  broadcast(type: number, data?: Uint8Array, messageFlags = 0): void {
    const bytes = encodeMessage(this.head(type, messageFlags), [], [], data);
    for (const node of this.cluster.nodes.values()) {
      if (node !== this.cluster.myself && !node.inHandshake) this.send(node.link, type, bytes);
    }
  }

  toNode(node: ClusterNode, type: number, data?: Uint8Array): void {
    this.send(node.link, type, encodeMessage(this.head(type), [], [], data));
  }

  /** Tells a node that it is wrong about another one's slots. */
  update(receiver: ClusterNode, about: ClusterNode): void {
    const bits = slotBits(this.cluster.slots, about);
    this.toNode(receiver, TYPE.update, encodeUpdate(about.id, about.configEpoch, bits));
  }

  private publish(channel: string, message: string, shard: boolean): void {
    const data = encodePublish(channel, message);
    if (!shard) return this.broadcast(TYPE.publish, data);
    for (const node of this.cluster.nodes.values()) {
      if (node.isMyself || node.head !== this.cluster.myself.head) continue;
      this.toNode(node, TYPE.publishShard, data);
    }
  }

  failover(how: "orderly" | "force" | "takeover"): void {
    this.election.begin(how);
  }

  // -------------------------------------------------------------------------------------------------------------
  // Time: ten times a second.

  cron(): void {
    const { cluster } = this;
    this.crons++;
    for (const node of [...cluster.nodes.values()]) {
      this.limit(node);
      this.reconnect(node);
    }
    if (this.crons % 10 === 0) this.pingSomebody();
    let suspected = false;
    for (const node of cluster.nodes.values()) {
      if (node.isMyself || node.has(FLAG.noAddress) || node.inHandshake) continue;
      if (this.failures.watch(node)) suspected = true;
    }
    const { myself, engine } = cluster;
    if (myself.isReplica && myself.primary !== null && engine.replication.upstream.primary === null) {
      if (myself.primary.ip !== "") {
        engine.replication.upstream.follow({ host: myself.primary.ip, port: myself.primary.port });
      }
    }
    this.election.cron();
    if (suspected || !cluster.isOk) cluster.update();
  }

  /** What is announced of this node may be changed at any time. */
  refreshMyself(): void {
    const { myself, engine } = this.cluster;
    const { parameters } = engine;
    const shown = () => nodeLine(this.cluster, myself, null, true);
    const before = shown();
    myself.hostname = parameters.text("cluster-announce-hostname");
    myself.nodeName = parameters.text("cluster-announce-human-nodename");
    myself.clientIpV4 = parameters.text("cluster-announce-client-ipv4");
    myself.clientIpV6 = parameters.text("cluster-announce-client-ipv6");
    const ip = parameters.text("cluster-announce-ip");
    if (ip !== "") myself.ip = ip;
    myself.set(FLAG.noFailover, parameters.flag("cluster-replica-no-failover"));
    const announced = parameters.number("cluster-announce-port");
    const announcedBus = parameters.number("cluster-announce-bus-port");
    myself.port = announced > 0 ? announced : this.owner.port;
    myself.busPort = announcedBus > 0 ? announcedBus : this.owner.busPort;
    if (shown() !== before) this.save();
  }

  private limit(node: ClusterNode): void {
    const most = this.cluster.engine.parameters.number("cluster-link-sendbuf-limit");
    if (most === 0) return;
    for (const link of [node.link, node.inbound]) {
      if (link === null || link.pendingBytes + LINK_BYTES <= most) continue;
      this.log(
        `Freeing cluster link(${link.inbound ? "from" : "to"} node ${node.id}, used memory: ${link.pendingBytes}) due to exceeding send buffer memory limit.`,
      );
      link.close();
      this.lost(link);
      this.overflows++;
    }
  }

  private reconnect(node: ClusterNode): void {
    if (node.isMyself || node.has(FLAG.noAddress)) return;
    if (node.inHandshake && this.now - node.createdMs > Math.max(1_000, this.timeoutMs)) {
      this.cluster.remove(node);
      return;
    }
    if (node.link !== null) return;
    node.link = this.owner.connect(node);
    if (node.link === null && node.pingSentMs === 0) node.pingSentMs = this.now;
  }

  /** The one of some that has been silent for longest. */
  private pingSomebody(): void {
    const { cluster } = this;
    const nodes = [...cluster.nodes.values()];
    let quietest: ClusterNode | null = null;
    for (let i = 0; i < 5; i++) {
      const node = nodes[cluster.engine.random.below(nodes.length)];
      if (node.isMyself || node.inHandshake || node.link === null || node.pingSentMs !== 0) continue;
      if (quietest === null || node.pongReceivedMs < quietest.pongReceivedMs) quietest = node;
    }
    if (quietest !== null) this.ping(quietest.link!);
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
