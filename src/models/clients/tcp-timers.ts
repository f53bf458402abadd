// When a client's kernel gives up a connection whose other end answers no more: its host has vanished, or the network is cut.
// A process that stands still is another matter: its kernel acknowledges, so nobody gives up.
//
//   data under way    retransmitted after RTO, 2 RTO, 4 RTO ... (at most 120 s); given up after `retransmissions` of them
//                     (tcp_retries2 = 15: 924.6 s at an RTO of 200 ms, cluster.hardware.network.retransmit), or after TCP_USER_TIMEOUT where that is set
//   nothing under way keep-alive, where it is on: a probe after `idle`, then every `interval`, given up after `probes`
//                     without an answer; with TCP_USER_TIMEOUT at the first one after that time. While data are under
//                     way the kernel sends no probes: keep-alive does not help a busy connection
//   the host is back  another process answers the next packet with a reset
//
// Until then a multiplexing client goes on sending into the void, and every command ends by its own timeout, or not at all.
// Nothing here costs anything while both ends are there: timers begin with the first packet that cannot be answered.
//
// Source: Linux, Documentation/networking/ip-sysctl.rst (tcp_retries2), net/ipv4/tcp_timer.c, tcp(7).
// Left out: the server's own timers and its half-open connections; SACK; data that were acknowledged before the host vanished
// and whose answer is missing count as none under way.

import type { Simulation } from "../../sim/simulation.ts";
import type { Cluster } from "../cluster.ts";
import type { TcpConfig } from "../config.ts";
import { clientsIn, RTO_MAX_NS } from "../faults/links.ts";
import type { Latency } from "../network.ts";
import { type ConnectionTable, DEAD, LOST, OPEN } from "./connection-table.ts";

/** How long a connection with data under way is believed in; `rtoNs`: until the first retransmission. */
export function giveUpNs({ userTimeoutNs, retransmissions }: TcpConfig, rtoNs: number): number {
  if (Number.isFinite(userTimeoutNs)) return userTimeoutNs;
  let sum = 0;
  for (let sent = 0; sent <= retransmissions; sent++) sum += Math.min(RTO_MAX_NS, rtoNs * 2 ** sent);
  return sum;
}

/** How long an idle one is, from the last packet that came; Infinity without keep-alive. */
export function idleGiveUpNs({ userTimeoutNs, keepAlive }: TcpConfig): number {
  if (keepAlive === null) return Number.POSITIVE_INFINITY;
  const { idleNs, intervalNs, probes } = keepAlive;
  if (!Number.isFinite(userTimeoutNs)) return idleNs + probes * intervalNs;
  return idleNs + Math.max(1, Math.ceil((userTimeoutNs - idleNs) / intervalNs)) * intervalNs;
}

type Peer = "answers" | "resets" | "is silent";

export class TcpTimers {
  /** Connections that were given up, and the longest that one of them had been waited for. */
  gaveUp = 0;
  private longestNs = 0;
  /** Connections with data under way that nobody acknowledges: since when. */
  private readonly unacknowledged = new Map<number, number>();
  private readonly rtoNs: number;
  private readonly limitNs: number;
  private readonly idleLimitNs: number;

  constructor(
    private readonly config: TcpConfig,
    private readonly sim: Simulation,
    private readonly table: ConnectionTable,
    private readonly cluster: Cluster,
    private readonly latency: Latency,
    /** The kernel tells the library that the connection is gone. */
    private readonly broken: (connection: number) => void,
  ) {
    this.rtoNs = cluster.config.hardware.network.retransmitNs;
    this.limitNs = giveUpNs(config, this.rtoNs);
    this.idleLimitNs = idleGiveUpNs(config);
  }

  /** The longest that a connection has been waited for whose other end was silent, those that still are included. */
  get longestSilenceNs(): number {
    let longest = this.longestNs;
    for (const sinceNs of this.unacknowledged.values()) longest = Math.max(longest, this.sim.now - sinceNs);
    return longest;
  }

  private peerOf(connection: number): Peer {
    const { table, latency } = this;
    const node = this.cluster.nodes[table.node[connection]];
    if (table.state[connection] === LOST || node.state === "lost" || node.state === "removed") return "is silent";
    const { faults } = latency;
    if (faults !== null && !faults.connects(clientsIn(table.pool[connection].zone), node.id)) return "is silent";
    const isKnown = table.state[connection] !== DEAD && table.incarnation[connection] === node.incarnation;
    return isKnown ? "answers" : "resets";
  }

  // -------------------------------------------------------------------------------------------------------------
  // Data under way.

  /** Something was sent that may not arrive, or whose acknowledgement may not. */
  sent(connection: number): void {
    if (this.unacknowledged.has(connection) || this.peerOf(connection) === "answers") return;
    this.unacknowledged.set(connection, this.sim.now);
    this.retransmitAfter(connection, this.table.epoch[connection], this.rtoNs);
  }

  private retransmitAfter(connection: number, epoch: number, rtoNs: number): void {
    const waited = this.sim.now - this.unacknowledged.get(connection)!;
    const wait = Math.min(rtoNs, this.limitNs - waited);
    this.sim.after(wait, "retransmission timer", () => this.retransmit(connection, epoch, rtoNs));
  }

  private retransmit(connection: number, epoch: number, rtoNs: number): void {
    const sinceNs = this.unacknowledged.get(connection);
    if (sinceNs === undefined || this.table.epoch[connection] !== epoch) return;
    const peer = this.peerOf(connection);
    if (peer === "answers") return this.over(connection);
    if (peer === "is silent" && this.sim.now - sinceNs < this.limitNs) {
      return this.retransmitAfter(connection, epoch, Math.min(RTO_MAX_NS, 2 * rtoNs));
    }
    if (peer === "is silent") this.gaveUp++;
    this.broken(connection);
  }

  /** There is nothing under way any more: it was acknowledged, or the connection was closed. */
  over(connection: number): void {
    const sinceNs = this.unacknowledged.get(connection);
    if (sinceNs === undefined) return;
    this.longestNs = Math.max(this.longestNs, this.sim.now - sinceNs);
    this.unacknowledged.delete(connection);
  }

  // -------------------------------------------------------------------------------------------------------------
  // Nothing under way.

  /** A host has vanished or the network is cut: idle connections find out by keep-alive, if it is on. */
  peersChanged(concerns: (connection: number) => boolean): void {
    const { keepAlive } = this.config;
    if (keepAlive === null) return;
    const { table, sim } = this;
    for (let connection = 0; connection < table.limit; connection++) {
      const state = table.state[connection];
      if ((state !== OPEN && state !== LOST) || !concerns(connection)) continue;
      if (this.peerOf(connection) === "answers") continue;
      const dueNs = Math.max(sim.now, table.usedNs[connection] + keepAlive.idleNs);
      this.probeAt(connection, table.epoch[connection], dueNs);
    }
  }

  private probeAt(connection: number, epoch: number, atNs: number): void {
    this.sim.after(Math.ceil(atNs - this.sim.now), "keep-alive", () => this.probe(connection, epoch));
  }

  private probe(connection: number, epoch: number): void {
    const { table, sim, config } = this;
    if (table.epoch[connection] !== epoch) return;
    // The retransmission timer has taken over.
    if (this.unacknowledged.has(connection)) return;
    const peer = this.peerOf(connection);
    if (peer === "answers") return;
    const silentNs = sim.now - table.usedNs[connection];
    if (peer === "resets" || silentNs >= this.idleLimitNs) {
      if (peer === "is silent") this.gaveUp++;
      return this.broken(connection);
    }
    this.probeAt(connection, epoch, sim.now + config.keepAlive!.intervalNs);
  }
}
