// The page of a crossover: offers, the lines over the load, the table over value sizes and peaks. It needs no script.

import type { CrossoverDocument, CrossoverOffer } from "../result/crossover.ts";
import { formatBytes, formatNumber, formatRate, formatUsd } from "../units.ts";
import { crossingText, crossoverAnswer, intervalText } from "./crossover-text.ts";
import { renderDocument } from "./document.ts";
import { html, type Markup, name } from "./markup.ts";
import { linePlot, type PlotLine } from "./plot.ts";
import { type Column, dataTable } from "./sections/data-table.ts";

const usd = (value: number | null) => (value === null ? "" : formatUsd(value));
const months = (value: number | null) => (value === null ? "" : value.toFixed(1));

export function renderCrossoverPage(document: CrossoverDocument): string {
  const { scenario, version, prices, rate, peakToMean, worlds } = document;
  const head = html`
    <header>
      <h1>${name(scenario)}: serverless or nodes</h1>
      <p>${crossoverAnswer(document)}</p>
      <p class="muted">${formatRate(rate)} in the mean, peak ${formatNumber(peakToMean)} times that, ${worlds} ${worlds === 1 ? "world" : "worlds"}, prices of ${prices.book} as of ${prices.asOf}, cachecast ${version}</p>
    </header>`;
  return renderDocument(scenario, version, head, [
    { id: "offers", title: "Offers", content: offers(document) },
    { id: "load", title: "Over the load", content: lines(document) },
    { id: "heat", title: "By value size and peak", content: heat(document) },
  ]);
}

function offers(document: CrossoverDocument): Markup {
  const columns: Column<CrossoverOffer>[] = [
    { head: "offer", words: true, cell: one => (one.name === document.cheapest ? html`<b>${one.name}</b>` : one.name) },
    { head: "at this load", words: true, cell: one => one.shape ?? "nothing holds" },
    { head: "cost", unit: "a month", cell: one => usd(one.monthlyUsd) },
    { head: "upfront", cell: one => usd(one.upfrontUsd) },
    { head: "regret", unit: "a month", cell: one => usd(one.meanRegretUsd) },
    { head: "cheaper than serverless from", cell: one => (one.kind === "serverless" ? "" : crossingText(one.first)) },
    { head: "for good from", cell: one => (one.kind === "serverless" ? "" : crossingText(one.forGood)) },
    { head: "interval", cell: one => (one.kind === "serverless" ? "" : intervalText(one)) },
    { head: "paid back", unit: "months", cell: one => months(one.cashMonths) },
    { head: "stay", unit: "months", cell: one => months(one.stayMonths) },
  ];
  return dataTable("Offers", columns, document.offers);
}

/** Cost of each offer over the load, both logarithmic. */
function lines({ ladder, offers: all }: CrossoverDocument): Markup {
  const drawn = all.map(
    ({ name: offer }): PlotLine => ({
      label: offer,
      values: ladder.map(({ monthlyUsd }) => {
        const cost = monthlyUsd[offer] ?? null;
        return cost === 0 ? null : cost;
      }),
    }),
  );
  const costs = drawn.flatMap(({ values }) => values.filter(value => value !== null));
  if (costs.length === 0) return html`<p class="muted">Nothing holds at any load.</p>`;
  const plot = linePlot({
    told: "Cost of each offer over the load",
    lines: drawn,
    at: ladder.map(row => row.rate),
    sayAt: formatRate,
    say: formatUsd,
    ends: [Math.min(...costs), Math.max(...costs)],
    log: true,
  });
  const columns: Column<CrossoverDocument["ladder"][number]>[] = [
    { head: "load", cell: row => formatRate(row.rate) },
    { head: "cheapest", words: true, cell: row => row.cheapest ?? "nothing holds" },
    ...all.map(
      ({ name: offer }): Column<CrossoverDocument["ladder"][number]> => ({
        head: offer,
        cell: row => usd(row.monthlyUsd[offer] ?? null),
      }),
    ),
  ];
  return html`
    <p>Cost a month of the cheapest that holds, over the mean load; both axes are logarithmic.</p>
    ${plot}
    ${dataTable("Cost over the load", columns, ladder)}`;
}

function heat({ heat: { offer, cells } }: CrossoverDocument): Markup {
  const peaks = [...new Set(cells.map(one => one.peakToMean))];
  const sizes = [...new Set(cells.map(one => one.valueBytes))];
  const rates = cells.flatMap(one => (one.forGood === null ? [] : [Math.log(one.forGood.rate)]));
  const [low, high] = [Math.min(...rates), Math.max(...rates)];
  const cell = (size: number, peak: number) => {
    const one = cells.find(of => of.valueBytes === size && of.peakToMean === peak);
    if (one === undefined) return "";
    const weight = one.forGood === null || high === low ? 0 : (Math.log(one.forGood.rate) - low) / (high - low);
    const shade = html`<span style="display:block;background:color-mix(in srgb, currentColor ${Math.round(30 * (1 - weight))}%, transparent)">${crossingText(one.forGood)}</span>`;
    return one.forGood === null ? "never" : shade;
  };
  const columns: Column<number>[] = [
    { head: "values", cell: size => formatBytes(size) },
    ...peaks.map((peak): Column<number> => ({ head: `peak ${formatNumber(peak)}×`, cell: size => cell(size, peak) })),
  ];
  return html`<p>Mean load from which on ${offer} stays cheaper than serverless, and what serverless costs a month there. The darker, the earlier.</p>${dataTable("Crossing by value size and peak", columns, sizes)}`;
}
