// The cluster in replies: CLUSTER NODES, SLOTS, SHARDS, INFO, LINKS.

import { MapReply, type Reply } from "../reply.ts";
import type { Session } from "../session.ts";
import { SLOT_COUNT } from "../slots.ts";
import type { Cluster } from "./cluster.ts";
import type { ClusterNode } from "./node.ts";

/** The address of a node for this client: one that is announced to clients of its kind, or the one that nodes use. */
export function addressOf(cluster: Cluster, node: ClusterNode, session: Session | null): string {
  const isV6 = session !== null && session.localAddress.split(":").length > 2;
  const announced = isV6 ? node.clientIpV6 : node.clientIpV4;
  if (session !== null && announced !== "") return announced;
  if (node.ip !== "" || !node.isMyself || session === null || cluster.nodes.size > 1) return node.ip;
  // Nobody has told this node its address: the client's connection knows one.
  return session.localAddress.slice(0, Math.max(0, session.localAddress.lastIndexOf(":")));
}

/** What clients are to connect to; null where they are to stay with the address that they have. */
export function endpointOf(cluster: Cluster, node: ClusterNode, session: Session | null): string | null {
  switch (cluster.engine.parameters.text("cluster-preferred-endpoint-type")) {
    case "hostname":
      return node.hostname === "" ? "?" : node.hostname;
    case "unknown-endpoint":
      return null;
    default:
      return addressOf(cluster, node, session);
  }
}

/** A line of CLUSTER NODES. `withNames`: with what the configuration file has beyond it. */
export function nodeLine(cluster: Cluster, node: ClusterNode, session: Session | null, withNames = false): string {
  let address = `${session === null ? node.ip : addressOf(cluster, node, session)}:${node.port}@${node.busPort}`;
  if (node.hostname !== "") address += `,${node.hostname}`;
  if (withNames) {
    if (node.hostname === "") address += ",";
    if (node.nodeName !== "") address += `,nodename=${node.nodeName}`;
    if (node.clientIpV4 !== "") address += `,client-ipv4=${node.clientIpV4}`;
    if (node.clientIpV6 !== "") address += `,client-ipv6=${node.clientIpV6}`;
    address += `,shard-id=${node.shardId}`;
  }
  const words: (string | number)[] = [
    node.id,
    address,
    node.flagNames,
    node.primary?.id ?? "-",
    node.pingSentMs,
    node.pongReceivedMs,
    node.head.configEpoch,
    node.isMyself || node.link !== null ? "connected" : "disconnected",
    ...cluster.rangesOf(node).map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)),
  ];
  if (node.isMyself) {
    const slots = [...new Set([...cluster.migrating.keys(), ...cluster.importing.keys()])].sort((a, b) => a - b);
    for (const slot of slots) {
      const target = cluster.migrating.get(slot);
      words.push(target !== undefined ? `[${slot}->-${target.id}]` : `[${slot}-<-${cluster.importing.get(slot)!.id}]`);
    }
  }
  return words.join(" ");
}

export function nodesText(cluster: Cluster, session: Session | null): string {
  return [...cluster.nodes.values()].map(node => `${nodeLine(cluster, node, session)}\n`).join("");
}

function slotsNode(cluster: Cluster, node: ClusterNode, session: Session): Reply {
  const byIp = cluster.engine.parameters.text("cluster-preferred-endpoint-type");
  const more: Reply[] = [];
  if (byIp !== "ip") more.push("ip", addressOf(cluster, node, session));
  if (byIp !== "hostname" && node.hostname !== "") more.push("hostname", node.hostname);
  return [endpointOf(cluster, node, session), node.port, node.id, new MapReply(more)];
}

function isAvailable(cluster: Cluster, node: ClusterNode): boolean {
  return !node.isFailed && cluster.offsetOf(node) !== 0;
}

export function slotsReply(cluster: Cluster, session: Session): Reply {
  const rows: Reply[] = [];
  for (let first = 0; first < SLOT_COUNT; ) {
    const node = cluster.slots[first];
    let last = first;
    while (last + 1 < SLOT_COUNT && cluster.slots[last + 1] === node) last++;
    if (node !== null) {
      const replicas = cluster.replicasOf(node).filter(replica => isAvailable(cluster, replica));
      rows.push([first, last, ...[node, ...replicas].map(one => slotsNode(cluster, one, session))]);
    }
    first = last + 1;
  }
  return rows;
}

function shardNode(cluster: Cluster, node: ClusterNode, session: Session): Reply {
  const offset = cluster.offsetOf(node);
  const items: Reply[] = ["id", node.id, "port", node.port, "ip", addressOf(cluster, node, session)];
  items.push("endpoint", endpointOf(cluster, node, session) ?? "");
  if (node.hostname !== "") items.push("hostname", node.hostname);
  const health = node.isFailed ? "fail" : node.isReplica && offset === 0 ? "loading" : "online";
  items.push("role", node.isReplica ? "replica" : "master", "replication-offset", offset, "health", health);
  return new MapReply(items);
}

export function shardsReply(cluster: Cluster, session: Session): Reply {
  return [...cluster.shards().values()].map(nodes => {
    const owner = nodes.find(node => node.slotCount > 0);
    const slots = owner === undefined ? [] : cluster.rangesOf(owner).flat();
    return new MapReply(["slots", slots, "nodes", nodes.map(node => shardNode(cluster, node, session))]);
  });
}

export function infoText(cluster: Cluster): string {
  let [assigned, ok, suspected, failed] = [0, 0, 0, 0];
  for (const node of cluster.slots) {
    if (node === null) continue;
    assigned++;
    if (node.isFailed) failed++;
    else if (node.isSuspected) suspected++;
    else ok++;
  }
  const fields: [string, string | number][] = [
    ["cluster_state", cluster.isOk ? "ok" : "fail"],
    ["cluster_slots_assigned", assigned],
    ["cluster_slots_ok", ok],
    ["cluster_slots_pfail", suspected],
    ["cluster_slots_fail", failed],
    ["cluster_known_nodes", cluster.nodes.size],
    ["cluster_size", cluster.size],
    ["cluster_current_epoch", cluster.currentEpoch],
    ["cluster_my_epoch", cluster.myself.head.configEpoch],
  ];
  for (const [direction, counts] of [
    ["sent", cluster.host?.sent],
    ["received", cluster.host?.received],
  ] as const) {
    let total = 0;
    for (const [type, count] of counts ?? []) {
      fields.push([`cluster_stats_messages_${type}_${direction}`, count]);
      total += count;
    }
    fields.push([`cluster_stats_messages_${direction}`, total]);
  }
  fields.push(["total_cluster_links_buffer_limit_exceeded", cluster.host?.overflows ?? 0]);
  return fields.map(([name, value]) => `${name}:${value}\r\n`).join("");
}

export function linksReply(cluster: Cluster): Reply {
  const rows: Reply[] = [];
  for (const node of cluster.nodes.values()) {
    for (const [direction, link] of [
      ["to", node.link],
      ["from", node.inbound],
    ] as const) {
      if (link === null) continue;
      const { createdMs, pendingBytes } = link;
      const items: Reply[] = ["direction", direction, "node", node.id, "create-time", createdMs];
      items.push("events", pendingBytes > 0 ? "rw" : "r");
      items.push("send-buffer-allocated", pendingBytes, "send-buffer-used", pendingBytes);
      rows.push(new MapReply(items));
    }
  }
  return rows;
}
