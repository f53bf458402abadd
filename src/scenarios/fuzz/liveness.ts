// By when a client must have found its way back after the last fault: what its own settings allow. A pipelining client goes on
// sending to a host that has vanished until its kernel or its library gives the connection up; one that lends connections
// closes them when a command times out.

import { giveUpNs } from "../../models/clients/tcp-timers.ts";
import type { TcpConfig, WorldConfig } from "../../models/config.ts";

/** What decides it. */
export interface Patience {
  readonly multiplex: boolean;
  readonly timeoutNs: number;
  readonly socketTimeoutNs: number;
  readonly tcp: TcpConfig;
}

export function patienceNs({ multiplex, timeoutNs, socketTimeoutNs, tcp }: Patience, rtoNs: number): number {
  return Math.min(giveUpNs(tcp, rtoNs), multiplex ? socketTimeoutNs : timeoutNs);
}

export function longestPatienceNs({ clients, cluster }: WorldConfig): number {
  const { retransmitNs } = cluster.hardware.network;
  return Math.max(...clients.map(client => patienceNs({ ...client, multiplex: client.pool.multiplex }, retransmitNs)));
}
