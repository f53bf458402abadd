// A cluster and its load in numbers, for benches and tests that want a world without a scenario file.

import { nodeType } from "../src/catalog/nodes.ts";
import { engineProfile } from "../src/engine/profile.ts";
import { DEFAULT_HARDWARE } from "../src/models/config/hardware.ts";
import type { ClusterConfig, ConnectConfig, PoolConfig, TcpConfig, WorldConfig } from "../src/models/config.ts";
import { constant } from "../src/sim/distributions/constant.ts";
import { lognormalByMean, lognormalByPercentiles } from "../src/sim/distributions/lognormal.ts";
import { uniform } from "../src/sim/distributions/uniform.ts";
import { zipf } from "../src/sim/distributions/zipf.ts";
import { MIB, NS_PER_MS, NS_PER_SECOND, NS_PER_US } from "../src/units.ts";
import { KeyTable } from "../src/workload/keys.ts";
import { constantRate } from "../src/workload/rate.ts";

export const CLUSTER: ClusterConfig = {
  name: "bench",
  profile: engineProfile("valkey-8.0")!,
  node: nodeType("cache.r7g.xlarge"),
  mode: "cluster",
  shards: 3,
  replicasPerShard: 1,
  multiAz: true,
  tls: false,
  certificate: "rsa-2048",
  parameters: {
    "cluster-enabled": "yes",
    "latency-tracking": "no",
    maxmemory: String(Math.floor(nodeType("cache.r7g.xlarge").maxmemoryBytes * 0.75)),
    "maxmemory-policy": "allkeys-lru",
  },
  maxclients: 65_000,
  listen: {
    backlog: 511,
    acceptsPerTurn: 10,
    tlsAcceptsPerTurn: 1,
    closesOnReplicaWrite: true,
    idleSeconds: 0,
    subscriberLimit: { hardBytes: 32 * MIB, softBytes: 8 * MIB, softNs: 60e9 },
  },
  quantum: 8,
  ioThreads: undefined,
  hardware: DEFAULT_HARDWARE,
  defrag: null,
  fork: { baseNs: NS_PER_MS, perGibNs: 12 * NS_PER_MS },
  replication: {
    batchNs: 200 * NS_PER_US,
    syncBandwidthShare: 0.5,
    outputLimit: { hardBytes: 2_826_184_970, softBytes: 2_826_184_970, softNs: 60 * NS_PER_SECOND },
    timeoutNs: 60 * NS_PER_SECOND,
    maxLagNs: 10 * NS_PER_SECOND,
    dualChannel: false,
  },
  failover: {
    profile: "managed",
    detectionNs: uniform(20 * NS_PER_SECOND, 40 * NS_PER_SECOND),
    promotionNs: uniform(2 * NS_PER_SECOND, 6 * NS_PER_SECOND),
    dnsNs: uniform(NS_PER_SECOND, 4 * NS_PER_SECOND),
    replacementNs: uniform(120 * NS_PER_SECOND, 300 * NS_PER_SECOND),
  },
};

export const POOL: PoolConfig = {
  size: 16,
  initial: 16,
  minIdle: 0,
  maxWaitNs: 200 * NS_PER_MS,
  multiplex: false,
  order: "lifo",
  validation: "local",
  idleNs: Number.POSITIVE_INFINITY,
  lifetimeNs: Number.POSITIVE_INFINITY,
  reuse: true,
};

export const CONNECT: ConnectConfig = {
  timeoutNs: NS_PER_SECOND,
  workNs: 50 * NS_PER_US,
  loginTrips: 1,
  tls: { version: "1.3", resume: false },
  again: null,
};

/** As Linux has it when nobody asks for more. */
export const TCP: TcpConfig = { userTimeoutNs: Number.POSITIVE_INFINITY, retransmissions: 15, keepAlive: null };

/** Cache-aside of a Zipf workload over a three-shard cluster. */
export function worldConfig(options: {
  readonly keys: number;
  readonly rate: number;
  readonly seconds: number;
  readonly seed?: number;
  readonly cluster?: Partial<ClusterConfig>;
  /** Share of the keys that are there at the start. */
  readonly preload?: number;
}): WorldConfig {
  const { keys, rate, seconds } = options;
  const instances = 40;
  return {
    seed: options.seed ?? 42,
    replication: 0,
    durationNs: seconds * NS_PER_SECOND,
    periodNs: NS_PER_SECOND,
    zones: ["use1-az1", "use1-az2", "use1-az3"],
    latency: {
      inZoneRttNs: 150 * NS_PER_US,
      crossZoneRttNs: 700 * NS_PER_US,
      sigma: 0.25,
      spikeProbability: 1e-4,
      spikeNs: [5 * NS_PER_MS, 12 * NS_PER_MS],
    },
    cluster: { ...CLUSTER, ...options.cluster },
    clients: [
      {
        name: "web",
        library: "generic",
        instances,
        zones: Array.from({ length: instances }, (_, i) => i % 3),
        pool: POOL,
        connect: CONNECT,
        login: null,
        tcp: TCP,
        socketTimeoutNs: Number.POSITIVE_INFINITY,
        timeoutNs: 200 * NS_PER_MS,
        retry: {
          attempts: 3,
          backoffLowNs: 10 * NS_PER_MS,
          backoffHighNs: NS_PER_SECOND,
          jitter: "full",
          on: { connection: true, timeout: true, error: true, pool: true, login: true },
          budget: null,
        },
        breaker: null,
        hedge: null,
        dnsTtlNs: 5 * NS_PER_SECOND,
        splitsKeys: false,
        refresh: {
          spacingNs: NS_PER_SECOND,
          everyNs: Number.POSITIVE_INFINITY,
          onMoved: true,
          onDisconnect: true,
          onTimeout: true,
        },
        readFrom: "primary",
        overheadNs: 50 * NS_PER_US,
      },
    ],
    origin: { latencyNs: lognormalByPercentiles(4 * NS_PER_MS, 40 * NS_PER_MS), concurrency: 400 },
    workloads: [
      {
        name: "pages",
        client: 0,
        pattern: { kind: "cache-aside", fallback: true },
        load: { kind: "open", rate: constantRate(rate), spacing: "poisson", burst: 1 },
        keys: new KeyTable(keys, key => `product:${key}`),
        keyCount: keys,
        popularity: zipf(keys, 0.99).rank,
        valueBytes: lognormalByMean(1_200, 0.8),
        valuePerWrite: false,
        ttlSeconds: constant(3_600),
        preload: options.preload ?? 0,
      },
    ],
  };
}
