// What it costs: line by line as a bill, then the totals over time. Each line can be entered into a calculator again.

import type { Result } from "../../result.ts";
import { formatNumber, formatUsd } from "../../units.ts";
import { html, type Markup, name } from "../markup.ts";
import { type Column, dataTable } from "./data-table.ts";
import type { Section } from "./section.ts";

type Line = Result["cost"]["lines"][number];

function columns(total: number): Column<Line>[] {
  return [
    { head: "what", words: true, cell: line => html`<bdi>${line.what}</bdi>` },
    { head: "quantity", cell: line => formatNumber(line.quantity) },
    { head: "unit", words: true, cell: line => line.unit },
    { head: "unit price", unit: "USD", cell: line => formatNumber(line.unitPriceUsd, 5) },
    { head: "monthly", unit: "USD", cell: line => formatUsd(line.monthlyUsd) },
    { head: "share", unit: "%", cell: line => (total > 0 ? formatNumber((100 * line.monthlyUsd) / total) : "") },
  ];
}

export const cost: Section = {
  id: "cost",
  title: "Cost",
  render({ result: { cost } }) {
    const taken = cost.assumptions.map(text => html`<li>${text}</li>`);
    const source = html`${taken.length > 0 && html`<p class="note">Taken for granted:</p><ul class="note">${taken}</ul>`}<p class="note">Purchase ${cost.purchase}; price book ${name(cost.book)} as of ${cost.asOf}. A month has 730 hours; traffic and backups are those of this run, carried on.</p>`;
    if (cost.monthlyUsd === null) {
      return html`
        <p class="banner">The price book lacks prices, so there is no total:</p>
        <ul>${cost.unknown.map(what => html`<li>${what}</li>`)}</ul>
        ${source}`;
    }
    const totals: [string, number | null][] = [
      ["upfront", cost.upfrontUsd],
      ["monthly, fees spread over their term", cost.monthlyUsd],
      ["monthly, paid in cash", cost.cashMonthlyUsd],
      ["first 12 months", cost.first12MonthsUsd],
      ["first 36 months", cost.first36MonthsUsd],
    ];
    return html`
      ${dataTable(
        "Bill of a month",
        columns(cost.monthlyUsd),
        [...cost.lines].sort((a, b) => b.monthlyUsd - a.monthlyUsd),
      )}
      <dl class="inline">${totals.map(([what, usd]) => usd !== null && html`<div><dt>${what}</dt><dd>${formatUsd(usd)}</dd></div>`)}</dl>
      ${cost.idle.length > 0 && idle(cost.idle)}
      ${source}`;
  },
};

/** What of the bill buys nothing that is used. */
function idle(lines: readonly Line[]): Markup {
  return html`
    <h3>Of which unused</h3>
    <p class="note">Parts of the lines above, not additions to them; they overlap.</p>
    ${dataTable(
      "Unused parts of the bill",
      [
        { head: "what", words: true, cell: (line: Line) => html`<bdi>${line.what}</bdi>` },
        { head: "share", unit: "%", cell: line => formatNumber(100 * line.quantity) },
        { head: "monthly", unit: "USD", cell: line => formatUsd(line.monthlyUsd) },
      ],
      lines,
    )}`;
}
