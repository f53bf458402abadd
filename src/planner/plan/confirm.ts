// The best few shapes of a plan, simulated: the scenario with this cluster, its caches filled before, the same random
// draws for all of them. A shape whose simulation does not hold is passed over.

import { loadScenario } from "../../scenarios/load.ts";
import { runScenario } from "../../scenarios/run.ts";
import type { Scenario } from "../../scenarios/schema.ts";
import type { Candidate } from "./plan.ts";

export interface ConfirmOptions {
  readonly file: string;
  readonly overlays: readonly string[];
  readonly settings: readonly string[];
  readonly slo: Scenario["slo"];
  readonly workloads: number;
  /** Requests a second of all workloads. */
  readonly rate: number;
  readonly seed: number;
}

export interface Confirmation {
  readonly name: string;
  readonly holds: boolean;
  readonly hitRate: number | null;
  readonly p50Ns: number | null;
  readonly p99Ns: number | null;
  readonly memoryUse: number | null;
  readonly simulatedRequests: number;
  /** What does not hold, in words. */
  readonly broken: readonly string[];
}

const REQUESTS = 120_000;
const SHORTEST_SECONDS = 4;
const WARM_SHARE = 0.25;

export async function confirm({ shape, name }: Candidate, options: ConfirmOptions): Promise<Confirmation> {
  const seconds = Math.max(SHORTEST_SECONDS, Math.ceil(REQUESTS / Math.max(1, options.rate)));
  const { settings } = options;
  const loaded = await loadScenario({
    file: options.file,
    overlays: options.overlays,
    settings: [
      ...settings,
      `cluster.node=${shape.node.type}`,
      `cluster.shards=${shape.shards}`,
      `cluster.replicas=${shape.replicas}`,
      `cluster.purchase=${shape.purchase}`,
      "drills=[]",
      "expect=[]",
      "period=1s",
      `warmup=${Math.ceil(seconds * WARM_SHARE)}s`,
      ...Array.from({ length: options.workloads }, (_, i) => `workload[${i}].preload=100%`),
    ],
    duration: `${seconds}s`,
  });
  const result = await runScenario(loaded, { seed: options.seed });
  const { summary } = result;
  const ns = (us: number | null) => (us === null ? null : us * 1_000);
  const measured = {
    hitRate: summary.hitRate,
    p50Ns: ns(summary.latencyUs.p50),
    p99Ns: ns(summary.latencyUs.p99),
    memoryUse: summary.memory.peakPercent === null ? null : summary.memory.peakPercent / 100,
  };
  const { slo } = options;
  const broken: string[] = [];
  const above = (what: string, value: number | null, limit: number | undefined) => {
    if (limit !== undefined && value !== null && value > limit) broken.push(`${what} ${value} above ${limit}`);
  };
  above("p50 (ns)", measured.p50Ns, slo.p50);
  above("p90 (ns)", ns(summary.latencyUs.p90), slo.p90);
  above("p99 (ns)", measured.p99Ns, slo.p99);
  above("memory", measured.memoryUse, slo.memory);
  const lagMs = summary.replicationLagMs.p99;
  above("lag (ns)", lagMs === null ? null : lagMs * 1e6, slo.lag);
  if (slo.hitRate !== undefined && measured.hitRate !== null && measured.hitRate < slo.hitRate) {
    broken.push(`hit rate ${measured.hitRate} below ${slo.hitRate}`);
  }
  if (result.saturation === "overloaded") broken.push("overloaded");
  return { name, ...measured, holds: broken.length === 0, simulatedRequests: result.totals.arrived, broken };
}
