// From what was seen to a scenario that loads: names what only the user knows, fills the rest by rule, and holds the closed
// form of the scenario beside what was seen, so that one can judge whether to believe it.

import { maxmemoryAfterReserve, type NodeType, nodeType, nodeTypes } from "../../catalog/nodes.ts";
import { DEFAULT_QUANTUM } from "../../engine/memory/allocator.ts";
import { engineProfile } from "../../engine/profile.ts";
import { fileIssue, ScenarioError } from "../../scenarios/issue.ts";
import { type Loaded, loadScenario } from "../../scenarios/load.ts";
import { formatBytes, formatPercent } from "../../units.ts";
import { worldCurve } from "../plan/curve.ts";
import { backlogOf } from "../plan/engine-side.ts";
import { Evaluator } from "../plan/evaluate.ts";
import { baseParts, demandAt, rateOf } from "../plan/worlds.ts";
import { shapeOf } from "./daily.ts";
import { type Fit, fitWorkload } from "./fit.ts";
import type { Observed } from "./observed.ts";
import { DEFAULT_POPULARITY, type Standing, scenarioText, unmodelled } from "./scenario-text.ts";

export interface ImportOptions {
  readonly file: string;
  readonly directory: string;
  readonly node: string | null;
  readonly engine: string | null;
  readonly policy: string | null;
  readonly popularity: string | null;
  readonly purchase: string | null;
  readonly region: string | null;
  readonly peakToMean: number;
}

/** One figure: as it was seen, and as the scenario's closed form has it. */
export interface Compared {
  readonly what: string;
  readonly seen: number;
  readonly model: number;
  readonly unit: "share" | "rate" | "bytes" | "count";
}

export interface Imported {
  readonly text: string;
  readonly fit: Fit;
  readonly compared: readonly Compared[];
  readonly notes: readonly string[];
  readonly standing: Standing;
  readonly loaded: Loaded;
}

const DEFAULT_ENGINE = "valkey-8.0";
const KEY_LENGTH = 10;

export async function importScenario(seen: Observed, options: ImportOptions): Promise<Imported> {
  const engine = options.engine ?? seen.engine ?? DEFAULT_ENGINE;
  const profile = engineProfile(engine);
  if (profile === null || profile === undefined)
    throw new ScenarioError([fileIssue("--engine", `there is no engine «${engine}»`)]);
  const { node, rule: nodeRule } = chooseNode(seen, options);
  const { policy, rule: policyRule } = choosePolicy(seen, options);
  const shape = shapeOf(seen.course ?? { times: [0], values: [seen.reads + seen.writes], periodSeconds: 60 });
  const popularity = options.popularity ?? DEFAULT_POPULARITY;
  const fit = fitWorkload(seen, {
    layout: profile.layout(DEFAULT_QUANTUM, seen.clusterMode),
    popularity,
    policy,
    keyLength: KEY_LENGTH,
    backlogBytes: seen.replicas > 0 ? backlogOf(engine) : 0,
  });
  const standing: Standing = {
    file: options.file,
    engine,
    engineRule:
      options.engine !== null ? "given" : seen.engine !== null ? "seen" : "assumed: metrics do not tell; --engine",
    node,
    nodeRule,
    policy,
    policyRule,
    purchase: options.purchase ?? "on-demand",
    region: options.region ?? "us-east-1",
    popularity,
    shape,
    peakToMean: seen.course === null ? options.peakToMean : null,
  };
  const text = scenarioText(seen, fit, standing);
  const loaded = await loadScenario({
    file: "the imported scenario",
    content: { text, directory: options.directory },
  });
  const left = unmodelled(seen);
  const notes = [
    ...seen.notes,
    ...(left.length === 0 ? [] : [`no template stands for ${left.join(", ")}: their work is missing`]),
    ...oddities(seen, fit),
  ];
  return { text, fit, compared: compare(seen, fit, loaded), notes, standing, loaded };
}

function chooseNode(seen: Observed, { node }: ImportOptions): { node: NodeType; rule: string } {
  if (node !== null) return { node: nodeType(node), rule: "given" };
  const fitting = seen.maxmemory === null ? [] : nodesOf(seen.maxmemory);
  if (fitting.length === 1) {
    return { node: fitting[0], rule: `fitted: only this type has maxmemory ${formatBytes(seen.maxmemory!)}` };
  }
  const why =
    seen.maxmemory === null
      ? "no metric names the node type"
      : `no metric names the node type; maxmemory is ${formatBytes(seen.maxmemory)} (BytesUsedForCache / DatabaseMemoryUsagePercentage), which ${fitting.length === 0 ? "no type has with a quarter in reserve" : `${fitting.map(one => one.type).join(", ")} have`}`;
  throw new ScenarioError([fileIssue("--node", `is needed: ${why}`)]);
}

/** Types of today whose limit is that, within a percent, with the default reserve. */
function nodesOf(maxmemory: number): NodeType[] {
  return nodeTypes().filter(one => one.newClusters && Math.abs(maxmemoryAfterReserve(one, 25) / maxmemory - 1) < 0.01);
}

function choosePolicy(seen: Observed, { policy }: ImportOptions): { policy: string; rule: string } {
  if (policy !== null) return { policy, rule: "given" };
  if (seen.policy !== null) return { policy: seen.policy, rule: "seen" };
  const volatile = seen.items === null ? 1 : (seen.volatileItems ?? seen.items) / Math.max(1, seen.items);
  if ((seen.evicted ?? 0) > 0 && volatile < 0.5) {
    return {
      policy: "allkeys-lru",
      rule: `assumed: keys are evicted and ${formatPercent(1 - volatile)} of them have no TTL; --policy`,
    };
  }
  return { policy: "volatile-lru", rule: "assumed: ElastiCache's default; --policy" };
}

function oddities(seen: Observed, fit: Fit): string[] {
  const notes: string[] = [];
  const { hottestShard, shards, bytesOut, hits, newConnections, reads, writes } = seen;
  if (hottestShard !== null && hottestShard > 1.3 / shards) {
    notes.push(
      `the busiest shard has ${formatPercent(hottestShard)} of the requests, an even share is ${formatPercent(1 / shards)}: popularity or hash tags are more skewed than assumed`,
    );
  }
  if (bytesOut !== null && hits !== null && hits > 1) {
    const perHit = bytesOut / hits;
    if (perHit < 0.4 * fit.valueBytes.value) {
      notes.push(
        `a hit sends ${formatBytes(perHit)} in the mean, a key holds ${formatBytes(fit.valueBytes.value)}: popular values are smaller than the others`,
      );
    }
  }
  if (newConnections !== null && newConnections > 0.05 * (reads + writes)) {
    notes.push(
      "more than one request in twenty opens a connection: clients do not pool, which the scenario does not show",
    );
  }
  return notes;
}

/** The scenario in closed form on the cluster that stands, at the mean of what was seen. */
function compare(seen: Observed, fit: Fit, { built }: Loaded): Compared[] {
  const base = baseParts(built);
  const rate = base.reduce((sum, part) => sum + rateOf(part), 0);
  const left = new Set(unmodelled(seen));
  const meanRate = fit.rate + seen.others.reduce((sum, one) => sum + (left.has(one.name) ? 0 : one.rate), 0);
  const world = demandAt(base, { rate: meanRate / Math.max(1e-9, rate), keys: 1, values: 1 });
  const { engine, shards, replicas } = built.scenario.cluster;
  const curve = worldCurve(built, world);
  const told = new Evaluator(built).evaluate({ engine, node: built.node, shards, replicas }, curve);
  const rows: Compared[] = [{ what: "hit rate", seen: fit.hitRate.value, model: told.hitRate, unit: "share" }];
  if (seen.items !== null)
    rows.push({ what: "keys alive", seen: seen.items, model: curve.keys(told.at), unit: "count" });
  if (seen.usedBytes !== null)
    rows.push({ what: "memory of all primaries", seen: seen.usedBytes, model: told.usedBytes, unit: "bytes" });
  if (seen.engineCpu !== null)
    rows.push({ what: "engine thread, busiest primary", seen: seen.engineCpu, model: told.cpuUse, unit: "share" });
  return rows;
}
