// From a checked scenario to a world's configuration: names become facts from the catalogue, defaults that depend on
// other fields are filled in, and what does not fit together is reported, all of it, with its path.

import { engineOfProfile } from "../catalog/engines.ts";
import type { NodeType } from "../catalog/nodes.ts";
import { type PriceBook, priceBookNames } from "../catalog/prices.ts";
import type { PlannedDrill } from "../drills/index.ts";
import { Parameters } from "../engine/parameters.ts";
import { engineProfile, MEMCACHED_PROFILE } from "../engine/profile.ts";
import type { Alarm } from "../models/alarms/alarm.ts";
import type { WorldConfig } from "../models/config.ts";
import { formatDurationNs, NS_PER_MS, NS_PER_SECOND, UnitError } from "../units.ts";
import type { TraceBuffer, TraceKeys } from "../workload/traces/trace.ts";
import { buildAlarms } from "./build-alarms.ts";
import { checkAuth } from "./build-auth.ts";
import { type Billing, buildBilling } from "./build-billing.ts";
import { buildClients } from "./build-clients.ts";
import { buildCluster, checkCluster, failoverProfile, nodeOf } from "./build-cluster.ts";
import { planDrills } from "./build-drills.ts";
import { buildFidelity, type Fidelity, paced, periodOf } from "./build-fidelity.ts";
import { checkMemcached, isMemcached, memcachedSetup, withoutReplicas } from "./build-memcached.ts";
import { buildOrigin } from "./build-origin.ts";
import { asksOrigin } from "./build-pattern.ts";
import { buildRate } from "./build-rate.ts";
import { type Report, readRange } from "./build-report.ts";
import { buildServerless, checkServerless, SERVERLESS_NODE } from "./build-serverless.ts";
import { buildData } from "./build-stored.ts";
import { buildWorkload, type WorkloadPlan } from "./build-workload.ts";
import { type EngineSetup, resolveParameters } from "./engine-parameters.ts";
import { type Expectation, parseExpectation } from "./expect.ts";
import { keySamples } from "./fidelity-sample.ts";
import { type FoundBook, findBook } from "./price-file.ts";
import type { Scenario, WorkloadInput } from "./schema.ts";

/** Everything that a run needs and that does not differ between replications. */
export interface Built {
  readonly scenario: Scenario;
  readonly node: NodeType;
  readonly product: ReturnType<typeof engineOfProfile>;
  readonly billing: Billing;
  readonly book: PriceBook;
  /** SHA-256 of the price book's file; null for the catalogue's own. */
  readonly bookDigest: string | null;
  readonly drills: readonly PlannedDrill[];
  readonly expectations: readonly Expectation[];
  readonly alarms: readonly Alarm[];
  readonly setup: EngineSetup;
  readonly warmupNs: number | "auto";
  readonly workloads: readonly WorkloadPlan[];
  /** Null: everything is simulated. */
  readonly fidelity: Fidelity | null;
  /** A fresh configuration; each world needs its own, since traces and key tables hold state. */
  world(replication: number, seed: number, feed?: Feed): WorldConfig;
}

/** Receives what a workload that replays a trace must be filled with. */
export type Feed = (plan: WorkloadPlan, buffer: TraceBuffer, keys: TraceKeys) => void;

const DEFAULT_ROWS = 600;
/** More rows than that make a result that nothing can show, and a run that does little else than count. */
const MAX_ROWS = 100_000;

/**
 * Builds, or reports problems and returns null. `directory` is where relative file names begin, `written` the scenario
 * before defaults were filled in.
 */
export function build(given: Scenario, directory: string, report: Report, written: unknown): Built | null {
  const scenario = withoutReplicas(given, written);
  let problems = 0;
  const tell: Report = (path, message) => {
    problems++;
    report(path, message);
  };
  const { cluster } = scenario;
  const product = engineOfProfile(cluster.engine);
  const book = bookOf(scenario, directory, tell);
  checkMemcached(scenario, written, tell);
  const memcached = isMemcached(cluster);
  const serverless = cluster.deployment === "serverless";
  const node = serverless ? SERVERLESS_NODE : nodeOf(cluster, tell);
  if (serverless && !memcached) checkServerless(scenario, written, tell);
  if (!serverless) checkCluster(scenario, node, product, written, tell);
  const profile = memcached ? MEMCACHED_PROFILE : engineProfile(cluster.engine)!;
  const managed = serverless || cluster.management === "elasticache";
  const tellOf = (name: string, message: string) => tell(["cluster", "parameters", name], message);
  const own = memcached ? memcachedSetup(node, managed, cluster.parameters, tellOf) : null;
  const mode = serverless ? "cluster" : cluster.mode;
  const parameters = serverless ? {} : cluster.parameters;
  const setup = own ?? resolveParameters({ profile, node, managed, mode, given: parameters }, tellOf);
  const billing = buildBilling(scenario, node, product, tell);
  checkAuth(scenario, profile, tell);
  const clients = buildClients(scenario, tell);
  const origin = buildOrigin(scenario, tell);
  const limitsKnown = problems === 0;
  const fidelity = buildFidelity(scenario, node, tell);
  // Samples are chosen by what fits into memory: a limit that is no number has been told already.
  const limits = fidelity === null || !limitsKnown ? null : new Parameters(profile, setup.parameters);
  const samples =
    limits === null || fidelity!.keysPer === 1
      ? []
      : keySamples(
          {
            scenario,
            keysPer: fidelity!.keysPer,
            layout: profile.layout(8, cluster.mode === "cluster"),
            maxmemory: limits.number("maxmemory"),
            origin,
            rates: one => meanRequests(one, scenario.duration),
          },
          tell,
        );
  const workloads = scenario.workload.map((one, i) =>
    buildWorkload(one, i, { scenario, directory, fidelity, sample: samples[i], written }, tell),
  );
  const data = buildData(scenario, tell);
  checkNames(scenario, tell);
  const drills = serverless ? [] : planDrills(scenario, failoverProfile(cluster), tell);
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
  const needsOrigin = scenario.workload.findIndex(asksOrigin);
  if (scenario.origin === undefined && needsOrigin !== -1) {
    const asks = scenario.workload[needsOrigin].pattern === undefined ? "trace" : "pattern";
    tell(["workload", needsOrigin, asks], "needs an «origin:» to ask on a miss");
  }
  const periodNs =
    fidelity !== null
      ? Math.min(scenario.duration, periodOf(fidelity))
      : Math.min(
          scenario.duration,
          scenario.period ??
            Math.max(NS_PER_SECOND, Math.ceil(scenario.duration / DEFAULT_ROWS / NS_PER_SECOND) * NS_PER_SECOND),
        );
  checkTimes(scenario, periodNs, expectations, tell);
  const alarms = buildAlarms(scenario, node, periodNs, tell);
  if (problems > 0 || book === null) return null;

  const config = serverless
    ? buildServerless(scenario, profile, setup, workloads, clients)
    : paced(buildCluster(scenario, profile, node, setup, own?.memcached), fidelity, limits);
  return {
    scenario,
    node,
    product,
    billing,
    book: book.book,
    bookDigest: book.fileDigest,
    drills,
    expectations: expectations.filter(one => one !== null),
    alarms,
    setup,
    warmupNs: fidelity?.windows == null ? scenario.warmup : 0,
    workloads,
    fidelity,
    world: (replication, seed, feed) => ({
      seed,
      replication,
      durationNs: fidelity?.durationNs ?? scenario.duration,
      periodNs,
      horizon: fidelity?.horizon,
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
      origin,
      data,
      workloads: workloads.map(plan => plan.config((buffer, keys) => feed?.(plan, buffer, keys))),
    }),
  };
}

/** Requests per second over the run; null where users make them. Problems of the rate are told by its workload. */
function meanRequests(one: WorkloadInput, durationNs: number): number | null {
  const rate = buildRate(
    one,
    durationNs,
    () => [],
    () => {},
  );
  return rate === null ? null : rate().mean(durationNs) * one.pipeline;
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

function bookOf(scenario: Scenario, directory: string, report: Report): FoundBook | null {
  if (scenario.prices === undefined && !priceBookNames().includes(`aws-${scenario.region}`)) {
    report(
      ["region"],
      `no prices are known for ${scenario.region}; name a book with «prices:» (${priceBookNames().join(", ")}, or a file)`,
    );
    return null;
  }
  const found = findBook(scenario.prices ?? `aws-${scenario.region}`, directory);
  if ("book" in found) return found;
  for (const message of found) report(["prices"], message);
  return null;
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
