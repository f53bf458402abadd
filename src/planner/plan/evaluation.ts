// What a closed form says of one shape in one world, however the shape is paid for, and its latencies as numbers.
//
// Whether a percentile holds takes one look at the distribution of a request's way, its value some twenty: so limits are looked at
// for every shape, and values are found for the few that are shown.

import type { Scenario } from "../../scenarios/schema.ts";
import { type RequestPath, requestBeyond, requestQuantile } from "../forms/latency.ts";
import { type Dimension, Tightest, worst } from "./dimension.ts";

export interface Evaluation {
  /** What is tightest beside latency, and of all. */
  readonly resource: Dimension;
  readonly bottleneck: Dimension;
  readonly fits: boolean;
  readonly hitRate: number;
  readonly memoryUse: number;
  /** Of all primaries. */
  readonly usedBytes: number;
  /** Place in the world's curve: how much of it is kept. */
  readonly at: number;
  readonly cpuUse: number;
  /** A month: what the origin takes for misses, and clients' traffic across zones. */
  readonly originUsd: number;
  readonly trafficUsd: number;
  /** What a serverless cache is paid for; null for nodes. */
  readonly metered: Metered | null;
  /** Null where there is no steady state, or something else does not hold. */
  readonly path: RequestPath | null;
}

/** In the mean. */
export interface Metered {
  readonly ecpuPerSecond: number;
  readonly storedBytes: number;
}

const PERCENTILES = [
  ["p50", 0.5],
  ["p90", 0.9],
  ["p99", 0.99],
] as const;

/** The limit of latency that is tightest, each as kept or missed: values are not looked for. */
export function latencyLimit(slo: Scenario["slo"], path: RequestPath): Dimension {
  const found = new Tightest();
  for (const [name, quantile] of PERCENTILES) {
    const limit = slo[name];
    if (limit === undefined) continue;
    const needed = (isSlower(path, limit, quantile) ? MISSED : 1) * limit;
    found.add(name, needed, limit, "ns", needed / limit);
  }
  return found;
}

/** Stands for «by how much nobody has looked». */
const MISSED = 2;

/** Whether more than the rest beyond a quantile takes longer. */
export function isSlower(path: RequestPath, ns: number, quantile: number): boolean {
  return requestBeyond(path, ns) > 1 - quantile;
}

export function latencyNs({ path }: Evaluation, quantile: number): number {
  return path === null ? Number.POSITIVE_INFINITY : requestQuantile(path, quantile);
}

/** The same with its limits of latency as numbers. What has no path has none of these. */
export function measured(told: Evaluation, slo: Scenario["slo"]): Evaluation {
  const { path } = told;
  if (path === null) return told;
  const found = new Tightest();
  for (const [name, quantile] of PERCENTILES) {
    const limit = slo[name];
    if (limit === undefined) continue;
    const needed = requestQuantile(path, quantile);
    // What was kept stays kept: the value is found to a ten-thousandth.
    const kept = !isSlower(path, limit, quantile);
    found.add(name, needed, limit, "ns", kept ? Math.min(1, needed / limit) : Math.max(1.0001, needed / limit));
  }
  return { ...told, bottleneck: worst(told.resource, found) };
}
