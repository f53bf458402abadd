// Lanes above the plots: warm-up, drills and events over the same time axis, so that no label lies on a curve. Horizontal
// places are percentages: the lane fits any width, with or without JavaScript.

import type { DrillResult, Result } from "../../result.ts";
import { html, type Markup } from "../markup.ts";
import { saySeconds } from "../quantity.ts";
import { marksOf } from "./pack.ts";
import { drillEnd } from "./source.ts";
import { timeLabel, timeTicks } from "./ticks.ts";

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A place on the axis, within it. */
export function percentOf({ from, to }: Span, seconds: number): number {
  const share = to > from ? (seconds - from) / (to - from) : 0;
  return Number((100 * Math.min(1, Math.max(0, share))).toFixed(3));
}

const TICKS = 6;

/** The time axis below a drawing that the script does not draw. */
export function renderTicks(span: Span, origin: number, relative: boolean): Markup {
  const ticks = timeTicks(span.from, span.to, origin, TICKS);
  return html`<div class="ticks" aria-hidden="true">${ticks.map(tick => {
    return html`<span style="left:${percentOf(span, tick)}%">${timeLabel(tick - origin, relative)}</span>`;
  })}</div>`;
}

interface Bar {
  readonly from: number;
  readonly to: number;
  readonly kind: "drill" | "warmup";
  readonly label: string;
}

/** Beyond this many drills their bars are packed and carry numbers instead of names. */
const NAMED_MAX = 5;

function nameOf(drill: DrillResult): string {
  const open = drill.endSeconds === null ? ", not over at the end" : "";
  return `${drill.drill} ${drill.target}`.trim() + open;
}

/** Rows of bars that do not overlap. */
function rowsOf(result: Result): Bar[][] {
  const rows: Bar[][] = [];
  const done = result.drills.flatMap((drill, i) => (drill.refused === null ? [{ drill, number: i + 1 }] : []));
  const bars = done.map(
    ({ drill, number }): Bar => ({
      from: drill.startSeconds,
      to: drillEnd(drill, result),
      kind: "drill",
      label: done.length <= NAMED_MAX ? nameOf(drill) : String(number),
    }),
  );
  // A number needs a few hundredths of the width.
  const room = result.simulatedSeconds / 40;
  for (const bar of bars.sort((a, b) => a.from - b.from)) {
    const free = done.length <= NAMED_MAX ? undefined : rows.find(row => row.every(one => one.to + room < bar.from));
    if (free === undefined) rows.push([bar]);
    else free.push(bar);
  }
  const warmup = result.window.fromSeconds;
  if (warmup > 0) rows.unshift([{ from: 0, to: warmup, kind: "warmup", label: "warm-up, not measured" }]);
  return rows;
}

/** Rows are never more than this: what does not fit is in the drills' section. */
const ROWS_MAX = 6;
/** A lane of few rows stays in sight while one scrolls through the plots. */
const STICKY_MAX = 3;
/** From here on a label stands before its bar's end, not after its start. */
const TURN = 60;

function renderBar({ from, to, kind, label }: Bar, span: Span): Markup {
  const left = percentOf(span, from);
  const right = percentOf(span, to);
  const width = Number((right - left).toFixed(3));
  const place = left <= TURN ? `left:${left}%` : `right:${Number((100 - right).toFixed(3))}%`;
  return html`
    <i class="${kind}" style="left:${left}%;width:${width}%"></i>
    <span class="lane-label" style="${place}">${label}</span>`;
}

export function renderTimeLane(result: Result): Markup {
  const span = { from: 0, to: result.simulatedSeconds };
  const rows = rowsOf(result).slice(0, ROWS_MAX);
  const events = marksOf(result).map(
    seconds =>
      html`<i class="event" style="left:${percentOf(span, seconds)}%" title="event at ${saySeconds(seconds)}"></i>`,
  );
  return html`
    <div class="lane${rows.length <= STICKY_MAX && " sticky"}">
      <div class="area">
        ${rows.map(row => html`<div class="lane-row">${row.map(bar => renderBar(bar, span))}</div>`)}
        ${events.length > 0 && html`<div class="lane-row events">${events}</div>`}
        ${renderTicks(span, 0, false)}
        <div class="cursor" hidden><b></b></div>
      </div>
    </div>`;
}
