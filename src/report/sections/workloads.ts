// What each workload saw.

import type { Result } from "../../result.ts";
import { formatNumber } from "../../units.ts";
import { html, name } from "../markup.ts";
import { scaleFor } from "../quantity.ts";
import { type Column, dataTable } from "./data-table.ts";
import type { Section } from "./section.ts";
import { inScale } from "./twin.ts";

type Workload = Result["workloads"][number];

const PERCENTILES = [
  ["mean", "mean"],
  ["p50", "p50"],
  ["p90", "p90"],
  ["p99", "p99"],
  ["p99.9", "p999"],
  ["max", "max"],
] as const;

function columns(workloads: readonly Workload[]): Column<Workload>[] {
  // One unit for all, chosen by the p99: the maximum alone would press everything else to zeros.
  const scale = scaleFor("us", Math.max(0, ...workloads.map(({ latencyUs }) => latencyUs.p99 ?? latencyUs.max ?? 0)));
  const count = (head: string, read: (workload: Workload) => number): Column<Workload> => ({
    head,
    cell: workload => formatNumber(read(workload)),
  });
  return [
    { head: "workload", words: true, cell: workload => name(workload.name) },
    { head: "client", words: true, cell: workload => name(workload.client) },
    count("requests", one => one.requests),
    count("hits", one => one.hits),
    count("misses", one => one.misses),
    count("without cache", one => one.degraded),
    count("failed", one => one.failed),
    {
      head: "hit rate",
      unit: "%",
      cell: ({ hitRate }) => (hitRate === null ? "" : formatNumber(hitRate * 100, 4)),
    },
    ...PERCENTILES.map(
      ([head, key]): Column<Workload> => ({
        head,
        unit: scale.unit,
        cell: ({ latencyUs }) => inScale(latencyUs[key], scale),
      }),
    ),
  ];
}

export const workloads: Section = {
  id: "workloads",
  title: "Workloads",
  render({ result: { workloads, totals } }) {
    const ends: [string, number][] = [
      ["hits", totals.hits],
      ["misses", totals.misses],
      ["other commands done", totals.done],
      ["answered without the cache", totals.degraded],
      ["failed", totals.failed],
      ["in progress at the end", totals.inProgress],
    ];
    const parts = ends.filter(([, count]) => count > 0).map(([what, count]) => `${formatNumber(count)} ${what}`);
    return html`
      ${workloads.length > 0 && dataTable("Workloads over the measured time", columns(workloads), workloads)}
      <p class="note">Over the whole run, with the warm-up: ${formatNumber(totals.arrived)} arrived${parts.length > 0 && `: ${parts.join(", ")}`}.</p>`;
  },
};
