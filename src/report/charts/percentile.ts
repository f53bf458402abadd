// The latency distribution as a percentile plot: x = 1/(1-q) on a log axis, so that each further nine of the percentile
// gets the same width. A histogram would hide the tail, which is what limits are about.

import type { Result } from "../../result.ts";
import { say } from "../quantity.ts";
import { LINES_MAX, type Limit, type Line, limitsOf } from "./chart.ts";
import type { Cell } from "./spec.ts";

export interface PercentileChart {
  readonly id: string;
  readonly finding: string;
  /** Shares of the requests, rising. */
  readonly shares: readonly number[];
  /** In microseconds, one value per share. */
  readonly lines: readonly Line[];
  readonly limits: readonly Limit[];
}

/** Of one workload only these are in a result. */
const KNOWN = [
  [0.5, "p50"],
  [0.9, "p90"],
  [0.99, "p99"],
  [0.999, "p999"],
] as const;

function column(shares: readonly number[], points: ReadonlyMap<number, number>): Cell[] {
  return shares.map(share => points.get(share) ?? null);
}

/** "99.9": the percentile of a share. */
export function percentileLabel(share: number): string {
  return String(Number((share * 100).toPrecision(10)));
}

/** Null when nothing was measured. */
export function planPercentiles({ latencyCurve, workloads, checks, summary }: Result): PercentileChart | null {
  const busiest = [...workloads].sort((a, b) => b.requests - a.requests).slice(0, LINES_MAX - 1);
  const tables = (workloads.length > 1 ? busiest : []).map(({ name, latencyUs }) => {
    const points = KNOWN.flatMap(([share, key]): [number, number][] => {
      const value = latencyUs[key];
      return value === null ? [] : [[share, value]];
    });
    return { label: name, points: new Map(points) };
  });
  const all = { label: "all requests", points: new Map(latencyCurve) };
  const known = [all, ...tables].filter(table => table.points.size > 0);
  const shares = [...new Set(known.flatMap(table => [...table.points.keys()]))]
    .filter(share => share >= 0 && share < 1)
    .sort((a, b) => a - b);
  if (shares.length === 0) return null;
  const { p50, p99, p999 } = summary.latencyUs;
  const told = [
    ["half of the requests", p50],
    ["99 %", p99],
    ["99.9 %", p999],
  ] as const;
  const words = told.flatMap(([who, value]) => (value === null ? [] : [`${who} within ${say("us", value)}`]));
  return {
    id: "percentiles",
    finding: words.length === 0 ? "Too few requests for percentiles" : `Answered: ${words.join(", ")}`,
    shares,
    lines: known.map(({ label, points }) => ({ label, values: column(shares, points) })),
    limits: limitsOf({ checks }, ["p50", "p90", "p99", "p999"], ns => ns / 1e3),
  };
}
