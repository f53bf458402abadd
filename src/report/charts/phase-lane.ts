// The phases of a drill as bars over its own time, zero at the injection, with what each is called and how long it took.
// Inline SVG in percentages, so that text keeps its size at any width.

import type { DrillResult } from "../../result.ts";
import { html, type Markup } from "../markup.ts";
import { saySeconds } from "../quantity.ts";
import type { DrillWindow } from "./drill-window.ts";
import { percentOf, renderTicks } from "./lane.ts";

type Phase = DrillResult["phases"][number];

const ROW = 30;
const TEXT = 12;
const BAR_TOP = 17;
const BAR = 8;
/** From here on the label ends with its bar. */
const TURN = 55;
/** A drill on ninety nodes has many alike: the longest are drawn, the table has all. */
export const DRAWN_MAX = 12;

export function drawnPhases(phases: readonly Phase[]): Phase[] {
  if (phases.length <= DRAWN_MAX) return [...phases];
  const longest = new Set([...phases].sort((a, b) => b.lengthSeconds - a.lengthSeconds).slice(0, DRAWN_MAX));
  return phases.filter(phase => longest.has(phase));
}

function describe(drill: DrillResult): string {
  const parts = drill.phases.map(
    phase =>
      `${phase.name} from ${saySeconds(phase.startSeconds - drill.startSeconds)} for ${saySeconds(phase.lengthSeconds)}`,
  );
  return `Phases after the injection: ${parts.slice(0, DRAWN_MAX).join("; ")}`;
}

export function renderPhaseLane(drill: DrillResult, window: DrillWindow): Markup {
  const phases = drawnPhases(drill.phases);
  const height = phases.length * ROW + 4;
  const zero = percentOf(window, drill.startSeconds);
  const bars = phases.map((phase, i) => {
    const end = phase.startSeconds + phase.lengthSeconds;
    const left = percentOf(window, phase.startSeconds);
    const right = percentOf(window, end);
    const beyond = end > window.to ? " →" : "";
    const turned = left > TURN;
    return html`
      <text x="${turned ? right : left}%" dx="${turned ? -2 : 2}" y="${i * ROW + TEXT}" ${turned && html`text-anchor="end"`}>
        ${phase.name}, ${saySeconds(phase.lengthSeconds)}${beyond}
      </text>
      <rect x="${left}%" y="${i * ROW + BAR_TOP}" width="${Number((right - left).toFixed(3))}%" height="${BAR}"/>`;
  });
  return html`
    <div class="lane phases">
      <div class="area">
        <svg height="${height}" role="img" aria-label="${describe(drill)}">
          <line x1="${zero}%" x2="${zero}%" y1="0" y2="${height}"/>${bars}
        </svg>
        ${renderTicks(window, window.origin, true)}
        <div class="cursor" hidden></div>
      </div>
    </div>`;
}
