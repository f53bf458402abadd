// From what the worlds recorded to the result file. The first replication gives the series, events and tables; intervals
// come from all of them, or, with one, from batches of its periods.

import { engineParameters } from "../catalog/engines.ts";
import { keyCount } from "../models/data-size.ts";
import { instantOf } from "../models/horizon.ts";
import { DEGRADED, DONE, FAILED, HIT, MISS } from "../models/outcome.ts";
import type { World } from "../models/world.ts";
import { type Result, SCHEMA_VERSION, type Summary } from "../result.ts";
import { Histogram } from "../sim/histogram.ts";
import { VERSION } from "../version.ts";
import { alarmsOf } from "./assemble-alarms.ts";
import { clientRows } from "./assemble-clients.ts";
import { costOf } from "./assemble-cost.ts";
import { fidelityOf } from "./assemble-fidelity.ts";
import { replicaReadsOf, waitsOf } from "./assemble-replicas.ts";
import { periodOf } from "./build-fidelity.ts";
import { judge } from "./checks.ts";
import { findFindings } from "./findings/index.ts";
import { overBatches, overReplications } from "./intervals.ts";
import type { Loaded } from "./load.ts";
import { MODEL_VERSIONS } from "./provenance.ts";
import { significant, sure } from "./rounding.ts";
import type { Replication } from "./run.ts";
import { saturationOf } from "./saturation.ts";
import { describeTrace, sourceName } from "./trace-file.ts";
import { findWarmup, type Warmup } from "./warmup.ts";
import { endedIn, hitRateOf, type Measured, measure, type Window } from "./window.ts";

/** `stopped`: fewer replications than were asked for. */
export function assembleResult(
  loaded: Loaded,
  seed: number,
  replications: readonly Replication[],
  stopped = false,
): Result {
  const { built } = loaded;
  const { world, drills } = replications[0];
  const partial = stopped || !replications.every(one => one.complete);
  const { recorder, config } = world;
  const firstDrillNs = Math.min(...built.drills.map(drill => drill.atNs), Number.POSITIVE_INFINITY);
  const warmup = findWarmup(recorder, built.warmupNs, firstDrillNs);
  const window = afterWarmup(warmup);
  const measured = measure(recorder, window, null);
  // A serverless cache does not show its nodes.
  const shown = world.serverless === null ? world.cluster.nodes : [];
  const nodes = shown.map(node => nodeRow(world, node.name, measured));
  const cost = costOf(built, world, { peakUsedBytes: nodes.reduce((sum, node) => sum + node.peakUsedBytes, 0) });
  const summaries = replications.map(one =>
    summarise(one.world, measure(one.world.recorder, window, null), cost.monthlyUsd),
  );
  const summary = summaries[0];
  const checks = built.expectations.map(expectation =>
    judge(
      expectation,
      replications,
      warmup,
      built.workloads.map(plan => plan.name),
      cost.monthlyUsd,
      built.alarms,
    ),
  );
  const { totals } = recorder;
  const fidelity = fidelityOf(built, world, measured);
  const toNs = endOf(world);
  const result: Result = {
    schemaVersion: SCHEMA_VERSION,
    version: VERSION,
    scenario: {
      name: built.scenario.name,
      description: built.scenario.description ?? "",
      resolved: { ...loaded.resolved },
      digest: loaded.digest,
      overlays: [...loaded.overlays],
      overrides: [...loaded.settings],
      file: loaded.file,
    },
    seed,
    replications: replications.length,
    partial,
    simulatedSeconds: sure(toNs / 1e9),
    ...(fidelity === undefined ? {} : { fidelity }),
    verdict: checks.every(check => check.status === "pass") && !partial ? "pass" : "fail",
    saturation: saturationOf(world, measured),
    checks,
    summary,
    window: {
      fromSeconds: sure(warmup.endNs / 1e9),
      toSeconds: sure(toNs / 1e9),
      warmup: { method: warmup.method, settled: warmup.settled },
    },
    intervals: replications.length > 1 ? overReplications(summaries) : overBatches(world, measured),
    totals: {
      // Scaled counts add up as they do unscaled.
      arrived:
        config.horizon === undefined
          ? world.traffic.reduce((sum, traffic) => sum + traffic.arrived, 0)
          : endedIn(totals) + world.inProgress,
      hits: totals[HIT],
      misses: totals[MISS],
      done: totals[DONE],
      degraded: totals[DEGRADED],
      failed: totals[FAILED],
      inProgress: world.inProgress,
    },
    clients: clientRows(world),
    workloads: config.workloads.map((workload, index) => {
      const one = measure(recorder, window, index);
      return {
        name: workload.name,
        client: config.clients[workload.client].name,
        requests: endedIn(one.outcomes),
        hits: one.outcomes[HIT],
        misses: one.outcomes[MISS],
        degraded: one.outcomes[DEGRADED],
        failed: one.outcomes[FAILED],
        hitRate: significant(hitRateOf(one.outcomes)),
        latencyUs: latencyOf(one.latency),
      };
    }),
    nodes,
    serverless: serverlessOf(world, measured),
    replicaReads: replicaReadsOf(world),
    waits: waitsOf(world),
    latencyCurve: latencyCurve(measured.latency),
    cost,
    series: {
      periodSeconds: sure((built.fidelity === null ? config.periodNs : periodOf(built.fidelity)) / 1e9),
      time: recorder.periods.map(period => sure(period.endNs / 1e9)),
      disturbed: recorder.periods.flatMap((period, index) => (period.disturbed ? [index] : [])),
      columns: recorder.columns.map(({ metric, unit, where, values }) => ({
        metric,
        unit,
        where,
        values: [...values, ...new Array(recorder.periods.length - values.length).fill(null)].map(value =>
          significant(value, 5),
        ),
      })),
    },
    events: world.log.events.map(({ id, timeNs, where, what, cause }) => ({
      id,
      timeSeconds: sure((config.horizon === undefined ? timeNs : instantOf(config.horizon, timeNs)) / 1e9),
      node: where,
      what,
      cause,
    })),
    eventsDropped: world.log.dropped,
    drills: drills.map(({ drill, target, startNs, endNs, refused, phases, figures }) => ({
      drill,
      target,
      startSeconds: sure(startNs / 1e9),
      endSeconds: endNs === null ? null : sure(endNs / 1e9),
      refused,
      phases: phases.map(phase => ({
        name: phase.name,
        startSeconds: sure(phase.startNs / 1e9),
        lengthSeconds: sure((phase.endNs - phase.startNs) / 1e9),
        boundBy: phase.boundBy,
      })),
      figures: Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, sure(value)])),
    })),
    alarms: alarmsOf(loaded, world),
    findings: [],
    provenance: {
      catalogue: provenanceOf(loaded),
      models: MODEL_VERSIONS,
      digests: replications.map(one => one.world.sim.digest.toString()),
    },
  };
  result.findings.push(...findFindings(result, built));
  return result;
}

/** Instant up to which the result goes. */
function endOf({ config, recorder, sim }: World): number {
  return config.horizon === undefined ? sim.now : (recorder.periods.at(-1)?.endNs ?? 0);
}

function afterWarmup(warmup: Warmup): Window {
  return { name: "after warmup", includes: period => period.startNs >= warmup.endNs };
}

function latencyOf(latency: Histogram): Summary["latencyUs"] {
  const at = (q: number) => (latency.supports(q) ? significant(latency.quantile(q) / 1_000) : null);
  return {
    mean: latency.count === 0 ? null : significant(latency.mean / 1_000),
    p50: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
    p999: at(0.999),
    max: latency.count === 0 ? null : significant(latency.max / 1_000),
  };
}

function summarise(world: World, measured: Measured, monthlyUsd: number | null): Summary {
  const { recorder, cluster } = world;
  const ended = endedIn(measured.outcomes);
  const sum = (metric: string) => {
    let total = 0;
    for (const column of recorder.columns) {
      if (column.metric === metric) for (const row of measured.rows) total += column.values[row] ?? 0;
    }
    return total;
  };
  const peak = (metric: string) => {
    let best: number | null = null;
    for (const column of recorder.columns) {
      if (column.metric !== metric) continue;
      for (const row of measured.rows) {
        const value = column.values[row];
        if (value != null && (best === null || value > best)) best = value;
      }
    }
    return best;
  };
  const lag = new Histogram();
  for (const histogram of world.replicationLag) lag.merge(histogram);
  const lagMs = (q: number) => (lag.supports(q) ? significant(lag.quantile(q) / 1e6) : null);
  return {
    requests: ended,
    errors: measured.outcomes[FAILED],
    throughputPerSecond: measured.seconds === 0 ? 0 : sure((ended - measured.outcomes[FAILED]) / measured.seconds),
    hitRate: significant(hitRateOf(measured.outcomes)),
    evictions: sum("Evictions"),
    expired: sum("Reclaimed"),
    latencyUs: latencyOf(measured.latency),
    memory: {
      peakUsedBytes: peak("BytesUsedForCache") ?? cluster.nodes[0].ram.usedBytes,
      peakPercent: significant(peak("DatabaseMemoryUsagePercentage")),
    },
    replicationLagMs: { p50: lagMs(0.5), p99: lagMs(0.99), max: lag.count === 0 ? null : significant(lag.max / 1e6) },
    costMonthlyUsd: monthlyUsd,
  };
}

function serverlessOf({ serverless, recorder, sim }: World, measured: Measured): Result["serverless"] {
  if (serverless === null) return null;
  const { capacity, ledger, config } = serverless;
  const hours = ledger.hours(sim.now);
  const ns = hours.reduce((sum, hour) => sum + hour.lengthNs, 0);
  const column = recorder.columns.find(one => one.metric === "ElastiCacheProcessingUnits");
  const measuredEcpu = measured.rows.reduce((sum, row) => sum + (column?.values[row] ?? 0), 0);
  return {
    ecpu: sure(ledger.ecpu),
    ecpuPerSecond: measured.seconds === 0 ? 0 : sure(measuredEcpu / measured.seconds),
    peakEcpuPerSecond: sure(capacity.peakDemand),
    supportedEcpuPerSecond: {
      start: Math.min(config.supportedEcpu, config.maximumEcpu),
      end: capacity.supported,
      maximum: config.maximumEcpu,
    },
    doublings: capacity.doublings,
    throttled: capacity.throttled,
    refused: capacity.refused,
    meanStoredBytes:
      ns === 0 ? 0 : Math.round(hours.reduce((sum, hour) => sum + hour.storedBytes * hour.lengthNs, 0) / ns),
    peakStoredBytes: ledger.peakStoredBytes,
  };
}

function nodeRow(world: World, name: string, measured: Measured): Result["nodes"][number] {
  const node = world.cluster.nodes.find(one => one.name === name)!;
  const values = (metric: string) => {
    const column = world.recorder.columns.find(one => one.metric === metric && one.where === name);
    return measured.rows.flatMap(row => column?.values[row] ?? []);
  };
  const highest = (metric: string) => Math.max(0, ...values(metric));
  const sum = (metric: string) => values(metric).reduce((total, value) => total + value, 0);
  const cpu = values("EngineCPUUtilization");
  const free = values("FreeableMemory");
  const maxmemory = node.ram.limitBytes;
  const peakUsed = highest("BytesUsedForCache");
  return {
    name,
    shard: node.shard + 1,
    role: node.engine.role,
    zone: world.config.zones[node.zone],
    state: node.state,
    keys: node.ram.items(keyCount(node.engine)),
    peakUsedBytes: peakUsed,
    maxmemoryBytes: maxmemory,
    peakPercent: maxmemory === 0 ? null : significant((100 * peakUsed) / maxmemory),
    minFreeableBytes: free.length === 0 ? 0 : sure(Math.min(...free)),
    engineCpuMeanPercent: cpu.length === 0 ? 0 : sure(cpu.reduce((total, value) => total + value, 0) / cpu.length),
    engineCpuMaxPercent: sure(highest("EngineCPUUtilization")),
    evictions: sum("Evictions"),
    expired: sum("Reclaimed"),
  };
}

const CURVE = [
  0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99999,
  0.999999,
];

function latencyCurve(latency: Histogram): [number, number][] {
  return CURVE.filter(q => latency.supports(q)).map(q => [q, significant(latency.quantile(q) / 1_000) ?? 0]);
}

function provenanceOf({ built, traces }: Loaded): Record<string, string> {
  const serverless = built.scenario.cluster.deployment === "serverless";
  const provenance: Record<string, string> = {
    prices: `${built.book.name}, as of ${built.book.asOf}${built.bookDigest === null ? "" : `, SHA-256 ${built.bookDigest}`}`,
    node: `${built.node.type}${serverless ? ", assumed behind the endpoint" : ""}: ${built.node.sources.join(", ")}`,
    parameters: `${built.scenario.cluster.engine}: ${engineParameters(built.scenario.cluster.engine).size} rows`,
  };
  for (const plan of built.workloads) {
    const summary = plan.trace === null ? undefined : traces.get(sourceName(plan.trace));
    if (summary !== undefined) {
      provenance[`trace of ${plan.name}`] = describeTrace(summary);
    }
  }
  return provenance;
}
