// From a checked scenario to a world's configuration: names become facts from the catalogue, defaults that depend on
// other fields are filled in, and what does not fit together is reported, all of it, with its path.

import { engineOfProfile } from "../catalog/engines.ts";
import { limit } from "../catalog/limits.ts";
import { type NodeType, nodeType } from "../catalog/nodes.ts";
import { type PriceBook, priceBook, priceBookNames } from "../catalog/prices.ts";
import type { Purchase } from "../cost/purchase.ts";
import { DRILLS, type PlannedDrill } from "../drills/index.ts";
import { engineProfile } from "../engine/profile.ts";
import type { ClientConfig, ClusterConfig, FailoverConfig, WorldConfig } from "../models/config.ts";
import { constant } from "../sim/distributions/constant.ts";
import { uniform } from "../sim/distributions/uniform.ts";
import {
  formatDurationNs,
  NS_PER_MINUTE,
  NS_PER_MS,
  NS_PER_SECOND,
  parseDurationNs,
  parseRange,
  UnitError,
} from "../units.ts";
import type { TraceBuffer, TraceKeys } from "../workload/traces/trace.ts";
import { buildWorkload, type WorkloadPlan } from "./build-workload.ts";
import { type EngineSetup, resolveParameters } from "./engine-parameters.ts";
import { type Expectation, parseExpectation } from "./expect.ts";
import type { Scenario } from "./schema.ts";
import type { Path } from "./yaml-file.ts";

/** Tells a problem of the scenario at a path. */
export type Report = (path: Path, message: string) => void;

/** Everything that a run needs and that does not differ between replications. */
export interface Built {
  readonly scenario: Scenario;
  readonly node: NodeType;
  readonly product: ReturnType<typeof engineOfProfile>;
  readonly purchase: Purchase;
  readonly book: PriceBook;
  readonly drills: readonly PlannedDrill[];
  readonly expectations: readonly Expectation[];
  readonly setup: EngineSetup;
  readonly warmupNs: number | "auto";
  readonly workloads: readonly WorkloadPlan[];
  /** A fresh configuration; each world needs its own, since traces and key tables hold state. */
  world(replication: number, seed: number, feed?: Feed): WorldConfig;
}

/** Receives what a workload that replays a trace must be filled with. */
export type Feed = (plan: WorkloadPlan, buffer: TraceBuffer, keys: TraceKeys) => void;

const DEFAULT_ROWS = 600;
/** More rows than that make a result that nothing can show, and a run that does little else than count. */
const MAX_ROWS = 100_000;

/** Builds, or reports problems and returns null. `directory` is where relative file names begin. */
export function build(scenario: Scenario, directory: string, report: Report): Built | null {
  let problems = 0;
  const tell: Report = (path, message) => {
    problems++;
    report(path, message);
  };
  const { cluster } = scenario;
  const node = nodeType(cluster.node);
  const product = engineOfProfile(cluster.engine);
  const book = findBook(scenario, tell);
  checkCluster(scenario, node, product, tell);
  const profile = engineProfile(cluster.engine)!;
  const setup = resolveParameters(
    { profile, node, managed: cluster.management === "elasticache", mode: cluster.mode, given: cluster.parameters },
    (name, message) => tell(["cluster", "parameters", name], message),
  );
  const clients = buildClients(scenario, tell);
  const workloads = scenario.workload.map((one, i) => buildWorkload(one, i, scenario, directory, tell));
  checkNames(scenario, tell);
  const drills = planDrills(scenario, tell);
  const names = scenario.workload.map(one => one.name);
  const expectations = scenario.expect.map((text, i): Expectation | null => {
    try {
      return parseExpectation(text, names);
    } catch (error) {
      if (!(error instanceof UnitError)) throw error;
      tell(["expect", i], error.message);
      return null;
    }
  });
  const spike = readRange(scenario.network.spikeLength, ["network", "spikeLength"], tell);
  const needsOrigin = scenario.workload.findIndex(one => one.pattern !== undefined || one.trace !== undefined);
  if (scenario.origin === undefined && needsOrigin !== -1) {
    const asks = scenario.workload[needsOrigin].pattern === undefined ? "trace" : "pattern";
    tell(["workload", needsOrigin, asks], "needs an «origin:» to ask on a miss");
  }
  const periodNs = Math.min(
    scenario.duration,
    scenario.period ??
      Math.max(NS_PER_SECOND, Math.ceil(scenario.duration / DEFAULT_ROWS / NS_PER_SECOND) * NS_PER_SECOND),
  );
  checkTimes(scenario, periodNs, expectations, tell);
  if (problems > 0 || book === null) return null;

  const config: ClusterConfig = {
    name: cluster.name,
    profile,
    node,
    mode: cluster.mode,
    shards: cluster.shards,
    replicasPerShard: cluster.replicas,
    multiAz: cluster.multiAz ?? (cluster.replicas > 0 && scenario.zones > 1),
    tls: cluster.tls,
    parameters: setup.parameters,
    maxclients: setup.maxclients,
    quantum: cluster.allocatorQuantum,
    ioThreads: cluster.ioThreads,
    fork: { baseNs: cluster.fork.base, perGibNs: cluster.fork.perGib },
    replication: { batchNs: cluster.replication.batch, syncBandwidthShare: cluster.replication.syncBandwidth },
    failover: failoverConfig(scenario),
  };
  return {
    scenario,
    node,
    product,
    purchase: cluster.purchase as Purchase,
    book,
    drills,
    expectations: expectations.filter(one => one !== null),
    setup,
    warmupNs: scenario.warmup,
    workloads,
    world: (replication, seed, feed) => ({
      seed,
      replication,
      durationNs: scenario.duration,
      periodNs,
      zones: zoneNames(scenario.region, scenario.zones),
      latency: {
        inZoneRttNs: scenario.network.inZone,
        crossZoneRttNs: scenario.network.crossZone,
        sigma: scenario.network.sigma,
        spikeProbability: scenario.network.spikes,
        spikeNs: spike,
      },
      cluster: config,
      clients,
      origin: {
        latencyNs: scenario.origin?.latency ?? constant(NS_PER_SECOND),
        concurrency: scenario.origin?.concurrency ?? 1,
      },
      workloads: workloads.map(plan => plan.config((buffer, keys) => feed?.(plan, buffer, keys))),
    }),
  };
}

/** What lies in time must lie within the run, and leave something to measure. */
function checkTimes(
  scenario: Scenario,
  periodNs: number,
  expectations: readonly (Expectation | null)[],
  report: Report,
): void {
  const { duration, warmup } = scenario;
  if (duration === 0) return report(["duration"], "must be longer than nothing: a run of 0s has no requests");
  const inAll = `the run ends after ${formatDurationNs(duration)}`;
  if (periodNs < duration / MAX_ROWS) {
    const least = formatDurationNs(Math.ceil(duration / MAX_ROWS / NS_PER_MS) * NS_PER_MS);
    return report(["period"], `gives more than ${MAX_ROWS} rows: ${inAll}, so it needs at least ${least}`);
  }
  // Whole periods are measured.
  if (warmup !== "auto" && Math.ceil(warmup / periodNs) * periodNs >= duration) {
    const rows = warmup < duration ? `, in rows of ${formatDurationNs(periodNs)}` : "";
    report(["warmup"], `of ${formatDurationNs(warmup)} leaves nothing to measure: ${inAll}${rows}`);
  }
  expectations.forEach((expectation, i) => {
    const from = expectation?.window.kind === "between" ? expectation.window.fromNs : 0;
    if (from >= duration) report(["expect", i], `looks at the time after ${formatDurationNs(from)}: ${inAll}`);
  });
}

/** Zone ids by AWS's pattern: use1-az1 and so on. */
export function zoneNames(region: string, zones: number): string[] {
  const match = /^([a-z]+)-([a-z]+)-(\d+)$/u.exec(region);
  const prefix = match === null ? region : `${match[1]}${abbreviate(match[2])}${match[3]}`;
  return Array.from({ length: zones }, (_, i) => `${prefix}-az${i + 1}`);
}

function abbreviate(direction: string): string {
  return direction
    .replace("north", "n")
    .replace("south", "s")
    .replace("central", "c")
    .replace("east", "e")
    .replace("west", "w");
}

function findBook(scenario: Scenario, report: Report): PriceBook | null {
  const wanted = scenario.prices ?? `aws-${scenario.region}`;
  if (priceBookNames().includes(wanted)) return priceBook(wanted);
  report(
    ["region"],
    `no prices are known for ${scenario.region}; name a book with «prices:» (${priceBookNames().join(", ")})`,
  );
  return null;
}

function checkCluster({ cluster, zones }: Scenario, node: NodeType, product: string, report: Report): void {
  if (cluster.mode === "single" && cluster.shards !== 1) {
    report(["cluster", "shards"], `mode single has one shard, got ${cluster.shards}; use «mode: cluster» for more`);
  }
  const nodes = cluster.shards * (1 + cluster.replicas);
  const quota = limit("nodes-per-cluster");
  if (nodes > Number(quota.adjustableTo ?? quota.value)) {
    report(
      ["cluster", "shards"],
      `${cluster.shards} shards with ${cluster.replicas} replicas are ${nodes} nodes; a cluster has at most ${quota.adjustableTo ?? quota.value}`,
    );
  }
  if (!(node.engines as readonly string[]).includes(product)) {
    report(["cluster", "node"], `${node.type} does not run ${product}; it runs ${node.engines.join(", ")}`);
  }
  if (cluster.multiAz === true && cluster.replicas === 0) {
    report(["cluster", "multiAz"], "needs at least one replica per shard, there is none: «replicas: 1»");
  }
  if (cluster.multiAz === true && zones < 2)
    report(["cluster", "multiAz"], `needs at least two zones, there is ${zones}: «zones: 2»`);
  const { failover } = cluster;
  const profile = failover.profile ?? (cluster.management === "elasticache" ? "managed" : "upstream");
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

function failoverConfig({ cluster }: Scenario): FailoverConfig {
  const { failover } = cluster;
  const profile = failover.profile ?? (cluster.management === "elasticache" ? "managed" : "upstream");
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

function readRange(text: string, path: Path, report: Report): [number, number] {
  try {
    const { low, high } = parseRange(text, parseDurationNs);
    return [low, high];
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
    report(path, error.message);
    return [0, 0];
  }
}

function buildClients(scenario: Scenario, report: Report): ClientConfig[] {
  return scenario.clients.map((client, i) => {
    const [low, high] = readRange(client.retry.backoff, ["clients", i, "retry", "backoff"], report);
    return {
      name: client.name,
      instances: client.instances,
      zones: Array.from({ length: client.instances }, (_, instance) => instance % scenario.zones),
      pool: {
        size: client.pool.size,
        maxWaitNs: client.pool.maxWait ?? client.timeout,
        multiplex: client.pool.multiplex,
      },
      timeoutNs: client.timeout,
      connectTimeoutNs: client.connectTimeout,
      retry: { attempts: client.retry.attempts, backoffLowNs: low, backoffHighNs: high, jitter: client.retry.jitter },
      dnsTtlNs: client.dns.ttl === "forever" ? Number.POSITIVE_INFINITY : client.dns.ttl,
      refreshNs: client.topologyRefresh,
      readFrom: client.readFrom,
      overheadNs: client.overhead,
    };
  });
}

function checkNames(scenario: Scenario, report: Report): void {
  for (const list of ["clients", "workload"] as const) {
    const seen = new Set<string>();
    scenario[list].forEach((one, i) => {
      if (seen.has(one.name)) report([list, i, "name"], `«${one.name}» is the name of two of them`);
      seen.add(one.name);
    });
  }
}

function planDrills(scenario: Scenario, report: Report): PlannedDrill[] {
  return scenario.drills.flatMap((entry, i): PlannedDrill[] => {
    const { at, ...rest } = entry as { at: number } & Record<string, unknown>;
    const names = Object.keys(rest).filter(name => rest[name] !== undefined);
    const known = DRILLS.map(drill => drill.name).join(", ");
    if (names.length !== 1) {
      report(
        ["drills", i],
        names.length === 0 ? `needs one of the drills ${known}` : `names ${names.join(" and ")}: one drill per entry`,
      );
      return [];
    }
    if (at >= scenario.duration) {
      const end = formatDurationNs(scenario.duration);
      report(["drills", i, "at"], `${formatDurationNs(at)} lies beyond the end of the run, which is after ${end}`);
    }
    const [name] = names;
    const options = rest[name] as { shard?: number; replica?: number; role?: string };
    if ((options.shard ?? 1) > scenario.cluster.shards) {
      report(
        ["drills", i, name, "shard"],
        `there is no shard ${options.shard}: the cluster has ${scenario.cluster.shards}`,
      );
    }
    if (options.role === "replica" && (options.replica ?? 1) > scenario.cluster.replicas) {
      report(
        ["drills", i, name, "replica"],
        `there is no replica ${options.replica ?? 1}: a shard has ${scenario.cluster.replicas}`,
      );
    }
    return [{ atNs: at, name, options }];
  });
}
