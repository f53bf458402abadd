// The page of a comparison: the answer, the matrix, and for each variant paired differences, settings and bill.

import type { Comparison, CostChange, Variant } from "../result/comparison.ts";
import { formatUsd } from "../units.ts";
import { comparisonAnswer, labelOf, sayDifference, sayMetric } from "./comparison-text.ts";
import { renderDocument } from "./document.ts";
import { html, type Markup, name } from "./markup.ts";
import { type Column, dataTable } from "./sections/data-table.ts";

const usd = (value: number | null) => (value === null ? "-" : formatUsd(value));

export function renderComparisonPage(comparison: Comparison): string {
  const { variants, seed, replications, version } = comparison;
  const metrics = Object.keys(variants[0].metrics);
  const columns: Column<Variant>[] = [
    { head: "variant", words: true, cell: one => name(one.name) },
    {
      head: "checks",
      words: true,
      cell: one => (one.verdict === "pass" ? "hold" : html`<b class="fail">${one.broken.join("; ")}</b>`),
    },
    { head: "cost", unit: "a month", cell: one => usd(one.costMonthlyUsd) },
    ...metrics.map(
      (metric): Column<Variant> => ({
        head: labelOf(metric),
        cell: one => sayMetric(metric, one.metrics[metric].mean),
      }),
    ),
  ];
  const head = html`
    <header>
      <h1>Comparison of ${variants.map(one => one.name).join(", ")}</h1>
      <p>${comparisonAnswer(comparison)}</p>
      <p class="muted">seed ${seed}, ${replications} replications under the same draws, cachecast ${version}</p>
    </header>`;
  return renderDocument("Comparison", version, head, [
    { id: "variants", title: "Variants", content: dataTable("Variants", columns, variants) },
    ...variants.slice(1).map((one, i) => ({
      id: `variant-${i + 2}`,
      title: `${one.name} against ${variants[0].name}`,
      content: details(one, metrics),
    })),
  ]);
}

function details(one: Variant, metrics: readonly string[]): Markup {
  const differences: Column<string>[] = [
    { head: "figure", words: true, cell: metric => labelOf(metric) },
    {
      head: "difference, with its 95 % interval",
      words: true,
      cell: metric => sayDifference(metric, one.differences[metric]),
    },
  ];
  const settings: Column<Variant["settings"][number]>[] = [
    { head: "setting", words: true, cell: row => name(row.path) },
    { head: "from", words: true, cell: row => name(row.from) },
    { head: "to", words: true, cell: row => name(row.to) },
  ];
  const changed = one.cost.filter(({ sign }) => sign !== "=");
  const bill: Column<CostChange>[] = [
    { head: "", words: true, cell: row => row.sign },
    { head: "line of the bill", words: true, cell: row => row.what },
    { head: "from", unit: "a month", cell: row => usd(row.fromUsd) },
    { head: "to", unit: "a month", cell: row => usd(row.toUsd) },
  ];
  return html`
    ${dataTable("Differences", differences, metrics)}
    ${one.settings.length === 0 ? html`<p>No setting differs.</p>` : dataTable("Settings", settings, one.settings)}
    ${changed.length === 0 ? html`<p>The bill is the same.</p>` : dataTable("Bill", bill, changed)}
    ${one.cost.length > changed.length && html`<p class="note">${one.cost.length - changed.length} lines of the bill stay.</p>`}`;
}
