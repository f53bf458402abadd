// Comparing variants of a scenario: replication i of every variant sees the same draws (streams are named and seeded by
// replication), so differences are taken pair by pair, and the noise that both share cancels. A difference whose interval
// includes zero is called none.

import type { Comparison, Difference, Variant } from "../../result/comparison.ts";
import type { Result } from "../../result.ts";
import type { Loaded } from "../../scenarios/load.ts";
import { runScenario } from "../../scenarios/run.ts";
import { studentInterval } from "../../sim/statistics/student-t.ts";
import { VERSION } from "../../version.ts";
import { costChanges, settingChanges } from "./changes.ts";

/** What is compared, with the unit in the name. */
const METRICS: Readonly<Record<string, (result: Result) => number | null>> = {
  throughputPerSecond: ({ summary }) => summary.throughputPerSecond,
  errorRate: ({ summary }) => (summary.requests === 0 ? null : summary.errors / summary.requests),
  hitRate: ({ summary }) => summary.hitRate,
  latencyMeanUs: ({ summary }) => summary.latencyUs.mean,
  latencyP50Us: ({ summary }) => summary.latencyUs.p50,
  latencyP99Us: ({ summary }) => summary.latencyUs.p99,
  latencyP999Us: ({ summary }) => summary.latencyUs.p999,
  evictions: ({ summary }) => summary.evictions,
  memoryPeakPercent: ({ summary }) => summary.memory.peakPercent,
  engineCpuMaxPercent: ({ nodes }) => Math.max(...nodes.map(node => node.engineCpuMaxPercent)),
};

export interface Compared {
  readonly name: string;
  readonly loaded: Loaded;
}

export interface CompareOptions {
  readonly seed: number;
  readonly replications: number;
  /** A run is done: so many of all. */
  onRun(done: number, of: number): void;
  interrupted(): boolean;
}

/** Runs all variants; null when interrupted before the first replication of each was done. */
export async function compare(variants: readonly Compared[], options: CompareOptions): Promise<Comparison | null> {
  const { seed, replications } = options;
  const results: Result[][] = variants.map(() => []);
  // Replication by replication, so that an interruption leaves whole pairs.
  for (let replication = 0; replication < replications; replication++) {
    const round: Result[] = [];
    for (const [i, { loaded }] of variants.entries()) {
      if (options.interrupted()) break;
      round.push(await runScenario(loaded, { seed, first: replication }));
      options.onRun(replication * variants.length + i + 1, replications * variants.length);
    }
    if (round.length < variants.length) break;
    for (const [i, result] of round.entries()) results[i].push(result);
  }
  const done = results[0].length;
  if (done === 0) return null;
  return {
    kind: "cachecast-comparison",
    schemaVersion: 1,
    version: VERSION,
    seed,
    replications: done,
    variants: variants.map((variant, i) => describe(variant, results[i], variants[0], results[0])),
  };
}

function describe(variant: Compared, results: readonly Result[], base: Compared, baseline: readonly Result[]): Variant {
  const isBase = variant === base;
  const broken = new Set(
    results.flatMap(({ checks }) => checks.filter(check => check.status !== "pass").map(check => check.text)),
  );
  return {
    name: variant.name,
    verdict: broken.size === 0 ? "pass" : "fail",
    broken: [...broken],
    costMonthlyUsd: results[0].cost.monthlyUsd,
    metrics: Object.fromEntries(Object.entries(METRICS).map(([name, read]) => [name, spreadOf(results.map(read))])),
    differences: isBase
      ? {}
      : Object.fromEntries(
          Object.entries(METRICS).map(([name, read]) => [name, differenceOf(baseline.map(read), results.map(read))]),
        ),
    settings: isBase ? [] : settingChanges(base.loaded.resolved, variant.loaded.resolved),
    cost: isBase ? [] : costChanges(baseline[0].cost.lines, results[0].cost.lines),
  };
}

const round = (value: number) => (Number.isFinite(value) ? Number(value.toPrecision(6)) : null);

function spreadOf(values: readonly (number | null)[]): { mean: number | null; halfWidth: number | null } {
  const known = values.filter(value => value !== null);
  if (known.length < values.length) return { mean: null, halfWidth: null };
  const { mean, halfWidth } = studentInterval(known);
  return { mean: round(mean), halfWidth: round(halfWidth) };
}

/** Paired differences. Exported for its laws. */
export function differenceOf(from: readonly (number | null)[], to: readonly (number | null)[]): Difference {
  const pairs = from.flatMap((value, i) => {
    const other = to[i];
    return value === null || other === null ? [] : [[value, other] as const];
  });
  if (pairs.length === 0 || pairs.length < from.length) {
    return { mean: null, halfWidth: null, relative: null, seen: "unknown" };
  }
  const differences = pairs.map(([before, after]) => after - before);
  const { mean, halfWidth } = studentInterval(differences);
  const base = pairs.reduce((sum, [before]) => sum + before, 0) / pairs.length;
  const same = differences.every(one => one === 0);
  const seen = same ? "none" : !Number.isFinite(halfWidth) ? "unknown" : seenOf(mean, halfWidth);
  return {
    mean: round(mean),
    halfWidth: same ? 0 : round(halfWidth),
    relative: base === 0 ? null : round(mean / Math.abs(base)),
    seen,
  };
}

function seenOf(mean: number, halfWidth: number): "more" | "less" | "none" {
  if (Math.abs(mean) <= halfWidth) return "none";
  return mean > 0 ? "more" : "less";
}
