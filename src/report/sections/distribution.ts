// The distribution of latencies over the measured time.

import { valueAxis } from "../charts/axis.ts";
import { percentileLabel } from "../charts/percentile.ts";
import { html } from "../markup.ts";
import { dataTable } from "./data-table.ts";
import { canvas, figure, legend } from "./figure.ts";
import type { Section } from "./section.ts";
import { downloadButton, inScale } from "./twin.ts";

export const distribution: Section = {
  id: "latency",
  title: "Latency distribution",
  render({ plan }) {
    const chart = plan.percentiles;
    if (chart === null) return html`<p class="muted">Too few requests were measured for percentiles.</p>`;
    const axis = valueAxis({ ...chart, kind: "us", log: true });
    const table = dataTable(
      "Latency by percentile",
      [
        { head: "percentile", cell: (share: number) => `p${percentileLabel(share)}` },
        ...chart.lines.map(({ label, values }) => ({
          head: label,
          unit: axis.unit,
          cell: (_share: number, row: number) => inScale(values[row], axis),
        })),
      ],
      chart.shares,
    );
    return figure({
      id: chart.id,
      title: "By percentile",
      unit: `${axis.unit}, log scale; each step to the right is one more nine`,
      finding: chart.finding,
      legend: legend(chart.lines, "us", axis.shown, null),
      plot: canvas(chart.id, chart.finding, true),
      twin: html`<details class="twin"><summary>Table</summary>${downloadButton(chart.id, "all rows")}${table}</details>`,
    });
  },
};
