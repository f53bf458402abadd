// Clusters of Memcached: nodes without replicas, failover, snapshots, users or a cluster protocol, whose clients spread the keys.
// What a scenario asks of Memcached that it cannot do is refused with what it has instead.

import { engineParameters, engineProfileParameters } from "../catalog/engines.ts";
import { limit } from "../catalog/limits.ts";
import type { NodeType } from "../catalog/nodes.ts";
import { flatSettings, type MemcachedSettings, modernSettings, settingsProblem } from "../engine/memcached/settings.ts";
import { Parameters } from "../engine/parameters.ts";
import { MEMCACHED_PROFILE } from "../engine/profile.ts";
import type { MemcachedConfig } from "../models/config.ts";
import { MIB } from "../units.ts";
import type { Report } from "./build-report.ts";
import type { EngineSetup } from "./engine-parameters.ts";
import type { Scenario } from "./schema.ts";
import { didYouMean } from "./suggest.ts";
import { partOf } from "./written.ts";

export function isMemcached({ engine }: Scenario["cluster"]): boolean {
  return engine === MEMCACHED_PROFILE.name;
}

/** Without replicas, which is the only way that there is. */
export function withoutReplicas(scenario: Scenario, written: unknown): Scenario {
  const { cluster } = scenario;
  if (!isMemcached(cluster) || partOf(written, "cluster").replicas !== undefined) return scenario;
  return { ...scenario, cluster: { ...cluster, replicas: 0 } };
}

/** Keys of `cluster` that have no meaning for Memcached, and why. */
const REFUSED: Readonly<Record<string, string>> = {
  multiAz: "Multi-AZ needs replicas, and Memcached has none: nodes of several zones are «zones: 2»",
  auth: "Memcached on ElastiCache knows no users and no AUTH token: who reaches the port may do everything",
  backups: "Memcached has no snapshots",
  backupWindow: "Memcached has no snapshots",
  fork: "Memcached saves nothing, so it never forks",
  save: "Memcached saves nothing",
  replication: "Memcached does not replicate: each key lies on one node",
  durability: "Memcached has no durable log: what a node held is gone with it",
  serverless: "has no meaning with «deployment: nodes»",
  autoScaling: "ElastiCache scales clusters of Valkey and Redis OSS by itself, not of Memcached",
  ioThreads: "Memcached's worker threads read and write themselves: one per vCPU (num_threads)",
  allocatorQuantum: "Memcached has its own allocator: slab classes (chunk_size, chunk_size_growth_factor)",
};

/** Whether a drill can be done to the cluster. */
export function canDrill(cluster: Scenario["cluster"], name: string): boolean {
  return !isMemcached(cluster) || DRILLS.has(name);
}

/** Drills that make sense for nodes that know nothing of each other. */
const DRILLS = new Set([
  "crash-node",
  "lose-host",
  "freeze-node",
  "slow-node",
  "reboot-node",
  "zone-outage",
  "isolate-zone",
  "partition",
  "packet-loss",
  "inject-latency",
  "connection-storm",
  "flash-crowd",
  "slow-origin",
  "flush-all",
  "scale-out",
]);

const PATTERNS = new Set(["cache-aside", "read-through", "write-through", "write-behind", "refresh-ahead"]);

export function checkMemcached(scenario: Scenario, written: unknown, report: Report): void {
  const { cluster } = scenario;
  const given = partOf(written, "cluster");
  const tell = (key: string, message: string) => report(["cluster", key], message);
  if (!isMemcached(cluster)) {
    if (given.memcached !== undefined) tell("memcached", `has no effect on ${cluster.engine}: it is about Memcached`);
    return;
  }
  if (cluster.deployment === "serverless") {
    return tell(
      "deployment",
      "must be nodes: a serverless cache of Memcached is not simulated. Its rates, its minimum of 1 GB and its limits are those of Redis OSS, so «engine: redis-7.1» gives its bill",
    );
  }
  for (const [key, why] of Object.entries(REFUSED)) {
    if (given[key] !== undefined && given[key] !== false && given[key] !== 0) tell(key, `cannot be: ${why}`);
  }
  if (cluster.replicas > 0) tell("replicas", "must be 0: Memcached has no replicas, each key lies on one node");
  if (cluster.mode === "single") {
    tell("mode", "must be cluster: Memcached has no primary endpoint, clients know all nodes («shards») themselves");
  }
  if (cluster.failover.profile === "upstream") {
    report(["cluster", "failover", "profile"], "must be managed: Memcached's nodes have no bus to vote over");
  }
  const most = limit("memcached-nodes-per-cluster");
  if (cluster.shards > most.value) {
    tell("shards", `are its nodes, and a Memcached cluster has at most ${most.value}, got ${cluster.shards}`);
  }
  checkUse(scenario, report);
}

function checkUse(scenario: Scenario, report: Report): void {
  if (scenario.data.length > 0)
    report(["data"], "cannot be: keys of several types are Valkey's, Memcached has values only");
  if (scenario.fidelity !== 1) {
    report(
      ["fidelity"],
      "must be exact: a sample of the keys needs a sample of each slab class's pages, which is not modelled",
    );
  }
  scenario.clients.forEach(({ readFrom }, i) => {
    if (readFrom !== undefined && readFrom !== "primary") {
      report(["clients", i, "readFrom"], "cannot be: Memcached has no replicas to read from");
    }
  });
  scenario.workload.forEach((one, i) => {
    const path = (key: string) => ["workload", i, key];
    if (one.commands !== undefined) {
      report(
        path("commands"),
        "are sent to Valkey and Redis OSS: Memcached is asked by caching patterns, such as «pattern: { cache-aside: {} }», which use get, set, add, gat and delete",
      );
    }
    for (const name of Object.keys(one.pattern ?? {})) {
      if (Object(one.pattern)[name] === undefined || PATTERNS.has(name)) continue;
      report(
        path("pattern"),
        `${name} needs commands that Memcached does not have; it has ${[...PATTERNS].join(", ")}`,
      );
    }
    for (const key of ["holds", "wait"] as const) {
      if (one[key] !== undefined) report(path(key), "cannot be: Memcached has values only, on one node each");
    }
  });
  scenario.drills.forEach((entry, i) => {
    const name = Object.keys(entry).find(key => key !== "at" && Object(entry)[key] !== undefined);
    if (name === undefined || DRILLS.has(name)) return;
    report(["drills", i, name], `cannot be done to Memcached; what can be: ${[...DRILLS].join(", ")}`);
  });
}

// -----------------------------------------------------------------------------------------------------------------
// Parameters.

/** Which setting a parameter of the group is, where it is more than told. */
const SETTINGS: Readonly<Record<string, (value: number) => Partial<MemcachedSettings>>> = {
  num_threads: threads => ({ threads }),
  max_item_size: itemSizeMax => ({ itemSizeMax }),
  max_simultaneous_connections: maxConnections => ({ maxConnections }),
  chunk_size: chunkSize => ({ chunkSize }),
  chunk_size_growth_factor: growthFactor => ({ growthFactor }),
  slab_chunk_max: slabChunkMax => ({ slabChunkMax }),
  hot_lru_pct: hotLruPercent => ({ hotLruPercent }),
  warm_lru_pct: warmLruPercent => ({ warmLruPercent }),
  hot_max_factor: hotMaxFactor => ({ hotMaxFactor }),
  warm_max_factor: warmMaxFactor => ({ warmMaxFactor }),
  cas_disabled: off => ({ cas: off === 0 }),
  error_on_memory_exhausted: on => ({ evicts: on === 0 }),
  disable_flush_all: off => ({ flushEnabled: off === 0 }),
  idle_timeout: idleTimeout => ({ idleTimeout }),
};
/** Of these the one switch is no_modern; each alone may be given too. */
const MODERN: Readonly<Record<string, (value: number) => Partial<MemcachedSettings>>> = {
  slab_reassign: on => ({ slabReassign: on !== 0 }),
  slab_automove: slabAutomove => ({ slabAutomove }),
  lru_crawler: on => ({ lruCrawler: on !== 0 }),
  lru_maintainer: on => ({ lruMaintainer: on !== 0, lruSegmented: on !== 0 }),
};
const READ = new Set([
  ...Object.keys(SETTINGS),
  ...Object.keys(MODERN),
  "max_cache_memory",
  "memcached_connections_overhead",
  "no_modern",
  "backlog_queue_limit",
]);

export interface MemcachedSetup extends EngineSetup {
  readonly memcached: MemcachedSettings;
}

/** The parameter group of the node, with what the scenario changes. */
export function memcachedSetup(
  node: NodeType,
  managed: boolean,
  given: Scenario["cluster"]["parameters"],
  report: (name: string, message: string) => void,
): MemcachedSetup {
  const rows = engineParameters(MEMCACHED_PROFILE.name);
  const values = new Map<string, number>();
  const defaults = engineProfileParameters(MEMCACHED_PROFILE.name, managed ? "elasticache" : "upstream", node);
  for (const [name, value] of defaults) values.set(name, Number(value));
  const changed = new Set<string>();
  for (const [name, raw] of Object.entries(given)) {
    const row = rows.get(name);
    const value = typeof raw === "boolean" ? Number(raw) : Number(raw);
    if (row === undefined) {
      report(name, `memcached-1.6 has no parameter «${name}»${didYouMean(name, [...rows.keys()])}`);
    } else if (managed && !row.modifiable && String(row.elasticache) !== String(raw)) {
      report(name, "may not be changed on ElastiCache; with «management: self-managed» it may");
    } else if (READ.has(name) && !(value >= (row.min ?? 0) && value <= (row.max ?? Number.POSITIVE_INFINITY))) {
      report(name, `must be a number of at least ${row.min ?? 0}, got «${raw}»`);
    } else if (row.values !== undefined && !row.values.some(one => String(one) === String(raw))) {
      report(name, `must be one of ${row.values.join(", ")}, got «${raw}»`);
    } else {
      values.set(name, value);
      changed.add(name);
    }
  }
  const settings = settingsOf(values, changed, node, managed);
  const problem = settingsProblem(settings);
  if (problem !== null) report(changed.has("max_item_size") ? "max_item_size" : "chunk_size", problem);
  return {
    parameters: { maxmemory: String(settings.maxBytes), "maxmemory-policy": "allkeys-lru", "cluster-enabled": "yes" },
    maxclients: settings.maxConnections,
    listen: {
      backlog: values.get("backlog_queue_limit") ?? 1_024,
      // The listening thread takes all that wait and hands them to the workers (memcached.c, drive_machine).
      acceptsPerTurn: 1_000,
      tlsAcceptsPerTurn: 1_000,
      closesOnReplicaWrite: false,
      idleSeconds: settings.idleTimeout,
      subscriberLimit: { hardBytes: Infinity, softBytes: Infinity, softNs: 0 },
    },
    modelled: new Parameters(MEMCACHED_PROFILE, {}),
    withoutEffect: [...changed].filter(name => !READ.has(name)),
    memcached: settings,
  };
}

function settingsOf(
  values: ReadonlyMap<string, number>,
  changed: ReadonlySet<string>,
  node: NodeType,
  managed: boolean,
): MemcachedSettings {
  const given: Partial<MemcachedSettings> = {};
  for (const [name, setting] of Object.entries(SETTINGS)) {
    const value = values.get(name);
    if (value !== undefined) Object.assign(given, setting(value));
  }
  for (const [name, setting] of Object.entries(MODERN)) {
    if (changed.has(name)) Object.assign(given, setting(values.get(name)!));
  }
  const overhead = managed ? (values.get("memcached_connections_overhead") ?? 0) : 0;
  // Self-managed servers have 64 MB unless they are told; a cache is told what its host has.
  const whole =
    managed || changed.has("max_cache_memory") ? values.get("max_cache_memory")! : node.maxmemoryBytes / MIB;
  Object.assign(given, { maxBytes: Math.max(1, Math.floor(whole - overhead)) * MIB });
  return values.get("no_modern") === 1 ? flatSettings(given) : modernSettings(given);
}

export function memcachedConfig({ memcached }: Scenario["cluster"], settings: MemcachedSettings): MemcachedConfig {
  return { settings, distribution: memcached?.distribution ?? "ketama", ejects: memcached?.ejects ?? false };
}
