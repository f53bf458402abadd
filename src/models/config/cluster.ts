// What a cluster is built from. Times are ns, sizes bytes.

import type { NodeType } from "../../catalog/nodes.ts";
import type { MemcachedSettings } from "../../engine/memcached/settings.ts";
import type { EngineProfile } from "../../engine/profile.ts";
import type { Distribution } from "../../sim/distributions/distribution.ts";
import type { DefragConfig } from "../active-defrag.ts";
import type { KeyDistribution } from "../key-distribution.ts";
import type { Certificate } from "../tls.ts";
import type { AccessConfig } from "./access.ts";
import type { HardwareConfig } from "./hardware.ts";
import type { AutoScalingConfig, QuotasConfig, ScalingConfig } from "./scaling.ts";
import type { ServerlessConfig } from "./serverless.ts";

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
  /** Left out: nobody has to log in. */
  readonly access?: AccessConfig | undefined;
  readonly certificate: Certificate;
  /** Engine parameters in their text form, all of them: maxmemory is already reduced by the reserve. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly maxclients: number;
  readonly listen: ListenConfig;
  readonly quantum: 8 | 16;
  readonly ioThreads: number | undefined;
  readonly hardware: HardwareConfig;
  /** Active defragmentation; null: off. */
  readonly defrag: DefragConfig | null;
  readonly fork: ForkConfig;
  /** How it saves; left out: by a fork. */
  readonly save?: SaveConfig | undefined;
  /** Its append-only file; left out: it has none. */
  readonly appendOnly?: AppendOnlyConfig | undefined;
  readonly replication: ReplicationConfig;
  readonly failover: FailoverConfig;
  /** Changes go to a log across zones; left out: they do not. */
  readonly durability?: DurabilityConfig | undefined;
  /** How its shape is changed; left out: scaling/provision.ts has the defaults. */
  readonly scaling?: ScalingConfig | undefined;
  readonly autoScaling?: AutoScalingConfig | undefined;
  /** Left out: there are none. */
  readonly quotas?: QuotasConfig | undefined;
  /** The same cluster with other nodes, another engine or mode; left out: it cannot be changed that way. */
  readonly variant?: ((change: VariantChange) => ClusterConfig) | undefined;
  /** Its nodes run Memcached; left out: they do not. */
  readonly memcached?: MemcachedConfig | undefined;
  /** Left out on clusters of nodes. */
  readonly serverless?: ServerlessConfig | undefined;
  /** The engines' clock passes so many times faster than simulated time (horizon.ts); left out: as fast. */
  readonly cacheClock?: number | undefined;
  /** Where nodes go; left out: primaries take turns through all zones. */
  readonly placement?: PlacementConfig | undefined;
}

/** Nodes that know nothing of each other, and how clients spread keys over them. */
export interface MemcachedConfig {
  readonly settings: MemcachedSettings;
  readonly distribution: KeyDistribution;
  /** Clients that lost a node spread its keys over the others until it is back; else they go on asking it. */
  readonly ejects: boolean;
}

/** What differs in a variant of a cluster. */
export interface VariantChange {
  /** Node type by name. */
  readonly node?: string;
  /** Engine and version by name. */
  readonly engine?: string;
  readonly mode?: "cluster";
}

/** Zones by index into the world's `zones`. */
export interface PlacementConfig {
  /** Zones to be used, in this order; null: all of them. */
  readonly preferred: readonly number[] | null;
  /** Per shard the zone of each member, the primary's first; what is not named goes by the rule. */
  readonly shards: readonly (readonly number[])[];
}

/** How a node takes new connections, and which it closes. */
export interface ListenConfig {
  /** min(tcp-backlog, somaxconn): one more than that may wait to be accepted. */
  readonly backlog: number;
  /** At most so many are accepted per turn of the event loop. */
  readonly acceptsPerTurn: number;
  readonly tlsAcceptsPerTurn: number;
  /** close-on-replica-write (ElastiCache): who writes to a replica is disconnected. */
  readonly closesOnReplicaWrite: boolean;
  /** `timeout`: connections that nobody has used for so long are closed; 0: never. */
  readonly idleSeconds: number;
  /** client-output-buffer-limit of pub/sub: what may wait for a subscriber. */
  readonly subscriberLimit: OutputLimit;
}

/** Fork pause = base + perGib * RSS. */
export interface ForkConfig {
  readonly baseNs: number;
  readonly perGibNs: number;
  /** Pages that a save copies count towards maxmemory: what the seed article supposes, and no engine does. */
  readonly countCopies?: boolean | undefined;
}

/** See forkless-save.ts. */
export interface SaveConfig {
  readonly method: "auto" | "fork" | "forkless";
  /** Free memory that a fork takes, as a share of used_memory. */
  readonly headroom: number;
  /** Of the engine thread's time, without a fork. */
  readonly share: number;
}

/** See append-only-file.ts. */
export interface AppendOnlyConfig {
  readonly fsync: "always" | "everysec" | "no";
  /** False: no-appendfsync-on-rewrite. */
  readonly fsyncOnRewrite: boolean;
  readonly rewritePercent: number;
  readonly rewriteMinBytes: number;
  /** Of the disk. */
  readonly latencyNs: Distribution;
  readonly bytesPerSecond: number;
}

export interface ReplicationConfig {
  /** Turns of the event loop between a write and its way to the replicas: the `e` of models/physics.md, section 2. */
  readonly batchNs: number;
  /** A full sync's transfer takes at most this share of the primary's baseline bandwidth. */
  readonly syncBandwidthShare: number;
  /** What may wait for a replica on its primary: client-output-buffer-limit. */
  readonly outputLimit: OutputLimit;
  /** repl-timeout: so long without a word, and a link is closed. */
  readonly timeoutNs: number;
  /** min-replicas-max-lag: a replica whose last acknowledgement is older does not count. */
  readonly maxLagNs: number;
  /** dual-channel-replication-enabled (Valkey 8): during a full sync changes gather on the replica. */
  readonly dualChannel: boolean;
}

/** See replication/durable-log.ts. */
export interface DurabilityConfig {
  readonly mode: "sync" | "async";
  readonly latencyNs: Distribution;
  readonly bytesPerSecond: number;
}

/** Above the hard limit a link is closed at once, above the soft one after its time. */
export interface OutputLimit {
  readonly hardBytes: number;
  readonly softBytes: number;
  readonly softNs: number;
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
