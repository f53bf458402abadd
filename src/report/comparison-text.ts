// What the terminal shows of a comparison: the answer, a matrix of variants, then for each what differs, with intervals.

import type { Comparison, Difference, Variant } from "../result/comparison.ts";
import { formatDurationNs, formatNumber, formatPercent, formatUsd } from "../units.ts";
import { table } from "./table.ts";

const SAY: Readonly<Record<string, readonly [label: string, say: (value: number) => string]>> = {
  throughputPerSecond: ["throughput", value => `${formatNumber(value)}/s`],
  errorRate: ["errors", formatPercent],
  hitRate: ["hit rate", formatPercent],
  latencyMeanUs: ["mean", value => formatDurationNs(value * 1_000)],
  latencyP50Us: ["p50", value => formatDurationNs(value * 1_000)],
  latencyP99Us: ["p99", value => formatDurationNs(value * 1_000)],
  latencyP999Us: ["p99.9", value => formatDurationNs(value * 1_000)],
  evictions: ["evictions", formatNumber],
  memoryPeakPercent: ["memory", value => `${formatNumber(value)} %`],
  engineCpuMaxPercent: ["engine CPU", value => `${formatNumber(value)} %`],
};

export function sayMetric(name: string, value: number | null): string {
  return value === null ? "-" : SAY[name][1](value);
}

/** "p99 +0.3 ms ± 0.1 ms (+16 %)", or that none is seen. */
export function sayDifference(name: string, { mean, halfWidth, relative, seen }: Difference): string {
  if (mean === null || seen === "unknown") return "too few replications or samples to tell";
  if (seen === "none") return "no difference seen";
  const sign = mean < 0 ? "−" : "+";
  const share = relative === null ? "" : ` (${sign}${formatNumber(Math.abs(relative) * 100)} %)`;
  const around = halfWidth === null ? "" : ` ± ${SAY[name][1](halfWidth)}`;
  return `${sign}${SAY[name][1](Math.abs(mean))}${around}${share}`;
}

export function labelOf(name: string): string {
  return SAY[name][0];
}

/** The sentence that answers which to take. */
export function comparisonAnswer({ variants }: Comparison): string {
  const [base, ...others] = variants;
  const priced = variants.filter(one => one.verdict === "pass" && one.costMonthlyUsd !== null);
  if (priced.length === 0) return "NO VARIANT HOLDS all its checks at a known price.";
  const best = priced.reduce((a, b) => (b.costMonthlyUsd! < a.costMonthlyUsd! ? b : a));
  if (best === base) {
    const seen = others.some(one =>
      Object.values(one.differences).some(({ seen }) => seen === "more" || seen === "less"),
    );
    return `${base.name} STAYS: no variant that holds is cheaper${seen ? "" : ", and no difference is seen"}.`;
  }
  const saved = base.costMonthlyUsd === null ? null : best.costMonthlyUsd! - base.costMonthlyUsd;
  const money =
    saved === null ? "" : `; ${saved < 0 ? "−" : "+"}${formatUsd(Math.abs(saved))} a month against ${base.name}`;
  return `${best.name} IS THE CHEAPEST THAT HOLDS${money}; p99 ${sayDifference("latencyP99Us", best.differences.latencyP99Us)}.`;
}

export function renderComparisonText(comparison: Comparison): string {
  const { variants, seed, replications, version } = comparison;
  const names = Object.keys(SAY);
  const matrix = table(
    ["variant", "checks", "cost/month", ...names.map(labelOf)],
    variants.map(one => [
      one.name,
      one.verdict === "pass" ? "hold" : "FAIL",
      one.costMonthlyUsd === null ? "-" : formatUsd(one.costMonthlyUsd),
      ...names.map(name => sayMetric(name, one.metrics[name].mean)),
    ]),
    [0, 1],
  );
  const head = `seed ${seed}, ${replications} replications, the same draws for all, cachecast ${version}`;
  const parts = variants.slice(1).map(one => details(one, variants[0], names));
  return `${comparisonAnswer(comparison)}\n${head}\n\n${[matrix, ...parts].join("\n")}`;
}

function details(one: Variant, base: Variant, names: readonly string[]): string {
  const lines = [`${one.name} against ${base.name}`];
  lines.push(...one.settings.map(({ path, from, to }) => `  ${path}: ${from} → ${to}`));
  if (one.settings.length === 0) lines.push("  no setting differs");
  lines.push(...one.broken.map(text => `  ✗ ${text}`));
  const differing = names.filter(name => one.differences[name].seen !== "none");
  lines.push(...differing.map(name => `  ${labelOf(name).padEnd(11)} ${sayDifference(name, one.differences[name])}`));
  const same = names.length - differing.length;
  if (same > 0) lines.push(`  no difference seen in ${same} of ${names.length} figures`);
  const changed = one.cost.filter(({ sign }) => sign !== "=");
  lines.push(...changed.map(({ sign, what, fromUsd, toUsd }) => `  ${sign} ${what}: ${usd(fromUsd)} → ${usd(toUsd)}`));
  const kept = one.cost.length - changed.length;
  if (kept > 0) lines.push(`  ${kept} lines of the bill stay`);
  return `${lines.join("\n")}\n`;
}

const usd = (value: number | null) => (value === null ? "-" : formatUsd(value));
