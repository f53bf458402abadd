// The parameters that hot paths read, as plain fields. Rebuilt whenever a parameter changes.

import { type EvictionPolicy, evictionPolicy } from "./eviction/policies.ts";
import { type EventFilter, eventFilter } from "./notifications.ts";
import type { Parameters } from "./parameters.ts";

export interface Settings {
  readonly maxmemory: number;
  readonly policy: EvictionPolicy;
  readonly maxmemorySamples: number;
  readonly evictionTenacity: number;
  readonly lfuLogFactor: number;
  readonly lfuDecayTime: number;
  readonly activeExpireEffort: number;
  readonly hz: number;
  readonly activeRehashing: boolean;
  readonly lazyEviction: boolean;
  readonly lazyExpire: boolean;
  readonly lazyUserDel: boolean;
  readonly lazyUserFlush: boolean;
  readonly latencyTracking: boolean;
  readonly eventFilter: EventFilter | null;
  readonly trackingTableMaxKeys: number;
  readonly listMaxListpackSize: number;
  readonly listCompressDepth: number;
  readonly hllSparseMaxBytes: number;
  readonly lazyServerDel: boolean;
  readonly hashMaxListpackEntries: number;
  readonly hashMaxListpackValue: number;
  readonly setMaxIntsetEntries: number;
  readonly setMaxListpackEntries: number;
  readonly setMaxListpackValue: number;
  /** Below 0: nothing is logged. */
  readonly slowlogSlowerThanUs: number;
  readonly slowlogMaxLength: number;
  /** 0: no event is noted. */
  readonly latencyThresholdMs: number;
  readonly streamNodeMaxBytes: number;
  readonly streamNodeMaxEntries: number;
  readonly protoMaxBulkLength: number;
  readonly replicaReadOnly: boolean;
  readonly replicaServeStaleData: boolean;
  readonly replicaIgnoreMaxmemory: boolean;
  readonly minReplicasToWrite: number;
  readonly replBacklogSize: number;
  readonly zsetMaxListpackEntries: number;
  readonly zsetMaxListpackValue: number;
  readonly password: string;
  /** Small integers share an object unless per-key access times are needed for eviction. */
  readonly shareIntegers: boolean;
}

export function readSettings(parameters: Parameters): Settings {
  const policy = evictionPolicy(parameters.text("maxmemory-policy"));
  const maxmemory = parameters.number("maxmemory");
  return {
    maxmemory,
    policy,
    maxmemorySamples: parameters.number("maxmemory-samples"),
    evictionTenacity: parameters.number("maxmemory-eviction-tenacity"),
    lfuLogFactor: parameters.number("lfu-log-factor"),
    lfuDecayTime: parameters.number("lfu-decay-time"),
    activeExpireEffort: parameters.number("active-expire-effort"),
    hz: parameters.number("hz"),
    activeRehashing: parameters.flag("activerehashing"),
    lazyEviction: parameters.flag("lazyfree-lazy-eviction"),
    lazyExpire: parameters.flag("lazyfree-lazy-expire"),
    lazyUserDel: parameters.flag("lazyfree-lazy-user-del"),
    lazyUserFlush: parameters.flag("lazyfree-lazy-user-flush"),
    latencyTracking: parameters.flag("latency-tracking"),
    eventFilter: eventFilter(parameters.text("notify-keyspace-events")),
    trackingTableMaxKeys: parameters.number("tracking-table-max-keys"),
    listMaxListpackSize: parameters.number("list-max-listpack-size"),
    listCompressDepth: parameters.number("list-compress-depth"),
    hllSparseMaxBytes: parameters.number("hll-sparse-max-bytes"),
    lazyServerDel: parameters.flag("lazyfree-lazy-server-del"),
    hashMaxListpackEntries: parameters.number("hash-max-listpack-entries"),
    hashMaxListpackValue: parameters.number("hash-max-listpack-value"),
    setMaxIntsetEntries: parameters.number("set-max-intset-entries"),
    setMaxListpackEntries: parameters.number("set-max-listpack-entries"),
    setMaxListpackValue: parameters.number("set-max-listpack-value"),
    slowlogSlowerThanUs: parameters.number("slowlog-log-slower-than"),
    slowlogMaxLength: parameters.number("slowlog-max-len"),
    latencyThresholdMs: parameters.number("latency-monitor-threshold"),
    streamNodeMaxBytes: parameters.number("stream-node-max-bytes"),
    streamNodeMaxEntries: parameters.number("stream-node-max-entries"),
    protoMaxBulkLength: parameters.number("proto-max-bulk-len"),
    replicaReadOnly: parameters.flag("replica-read-only"),
    replicaServeStaleData: parameters.flag("replica-serve-stale-data"),
    replicaIgnoreMaxmemory: parameters.flag("replica-ignore-maxmemory"),
    // A maximum lag of 0 turns the rule off.
    minReplicasToWrite:
      parameters.number("min-replicas-max-lag") === 0 ? 0 : parameters.number("min-replicas-to-write"),
    replBacklogSize: parameters.number("repl-backlog-size"),
    zsetMaxListpackEntries: parameters.number("zset-max-listpack-entries"),
    zsetMaxListpackValue: parameters.number("zset-max-listpack-value"),
    password: parameters.text("requirepass"),
    shareIntegers: maxmemory === 0 || (policy.ranking !== "lru" && policy.ranking !== "lfu"),
  };
}
