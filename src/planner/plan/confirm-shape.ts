// A scenario with another cluster, in the middle world: what a plan simulates.

import { type Loaded, loadScenario } from "../../scenarios/load.ts";
import type { Scenario } from "../../scenarios/schema.ts";
import { scaled } from "../../sim/distributions/scaled.ts";
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
  /** What stands in the cache at the start: as after having run for long, or all keys; null: they are not values. */
  readonly preload: "steady" | "100%" | null;
}

/** How much of a run is simulated: one key in `keysPer`, in as much less of the time. */
export interface Extent {
  readonly keysPer: number;
  /** Of the scenario's time. */
  readonly seconds: number;
  readonly warmupSeconds: number;
}

/** Keys of the cluster that a serverless cache keeps, and the one that only it has. */
const SERVERLESS_KEEPS = new Set(["name", "engine", "deployment", "serverless", "purchase", "backups"]);
const NODES_LACK = ["serverless"];

/** The scenario with another cluster, as settings on top of those that there are. Throws ScenarioError where it cannot be sampled. */
export async function loadShape(shape: Shape, options: ConfirmOptions, extent: Extent): Promise<Loaded> {
  const { file, content, overlays, settings } = options;
  const plain = await loadScenario({ file, content, overlays, settings });
  const cluster = Object.keys((plain.resolved.cluster ?? {}) as object);
  const shaped = shape.kind === "nodes" ? nodeSettings(shape, cluster) : serverlessSettings(shape, cluster);
  const workload = options.workloads.flatMap(({ rate, pipeline, keys, preload }, i) => [
    `workload[${i}].rate=${rate / pipeline}`,
    `workload[${i}].keys.count=${keys}`,
    ...(preload === null ? [] : [`workload[${i}].preload=${preload}`]),
  ]);
  const loaded = await loadScenario({
    file,
    content,
    overlays,
    settings: [
      ...settings,
      ...shaped,
      ...workload,
      ...extentSettings(plain, extent.keysPer),
      "drills=[]",
      "expect=[]",
      // Rows of a sample are not read; they must not be longer than what is warmed up.
      `period=${extent.keysPer === 1 ? 1 : extent.warmupSeconds}s`,
      `warmup=${extent.warmupSeconds}s`,
    ],
    duration: `${extent.seconds}s`,
  });
  return withValues(loaded, options.valueFactor ?? 1);
}

/** However the scenario itself is simulated. */
export function extentSettings({ resolved }: Loaded, keysPer: number): string[] {
  return [...(resolved.windows === undefined ? [] : ["~windows"]), `fidelity=${fidelityName(keysPer)}`];
}

export function fidelityName(keysPer: number): string {
  return keysPer === 1 ? "exact" : `sampled(1/${keysPer})`;
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
