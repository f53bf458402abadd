// Checks: METRIC OPERATOR LIMIT [WINDOW]
//   p99 < 2ms outside drills        hitRate > 0.9 after warmup       pages.p999 < 20ms between 1m and 5m
// Without a window the check looks at everything after the warm-up. A metric or window that does not exist is an error of
// the scenario, never a check that silently passes; one that had nothing to measure is «no-data», which fails.

import {
  formatDurationNs,
  formatNumber,
  formatPercent,
  formatUsd,
  parseCount,
  parseDurationNs,
  parseFraction,
  parseRate,
  parseUsd,
  UnitError,
} from "../units.ts";
import type { Metric, MetricUnit } from "./metric.ts";
import { METRICS } from "./metrics.ts";
import { didYouMean } from "./suggest.ts";

export type WindowSpec =
  | { readonly kind: "after-warmup" | "outside-drills" | "during-drills" | "whole" }
  | { readonly kind: "between"; readonly fromNs: number; readonly toNs: number };

export interface Expectation {
  readonly text: string;
  readonly metric: Metric;
  /** Workload name, or null for all together. */
  readonly workload: string | null;
  readonly operator: "<" | "<=" | ">" | ">=" | "==" | "!=";
  readonly limit: number;
  readonly window: WindowSpec;
}

/** Workload, metric, comparison, limit (its unit may stand apart, as reports print it), window. */
const SHAPE =
  /^\s*(?:([^\s.<>=!]+)\.)?([A-Za-z][A-Za-z0-9]*)\s*(<=|>=|==|!=|<|>)\s*(\S+(?:\s*\/\s*\S+|\s+(?:%|[nuµm]?s|m|min|h|d|[kMG])(?=\s|$))?)\s*(.*?)\s*$/u;

const WINDOWS = "after warmup, outside drills, during drills, over all, between 1m and 5m, after 1m, before 5m";

function parseLimit(unit: MetricUnit, text: string): number {
  switch (unit) {
    case "duration":
      return parseDurationNs(text);
    case "share":
      // 90 for 90% would be a check that nothing can pass, or fail.
      if (Number(text) > 1) throw new UnitError(text, "a share such as 80% or 0.8", `; did you mean «${text}%»?`);
      return parseFraction(text);
    case "usd":
      return parseUsd(text);
    case "rate":
      return /^\d+(\.\d+)?$/u.test(text) ? Number(text) : parseRate(text);
    case "count": {
      if (/[kMG]$/u.test(text)) return parseCount(text);
      if (!/^-?\d+(\.\d+)?$/u.test(text)) throw new UnitError(text, "a number such as 0, 500 or 20k");
      return Number(text);
    }
  }
}

function parseWindow(text: string): WindowSpec | null {
  switch (text.replace(/\s+/gu, " ")) {
    case "":
    case "after warmup":
      return { kind: "after-warmup" };
    case "outside drills":
      return { kind: "outside-drills" };
    case "during drills":
      return { kind: "during-drills" };
    case "over all":
      return { kind: "whole" };
  }
  const match = /^(?:between (\S+) and (\S+)|after (\S+)|before (\S+))$/u.exec(text.replace(/\s+/gu, " "));
  if (match === null) return null;
  const [, low, high, after, before] = match;
  const fromNs = parseDurationNs(low ?? after ?? "0s");
  const toNs = after === undefined ? parseDurationNs(high ?? before) : Number.POSITIVE_INFINITY;
  if (fromNs >= toNs) throw new UnitError(text, "a window that ends after it begins");
  return { kind: "between", fromNs, toNs };
}

/** Parses one check; throws UnitError. */
export function parseExpectation(text: string, workloads: readonly string[]): Expectation {
  const match = SHAPE.exec(text);
  if (match === null) {
    throw new UnitError(text, "a check such as «p99 < 2ms outside drills»: metric, comparison, limit, window");
  }
  const [, workload, name, operator, limit, window] = match;
  const metric = METRICS.find(one => one.name === name);
  const names = METRICS.map(one => one.name);
  if (metric === undefined) {
    throw new UnitError(name, `a known metric: ${names.join(", ")}`, didYouMean(name, names));
  }
  if (workload !== undefined) {
    if (!metric.perWorkload)
      throw new UnitError(`${workload}.${name}`, `${name} without a workload: it is the cluster's`);
    if (!workloads.includes(workload)) {
      throw new UnitError(workload, `a workload: ${workloads.join(", ")}`, didYouMean(workload, workloads));
    }
  }
  const parsed = parseWindow(window);
  if (parsed === null) throw new UnitError(window, `a window: ${WINDOWS}`);
  return {
    text: text.trim(),
    metric,
    workload: workload ?? null,
    operator: operator as Expectation["operator"],
    limit: parseLimit(metric.unit, limit.replace(/\s+/gu, "")),
    window: parsed,
  };
}

export function holds({ operator, limit }: Expectation, measured: number): boolean {
  switch (operator) {
    case "<":
      return measured < limit;
    case "<=":
      return measured <= limit;
    case ">":
      return measured > limit;
    case ">=":
      return measured >= limit;
    case "==":
      return measured === limit;
    case "!=":
      return measured !== limit;
  }
}

/** How far the measured value is on the right side of the limit, as a share of the limit; negative on the wrong side. */
export function marginOf({ operator, limit }: Expectation, measured: number): number | null {
  if (limit === 0 || operator === "==" || operator === "!=") return null;
  const distance = operator.startsWith("<") ? limit - measured : measured - limit;
  return distance / Math.abs(limit);
}

/** A value of a metric in words. */
export function formatMetric(unit: MetricUnit, value: number): string {
  switch (unit) {
    case "duration":
      return formatDurationNs(value);
    case "share":
      return formatPercent(value);
    case "usd":
      return formatUsd(value);
    case "rate":
      return `${formatNumber(value)}/s`;
    case "count":
      return formatNumber(value);
  }
}
