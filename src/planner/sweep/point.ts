// One point of a sweep: simulate it, keep a row.

import type { SweepRow } from "../../result/sweep.ts";
import type { Result } from "../../result.ts";
import { loadScenario } from "../../scenarios/load.ts";
import { runScenario } from "../../scenarios/run.ts";
import type { SweepJob } from "./plan.ts";

export async function runPoint(job: SweepJob): Promise<SweepRow> {
  const { index, settings, text, directory, name, seed, replications } = job;
  const loaded = await loadScenario({ file: `point ${index} of ${name}`, content: { text, directory } });
  return rowOf(index, settings, await runScenario(loaded, { seed, replications }));
}

/** Means over the replications where there are several. */
function rowOf(index: number, settings: SweepRow["settings"], result: Result): SweepRow {
  const { summary, intervals, nodes } = result;
  const mean = (interval: string, first: number | null) =>
    result.replications > 1 && first !== null ? (intervals[interval]?.mean ?? first) : first;
  return {
    index,
    settings: { ...settings },
    verdict: result.verdict,
    saturation: result.saturation,
    broken: result.checks.filter(check => check.status !== "pass").map(check => check.text),
    requests: summary.requests,
    errorRate: summary.requests === 0 ? null : Number((summary.errors / summary.requests).toPrecision(6)),
    throughputPerSecond: mean("throughputPerSecond", summary.throughputPerSecond) ?? 0,
    hitRate: mean("hitRate", summary.hitRate),
    evictions: summary.evictions,
    latencyMeanUs: mean("latencyMeanUs", summary.latencyUs.mean),
    latencyP50Us: mean("latencyP50Us", summary.latencyUs.p50),
    latencyP99Us: mean("latencyP99Us", summary.latencyUs.p99),
    latencyP999Us: mean("latencyP999Us", summary.latencyUs.p999),
    memoryPeakPercent: mean("memoryPeakPercent", summary.memory.peakPercent),
    engineCpuMaxPercent: nodes.length === 0 ? null : Math.max(...nodes.map(node => node.engineCpuMaxPercent)),
    replicationLagP99Ms: summary.replicationLagMs.p99,
    costMonthlyUsd: summary.costMonthlyUsd,
    digest: result.provenance.digests[0] ?? "",
  };
}
