// What the simulations of a shape say of each objective, and which of two bills is lower.

import type { Result } from "../../result.ts";
import type { Scenario } from "../../scenarios/schema.ts";
import { pairedInterval, studentInterval } from "../../sim/statistics/student-t.ts";

export interface Confirmation {
  readonly name: string;
  /** Null: not clear within the budget. */
  readonly holds: boolean | null;
  readonly replications: number;
  /** How it was simulated: exact or sampled(1/N). */
  readonly fidelity: string;
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

/** What one run of a shape measured; null where there is nothing to measure. */
export interface Run {
  readonly figures: ReadonlyMap<string, number | null>;
  /** By which a sample of the keys may be off. */
  readonly errors: ReadonlyMap<string, number>;
  readonly overloaded: boolean;
  readonly requests: number;
}

const values = (runs: readonly Run[], name: string) => runs.flatMap(run => run.figures.get(name) ?? []);

export function confirmationOf(
  name: string,
  fidelity: string,
  runs: readonly Run[],
  slo: Scenario["slo"],
): Confirmation {
  const broken: string[] = [];
  const unclear: string[] = [];
  for (const { figure, limit, atMost } of LIMITS(slo)) {
    const seen = values(runs, figure);
    if (seen.length === 0) continue;
    const { mean, halfWidth: scatter } = studentInterval(seen);
    // All runs have the same sample of the keys: what it is off by does not scatter.
    const halfWidth = Math.hypot(scatter, Math.max(0, ...runs.map(run => run.errors.get(figure) ?? 0)));
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
    fidelity,
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

export function orderOf(simulated: readonly { readonly name: string; readonly runs: readonly Run[] }[]): Order[] {
  const priced = simulated
    .map(({ name, runs }) => ({ name, costs: values(runs, "cost"), count: runs.length }))
    .filter(({ costs, count }) => costs.length === count && count > 0);
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

export function figuresOf(result: Result): Run {
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
    errors: new Map(
      Object.entries({
        "hit rate": result.fidelity?.errors.hitRate,
        p50: ns(result.fidelity?.errors.p50Us ?? null),
        p99: ns(result.fidelity?.errors.p99Us ?? null),
      }).flatMap(([name, error]) => (error == null ? [] : [[name, error] as const])),
    ),
    overloaded: result.saturation === "overloaded",
    requests: result.totals.arrived,
  };
}
