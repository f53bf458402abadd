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
//   slow readers    what they have not read waits in the node's memory, up to client-output-buffer-limit (slow-reader.ts)
//
// Left out: patterns, the memory of subscriptions and of their connections, what a frozen node does not send.

import { Push, type Reply, replyBytes } from "../../engine/reply.ts";
import type { Session } from "../../engine/session.ts";
import { keySlot } from "../../engine/slots.ts";
import type { Simulation } from "../../sim/simulation.ts";
import { formatBytes, NS_PER_SECOND } from "../../units.ts";
import { scattered } from "../../workload/scattered.ts";
import type { CachingCounters } from "../caching/counters.ts";
import type { Cluster } from "../cluster.ts";
import type { FanOutConfig } from "../config.ts";
import { DROPPED, type Latency } from "../network.ts";
import type { Node } from "../node.ts";
import { SlowReader } from "./slow-reader.ts";

/** What of a turn of the event loop writing to one connection takes. */
const SHARE_OF_TURN = 1 / 3;
const LOOK_NS = NS_PER_SECOND;
/** Message on the cluster bus beside channel and text: header of the bus. */
const BUS_HEADER_BYTES = 2_256;

/** Closed connections that become events; metrics count them all. */
const CUTS_TOLD = 20;

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
  /** Null: it reads at once. */
  slow: SlowReader | null;
}

interface OnBus {
  readonly channel: string;
  readonly text: string;
  /** Nodes that it has not reached yet. */
  left: number;
}

interface Copy {
  readonly to: Subscriber;
  readonly bytes: number;
  readonly sentNs: number;
}

export class FanOut {
  private readonly subscribers: Subscriber[] = [];
  private readonly pending = new Map<Node, Copy[]>();
  private readonly onBus = new Map<number, OnBus>();
  private nextOnBus = 0;
  private readonly target: number;
  private cutsTold = 0;

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
        slow: null,
      };
      this.subscribers.push({ channel, number, zone, ...blank });
    }
    if (config.slow !== undefined) this.slowDown(config.slow);
  }

  /** Those who read slowly have nothing to do with channels or zones. */
  private slowDown({ subscribers, bytesPerSecond }: NonNullable<FanOutConfig["slow"]>): void {
    const order = this.subscribers.map((_, i) => i).sort((a, b) => scattered(a) - scattered(b));
    const { subscriberLimit } = this.cluster.config.listen;
    for (const i of order.slice(0, subscribers))
      this.subscribers[i].slow = new SlowReader(bytesPerSecond, subscriberLimit);
  }

  /** Everybody subscribes. */
  start(): void {
    this.look();
  }

  private look(): void {
    const { sim, subscribers } = this;
    this.joinBus();
    subscribers.forEach((one, i) => {
      if (one.slow !== null) this.read(one, one.slow);
      if (!this.isWell(one)) this.subscribe(one, i);
    });
    sim.after(LOOK_NS, "subscribers look", () => this.look());
  }

  private isWell(one: Subscriber): boolean {
    const { node, incarnation, channel } = one;
    if (node === null || one.session === null) return false;
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
    this.leave(one);
    const published = this.published[one.number];
    if (one.node !== null) this.counters.messagesMissed += Math.max(0, published - one.since - one.received);
    one.since = published;
    one.received = 0;
    const up = cluster.nodes.filter(node => node.state === "up");
    const node = config.sharded ? this.primaryOf(one.channel) : up[index % Math.max(1, up.length)];
    if (node === undefined || node.state !== "up") return;
    one.node = node;
    one.incarnation = node.incarnation;
    const session = node.sessions.open();
    if (one.slow !== null) (node.ram.slowReaders ??= new Set()).add(one.slow);
    session.deliver = reply => this.copy(one, node, reply);
    one.session = session;
    node.engine.pubsub.subscribe(session, config.sharded ? "shardChannels" : "channels", one.channel);
  }

  /** Its connection is no more, and with it what the server kept for it. */
  private leave(one: Subscriber): void {
    const { node, session, slow } = one;
    if (session !== null) node!.sessions.close(session);
    one.session = null;
    if (slow === null) return;
    this.counters.messagesMissed += slow.close();
    node?.ram.slowReaders?.delete(slow);
  }

  /** The engine has put a message into a subscriber's buffer. */
  private copy(one: Subscriber, node: Node, reply: Reply): void {
    if (!(reply instanceof Push)) return;
    let copies = this.pending.get(node);
    if (copies === undefined) this.pending.set(node, (copies = []));
    if (copies.length === 0) this.sim.send(0, this.target, WRITES, node.id, 0);
    const text = reply.items[2] as string;
    one.received++;
    copies.push({ to: one, bytes: replyBytes(reply), sentNs: Number.parseFloat(text) });
  }

  /** Once the call is done, its copies are written, one connection after another. */
  private write(id: number): void {
    const { cluster, latency, counters } = this;
    const node = cluster.nodes[id];
    const copies = this.pending.get(node)!;
    this.pending.set(node, []);
    const each = node.cpu.turnNs * SHARE_OF_TURN;
    for (const { to, bytes, sentNs } of copies) {
      const { zone, slow } = to;
      const readyNs = node.block(each + bytes * node.cpu.byteOutNs);
      if (slow !== null) {
        this.writeSlow(to, slow, { bytes, readyNs, sentNs });
        continue;
      }
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
  // Those who read slowly.

  private writeSlow(
    one: Subscriber,
    slow: SlowReader,
    message: { bytes: number; readyNs: number; sentNs: number },
  ): void {
    // Its connection was closed for a copy before this one.
    if (one.session === null) {
      this.counters.messagesMissed++;
      return;
    }
    slow.give(message.bytes, message.readyNs, message.sentNs);
    this.read(one, slow);
  }

  /** It has read on; and the server looks whether too much waits. */
  private read(one: Subscriber, slow: SlowReader): void {
    const { sim, latency, counters } = this;
    const { node, zone } = one;
    if (node === null) return;
    // What waited in a process that has died is gone with it.
    if (node.incarnation !== one.incarnation) counters.messagesMissed += slow.close();
    const passed = slow.settle(sim.now, (sentNs, readNs) => {
      counters.messagesDelivered++;
      counters.delivery.record(Math.max(0, Math.round(readNs + latency.oneWayNs(node.zone, zone) - sentNs)));
    });
    if (passed > 0) node.networkOut.passBulk(sim.now, passed);
    if (one.session !== null && slow.exceeds(sim.now)) this.cut(one, slow, node);
  }

  private cut(one: Subscriber, slow: SlowReader, node: Node): void {
    const { log } = this.cluster;
    const { bufferedBytes, limit } = slow;
    node.engine.stats.outputBufferDisconnections++;
    this.counters.subscribersCut++;
    this.leave(one);
    if (++this.cutsTold > CUTS_TOLD) return;
    const limits = `${formatBytes(limit.hardBytes)}, or ${formatBytes(limit.softBytes)} for ${limit.softNs / NS_PER_SECOND} s`;
    log.add(
      node.name,
      `subscriber of ${one.channel} cut off: ${formatBytes(bufferedBytes)} wait for it, client-output-buffer-limit allows ${limits}`,
    );
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
