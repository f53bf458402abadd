// Plots of the pages without script: the scale that all of them place by, and lines over a logarithmic axis.

import { html, type Markup } from "./markup.ts";

/** From a value to its place between `start` and `end`. Values that are all alike stand in the middle. */
export function placing(values: readonly number[], start: number, end: number): (value: number) => number {
  const from = Math.min(...values);
  const length = Math.max(...values) - from;
  return value => {
    const share = length === 0 ? 0.5 : (value - from) / length;
    return Number((start + share * (end - start)).toFixed(1));
  };
}

export interface PlotLine {
  readonly label: string;
  /** One for each place along the axis; null: nothing is drawn there, and the line is interrupted. */
  readonly values: readonly (number | null)[];
}

export interface LinePlot {
  /** What it shows, for those who do not see it. */
  readonly told: string;
  readonly lines: readonly PlotLine[];
  /** Places along the lower axis, which is logarithmic. */
  readonly at: readonly number[];
  readonly sayAt: (value: number) => string;
  readonly say: (value: number) => string;
  /** Lower and upper end of the upright axis; `log`: as its logarithm goes. */
  readonly ends: readonly [number, number];
  readonly log?: boolean;
  /** An upright line at one of the places. */
  readonly mark?: { readonly index: number; readonly title: string } | null;
}

const WIDTH = 720;
const HEIGHT = 320;
const LEFT = 84;
const RIGHT = 24;
const TOP = 16;
const BOTTOM = 36;
/** Lines are told apart by their strokes. */
const DASHES = ["none", "8 4", "2 3", "12 4 2 4", "5 2", "1 4", "10 4", "4 1", "3 6", "12 2"];
const LEVELS = [0, 0.25, 0.5, 0.75, 1];
const MOST_LABELS = 5;

export function linePlot({ told, lines, at, sayAt, say, ends, log = false, mark = null }: LinePlot): Markup {
  const x = placing(at.map(Math.log), LEFT, WIDTH - RIGHT);
  const along = (i: number) => x(Math.log(at[i]));
  const [to, back] = log ? [Math.log, Math.exp] : [(value: number) => value, (value: number) => value];
  const [low, high] = ends.map(to);
  const place = placing([low, high], HEIGHT - BOTTOM, TOP);
  const y = (value: number) => place(to(value));
  const levels = (high === low ? [0] : LEVELS).map(share => {
    const value = back(low + share * (high - low));
    return html`<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value)}" y2="${y(value)}" stroke="currentColor" opacity="0.15"/><text x="${LEFT - 6}" y="${y(value) + 4}" text-anchor="end" font-size="12" fill="currentColor">${say(value)}</text>`;
  });
  const every = Math.max(1, Math.ceil(at.length / MOST_LABELS));
  const labels = at.map(
    (value, i) =>
      i % every === 0 &&
      html`<text x="${along(i)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle" font-size="12" fill="currentColor">${sayAt(value)}</text>`,
  );
  const drawn = lines.map(({ label, values }, line) => {
    const dots = values.map(
      (value, i) =>
        value !== null &&
        html`<circle cx="${along(i)}" cy="${y(value)}" r="2.5" fill="currentColor"><title>${label}, ${sayAt(at[i])}: ${say(value)}</title></circle>`,
    );
    const strokes = runsOf(values).map(
      run =>
        html`<polyline points="${run.map(i => `${along(i)},${y(values[i]!)}`).join(" ")}" fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray="${dashOf(line)}"/>`,
    );
    return html`<g>${strokes}${dots}</g>`;
  });
  const upright =
    mark !== null &&
    html`<line x1="${along(mark.index)}" x2="${along(mark.index)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" stroke="currentColor" opacity="0.5"><title>${mark.title}</title></line>`;
  const key = lines.map(
    ({ label }, line) =>
      html`<li><svg class="swatch" width="40" height="8" aria-hidden="true"><line x1="0" x2="40" y1="4" y2="4" stroke="currentColor" stroke-dasharray="${dashOf(line)}"/></svg>${label}</li>`,
  );
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${told}" style="max-width:100%">${levels}${labels}${upright}${drawn}</svg><ul class="legend">${key}</ul>`;
}

const dashOf = (line: number) => DASHES[line % DASHES.length];

/** Places that follow each other without a gap. */
function runsOf(values: readonly (number | null)[]): number[][] {
  const runs: number[][] = [];
  values.forEach((value, i) => {
    if (value === null) return;
    if (i > 0 && values[i - 1] !== null) runs.at(-1)!.push(i);
    else runs.push([i]);
  });
  return runs;
}
