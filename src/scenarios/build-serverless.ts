// From the scenario's serverless cache to its configuration, and what of the scenario has no meaning there: nodes, shards,
// parameters and reservations are the business of the service.

import { limit } from "../catalog/limits.ts";
import { type NodeType, nodeType } from "../catalog/nodes.ts";
import { COMMANDS } from "../engine/commands/index.ts";
import { Engine } from "../engine/engine.ts";
import type { EngineProfile } from "../engine/profile.ts";
import type { ServerlessConfig } from "../models/config/serverless.ts";
import type { ClientConfig, ClusterConfig } from "../models/config.ts";
import { isRestricted } from "../models/serverless/restrictions.ts";
import { lognormalByPercentiles } from "../sim/distributions/lognormal.ts";
import { randomFrom } from "../sim/random.ts";
import { formatBytes, formatRate, GIB, NS_PER_MINUTE, NS_PER_MS, NS_PER_US } from "../units.ts";
import { buildCluster } from "./build-cluster.ts";
import type { Report } from "./build-report.ts";
import type { WorkloadPlan } from "./build-workload.ts";
import type { EngineSetup } from "./engine-parameters.ts";
import type { Scenario } from "./schema.ts";
import { partOf } from "./written.ts";

const ofLimit = (id: string) => limit(id).value;

/**
 * What stands behind the endpoint is not published. Assumed: cores like Graviton3 with I/O threads, on a network that is
 * never the bottleneck; the service's own limits are.
 */
export const SERVERLESS_NODE: NodeType = {
  ...nodeType("cache.r7g.xlarge"),
  network: { baselineGbps: 100, burstGbps: null },
  maxclients: ofLimit("serverless-maxclients"),
  tlsOffload: true,
};

const PARTITIONS_MOST = 32;
/** AWS's figure of 90,000 ECPU/s with reads by replicas is three times that of a primary: two replicas. */
const REPLICAS = 2;

/** Keys of the cluster that keep their meaning. */
const MEANINGFUL = new Set([
  "name",
  "engine",
  "deployment",
  "serverless",
  "purchase",
  "backups",
  "allocatorQuantum",
  "auth",
]);
const WHY: Readonly<Record<string, string>> = {
  mode: "a serverless cache always has cluster mode",
  tls: "a serverless cache always has TLS",
  multiAz: "a serverless cache always spans zones",
  management: "a serverless cache is managed",
  parameters: "a serverless cache has no parameter group: volatile-lru and the rest are fixed",
  durability: "serverless caches do not offer it",
};
/** The same for billing. */
const BILLED_NOT: Readonly<Record<string, string>> = {
  reservations: "reserved nodes do not cover serverless caches",
  extendedSupport: "it is a surcharge on nodes",
  replicationTransfer: "replication is the service's business",
};

/** What contradicts «deployment: serverless». `written` is the scenario as it was written, without defaults. */
export function checkServerless(scenario: Scenario, written: unknown, report: Report): void {
  const { cluster } = scenario;
  const keys = Object.keys(partOf(written, "cluster"));
  for (const key of keys.filter(one => !MEANINGFUL.has(one))) {
    const why = WHY[key] ?? "nodes are the business of the service";
    report(["cluster", key], `has no meaning with «deployment: serverless»: ${why}`);
  }
  for (const key of Object.keys(partOf(written, "billing"))) {
    if (Object.hasOwn(BILLED_NOT, key)) {
      report(["billing", key], `has no meaning with «deployment: serverless»: ${BILLED_NOT[key]}`);
    }
  }
  if (!["on-demand", "savings-plan-1y"].includes(cluster.purchase)) {
    report(["cluster", "purchase"], "a serverless cache is on-demand or savings-plan-1y: there is nothing to reserve");
  }
  if (cluster.engine === "redis-7.0") {
    report(["cluster", "engine"], "serverless caches run Valkey 7.2 and later or Redis OSS 7.1");
  }
  scenario.drills.forEach((_, i) => {
    report(["drills", i], "a serverless cache shows no nodes: what drills do happens inside the service");
  });
  checkLimits(cluster.serverless, report);
  checkCommands(scenario, report);
}

function checkLimits({ minimum, maximum, supported }: Scenario["cluster"]["serverless"], report: Report): void {
  const path = (...rest: string[]) => ["cluster", "serverless", ...rest];
  const mostEcpu = ofLimit("serverless-ecpu");
  const mostBytes = ofLimit("serverless-storage") * GIB;
  for (const [name, { ecpu, storage }] of Object.entries({ minimum, maximum })) {
    if (ecpu !== undefined && (ecpu > mostEcpu || ecpu <= 0)) {
      report(path(name, "ecpu"), `must lie above zero and be at most ${formatRate(mostEcpu)}, got ${formatRate(ecpu)}`);
    }
    if (storage !== undefined && (storage > mostBytes || storage <= 0)) {
      report(
        path(name, "storage"),
        `must be above zero and at most ${formatBytes(mostBytes)}, got ${formatBytes(storage)}`,
      );
    }
  }
  if ((minimum.ecpu ?? 0) > (maximum.ecpu ?? mostEcpu)) {
    report(path("minimum", "ecpu"), `lies above the maximum of ${formatRate(maximum.ecpu ?? mostEcpu)}`);
  }
  if ((minimum.storage ?? 0) > (maximum.storage ?? mostBytes)) {
    report(path("minimum", "storage"), `lies above the maximum of ${formatBytes(maximum.storage ?? mostBytes)}`);
  }
  if (supported === undefined) return;
  if (supported < (minimum.ecpu ?? 0)) {
    report(
      path("supported"),
      `lies below the minimum of ${formatRate(minimum.ecpu ?? 0)}, which is there from the start`,
    );
  }
  if (supported <= 0 || supported > (maximum.ecpu ?? mostEcpu)) {
    report(
      path("supported"),
      `must lie above zero and not above the maximum of ${formatRate(maximum.ecpu ?? mostEcpu)}`,
    );
  }
}

/** Templates of commands that the service refuses. */
function checkCommands({ workload }: Scenario, report: Report): void {
  workload.forEach((one, i) => {
    for (const template of Object.keys(one.commands ?? {})) {
      const [first, second] = template.trim().toLowerCase().split(/\s+/u);
      const command = COMMANDS.get(first);
      const fullName = command?.children?.has(second) === true ? `${first}|${second}` : first;
      if (command !== undefined && isRestricted(fullName)) {
        const name = fullName.replace("|", " ").toUpperCase();
        report(["workload", i, "commands", template], `serverless caches do not offer ${name}`);
      }
    }
  });
}

export function buildServerless(
  scenario: Scenario,
  profile: EngineProfile,
  setup: EngineSetup,
  workloads: readonly WorkloadPlan[],
  clients: readonly ClientConfig[],
): ClusterConfig {
  const { cluster } = scenario;
  const { maximum } = cluster.serverless;
  const fromReplicas = clients.some(client => client.readFrom !== "primary");
  const serverless = configOf(cluster, fromReplicas);
  const peak = Math.max(serverless.supportedEcpu, peakRate(scenario, workloads));
  const partitions = Math.min(PARTITIONS_MOST, Math.max(1, Math.ceil(peak / serverless.slotEcpu)));
  const share = Math.floor((maximum.storage ?? ofLimit("serverless-storage") * GIB) / partitions);
  const parameters = { ...setup.parameters, "maxmemory-policy": "volatile-lru" };
  return {
    ...buildCluster(scenario, profile, SERVERLESS_NODE, setup),
    mode: "cluster",
    shards: partitions,
    replicasPerShard: fromReplicas ? REPLICAS : 0,
    multiAz: true,
    tls: true,
    // The limit is on data: what an empty engine takes is not the user's.
    parameters: { ...parameters, maxmemory: String(share + emptyBytes(profile, parameters)) },
    listen: { ...setup.listen, backlog: SERVERLESS_NODE.maxclients, acceptsPerTurn: 1_000, tlsAcceptsPerTurn: 1_000 },
    maxclients: SERVERLESS_NODE.maxclients,
    serverless,
  };
}

function configOf({ serverless, engine }: Scenario["cluster"], fromReplicas: boolean): ServerlessConfig {
  const { minimum, maximum } = serverless;
  const initial = ofLimit(fromReplicas ? "serverless-initial-ecpu-replica-reads" : "serverless-initial-ecpu");
  const slot = ofLimit("serverless-slot-ecpu");
  return {
    supportedEcpu: serverless.supported ?? Math.max(initial, minimum.ecpu ?? 0),
    maximumEcpu: Math.min(maximum.ecpu ?? Number.POSITIVE_INFINITY, ofLimit("serverless-ecpu")),
    minimumEcpu: minimum.ecpu ?? 0,
    minimumBytes: minimum.storage ?? 0,
    slotEcpu: slot,
    slotReplicaEcpu: ofLimit("serverless-slot-ecpu-replica-reads") - slot,
    doublingNs: serverless.doubling ?? doublingNs(engine),
    growAt: serverless.growAt ?? GROW_AT,
    holdNs: serverless.hold ?? HOLD_NS,
    proxyNs: serverless.latency ?? PROXY_NS,
    ecpuNs: serverless.ecpuTime ?? null,
  };
}

/** Assumed: nobody publishes them. */
const GROW_AT = 0.5;
const HOLD_NS = 100 * NS_PER_MS;
/** AWS: sub-millisecond p50 on the engine's page, «typically 1-3 ms» in its toolkit (2026-08). Some 1.1 ms at clients. */
export const PROXY_NS = lognormalByPercentiles(500 * NS_PER_US, 3 * NS_PER_MS);

/** Before Valkey 8.0: 10 to 12 minutes, from memory only (aws-facts.md, 2). */
const SLOW_DOUBLING_NS = 11 * NS_PER_MINUTE;

/** Of the engines that grow fast, in seconds. */
export const DOUBLING_SECONDS = ofLimit("serverless-doubling-time") * 60;

function doublingNs(engine: string): number {
  const version = Number.parseFloat(engine.replace("valkey-", ""));
  return engine.startsWith("valkey-") && version >= 8
    ? ofLimit("serverless-doubling-time") * NS_PER_MINUTE
    : SLOW_DOUBLING_NS;
}

const RATE_LOOKS = 1_000;

/** Most requests per second of all open loops together, looked at in many places of the run. */
function peakRate({ duration }: Scenario, workloads: readonly WorkloadPlan[]): number {
  const loads = workloads.flatMap(plan => {
    if (plan.trace !== null) return [];
    const { load } = plan.config();
    return load.kind === "open" ? [load] : [];
  });
  let peak = 0;
  for (let i = 0; i < RATE_LOOKS; i++) {
    const at = (duration * i) / RATE_LOOKS;
    peak = Math.max(
      peak,
      loads.reduce((sum, { rate, burst }) => sum + rate.at(at) * burst, 0),
    );
  }
  return peak;
}

function emptyBytes(profile: EngineProfile, parameters: Readonly<Record<string, string>>): number {
  return new Engine({ profile, random: randomFrom("empty engine"), quantum: 8, parameters, nowMs: 0 }).usedMemory;
}
