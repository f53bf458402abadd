// From the scenario's cluster to its configuration, and what of it does not fit together.

import { type NodeType, nodeType } from "../catalog/nodes.ts";
import type { MemcachedSettings } from "../engine/memcached/settings.ts";
import type { Parameters } from "../engine/parameters.ts";
import { type EngineProfile, engineProfile } from "../engine/profile.ts";
import type { DefragConfig } from "../models/active-defrag.ts";
import type { ClusterConfig, FailoverConfig, SaveConfig, VariantChange } from "../models/config.ts";
import { constant } from "../sim/distributions/constant.ts";
import { uniform } from "../sim/distributions/uniform.ts";
import { NS_PER_MINUTE, NS_PER_SECOND } from "../units.ts";
import { appendOnlyConfig, checkAppendOnly } from "./build-append-only.ts";
import { accessConfig } from "./build-auth.ts";
import { autoScalingConfig, checkAutoScaling } from "./build-auto-scaling.ts";
import { checkDurability, durabilityConfig } from "./build-durability.ts";
import { checkHardware, hardwareConfig } from "./build-hardware.ts";
import { isMemcached, memcachedConfig } from "./build-memcached.ts";
import { checkQuotas, quotasOf } from "./build-quotas.ts";
import { replicationConfig } from "./build-replication.ts";
import type { Report } from "./build-report.ts";
import { checkScaling, placementConfig, scalingConfig } from "./build-scaling.ts";
import { type EngineSetup, resolveParameters } from "./engine-parameters.ts";
import type { Scenario } from "./schema.ts";
import { partOf } from "./written.ts";

/** Stands for the node type of a cluster that names none, which is reported. */
export const ANY_NODE = "cache.r7g.large";

export function buildCluster(
  scenario: Scenario,
  profile: EngineProfile,
  node: NodeType,
  setup: EngineSetup,
  memcached?: MemcachedSettings,
): ClusterConfig {
  const { cluster, zones } = scenario;
  return {
    name: cluster.name,
    profile,
    node,
    mode: cluster.mode,
    shards: cluster.shards,
    replicasPerShard: cluster.replicas,
    multiAz: cluster.multiAz ?? (cluster.replicas > 0 && zones > 1),
    tls: cluster.tls,
    certificate: cluster.certificate ?? "rsa-2048",
    access: accessConfig(cluster),
    parameters: setup.parameters,
    maxclients: setup.maxclients,
    listen: setup.listen,
    quantum: cluster.allocatorQuantum,
    ioThreads: memcached === undefined ? (cluster.ioThreads ?? ownIoThreads(cluster, setup)) : 0,
    hardware: hardwareConfig(cluster),
    defrag: defragConfig(setup.modelled),
    fork: { baseNs: cluster.fork.base, perGibNs: cluster.fork.perGib, countCopies: cluster.fork.countCopies },
    save: saveConfig(cluster),
    appendOnly: appendOnlyConfig(cluster, setup),
    replication: replicationConfig(cluster, node, setup),
    failover: failoverConfig(cluster),
    durability: durabilityConfig(cluster),
    scaling: scalingConfig(cluster),
    placement: placementConfig(cluster),
    autoScaling: autoScalingConfig(cluster),
    quotas: quotasOf(cluster),
    memcached: memcached === undefined ? undefined : memcachedConfig(cluster, memcached),
    variant: change => variantOf(scenario, change, () => {}),
  };
}

function saveConfig({ save, management }: Scenario["cluster"]): SaveConfig {
  return { ...save, method: save.method ?? (management === "elasticache" ? "auto" : "fork") };
}

function checkSave(cluster: Scenario["cluster"], node: NodeType, written: unknown, report: Report): void {
  const { save, management } = cluster;
  const tell = (message: string) => report(["cluster", "save", "method"], message);
  if (management === "self-managed" && (save.method === "auto" || save.method === "forkless")) {
    tell("is ElastiCache's: self-managed servers fork");
  }
  if (node.ssdGiB !== null && save.method === "forkless") tell(`${node.type} tiers its data: it has no forkless save`);
  const { method } = saveConfig(cluster);
  const given = partOf(written, "cluster", "save");
  if (method !== "auto" && given.headroom !== undefined)
    report(["cluster", "save", "headroom"], `has no effect: it is what «method: auto» goes by, and this is ${method}`);
  if (method === "fork" && given.share !== undefined)
    report(["cluster", "save", "share"], "has no effect: it is about forkless saves, and these fork");
  if (save.share === 0) report(["cluster", "save", "share"], "must be above nothing: the save would never end");
}

/** Self-managed servers count the engine thread as one of their io-threads; managed ones have what the node type gives. */
function ownIoThreads({ management }: Scenario["cluster"], { modelled }: EngineSetup): number | undefined {
  return management === "self-managed" ? Math.max(0, modelled.number("io-threads") - 1) : undefined;
}

function defragConfig(modelled: Parameters): DefragConfig | null {
  if (!modelled.flag("activedefrag")) return null;
  return {
    ignoreBytes: modelled.number("active-defrag-ignore-bytes"),
    lowerPercent: modelled.number("active-defrag-threshold-lower"),
    upperPercent: modelled.number("active-defrag-threshold-upper"),
    minEffort: modelled.number("active-defrag-cycle-min") / 100,
    maxEffort: modelled.number("active-defrag-cycle-max") / 100,
  };
}

/** The cluster with other nodes, another engine or cluster mode: what scaling up, upgrades and mode changes need. */
export function variantOf(
  scenario: Scenario,
  change: VariantChange,
  report: (parameter: string, message: string) => void,
): ClusterConfig {
  const cluster = { ...scenario.cluster, ...change };
  const node = nodeType(cluster.node ?? ANY_NODE);
  const profile = engineProfile(cluster.engine)!;
  const managed = cluster.management === "elasticache";
  const setup = resolveParameters({ profile, node, managed, mode: cluster.mode, given: cluster.parameters }, report);
  return buildCluster({ ...scenario, cluster }, profile, node, setup);
}

/** Who fails over. Memcached's nodes have no bus to vote over, whoever runs them: somebody puts a new one in a lost one's place. */
export function failoverProfile(cluster: Scenario["cluster"]): "managed" | "upstream" {
  const { failover, management } = cluster;
  return failover.profile ?? (isMemcached(cluster) || management === "elasticache" ? "managed" : "upstream");
}

/** The node type of a cluster of nodes. */
export function nodeOf(cluster: Scenario["cluster"], report: Report): NodeType {
  if (cluster.node !== undefined) return nodeType(cluster.node);
  report(["cluster"], "needs «node:», a node type such as cache.r7g.large (cachecast nodes lists them)");
  return nodeType(ANY_NODE);
}

export function checkCluster(
  scenario: Scenario,
  node: NodeType,
  product: string,
  written: unknown,
  report: Report,
): void {
  const { cluster, zones } = scenario;
  checkScaling(scenario, report);
  checkAutoScaling(scenario, node, report);
  if (partOf(written, "cluster").serverless !== undefined) {
    report(["cluster", "serverless"], "has no meaning with «deployment: nodes»; use «deployment: serverless»");
  }
  if (cluster.mode === "single" && cluster.shards !== 1) {
    report(["cluster", "shards"], `mode single has one shard, got ${cluster.shards}; use «mode: cluster» for more`);
  }
  checkQuotas(scenario, written, report);
  if (!(node.engines as readonly string[]).includes(product)) {
    report(["cluster", "node"], `${node.type} does not run ${product}; it runs ${node.engines.join(", ")}`);
  }
  if (cluster.certificate !== undefined && !cluster.tls) {
    report(["cluster", "certificate"], "has no effect without «tls: true»");
  }
  if (cluster.multiAz === true && cluster.replicas === 0) {
    report(["cluster", "multiAz"], "needs at least one replica per shard, there is none: «replicas: 1»");
  }
  if (cluster.multiAz === true && zones < 2)
    report(["cluster", "multiAz"], `needs at least two zones, there is ${zones}: «zones: 2»`);
  checkHardware(cluster, node, report);
  checkSave(cluster, node, written, report);
  checkAppendOnly(cluster, report);
  checkDurability(scenario, node, product, written, report);
  const { failover } = cluster;
  const profile = failoverProfile(cluster);
  const wrong =
    profile === "managed"
      ? (["nodeTimeout", "requireFullCoverage", "restart"] as const)
      : (["detection", "promotion", "dns", "replacement"] as const);
  for (const key of wrong) {
    if (failover[key] !== undefined)
      report(["cluster", "failover", key], `has no meaning in the ${profile} profile; ${MEANS[profile]}`);
  }
  if (profile === "upstream" && cluster.mode === "single") {
    report(["cluster", "failover", "profile"], "the upstream profile is the cluster bus: it needs «mode: cluster»");
  }
}

const MEANS = {
  managed: "there it is detection, promotion, dns and replacement",
  upstream: "there it is nodeTimeout, requireFullCoverage and restart",
} as const;

function failoverConfig(cluster: Scenario["cluster"]): FailoverConfig {
  const { failover } = cluster;
  const profile = failoverProfile(cluster);
  if (profile === "upstream") {
    return {
      profile,
      nodeTimeoutNs: failover.nodeTimeout ?? 15 * NS_PER_SECOND,
      requireFullCoverage: failover.requireFullCoverage ?? true,
      restartNs: failover.restart ?? constant(30 * NS_PER_SECOND),
    };
  }
  return {
    profile,
    detectionNs: failover.detection ?? uniform(22 * NS_PER_SECOND, 42 * NS_PER_SECOND),
    promotionNs: failover.promotion ?? uniform(2 * NS_PER_SECOND, 6 * NS_PER_SECOND),
    dnsNs: failover.dns ?? uniform(NS_PER_SECOND, 4 * NS_PER_SECOND),
    replacementNs: failover.replacement ?? uniform(3 * NS_PER_MINUTE, 8 * NS_PER_MINUTE),
  };
}
