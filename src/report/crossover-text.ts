// What the terminal shows of a crossover: the cheapest at this load, where offers cross, and how that moves.

import type { CrossoverDocument } from "../result/crossover.ts";
import { formatBytes, formatNumber, formatPercent, formatRate, formatUsd } from "../units.ts";
import { table } from "./table.ts";

const usd = (value: number | null) => (value === null ? "-" : formatUsd(value));
const months = (value: number | null) => (value === null ? "-" : value.toFixed(1));

/** The sentence that answers what it was asked for. */
export function crossoverAnswer({ offers, rate, cheapest }: CrossoverDocument): string {
  const best = offers.find(one => one.name === cheapest);
  if (best === undefined) return `At ${formatRate(rate)} nothing holds the objectives.`;
  const others = offers.filter(one => one.kind !== best.kind && one.monthlyUsd !== null);
  const second = others.sort((a, b) => a.monthlyUsd! - b.monthlyUsd!)[0];
  const against =
    second === undefined
      ? ""
      : `; ${second.name} ${formatUsd(second.monthlyUsd!)}: choosing it costs ${formatUsd(second.monthlyUsd! - best.monthlyUsd!)} a month`;
  const shape = best.kind === "serverless" ? "" : ` (${best.shape})`;
  return `At ${formatRate(rate)} the cheapest that holds is ${best.name}${shape}, ${formatUsd(best.monthlyUsd!)} a month${against}`;
}

export function crossingText(crossing: CrossoverDocument["offers"][number]["first"]): string {
  if (crossing === null) return "never";
  const spend = crossing.serverlessUsd === null ? "serverless ends" : formatUsd(crossing.serverlessUsd);
  return `${formatRate(crossing.rate)} (${spend})`;
}

export function intervalText({ interval, crosses }: CrossoverDocument["offers"][number]): string {
  if (interval !== null) return `${formatRate(interval.low)} to ${formatRate(interval.high)}`;
  return crosses === null || crosses === 1 || crosses === 0 ? "-" : `in ${formatPercent(crosses)} of the worlds`;
}

export function renderCrossoverText(document: CrossoverDocument): string {
  const { offers, heat, prices, worlds, peakToMean, meanValueBytes } = document;
  const rows = offers.map(one => [
    one.name,
    one.shape ?? "nothing holds",
    usd(one.monthlyUsd),
    usd(one.upfrontUsd),
    usd(one.meanRegretUsd),
    one.kind === "serverless" ? "" : crossingText(one.first),
    one.kind === "serverless" ? "" : crossingText(one.forGood),
    one.kind === "serverless" ? "" : intervalText(one),
    months(one.cashMonths),
    months(one.stayMonths),
  ]);
  const peaks = [...new Set(heat.cells.map(one => one.peakToMean))];
  const sizes = [...new Set(heat.cells.map(one => one.valueBytes))];
  const heatRows = sizes.map(size => [
    formatBytes(size),
    ...peaks.map(peak => {
      const cell = heat.cells.find(one => one.valueBytes === size && one.peakToMean === peak);
      return cell === undefined ? "" : crossingText(cell.forGood);
    }),
  ]);
  return [
    crossoverAnswer(document),
    "",
    table(
      [
        "offer",
        "at this load",
        "$/month",
        "upfront",
        "regret",
        "cheaper than serverless from",
        "for good from",
        worlds > 1 ? "10-90 % of worlds" : "interval",
        "paid back",
        "stay",
      ],
      rows,
      [0, 1],
    ),
    `${heat.offer}: cheaper than serverless for good from (serverless spend a month there), by value size and peak-to-mean:`,
    table(["values", ...peaks.map(peak => `peak ${formatNumber(peak)}×`)], heatRows),
    `mean values ${formatBytes(meanValueBytes)}, peak ${formatNumber(peakToMean)} times the mean, ${worlds} ${worlds === 1 ? "world" : "worlds"}; keys grow with the load; nodes have a replica in another zone, as a serverless cache has`,
    `paid back: months until less has been paid than on demand; stay: months until leaving is not dearer; prices of ${prices.book} as of ${prices.asOf}`,
    "",
  ].join("\n");
}
