// What a world is built from: numbers and distributions, no text. `scenarios/build.ts` makes it from a scenario; tests
// and benches make it by hand. Times are ns, sizes bytes, rates per second.

import type { NodeType } from "../catalog/nodes.ts";
import type { EngineProfile } from "../engine/profile.ts";
import type { Distribution } from "../sim/distributions/distribution.ts";
import type { Spacing } from "../workload/arrivals/open.ts";
import type { KeyTable, Popularity } from "../workload/keys.ts";
import type { Rate } from "../workload/rate.ts";
import type { Part } from "../workload/template.ts";
import type { TraceBuffer } from "../workload/traces/trace.ts";
import type { LatencyConfig } from "./network.ts";

export interface WorldConfig {
  readonly seed: number;
  readonly replication: number;
  readonly durationNs: number;
  /** Length of one row of the series. */
  readonly periodNs: number;
  readonly zones: readonly string[];
  readonly latency: LatencyConfig;
  readonly cluster: ClusterConfig;
  readonly clients: readonly ClientConfig[];
  readonly origin: OriginConfig;
  readonly workloads: readonly WorkloadConfig[];
}

export interface ClusterConfig {
  readonly name: string;
  readonly profile: EngineProfile;
  readonly node: NodeType;
  /** `cluster`: slots over shards; `single`: one shard behind a primary endpoint (cluster mode disabled). */
  readonly mode: "cluster" | "single";
  readonly shards: number;
  readonly replicasPerShard: number;
  /** Replicas in other zones than their primary, and automatic failover in `single` mode. */
  readonly multiAz: boolean;
  readonly tls: boolean;
  /** Engine parameters in their text form, all of them: maxmemory is already reduced by the reserve. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly maxclients: number;
  readonly quantum: 8 | 16;
  readonly ioThreads: number | undefined;
  readonly fork: ForkConfig;
  readonly replication: ReplicationConfig;
  readonly failover: FailoverConfig;
}

/** Fork pause = base + perGib * RSS. */
export interface ForkConfig {
  readonly baseNs: number;
  readonly perGibNs: number;
}

export interface ReplicationConfig {
  /** Turns of the event loop between a write and its way to the replicas: the `e` of models/physics.md, section 2. */
  readonly batchNs: number;
  /** A full sync's transfer takes at most this share of the primary's baseline bandwidth. */
  readonly syncBandwidthShare: number;
}

export type FailoverConfig = ManagedFailoverConfig | UpstreamFailoverConfig;

/** A managed service's control plane: it notices, promotes, repoints DNS and replaces the node. */
export interface ManagedFailoverConfig {
  readonly profile: "managed";
  readonly detectionNs: Distribution;
  readonly promotionNs: Distribution;
  readonly dnsNs: Distribution;
  /** From the loss until a replacement node is up and empty. */
  readonly replacementNs: Distribution;
}

/** The cluster bus of upstream Valkey: gossip, votes, promotion. */
export interface UpstreamFailoverConfig {
  readonly profile: "upstream";
  readonly nodeTimeoutNs: number;
  readonly requireFullCoverage: boolean;
  /** From the crash of a process until a supervisor has started it again; it comes back as an empty replica. */
  readonly restartNs: Distribution;
}

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

export interface OriginConfig {
  readonly latencyNs: Distribution;
  readonly concurrency: number;
}

export interface WorkloadConfig {
  readonly name: string;
  /** Index into `clients`. */
  readonly client: number;
  readonly pattern: PatternConfig;
  readonly load: LoadConfig;
  readonly keys: KeyTable;
  readonly keyCount: number;
  readonly popularity: Popularity;
  readonly valueBytes: Distribution;
  readonly valuePerWrite: boolean;
  /** Seconds to live of what is written; null: none. */
  readonly ttlSeconds: Distribution | null;
  /** Share of the most popular keys that are in the cache before the run begins. */
  readonly preload: number;
}

export type PatternConfig =
  | { readonly kind: "cache-aside"; readonly fallback: boolean }
  | {
      readonly kind: "commands";
      readonly templates: readonly { readonly parts: readonly Part[]; readonly weight: number }[];
    };

export type LoadConfig =
  | { readonly kind: "open"; readonly rate: Rate; readonly spacing: Spacing; readonly burst: number }
  | { readonly kind: "closed"; readonly users: number; readonly thinkNs: Distribution }
  | { readonly kind: "trace"; readonly buffer: TraceBuffer; readonly fill: boolean };
