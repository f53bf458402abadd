// The alarms that were raised: when, for how long, on which node, and their states over the run.

import type { AlarmResult, Result } from "../../result.ts";
import { formatNumber } from "../../units.ts";
import { percentOf, renderTicks } from "../charts/lane.ts";
import { html, type Markup, name } from "../markup.ts";
import { saySeconds } from "../quantity.ts";
import { type Column, dataTable } from "./data-table.ts";
import type { Section } from "./section.ts";

/** More lanes than this would push the rest of the page away; the table has all. */
const LANES_MAX = 16;
const ROW = 24;

const COLUMNS: readonly Column<AlarmResult>[] = [
  { head: "alarm", words: true, cell: alarm => name(alarm.name) },
  { head: "set", words: true, cell: alarm => name(alarm.source) },
  {
    head: "severity",
    words: true,
    cell: alarm => html`<b class="${alarm.severity === "critical" ? "fail" : ""}">${alarm.severity}</b>`,
  },
  { head: "node", words: true, cell: alarm => name(alarm.where) },
  { head: "metric", words: true, cell: alarm => alarm.metric },
  { head: "rule", words: true, cell: alarm => alarm.rule },
  { head: "first raised", unit: "s", cell: alarm => formatNumber(firstRaised(alarm), 6) },
  { head: "in alarm", unit: "s", cell: alarm => formatNumber(alarm.inAlarmSeconds, 6) },
];

function firstRaised({ changes }: AlarmResult): number {
  return changes.find(({ state }) => state === "ALARM")?.timeSeconds ?? 0;
}

/** Stretches in which an alarm stood, in seconds. */
function stretches({ changes }: AlarmResult, end: number): [from: number, to: number][] {
  return changes.flatMap(({ timeSeconds, state }, i): [number, number][] =>
    state === "ALARM" ? [[timeSeconds, changes[i + 1]?.timeSeconds ?? end]] : [],
  );
}

function lanes(raised: readonly AlarmResult[], { simulatedSeconds }: Result): Markup {
  const span = { from: 0, to: simulatedSeconds };
  const shown = raised.slice(0, LANES_MAX);
  const height = shown.length * ROW + 4;
  const rows = shown.map((alarm, i) => {
    const bars = stretches(alarm, simulatedSeconds).map(([from, to]) => {
      const left = percentOf(span, from);
      const width = Number(Math.max(0.3, percentOf(span, to) - left).toFixed(3));
      return html`<rect x="${left}%" y="${i * ROW + 15}" width="${width}%" height="7"/>`;
    });
    return html`<text x="0" dx="2" y="${i * ROW + 11}">${alarm.name} of ${alarm.where}</text>${bars}`;
  });
  const told = shown.map(alarm => `${alarm.name} of ${alarm.where} from ${saySeconds(firstRaised(alarm))}`);
  return html`
    <div class="lane phases">
      <div class="area">
        <svg height="${height}" role="img" aria-label="${`Alarms raised: ${told.join("; ")}`}">${rows}</svg>
        ${renderTicks(span, 0, false)}
      </div>
    </div>`;
}

export const alarms: Section = {
  id: "alarms",
  title: "Alarms",
  render({ result }) {
    const { watched, raised } = result.alarms;
    if (watched === 0) return null;
    if (raised.length === 0) return html`<p>None of the ${watched} alarms was raised.</p>`;
    const order = [...raised].sort((a, b) => firstRaised(a) - firstRaised(b));
    return html`
      <p>${raised.length} of ${watched} alarms were raised, the first of them after ${saySeconds(firstRaised(order[0]))}.</p>
      ${lanes(order, result)}
      ${order.length > LANES_MAX && html`<p class="note">The lanes show the first ${LANES_MAX}.</p>`}
      ${dataTable("Alarms", COLUMNS, order)}`;
  },
};
