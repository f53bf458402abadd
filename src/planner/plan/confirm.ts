// The best few shapes of a plan, simulated in the middle world: the scenario with each of them, caches filled before, and the
// same random draws for all (replication r of every shape has the same seed).
//
// Replications are added until it is clear for every shape whether each objective holds (the Student interval of the
// figure lies on one side of its limit) and until neighbours in cost are told apart (the interval of their paired
// difference leaves out zero, or lies within a hundredth of the bill), or until the budget of simulated requests is spent, which is said.

import type { Result } from "../../result.ts";
import { type Loaded, loadScenario } from "../../scenarios/load.ts";
import { runScenario } from "../../scenarios/run.ts";
import type { Scenario } from "../../scenarios/schema.ts";
import { scaled } from "../../sim/distributions/scaled.ts";
import { type Interval, pairedInterval, studentInterval } from "../../sim/statistics/student-t.ts";
import type { Candidate } from "./plan.ts";
import type { NodeShape, Shape } from "./shapes.ts";

export interface ConfirmOptions {
  readonly file: string;
  readonly content?: { readonly text: string; readonly directory: string } | undefined;
  readonly overlays: readonly string[];
  readonly settings: readonly string[];
  readonly slo: Scenario["slo"];
  readonly workloads: readonly ConfirmedWorkload[];
  /** By which values are larger than the scenario's; 1 when left out. */
  readonly valueFactor?: number;
  readonly seed: number;
  /** Requests and stores to simulate, all in all. */
  readonly budget?: number;
}

/** Of a workload in the middle world. */
export interface ConfirmedWorkload {
  /** Requests a second at the busiest moment, and how many of them are sent together. */
  readonly rate: number;
  readonly pipeline: number;
  readonly keys: number;
  /** Whether they are stored at all. */
  readonly preloads: boolean;
}

export interface Confirmation {
  readonly name: string;
  /** Null: not clear within the budget. */
  readonly holds: boolean | null;
  readonly replications: number;
  readonly hitRate: number | null;
  readonly p50Ns: number | null;
  readonly p99Ns: number | null;
  readonly memoryUse: number | null;
  readonly monthlyUsd: number | null;
  readonly simulatedRequests: number;
  /** What does not hold, or is not clear, in words. */
  readonly broken: readonly string[];
  readonly unclear: readonly string[];
}

/** Two neighbours by cost: how far they are apart. */
export interface Order {
  readonly cheaper: string;
  readonly dearer: string;
  readonly differenceUsd: number;
  readonly halfWidthUsd: number;
  readonly significant: boolean;
}

export interface Confirmed {
  readonly confirmations: readonly Confirmation[];
  readonly order: readonly Order[];
  /** Every objective and every pair is clear. */
  readonly significant: boolean;
  /** Why nothing was simulated, or why it ended early; null: it is clear. */
  readonly stopped: string | null;
}

const REQUESTS = 40_000;
const SHORTEST_SECONDS = 4;
const WARM_SHARE = 0.25;
const LEAST = 3;
const MOST = 10;
const BUDGET = 4_000_000;

/** What one run of a shape measured; null where there is nothing to measure. */
interface Run {
  readonly figures: ReadonlyMap<string, number | null>;
  readonly overloaded: boolean;
  readonly requests: number;
}

export async function confirmAll(candidates: readonly Candidate[], options: ConfirmOptions): Promise<Confirmed> {
  const rate = options.workloads.reduce((sum, one) => sum + one.rate, 0);
  const keys = options.workloads.reduce((sum, one) => sum + (one.preloads ? one.keys : 0), 0);
  const seconds = Math.max(SHORTEST_SECONDS, Math.ceil(REQUESTS / Math.max(1, rate)));
  const weight = candidates.reduce((sum, { shape }) => sum + keys * membersOf(shape) + rate * seconds, 0);
  const budget = options.budget ?? BUDGET;
  if (weight * LEAST > 4 * budget) {
    const stopped = `not simulated: ${LEAST} replications of ${candidates.length} shapes are ${Math.round((weight * LEAST) / 1e6)} million stores and requests, which takes minutes; fewer keys (demand.keys, --confirm 1) or the closed form`;
    return { confirmations: [], order: [], significant: false, stopped };
  }
  const most = Math.max(LEAST, Math.min(MOST, Math.floor(budget / Math.max(1, weight))));
  const runs: Run[][] = candidates.map(() => []);
  const loaded = await Promise.all(candidates.map(one => loadShape(one.shape, options, seconds)));
  for (let r = 0; r < most; r++) {
    for (const [i, one] of loaded.entries()) {
      runs[i].push(figuresOf(await runScenario(one, { seed: options.seed + r })));
    }
    if (r + 1 >= LEAST && judged(candidates, runs, options.slo).significant) break;
  }
  const told = judged(candidates, runs, options.slo);
  const stopped = told.significant
    ? null
    : `not clear after ${runs[0].length} replications, which is the budget of ${(budget / 1e6).toFixed(1)} million stores and requests`;
  return { ...told, stopped };
}

function judged(
  candidates: readonly Candidate[],
  runs: readonly (readonly Run[])[],
  slo: Scenario["slo"],
): Omit<Confirmed, "stopped"> {
  const confirmations = candidates.map((one, i) => confirmationOf(one, runs[i], slo));
  const order = orderOf(candidates, runs);
  const significant = confirmations.every(one => one.holds !== null) && order.every(pair => pair.significant);
  return { confirmations, order, significant };
}

function membersOf(shape: Shape): number {
  return shape.kind === "nodes" ? 1 + shape.replicas : 1;
}

const values = (runs: readonly Run[], name: string) => runs.flatMap(run => run.figures.get(name) ?? []);

function confirmationOf({ name }: Candidate, runs: readonly Run[], slo: Scenario["slo"]): Confirmation {
  const broken: string[] = [];
  const unclear: string[] = [];
  for (const { figure, limit, atMost } of LIMITS(slo)) {
    const seen = values(runs, figure);
    if (seen.length === 0) continue;
    const { mean, halfWidth }: Interval = studentInterval(seen);
    const text = `${figure} ${shown(figure, mean)} ± ${shown(figure, halfWidth)} ${atMost ? "above" : "below"} ${shown(figure, limit)}`;
    const margin = atMost ? limit - mean : mean - limit;
    // Figures that are the same in every run need no interval.
    if (halfWidth < Math.abs(margin) || halfWidth === 0) {
      if (margin < 0) broken.push(text);
    } else unclear.push(`${figure} ${shown(figure, mean)} ± ${shown(figure, halfWidth)} at ${shown(figure, limit)}`);
  }
  if (runs.some(run => run.overloaded)) broken.push("overloaded");
  const mean = (figure: string) => {
    const seen = values(runs, figure);
    return seen.length === 0 ? null : seen.reduce((sum, value) => sum + value, 0) / seen.length;
  };
  return {
    name,
    holds: broken.length > 0 ? false : unclear.length > 0 ? null : true,
    replications: runs.length,
    hitRate: mean("hit rate"),
    p50Ns: mean("p50"),
    p99Ns: mean("p99"),
    memoryUse: mean("memory"),
    monthlyUsd: mean("cost"),
    simulatedRequests: runs.reduce((sum, run) => sum + run.requests, 0),
    broken,
    unclear,
  };
}

function shown(figure: string, value: number): string {
  if (!Number.isFinite(value)) return "unknown";
  if (figure === "hit rate" || figure === "memory") return `${(100 * value).toFixed(1)} %`;
  return `${(value / 1e6).toPrecision(3)} ms`;
}

/** Each objective that a simulation measures. */
const LIMITS = (slo: Scenario["slo"]) =>
  [
    { figure: "p50", limit: slo.p50, atMost: true },
    { figure: "p90", limit: slo.p90, atMost: true },
    { figure: "p99", limit: slo.p99, atMost: true },
    { figure: "lag", limit: slo.lag, atMost: true },
    { figure: "memory", limit: slo.memory, atMost: true },
    { figure: "hit rate", limit: slo.hitRate, atMost: false },
  ].flatMap(({ figure, limit, atMost }) => (limit === undefined ? [] : [{ figure, limit, atMost }]));

/** Bills that differ by less than that are the same. */
const ALIKE = 0.01;

function orderOf(candidates: readonly Candidate[], runs: readonly (readonly Run[])[]): Order[] {
  const priced = candidates
    .map(({ name }, i) => ({ name, costs: values(runs[i], "cost") }))
    .filter(({ costs }, i) => costs.length === runs[i].length && costs.length > 0);
  const mean = (costs: readonly number[]) => costs.reduce((sum, usd) => sum + usd, 0) / costs.length;
  priced.sort((a, b) => mean(a.costs) - mean(b.costs));
  return priced.slice(1).map((dearer, i): Order => {
    const cheaper = priced[i];
    const { mean: difference, halfWidth } = pairedInterval(cheaper.costs, dearer.costs);
    // Told apart, or as dear as each other for all that it matters.
    const apart = halfWidth < difference || halfWidth === 0;
    const significant = apart || difference + halfWidth < ALIKE * mean(cheaper.costs);
    return {
      cheaper: cheaper.name,
      dearer: dearer.name,
      differenceUsd: difference,
      halfWidthUsd: Number.isFinite(halfWidth) ? halfWidth : 0,
      significant,
    };
  });
}

function figuresOf(result: Result): Run {
  const { summary } = result;
  const ns = (us: number | null) => (us === null ? null : us * 1_000);
  const lagMs = summary.replicationLagMs.p99;
  return {
    figures: new Map([
      ["hit rate", summary.hitRate],
      ["p50", ns(summary.latencyUs.p50)],
      ["p90", ns(summary.latencyUs.p90)],
      ["p99", ns(summary.latencyUs.p99)],
      ["memory", summary.memory.peakPercent === null ? null : summary.memory.peakPercent / 100],
      ["lag", lagMs === null ? null : lagMs * 1e6],
      ["cost", summary.costMonthlyUsd],
    ]),
    overloaded: result.saturation === "overloaded",
    requests: result.totals.arrived,
  };
}

/** Keys of the cluster that a serverless cache keeps, and the one that only it has. */
const SERVERLESS_KEEPS = new Set(["name", "engine", "deployment", "serverless", "purchase", "backups"]);
const NODES_LACK = ["serverless"];

/** The scenario with another cluster, as settings on top of those that there are. */
async function loadShape(shape: Shape, options: ConfirmOptions, seconds: number) {
  const { file, content, overlays, settings } = options;
  const plain = await loadScenario({ file, content, overlays, settings });
  const cluster = Object.keys((plain.resolved.cluster ?? {}) as object);
  const shaped = shape.kind === "nodes" ? nodeSettings(shape, cluster) : serverlessSettings(shape, cluster);
  const workload = options.workloads.flatMap(({ rate, pipeline, keys, preloads }, i) => [
    `workload[${i}].rate=${rate / pipeline}`,
    `workload[${i}].keys.count=${keys}`,
    ...(preloads ? [`workload[${i}].preload=${preloadOf(plain.resolved, i)}`] : []),
  ]);
  const loaded = await loadScenario({
    file,
    content,
    overlays,
    settings: [
      ...settings,
      ...shaped,
      ...workload,
      "drills=[]",
      "expect=[]",
      "period=1s",
      `warmup=${Math.ceil(seconds * WARM_SHARE)}s`,
    ],
    duration: `${seconds}s`,
  });
  return withValues(loaded, options.valueFactor ?? 1);
}

/** Values are written in too many ways to be scaled as settings. */
function withValues(loaded: Loaded, factor: number): Loaded {
  if (factor === 1) return loaded;
  const { built } = loaded;
  const world: typeof built.world = (replication, seed, feed) => {
    const config = built.world(replication, seed, feed);
    const workloads = config.workloads.map(one => ({ ...one, valueBytes: scaled(one.valueBytes, factor) }));
    return { ...config, workloads };
  };
  return { ...loaded, built: { ...built, world } };
}

/** A scenario that says «steady» knows what stands in its cache; else all keys do. */
function preloadOf(resolved: Readonly<Record<string, unknown>>, i: number): string {
  const workload = (resolved.workload as { preload?: unknown }[])[i];
  return workload.preload === "steady" ? "steady" : "100%";
}

export function nodeSettings(shape: NodeShape, cluster: readonly string[]): string[] {
  return [
    ...cluster.filter(key => NODES_LACK.includes(key)).map(key => `~cluster.${key}`),
    "cluster.deployment=nodes",
    `cluster.engine=${shape.engine}`,
    `cluster.node=${shape.node.type}`,
    `cluster.shards=${shape.shards}`,
    `cluster.replicas=${shape.replicas}`,
    `cluster.purchase=${shape.purchase}`,
    ...(shape.replicas === 0 && cluster.includes("multiAz") ? ["~cluster.multiAz"] : []),
  ];
}

function serverlessSettings(shape: Shape, cluster: readonly string[]): string[] {
  return [
    ...cluster.filter(key => !SERVERLESS_KEEPS.has(key)).map(key => `~cluster.${key}`),
    "cluster.deployment=serverless",
    `cluster.engine=${shape.engine}`,
    `cluster.purchase=${shape.purchase}`,
    // It has grown to its load: a plan is not about the first minutes.
    "cluster.serverless.supported=15000000/s",
  ];
}
