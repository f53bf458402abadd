// The page of a crossover: offers, the lines over the load, the table over value sizes and peaks. It needs no script.

import type { CrossoverDocument, CrossoverOffer } from "../result/crossover.ts";
import { formatBytes, formatNumber, formatRate, formatUsd } from "../units.ts";
import { crossingText, crossoverAnswer, intervalText } from "./crossover-text.ts";
import { renderDocument } from "./document.ts";
import { html, type Markup, name } from "./markup.ts";
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

const WIDTH = 720;
const HEIGHT = 320;
const EDGE = 84;
const DASHES = ["", "6 3", "2 3", "8 3 2 3", "1 4", "10 4", "4 1", "3 6", "12 2", "5 5"];

/** Cost of each offer over the load, both logarithmic. */
function lines({ ladder, offers: all }: CrossoverDocument): Markup {
  const logs = (values: readonly number[]) => [Math.log(Math.min(...values)), Math.log(Math.max(...values))] as const;
  const costs = ladder.flatMap(row =>
    Object.values(row.monthlyUsd).filter(value => value !== null && value > 0),
  ) as number[];
  if (costs.length === 0) return html`<p class="muted">Nothing holds at any load.</p>`;
  const [x0, x1] = logs(ladder.map(row => row.rate));
  const [y0, y1] = logs(costs);
  const x = (rate: number) => (EDGE + ((Math.log(rate) - x0) / (x1 - x0)) * (WIDTH - EDGE - 12)).toFixed(1);
  const y = (cost: number) => (HEIGHT - 32 - ((Math.log(cost) - y0) / (y1 - y0)) * (HEIGHT - 48)).toFixed(1);
  const drawn = all.map(({ name: offer }, i) => {
    let path = "";
    for (const row of ladder) {
      const cost = row.monthlyUsd[offer];
      if (cost !== null && cost !== undefined && cost > 0)
        path += `${path === "" ? "M" : "L"}${x(row.rate)} ${y(cost)}`;
    }
    return html`<path d="${path}" fill="none" stroke="currentColor" stroke-dasharray="${DASHES[i % DASHES.length]}" stroke-width="${i === 0 ? 2 : 1}"><title>${offer}</title></path>`;
  });
  const ticks = [0, 1].map(
    end =>
      html`<text x="${end === 0 ? EDGE : WIDTH - 12}" y="${HEIGHT - 10}" text-anchor="${end === 0 ? "start" : "end"}" fill="currentColor">${formatRate(ladder[end === 0 ? 0 : ladder.length - 1].rate)}</text><text x="${EDGE - 6}" y="${end === 0 ? HEIGHT - 32 : 20}" text-anchor="end" fill="currentColor">${formatUsd(Math.exp(end === 0 ? y0 : y1))}</text>`,
  );
  const key = all.map(
    ({ name: offer }, i) =>
      html`<li><svg viewBox="0 0 40 8" width="40" height="8" aria-hidden="true"><path d="M0 4H40" stroke="currentColor" stroke-dasharray="${DASHES[i % DASHES.length]}" stroke-width="${i === 0 ? 2 : 1}"/></svg> ${offer}</li>`,
  );
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
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Cost of each offer over the load" style="max-width:100%">${drawn}${ticks}</svg>
    <ul>${key}</ul>
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
