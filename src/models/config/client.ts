// What a group of client instances is built from. Times are ns; Infinity: never.

import type { LoginConfig } from "./access.ts";

export interface ClientConfig {
  readonly name: string;
  /** Whose defaults it was built from; results name it. */
  readonly library: string;
  readonly instances: number;
  /** Zone per instance by index into `zones`, assigned in turn. */
  readonly zones: readonly number[];
  readonly pool: PoolConfig;
  readonly connect: ConnectConfig;
  /** What it shows to be let in; null: nothing is asked for. */
  readonly login: LoginConfig | null;
  readonly tcp: TcpConfig;
  /** The library closes a shared connection that has been silent for so long while answers are missing. */
  readonly socketTimeoutNs: number;
  /** Until a command's reply must be there. */
  readonly timeoutNs: number;
  readonly retry: RetryConfig;
  readonly breaker: BreakerConfig | null;
  /** Reads are sent a second time when the first copy is slow; null: they are not. */
  readonly hedge: HedgeConfig | null;
  readonly dnsTtlNs: number;
  /** Commands with keys of several slots are sent in parts, one per slot. */
  readonly splitsKeys: boolean;
  readonly refresh: RefreshConfig;
  readonly readFrom: ReadPreference;
  /** Time that library, kernel and scheduler of the client take per command. */
  readonly overheadNs: number;
}

/**
 * primary; replica: a replica if there is one; nearest: the primary or a replica of the own zone, else a replica;
 * zone-replica: a replica of the own zone, else another; any: the primary and all replicas in turn.
 */
export type ReadPreference = "primary" | "replica" | "nearest" | "zone-replica" | "any";

export interface PoolConfig {
  /** Connections per instance and node, at most. */
  readonly size: number;
  /** Those that are open when the run begins, and those that are kept however long they are idle. */
  readonly initial: number;
  readonly minIdle: number;
  /** How long a request waits for a connection while all are lent. */
  readonly maxWaitNs: number;
  /** Many requests in flight on each connection, as pipelining clients do; else one at a time. */
  readonly multiplex: boolean;
  /** Which free connection is lent: the one used last, or the one idle longest. */
  readonly order: "lifo" | "fifo";
  /** Before lending. local: whether the other end has closed it; ping: whether it answers one (clients/ping-before.ts). */
  readonly validation: "none" | "local" | "ping";
  /** The client closes connections that have been idle for so long, and lends none that is older than `lifetime`. */
  readonly idleNs: number;
  readonly lifetimeNs: number;
  /** False: a connection for every command. */
  readonly reuse: boolean;
}

export interface ConnectConfig {
  /** Until a connection must be open. */
  readonly timeoutNs: number;
  /** Client's own work for a new connection: sockets, buffers, certificates. */
  readonly workNs: number;
  /** Round trips between the handshake and the first command: HELLO, AUTH, SELECT, CLIENT SETINFO one by one. */
  readonly loginTrips: number;
  /** How it makes a TLS handshake, if the cluster wants one. */
  readonly tls: TlsConfig;
  /** Waits before lost connections are opened again in the background; null: when a request needs one. */
  readonly again: BackoffConfig | null;
}

/** What the client's kernel does about a connection whose other end is silent. */
export interface TcpConfig {
  /** TCP_USER_TIMEOUT; Infinity: not set. */
  readonly userTimeoutNs: number;
  /** tcp_retries2 of the client's host. */
  readonly retransmissions: number;
  /** SO_KEEPALIVE; null: off. */
  readonly keepAlive: KeepAliveConfig | null;
}

export interface KeepAliveConfig {
  readonly idleNs: number;
  readonly intervalNs: number;
  readonly probes: number;
}

export interface TlsConfig {
  readonly version: "1.2" | "1.3";
  /** Sessions are resumed: a shorter handshake without a signature. */
  readonly resume: boolean;
}

export interface BackoffConfig {
  readonly backoffLowNs: number;
  readonly backoffHighNs: number;
  /** full: uniform in [0, backoff]; equal: half fixed, half uniform; none: the backoff itself. */
  readonly jitter: "none" | "equal" | "full";
}

export interface RetryConfig extends BackoffConfig {
  /** Tries in all, the first included. */
  readonly attempts: number;
  /** What is worth another try. */
  readonly on: Readonly<Record<"connection" | "timeout" | "error" | "pool" | "login", boolean>>;
  /** Retries that are allowed beside first tries; null: all. */
  readonly budget: RetryBudgetConfig | null;
}

/** Per instance: each command earns `share` of a retry, at most `reserve` are kept; it begins with the reserve. */
export interface RetryBudgetConfig {
  readonly share: number;
  readonly reserve: number;
}

/** After which time without an answer a read is sent again; null: after a percentile of the times that answers took lately. */
export interface HedgeConfig {
  readonly afterNs: number | null;
  readonly quantile: number;
  /** Second reads that are allowed beside first ones. */
  readonly budget: RetryBudgetConfig;
}

/** Opens when, of the last `calls` commands and not before `minimum`, a share of `failures` has failed. */
export interface BreakerConfig {
  readonly failures: number;
  readonly calls: number;
  readonly minimum: number;
  readonly openNs: number;
  /** Commands that are let through after that, to see whether it can close. */
  readonly probes: number;
}

/** When an instance asks a node for the topology (cluster mode). */
export interface RefreshConfig {
  /** Least time between two. */
  readonly spacingNs: number;
  readonly everyNs: number;
  readonly onMoved: boolean;
  readonly onDisconnect: boolean;
  readonly onTimeout: boolean;
}
