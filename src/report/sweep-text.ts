// What the terminal shows of a sweep: the answer, then the points, those that hold first and the cheapest of them on top.

import type { Sweep, SweepRow } from "../result/sweep.ts";
import { formatDurationNs, formatNumber, formatPercent, formatUsd } from "../units.ts";
import { table } from "./table.ts";

const SHOWN = 20;

export function renderSweepText(sweep: Sweep): string {
  const { header, rows } = sweep;
  const ranked = rank(rows);
  const shown = ranked.slice(0, SHOWN);
  const more = ranked.length > SHOWN ? `${ranked.length - SHOWN} more points stand in the result file.\n` : "";
  const body = shown.map(row => [
    ...header.axes.map(axis => row.settings[axis]),
    row.verdict === "pass" ? "holds" : "fails",
    usd(row.costMonthlyUsd),
    us(row.latencyP50Us),
    us(row.latencyP99Us),
    share(row.hitRate),
    share(row.errorRate),
    percent(row.memoryPeakPercent),
    percent(row.engineCpuMaxPercent),
    row.broken.join("; "),
  ]);
  const head = [
    ...header.axes,
    "checks",
    "cost/month",
    "p50",
    "p99",
    "hit rate",
    "errors",
    "memory",
    "engine CPU",
    "broken",
  ];
  const words = [...header.axes.keys(), header.axes.length, head.length - 1];
  return `${sweepAnswer(sweep)}\nseed ${header.seed}, plan ${header.plan.slice(0, 12)}, cachecast ${header.version}\n\n${table(head, body, words)}${more}`;
}

/** Those that hold before the others, the cheaper before the dearer, then the faster. */
export function rank(rows: readonly SweepRow[]): SweepRow[] {
  const order = (row: SweepRow) => [
    row.verdict === "pass" ? 0 : 1,
    row.costMonthlyUsd ?? Number.POSITIVE_INFINITY,
    row.latencyP99Us ?? row.latencyMeanUs ?? Number.POSITIVE_INFINITY,
    row.index,
  ];
  return [...rows].sort((a, b) => {
    const [left, right] = [order(a), order(b)];
    const at = left.findIndex((value, i) => value !== right[i]);
    return at === -1 ? 0 : left[at] < right[at] ? -1 : 1;
  });
}

/** The sentence that answers what the sweep was run for. */
export function sweepAnswer({ header, rows }: Sweep): string {
  const holding = rows.filter(row => row.verdict === "pass");
  const of = `${holding.length} of ${rows.length} points hold`;
  const cut = rows.length < header.points ? `; ${header.points - rows.length} are not done` : "";
  if (holding.length === 0) return `NO POINT HOLDS: all ${rows.length} break a check${cut}.`;
  const [best] = rank(holding);
  const settings = Object.entries(best.settings).map(([path, value]) => `${path}=${value}`);
  const cost = best.costMonthlyUsd === null ? "" : `, ${formatUsd(best.costMonthlyUsd)} a month`;
  return `CHEAPEST THAT HOLDS: ${settings.join(" ")}${cost}, p99 ${us(best.latencyP99Us)}; ${of}${cut}.`;
}

const us = (value: number | null) => (value === null ? "-" : formatDurationNs(value * 1_000));
const share = (value: number | null) => (value === null ? "-" : formatPercent(value));
const percent = (value: number | null) => (value === null ? "-" : `${formatNumber(value)} %`);
const usd = (value: number | null) => (value === null ? "-" : formatUsd(value));
