// Subscribers of channels, and how a message gets to all of them.
//
//   engine thread   the call itself, then one write to a connection per subscriber of the node: a part of a turn
//                   (SHARE_OF_TURN, assumed: read, write and poll are taken to cost about alike), less where I/O threads write
//   network         every copy passes the node's interface, then the way to the subscriber's zone
//   where           sharded (SSUBSCRIBE): the primary of the channel's slot. Else any node, subscribers spread over all of
//                   them: in cluster mode the bus brings each message to every node, which is what sharded channels avoid;
//                   with cluster mode disabled it follows the stream of changes to the replicas
//   at most once    whoever is cut off misses what is sent until it has subscribed again: at once when its connection is reset
//                   (looked at once a second), after `keepalive` when its node has just gone silent
//
// Left out: output buffer limits of slow subscribers, patterns, the memory of subscriptions.

import { Push, type Reply, replyBytes } from "../../engine/reply.ts";
import type { Session } from "../../engine/session.ts";
import { keySlot } from "../../engine/slots.ts";
import type { Simulation } from "../../sim/simulation.ts";
import { NS_PER_SECOND } from "../../units.ts";
import type { CachingCounters } from "../caching/counters.ts";
import type { Cluster } from "../cluster.ts";
import type { FanOutConfig } from "../config.ts";
import { DROPPED, type Latency } from "../network.ts";
import type { Node } from "../node.ts";

/** What of a turn of the event loop writing to one connection takes. */
const SHARE_OF_TURN = 1 / 3;
const LOOK_NS = NS_PER_SECOND;
/** Message on the cluster bus beside channel and text: header of the bus. */
const BUS_HEADER_BYTES = 2_256;

/** To the fan-out: copies wait to be written by node a; message b of the bus arrives at node a. */
const WRITES = 0;
const BUS = 1;

interface Subscriber {
  /** Name and number of its channel. */
  readonly channel: string;
  readonly number: number;
  readonly zone: number;
  node: Node | null;
  incarnation: number;
  /** Since when its node has been silent; Infinity: it is not. */
  silentSince: number;
  session: Session | null;
  /** How many messages its channel had when it was last up to date, and how many it got since. */
  since: number;
  received: number;
}

interface OnBus {
  readonly channel: string;
  readonly text: string;
  /** Nodes that it has not reached yet. */
  left: number;
}

interface Copy {
  readonly zone: number;
  readonly bytes: number;
  readonly sentNs: number;
}

export class FanOut {
  private readonly subscribers: Subscriber[] = [];
  private readonly pending = new Map<Node, Copy[]>();
  private readonly onBus = new Map<number, OnBus>();
  private nextOnBus = 0;
  private readonly target: number;
  private nextSession = 1_000_000;

  constructor(
    private readonly config: FanOutConfig,
    channels: readonly string[],
    /** Messages that the cache took, by channel. */
    private readonly published: Float64Array,
    zones: readonly number[],
    private readonly cluster: Cluster,
    private readonly sim: Simulation,
    private readonly latency: Latency,
    private readonly counters: CachingCounters,
  ) {
    this.target = sim.register((kind, a, b) => (kind === WRITES ? this.write(a) : this.fromBus(a, b)));
    for (let i = 0; i < config.subscribers; i++) {
      const number = i % channels.length;
      const channel = channels[number];
      const zone = zones[i % zones.length];
      const blank = {
        node: null,
        incarnation: 0,
        silentSince: Number.POSITIVE_INFINITY,
        session: null,
        since: 0,
        received: 0,
      };
      this.subscribers.push({ channel, number, zone, ...blank });
    }
  }

  /** Everybody subscribes. */
  start(): void {
    this.look();
  }

  private look(): void {
    const { sim, subscribers } = this;
    this.joinBus();
    subscribers.forEach((one, i) => {
      if (!this.isWell(one)) this.subscribe(one, i);
    });
    sim.after(LOOK_NS, "subscribers look", () => this.look());
  }

  private isWell(one: Subscriber): boolean {
    const { node, incarnation, channel } = one;
    if (node === null) return false;
    if (node.state === "lost" || node.state === "frozen") {
      one.silentSince = Math.min(one.silentSince, this.sim.now);
      return this.sim.now - one.silentSince < this.config.keepaliveNs;
    }
    one.silentSince = Number.POSITIVE_INFINITY;
    if (node.state !== "up" || node.incarnation !== incarnation) return false;
    return !this.config.sharded || this.primaryOf(channel) === node;
  }

  private primaryOf(channel: string): Node {
    return this.cluster.shards[this.cluster.shardOfSlot[keySlot(channel)]].primary;
  }

  private subscribe(one: Subscriber, index: number): void {
    const { cluster, config } = this;
    if (one.session !== null) one.node!.engine.pubsub.forget(one.session);
    one.session = null;
    const published = this.published[one.number];
    if (one.node !== null) this.counters.messagesMissed += Math.max(0, published - one.since - one.received);
    one.since = published;
    one.received = 0;
    const up = cluster.nodes.filter(node => node.state === "up");
    const node = config.sharded ? this.primaryOf(one.channel) : up[index % Math.max(1, up.length)];
    if (node === undefined || node.state !== "up") return;
    one.node = node;
    one.incarnation = node.incarnation;
    const session = node.engine.session(this.nextSession++);
    session.deliver = reply => this.copy(one, node, reply);
    one.session = session;
    node.engine.pubsub.subscribe(session, config.sharded ? "shardChannels" : "channels", one.channel);
  }

  /** The engine has put a message into a subscriber's buffer. */
  private copy(one: Subscriber, node: Node, reply: Reply): void {
    if (!(reply instanceof Push)) return;
    let copies = this.pending.get(node);
    if (copies === undefined) this.pending.set(node, (copies = []));
    if (copies.length === 0) this.sim.send(0, this.target, WRITES, node.id, 0);
    const text = reply.items[2] as string;
    one.received++;
    copies.push({ zone: one.zone, bytes: replyBytes(reply), sentNs: Number.parseFloat(text) });
  }

  /** Once the call is done, its copies are written, one connection after another. */
  private write(id: number): void {
    const { cluster, latency, counters } = this;
    const node = cluster.nodes[id];
    const copies = this.pending.get(node)!;
    this.pending.set(node, []);
    const each = node.cpu.turnNs * SHARE_OF_TURN;
    for (const { zone, bytes, sentNs } of copies) {
      const readyNs = node.block(each + bytes * node.cpu.byteOutNs);
      const passing = node.networkOut.pass(readyNs, bytes);
      // What the interface drops TCP sends again, in order: the subscriber gets it late.
      const onWireNs = passing === DROPPED ? node.config.hardware.network.retransmitNs : passing;
      counters.messagesDelivered++;
      counters.delivery.record(
        Math.max(0, Math.round(readyNs + onWireNs + latency.oneWayNs(node.zone, zone) - sentNs)),
      );
    }
  }

  // -------------------------------------------------------------------------------------------------------------
  // The bus of cluster mode.

  private joinBus(): void {
    const { cluster, config } = this;
    if (config.sharded || cluster.config.mode === "single") return;
    for (const { engine, id } of cluster.nodes) {
      engine.clusterBus ??= { publish: (channel, message) => this.flood(id, channel, message) };
    }
  }

  private flood(from: number, channel: string, text: string): void {
    const { cluster, sim, latency, onBus, target } = this;
    const sender = cluster.nodes[from];
    const others = cluster.nodes.filter(node => node !== sender && node.state === "up");
    if (others.length === 0) return;
    const message = this.nextOnBus++;
    onBus.set(message, { channel, text, left: others.length });
    for (const node of others) {
      sender.networkOut.pass(sim.now, BUS_HEADER_BYTES + channel.length + text.length);
      sim.send(latency.oneWayNs(sender.zone, node.zone), target, BUS, node.id, message);
    }
  }

  private fromBus(id: number, message: number): void {
    const node = this.cluster.nodes[id];
    const one = this.onBus.get(message)!;
    if (--one.left === 0) this.onBus.delete(message);
    if (node.state !== "up") return;
    const { channel, text } = one;
    node.networkIn.pass(this.sim.now, BUS_HEADER_BYTES + channel.length + text.length);
    node.block(node.cpu.overheadNs + text.length * node.cpu.byteInNs);
    node.engine.pubsub.publish(channel, text);
  }
}
