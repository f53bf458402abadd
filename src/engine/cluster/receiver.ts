// What a node makes of the messages it gets.

import type { Bus } from "./bus.ts";
import { takeSlots } from "./claims.ts";
import type { Cluster } from "./cluster.ts";
import { decodePublish, decodeUpdate, EXTENDED, failedId, hasSlot, LIGHT, type Message, TYPE } from "./message.ts";
import { type BusLink, ClusterNode, FLAG } from "./node.ts";

const ID = /^[0-9a-f]{40}$/u;

export class Receiver {
  constructor(
    private readonly cluster: Cluster,
    private readonly bus: Bus,
  ) {}

  private get now(): number {
    return this.cluster.engine.nowMs;
  }

  process(link: BusLink, message: Message): void {
    const { cluster } = this;
    if ((message.type & LIGHT) !== 0) return link.close();
    let sender = cluster.nodes.get(message.sender) ?? null;
    if (sender?.inHandshake) sender = null;
    if (sender !== null) this.note(sender, link, message);
    switch (message.type) {
      case TYPE.ping:
      case TYPE.meet:
      case TYPE.pong:
        this.greet(sender, link, message);
        return;
      case TYPE.fail:
        if (sender !== null) this.failed(sender, failedId(message.data));
        return;
      case TYPE.publish:
      case TYPE.publishShard: {
        const published = sender === null ? null : decodePublish(message.data);
        if (published === null) return;
        const { pubsub } = cluster.engine;
        if (message.type === TYPE.publish) pubsub.publish(published.channel, published.message);
        else pubsub.publishShard(published.channel, published.message);
        return;
      }
      case TYPE.authRequest:
        if (sender !== null) this.bus.election.vote(sender, message);
        return;
      case TYPE.authAck:
        if (sender !== null) this.bus.election.voted(sender, message);
        return;
      case TYPE.manualStart:
        if (sender !== null && sender.primary === cluster.myself) this.bus.election.pauseFor(sender);
        return;
      case TYPE.update:
        if (sender !== null) this.update(message);
    }
  }

  /** What every message says of its sender. */
  private note(sender: ClusterNode, link: BusLink, message: Message): void {
    const { cluster } = this;
    sender.dataReceivedMs = this.now;
    if ((message.messageFlags & EXTENDED) !== 0) sender.set(FLAG.extensions, true);
    if (link.inbound && link.node === null) {
      link.node = sender;
      if (sender.inbound !== null && sender.inbound !== link) sender.inbound.close();
      sender.inbound = link;
    }
    cluster.currentEpoch = Math.max(cluster.currentEpoch, message.currentEpoch);
    if (message.primary === "" && message.configEpoch > sender.configEpoch) {
      sender.configEpoch = message.configEpoch;
      this.bus.save();
    }
    sender.offset = message.offset;
    sender.offsetMs = this.now;
    this.bus.election.heard(sender, message);
  }

  // -------------------------------------------------------------------------------------------------------------
  // PING, PONG and MEET.

  private greet(sender: ClusterNode | null, link: BusLink, message: Message): void {
    const { cluster, bus } = this;
    const { type } = message;
    if (type !== TYPE.pong) {
      this.learnOwnAddress(link, type);
      if (sender === null && type === TYPE.meet) this.meet(link, message);
      bus.ping(link, TYPE.pong);
    }
    if (sender?.has(FLAG.meet)) {
      sender.set(FLAG.meet, false);
      bus.log(`Successfully completed handshake with ${sender.title}`);
    }
    let known = sender;
    if (!link.inbound && link.node !== null) {
      if (link.node.inHandshake) {
        if (sender !== null) {
          this.updateAddress(sender, link, message);
          cluster.remove(link.node);
          return;
        }
        known = this.endHandshake(link.node, message);
      } else if (link.node.id !== message.sender) {
        bus.log(`PONG contains mismatching sender ID. About node ${link.node.title}`);
        link.node.set(FLAG.noAddress, true);
        link.node.ip = "";
        link.node.port = 0;
        link.node.busPort = 0;
        const { node } = link;
        node.link = null;
        link.close();
        bus.save();
        return;
      }
    }
    if (!link.inbound && type === TYPE.pong && link.node !== null) this.answered(link.node);
    if (sender === null || known === null) return;
    sender.set(FLAG.noFailover, (message.flags & FLAG.noFailover) !== 0);
    if (type === TYPE.ping) this.updateAddress(sender, link, message);
    const wasReplica = sender.isReplica;
    this.updateRole(sender, message);
    this.updateSlots(sender, message, wasReplica);
    this.resolveCollision(sender, message);
    this.gossip(sender, message);
    this.extend(sender, message);
  }

  private learnOwnAddress(link: BusLink, type: number): void {
    const { myself, engine } = this.cluster;
    if (engine.parameters.text("cluster-announce-ip") !== "") return;
    if ((type !== TYPE.meet && myself.ip !== "") || link.localIp === myself.ip || link.localIp === "") return;
    myself.ip = link.localIp;
    this.bus.log(`IP address for this node updated to ${myself.ip}`);
    this.bus.save();
  }

  /** A stranger introduces itself: shake hands the other way round too. */
  private meet(link: BusLink, message: Message): void {
    const ip = message.ip === "" ? link.remoteIp : message.ip;
    if (!this.bus.meet(ip, message.port, message.busPort)) return;
    const { nodes } = this.cluster;
    const node = [...nodes.values()].find(one => one.inHandshake && one.ip === ip && one.busPort === message.busPort)!;
    // It is not asked to meet in return: it knows us by now.
    node.set(FLAG.meet, false);
    if ((message.messageFlags & EXTENDED) !== 0) node.set(FLAG.extensions, true);
    this.bus.save();
  }

  private endHandshake(node: ClusterNode, message: Message): ClusterNode {
    this.cluster.rename(node, message.sender);
    node.set(FLAG.handshake, false);
    node.flags |= message.flags & (FLAG.primary | FLAG.replica);
    if ((message.messageFlags & EXTENDED) !== 0) node.set(FLAG.extensions, true);
    node.dataReceivedMs = this.now;
    this.bus.save();
    return node;
  }

  private answered(node: ClusterNode): void {
    node.pongReceivedMs = this.now;
    node.pingSentMs = 0;
    if (node.isSuspected) {
      node.set(FLAG.suspected, false);
      this.cluster.changed();
    } else if (node.isFailed) this.bus.failures.pardon(node);
  }

  private updateAddress(node: ClusterNode, link: BusLink, message: Message): void {
    if (link === node.link) return;
    const ip = message.ip === "" ? link.remoteIp : message.ip;
    const { port, busPort } = message;
    if (ip === "" || (node.ip === ip && node.port === port && node.busPort === busPort)) return;
    this.move(node, ip, port, busPort);
  }

  private move(node: ClusterNode, ip: string, port: number, busPort: number): void {
    const { cluster, bus } = this;
    node.ip = ip;
    node.port = port;
    node.busPort = busPort;
    node.link?.close();
    node.link = null;
    node.set(FLAG.noAddress, false);
    bus.log(`Address updated for node ${node.title}, now ${ip}:${port}`);
    if (cluster.myself.primary === node) cluster.engine.replication.upstream.follow({ host: ip, port });
    cluster.changed();
  }

  // -------------------------------------------------------------------------------------------------------------
  // What the sender is.

  private updateRole(sender: ClusterNode, message: Message): void {
    const { cluster, bus } = this;
    if (message.primary === "") return cluster.promote(sender);
    const primary = cluster.nodes.get(message.primary) ?? null;
    if (sender.isPrimary) {
      if (primary !== null && primary.shardId === sender.shardId) {
        if (sender.configEpoch <= message.configEpoch) {
          cluster.promote(primary);
          primary.configEpoch = message.configEpoch;
          bus.log(
            `A failover occurred in shard ${sender.shardId}; node ${sender.title} failed over to node ${primary.title} with a config epoch of ${primary.configEpoch}`,
          );
        }
      } else {
        const count = sender.slotCount;
        for (const [first, last] of cluster.rangesOf(sender)) {
          for (let slot = first; slot <= last; slot++) cluster.unassign(slot);
        }
        bus.log(
          `Node ${sender.title} is no longer primary of shard ${sender.shardId}; removed all ${count} slot(s) it used to own`,
        );
      }
      sender.set(FLAG.primary | FLAG.migrateTo, false);
      sender.set(FLAG.replica, true);
      cluster.changed();
    }
    if (primary === null || sender.primary === primary || sender === primary) return;
    bus.log(`Node ${sender.title} is now a replica of node ${primary.title} in shard ${primary.shardId}`);
    sender.primary = primary;
    const { myself } = cluster;
    const above = myself.primary?.primary ?? null;
    if (above !== null && above !== myself) {
      bus.log(`I'm a sub-replica! Reconfiguring myself as a replica of ${above.id} from ${myself.primary!.id}`);
      cluster.follow(above, true, above.shardId !== myself.shardId);
    }
    sender.shardId = primary.shardId;
    bus.save();
  }

  private updateSlots(sender: ClusterNode, message: Message, wasReplica: boolean): void {
    const { cluster, bus } = this;
    if (message.primary !== "") return;
    const same = cluster.slots.every((owner, slot) => (owner === sender) === hasSlot(message.slots, slot));
    if (same && !wasReplica) return;
    takeSlots(cluster, sender, message.configEpoch, message.slots);
    // What it claims may be out of date: then it is told.
    for (let slot = 0; slot < cluster.slots.length; slot++) {
      const owner = cluster.slots[slot];
      if (!hasSlot(message.slots, slot) || owner === sender || owner === null) continue;
      if (cluster.disowned.has(slot) || owner.configEpoch <= message.configEpoch) continue;
      bus.update(sender, owner);
      break;
    }
  }

  /** Two primaries must not have the same rank: the one with the smaller id moves on. */
  private resolveCollision(sender: ClusterNode, message: Message): void {
    const { cluster } = this;
    const { myself } = cluster;
    if (!myself.isPrimary || !sender.isPrimary || message.configEpoch !== myself.configEpoch) return;
    if (sender.configEpoch !== myself.configEpoch || sender.id <= myself.id) return;
    cluster.currentEpoch++;
    myself.configEpoch = cluster.currentEpoch;
    this.bus.save();
    this.bus.log(`configEpoch collision with node ${sender.title}. configEpoch set to ${myself.configEpoch}`);
  }

  // -------------------------------------------------------------------------------------------------------------
  // What the sender says of others.

  private gossip(sender: ClusterNode, message: Message): void {
    const { cluster, bus } = this;
    if (message.gossip.some(({ id }) => !ID.test(id))) return;
    for (const said of message.gossip) {
      const node = cluster.nodes.get(said.id);
      const bad = (said.flags & (FLAG.failed | FLAG.suspected)) !== 0;
      const addressed = (said.flags & FLAG.noAddress) === 0;
      if (node === undefined) {
        const isForgotten = (cluster.forgotten.get(said.id) ?? 0) > this.now;
        if (addressed && !isForgotten) this.introduce(said);
        continue;
      }
      if (node === cluster.myself) continue;
      if (sender.isVoter) {
        if (bad) {
          if (!node.reports.has(sender)) bus.log(`Node ${sender.title} reported node ${node.title} as not reachable.`);
          node.reports.set(sender, this.now);
          bus.failures.judge(node);
        } else if (node.reports.delete(sender)) {
          bus.log(`Node ${sender.title} reported node ${node.title} is back online.`);
        }
      }
      if (!bad && node.pingSentMs === 0 && bus.failures.reportsOf(node) === 0) {
        const heardMs = said.pongReceivedS * 1_000;
        if (heardMs <= this.now + 500 && heardMs > node.pongReceivedMs) node.pongReceivedMs = heardMs;
      }
      const lost = node.isFailed || node.isSuspected;
      const elsewhere = node.ip !== said.ip || node.port !== said.port || node.busPort !== said.busPort;
      if (lost && !bad && addressed && elsewhere) this.move(node, said.ip, said.port, said.busPort);
    }
  }

  /** Somebody we have not heard of: the handshake will come with the first pong. */
  private introduce(said: Message["gossip"][number]): void {
    const { cluster } = this;
    const flags = said.flags & (FLAG.primary | FLAG.replica | FLAG.noFailover);
    const node = new ClusterNode(said.id, cluster.newId(), flags, this.now);
    node.ip = said.ip;
    node.port = said.port;
    node.busPort = said.busPort;
    cluster.nodes.set(node.id, node);
    this.bus.save();
  }

  private extend(sender: ClusterNode, message: Message): void {
    const { cluster } = this;
    const texts = new Map(message.extensions.map(({ type, text }) => [type, text]));
    sender.hostname = texts.get("hostname") ?? "";
    sender.nodeName = texts.get("nodeName") ?? "";
    sender.clientIpV4 = texts.get("clientIpV4") ?? "";
    sender.clientIpV6 = texts.get("clientIpV6") ?? "";
    const shard = texts.get("shardId") ?? sender.primary?.shardId ?? sender.shardId;
    if (shard !== sender.shardId) {
      sender.shardId = shard;
      if (cluster.myself.primary === sender) cluster.myself.shardId = shard;
      this.bus.save();
    }
    for (const { type, text, seconds = 0 } of message.extensions) {
      if (type !== "forgotten") continue;
      const node = cluster.nodes.get(text);
      if (node === undefined || node === cluster.myself || cluster.myself.primary === node) continue;
      cluster.forgotten.set(text, this.now + seconds * 1_000);
      cluster.remove(node);
      cluster.changed();
    }
  }

  private failed(sender: ClusterNode, id: string): void {
    const node = this.cluster.nodes.get(id);
    if (node === undefined || node.isMyself || node.isFailed) return;
    this.bus.log(`FAIL message received from ${sender.title} about ${node.title}`);
    node.set(FLAG.failed, true);
    node.set(FLAG.suspected, false);
    node.failedMs = this.now;
    this.cluster.changed();
  }

  private update(message: Message): void {
    const { cluster } = this;
    const about = decodeUpdate(message.data);
    const node = about === null ? undefined : cluster.nodes.get(about.id);
    if (about === null || node === undefined || node.configEpoch >= about.epoch) return;
    if (node.isReplica) cluster.promote(node);
    node.configEpoch = about.epoch;
    takeSlots(cluster, node, about.epoch, about.slots);
    this.bus.save();
  }
}
