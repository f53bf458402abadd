// Each drill on its own time axis, zero at the injection: its phases and what bounds each, what clients saw meanwhile, and
// the figures it left.

import type { DrillResult, Result } from "../../result.ts";
import { formatBytes, formatCount, formatNumber } from "../../units.ts";
import { ENLARGED_MAX } from "../charts/drill-window.ts";
import { DRAWN_MAX, renderPhaseLane } from "../charts/phase-lane.ts";
import { drillEnd, startOf } from "../charts/source.ts";
import { html, type Markup, name } from "../markup.ts";
import { saySeconds } from "../quantity.ts";
import { type Column, dataTable } from "./data-table.ts";
import { lineFigure } from "./figure.ts";
import type { Page, Section } from "./section.ts";

type Phase = DrillResult["phases"][number];

/** A figure's name ends in its unit: forkMs, peakCopiedBytes, copiedSharePercent. */
const UNITS: readonly (readonly [suffix: string, say: (value: number) => string])[] = [
  ["Ms", value => saySeconds(value / 1e3)],
  ["Us", value => saySeconds(value / 1e6)],
  ["Ns", value => saySeconds(value / 1e9)],
  ["Seconds", saySeconds],
  ["Bytes", formatBytes],
  ["Percent", value => `${formatNumber(value)} %`],
];

function words(camelCase: string): string {
  return camelCase.replace(/([a-z0-9])([A-Z])/gu, "$1 $2").toLowerCase();
}

/** ["peak copied", "8.16 MiB"]. */
export function drillFigure(key: string, value: number): [name: string, value: string] {
  const unit = UNITS.find(([suffix]) => key.length > suffix.length && key.endsWith(suffix));
  if (unit === undefined) return [words(key), formatCount(value)];
  return [words(key.slice(0, -unit[0].length)), unit[1](value)];
}

/** Requests that failed in the periods which the drill touches. */
function failuresDuring(drill: DrillResult, result: Result): number | null {
  const { time, columns } = result.series;
  const errors = columns.find(one => one.metric === "Errors" && one.where === "");
  if (errors === undefined) return null;
  const end = drillEnd(drill, result);
  let failures = 0;
  time.forEach((until, row) => {
    const from = startOf(time, row);
    if (until > drill.startSeconds && from < end) failures += (errors.values[row] ?? 0) * (until - from);
  });
  return Math.round(failures);
}

function story(drill: DrillResult, result: Result): string {
  const over =
    drill.endSeconds === null
      ? "It was not over at the end of the run."
      : `It was over after ${saySeconds(drill.endSeconds - drill.startSeconds)}.`;
  const [longest] = [...drill.phases].sort((a, b) => b.lengthSeconds - a.lengthSeconds);
  const phase =
    longest === undefined
      ? ""
      : ` The longest phase is «${longest.name}», ${saySeconds(longest.lengthSeconds)}, bound by ${longest.boundBy}.`;
  const failures = failuresDuring(drill, result);
  const failed =
    failures === null
      ? ""
      : failures === 0
        ? " No request failed meanwhile."
        : ` ${formatCount(failures)} requests failed meanwhile.`;
  return `${over}${phase}${failed}`;
}

function phaseColumns(start: number): Column<Phase>[] {
  return [
    { head: "phase", words: true, cell: phase => name(phase.name) },
    { head: "from", unit: "s after injection", cell: phase => formatNumber(phase.startSeconds - start) },
    { head: "length", unit: "s", cell: phase => formatNumber(phase.lengthSeconds) },
    {
      head: "until",
      unit: "s after injection",
      cell: phase => formatNumber(phase.startSeconds + phase.lengthSeconds - start),
    },
    { head: "bound by", words: true, cell: phase => phase.boundBy },
  ];
}

function phaseTable(drill: DrillResult): Markup {
  const table = dataTable(`Phases of ${drill.drill}`, phaseColumns(drill.startSeconds), drill.phases);
  if (drill.phases.length <= DRAWN_MAX) return table;
  return html`
    <p class="note">The lane shows the ${DRAWN_MAX} longest of ${drill.phases.length} phases.</p>
    <details class="twin"><summary>All phases</summary>${table}</details>`;
}

function renderDrill(drill: DrillResult, index: number, page: Page): Markup {
  const { result, plan } = page;
  const planned = plan.drills[index] ?? null;
  const figures = Object.entries(drill.figures).map(([key, value]) => drillFigure(key, value));
  const charts = planned?.charts ?? [];
  return html`
    <article class="story" id="drill-${index + 1}">
      <h3>${index + 1}. ${name(drill.drill)} ${drill.target !== "" && html`of ${name(drill.target)}`} at ${saySeconds(drill.startSeconds)}</h3>
      ${drill.refused !== null && html`<p class="banner">It could not be done: ${drill.refused}</p>`}
      ${drill.refused === null && html`<p>${story(drill, result)}</p>`}
      ${drill.phases.length > 0 && phaseTable(drill)}
      ${figures.length > 0 && html`<dl class="inline">${figures.map(([what, value]) => html`<div><dt>${what}</dt><dd>${value}</dd></div>`)}</dl>`}
      ${
        planned === null &&
        drill.refused === null &&
        html`<p class="note">Only the first ${ENLARGED_MAX} drills are drawn enlarged.</p>`
      }
      ${
        planned !== null &&
        html`
          <div class="shared" data-axis="drill-${index + 1}">
            ${drill.phases.length > 0 && renderPhaseLane(drill, planned.window)}
            ${charts.map(chart => lineFigure(chart, { time: planned.time, origin: planned.window.origin, page }))}
          </div>`
      }
    </article>`;
}

export const drills: Section = {
  id: "drills",
  title: "Drills",
  render(page) {
    const { drills } = page.result;
    if (drills.length === 0) return null;
    return html`${drills.map((drill, index) => renderDrill(drill, index, page))}`;
  },
};
