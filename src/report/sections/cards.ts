// Six figures at most, each with its interval and with the check that watches it.

import type { Check, Result } from "../../result.ts";
import { formatBytes, formatCount, formatNumber, formatPercent, formatRate, formatUsd } from "../../units.ts";
import { html, type Markup, name } from "../markup.ts";
import { say } from "../quantity.ts";
import type { Section } from "./section.ts";

interface Card {
  readonly title: string;
  /** Metrics of checks that watch this figure. */
  readonly metrics: readonly string[];
  readonly interval?: string;
  read(result: Result): { value: string; notes: readonly (string | Markup)[] } | null;
  /** Writes the half-width of the interval. */
  format?(halfWidth: number): string;
}

const us = (value: number | null) => (value === null ? "too few samples" : say("us", value));

const CARDS: readonly Card[] = [
  {
    title: "Cost per month",
    metrics: ["monthlyCost"],
    read: ({ cost }) => ({
      value: cost.monthlyUsd === null ? "unknown" : formatUsd(cost.monthlyUsd),
      notes: [
        cost.first12MonthsUsd === null ? "a price is missing" : `${formatUsd(cost.first12MonthsUsd)} in 12 months`,
        cost.purchase,
      ],
    }),
  },
  {
    title: "Latency p99",
    metrics: ["p50", "p90", "p99", "p999", "mean", "max"],
    interval: "latencyP99Us",
    format: halfWidth => say("us", halfWidth),
    read: ({ summary: { latencyUs } }) => ({
      value: us(latencyUs.p99),
      notes: [`p50 ${us(latencyUs.p50)}`, `p99.9 ${us(latencyUs.p999)}`],
    }),
  },
  {
    title: "Hit rate",
    metrics: ["hitRate", "evictions", "expired"],
    interval: "hitRate",
    format: formatPercent,
    read: ({ summary }) => ({
      value: summary.hitRate === null ? "no look-ups" : formatPercent(summary.hitRate),
      notes: [`${formatCount(summary.evictions)} evicted`, `${formatCount(summary.expired)} expired`],
    }),
  },
  {
    title: "Peak memory",
    metrics: ["memory", "swap"],
    interval: "memoryPeakPercent",
    format: halfWidth => `${formatNumber(halfWidth)} %`,
    read: ({ summary: { memory }, nodes, serverless }) => {
      if (serverless !== null) {
        return { value: formatBytes(serverless.peakStoredBytes), notes: ["data stored, serverless"] };
      }
      const fullest = [...nodes].sort((a, b) => (b.peakPercent ?? 0) - (a.peakPercent ?? 0))[0];
      return {
        value:
          memory.peakPercent === null ? formatBytes(memory.peakUsedBytes) : `${formatNumber(memory.peakPercent)} %`,
        notes: [
          memory.peakPercent === null || fullest === undefined
            ? "no maxmemory"
            : `${formatBytes(memory.peakUsedBytes)} of ${formatBytes(fullest.maxmemoryBytes)}`,
          fullest === undefined ? "" : name(fullest.name),
        ],
      };
    },
  },
  {
    title: "ECPU",
    metrics: ["ecpu", "throttled"],
    read: ({ serverless }) =>
      serverless === null
        ? null
        : {
            value: formatRate(serverless.ecpuPerSecond),
            notes: [
              `busiest second ${formatRate(serverless.peakEcpuPerSecond)}, supported ${formatRate(serverless.supportedEcpuPerSecond.end)}`,
              serverless.throttled === 0 ? "none throttled" : `${formatCount(serverless.throttled)} throttled`,
            ],
          },
  },
  {
    title: "Peak engine CPU",
    metrics: ["engineCpu"],
    read: ({ nodes }) => {
      const hottest = [...nodes].sort((a, b) => b.engineCpuMaxPercent - a.engineCpuMaxPercent)[0];
      if (hottest === undefined) return null;
      return {
        value: `${formatNumber(hottest.engineCpuMaxPercent)} %`,
        notes: [`mean ${formatNumber(hottest.engineCpuMeanPercent)} %`, name(hottest.name)],
      };
    },
  },
  {
    title: "Throughput",
    metrics: ["throughput", "errors", "errorRate"],
    interval: "throughputPerSecond",
    format: formatRate,
    read: ({ summary }) => ({
      value: formatRate(summary.throughputPerSecond),
      notes: [
        summary.errors === 0 || summary.requests === 0
          ? "no request failed"
          : `${formatCount(summary.errors)} failed, ${formatPercent(summary.errors / summary.requests)}`,
        `${formatCount(summary.requests)} requests`,
      ],
    }),
  },
];

/** "± 157/s (95 %)" under the figure; nothing where it cannot be told. */
function intervalOf({ intervals, replications }: Result, { interval, format }: Card) {
  const found = interval === undefined ? undefined : intervals[interval];
  if (found === undefined || found.halfWidth === null || format === undefined) return null;
  const text = `± ${format(found.halfWidth)} (${formatPercent(found.confidence)})`;
  if (found.method === "batch-means") return { text, mean: null };
  // The rest of a result is that of the first replication; checks look at the mean over all, and so does the figure.
  return { text: `${text}, mean of ${replications}`, mean: format(found.mean) };
}

function watchedBy(check: Check): Markup {
  if (check.status === "pass") return html`<li class="pass">✓ <bdi>${check.text}</bdi></li>`;
  return html`<li class="fail">✗ <bdi>${check.text}</bdi></li>`;
}

export const cards: Section = {
  id: "figures",
  title: "Key figures",
  render({ result }) {
    const made = CARDS.flatMap(card => {
      const read = card.read(result);
      if (read === null) return [];
      const interval = intervalOf(result, card);
      const watching = result.checks.filter(check => card.metrics.includes(check.metric));
      const failed = watching.some(check => check.status !== "pass");
      return [
        html`
          <div class="card${failed && " failed"}">
            <h3>${card.title}</h3>
            <p class="figure">${interval?.mean ?? read.value}</p>
            ${interval !== null && html`<p class="interval">${interval.text}</p>`}
            ${read.notes.map(note => note !== "" && html`<p class="muted">${note}</p>`)}
            ${watching.length > 0 && html`<ul>${watching.map(watchedBy)}</ul>`}
          </div>`,
      ];
    });
    return html`<div class="cards">${made}</div>`;
  },
};
