// nodes.conf: what a node knows of its cluster, kept over restarts.

import type { Cluster } from "../../engine/cluster/cluster.ts";
import { nodeLine } from "../../engine/cluster/describe.ts";
import { ClusterNode, FLAG } from "../../engine/cluster/node.ts";

export function nodesFileText(cluster: Cluster): string {
  const nodes = [...cluster.nodes.values()].filter(node => !node.inHandshake);
  const lines = nodes.map(node => nodeLine(cluster, node, null, true));
  return `${lines.join("\n")}\nvars currentEpoch ${cluster.currentEpoch} lastVoteEpoch ${cluster.lastVoteEpoch}\n`;
}

const FLAGS: Readonly<Record<string, number>> = {
  myself: FLAG.myself,
  master: FLAG.primary,
  slave: FLAG.replica,
  "fail?": FLAG.suspected,
  fail: FLAG.failed,
  noaddr: FLAG.noAddress,
  nofailover: FLAG.noFailover,
};

/** Takes the text over; throws an Error where it is no such file. */
export function readNodesFile(cluster: Cluster, text: string): void {
  const lines = text.split("\n").filter(line => line.trim() !== "");
  const known = (id: string): ClusterNode => {
    let node = cluster.nodes.get(id);
    if (node === undefined) {
      node = new ClusterNode(id, cluster.newId(), 0, cluster.engine.nowMs);
      cluster.nodes.set(id, node);
    }
    return node;
  };
  // Its own line first: that id is this node's.
  const own = lines.map(line => line.split(" ")).find(words => words[2]?.split(",").includes("myself"));
  if (own !== undefined) cluster.rename(cluster.myself, own[0]);
  for (const line of lines) {
    const words = line.trim().split(" ");
    if (words[0] === "vars") {
      for (let i = 1; i + 1 < words.length; i += 2) {
        if (words[i] === "currentEpoch") cluster.currentEpoch = Number(words[i + 1]);
        if (words[i] === "lastVoteEpoch") cluster.lastVoteEpoch = Number(words[i + 1]);
      }
      continue;
    }
    if (words.length < 8 || !/^[0-9a-f]{40}$/u.test(words[0]))
      throw new Error(`Unrecoverable error: corrupted cluster config file: ${line}`);
    const node = known(words[0]);
    readAddress(node, words[1]);
    for (const name of words[2].split(",")) node.set(FLAGS[name] ?? 0, true);
    if (node.isFailed) node.failedMs = cluster.engine.nowMs;
    node.set(FLAG.primary, !node.isReplica);
    if (words[3] !== "-") node.primary = known(words[3]);
    node.configEpoch = node.primary === null ? Number(words[6]) : 0;
    for (const word of words.slice(8)) readSlots(cluster, node, word, known);
  }
  for (const node of cluster.nodes.values()) if (node.primary !== null) node.shardId = node.primary.shardId;
}

function readAddress(node: ClusterNode, text: string): void {
  const [address, hostname = "", ...more] = text.split(",");
  const at = address.lastIndexOf("@");
  const colon = address.lastIndexOf(":", at === -1 ? undefined : at);
  node.ip = address.slice(0, colon);
  node.port = Number(address.slice(colon + 1, at === -1 ? undefined : at));
  node.busPort = at === -1 ? node.port + 10_000 : Number(address.slice(at + 1));
  node.hostname = hostname;
  for (const field of more) {
    const [name, value] = field.split("=");
    if (name === "shard-id") node.shardId = value;
    else if (name === "nodename") node.nodeName = value;
    else if (name === "client-ipv4") node.clientIpV4 = value;
    else if (name === "client-ipv6") node.clientIpV6 = value;
  }
}

function readSlots(cluster: Cluster, node: ClusterNode, word: string, known: (id: string) => ClusterNode): void {
  const move = /^\[(\d+)-([<>])-(\w{40})\]$/u.exec(word);
  if (move !== null) {
    (move[2] === ">" ? cluster.migrating : cluster.importing).set(Number(move[1]), known(move[3]));
    return;
  }
  const [first, last = first] = word.split("-").map(Number);
  for (let slot = first; slot <= last; slot++) cluster.assign(slot, node);
}
