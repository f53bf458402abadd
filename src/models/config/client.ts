// What a group of client instances is built from. Times are ns.

export interface ClientConfig {
  readonly name: string;
  readonly instances: number;
  /** Zone per instance by index into `zones`, assigned in turn. */
  readonly zones: readonly number[];
  readonly pool: PoolConfig;
  /** Until a command's reply must be there. */
  readonly timeoutNs: number;
  readonly connectTimeoutNs: number;
  readonly retry: RetryConfig;
  readonly dnsTtlNs: number;
  /** Least time between two topology refreshes of one instance (cluster mode). */
  readonly refreshNs: number;
  readonly readFrom: "primary" | "replica" | "nearest";
  /** Time that library, kernel and scheduler of the client take per command. */
  readonly overheadNs: number;
}

export interface PoolConfig {
  /** Connections per instance and node. */
  readonly size: number;
  /** How long a request waits for a connection. */
  readonly maxWaitNs: number;
  /** Many requests in flight on each connection, as pipelining clients do; else one at a time. */
  readonly multiplex: boolean;
}

export interface RetryConfig {
  /** Tries in all, the first included. */
  readonly attempts: number;
  readonly backoffLowNs: number;
  readonly backoffHighNs: number;
  /** full: uniform in [0, backoff]; equal: half fixed, half uniform; none: the backoff itself. */
  readonly jitter: "none" | "equal" | "full";
}
