// The page of a hit-rate curve. It needs no script.

import type { MrcDocument, MrcResultPoint } from "../result/mrc.ts";
import { formatBytes, formatCount, formatPercent, formatUsd } from "../units.ts";
import { type Part, renderDocument } from "./document.ts";
import { html, type Markup, name } from "./markup.ts";
import { mrcAnswer, mrcMethod } from "./mrc-text.ts";
import { type Column, dataTable } from "./sections/data-table.ts";

export function renderMrcPage(curve: MrcDocument): string {
  const head = html`
    <header>
      <h1>${name(curve.source)}: hit rate over memory</h1>
      <p>${mrcAnswer(curve)}.</p>
      <p class="muted">${formatCount(curve.requests)} requests, ${formatCount(curve.reads)} of them reads, for ${formatCount(curve.keys)} keys; ${mrcMethod(curve)}; ${curve.engine}, cachecast ${curve.version}</p>
    </header>`;
  const parts: Part[] = [{ id: "curve", title: "Hit rate", content: hitRates(curve) }];
  if (curve.best !== null) parts.push({ id: "cost", title: "Cost", content: costs(curve) });
  parts.push({ id: "sizes", title: "Sizes", content: sizes(curve) });
  return renderDocument(curve.source, curve.version, head, parts);
}

/** One line of a chart. */
interface Line {
  readonly label: string;
  readonly values: readonly number[];
}

const WIDTH = 720;
const HEIGHT = 300;
const LEFT = 64;
const RIGHT = 150;
const TOP = 16;
const BOTTOM = 44;
/** Lines are told apart by their strokes too. */
const DASHES = ["none", "8 4", "2 3", "12 4 2 4", "5 2"];

function hitRates(curve: MrcDocument): Markup {
  const lines = [
    { label: "LRU", values: curve.points.map(point => point.lru) },
    ...(curve.points[0]?.policies ?? []).map(({ policy }, i) => ({
      label: policy,
      values: curve.points.map(point => point.policies[i].hitRate),
    })),
  ];
  const told = `Hit rate over memory for keys, ${lines.map(line => line.label).join(", ")}.`;
  return html`<p>${told} Memory is logarithmic${curve.best !== null && "; the upright line is the cheapest size"}.</p>${chart(curve, lines, formatPercent, told, 1)}`;
}

function costs(curve: MrcDocument): Markup {
  const lines = [
    { label: "total", values: curve.points.map(point => point.monthlyUsd!) },
    { label: "memory", values: curve.points.map(point => point.memoryUsd!) },
    { label: "misses", values: curve.points.map(point => point.missesUsd!) },
  ];
  const told = "What memory and misses cost a month, over memory for keys.";
  return html`<p>${told} Memory comes in whole nodes, so its cost goes up in steps.</p>${chart(curve, lines, formatUsd, told, null)}`;
}

/** Lines over memory. `top`: where the axis ends; null: at the highest value. */
function chart(
  { points, best }: MrcDocument,
  lines: readonly Line[],
  format: (value: number) => string,
  told: string,
  top: number | null,
): Markup {
  const logs = points.map(point => Math.log(Math.max(1, point.bytes)));
  const [first, last] = [logs[0], logs.at(-1)!];
  const most = top ?? Math.max(1e-9, ...lines.flatMap(line => line.values));
  const x = (i: number) =>
    round(LEFT + (last === first ? 0.5 : (logs[i] - first) / (last - first)) * (WIDTH - LEFT - RIGHT));
  const y = (value: number) => round(HEIGHT - BOTTOM - (value / most) * (HEIGHT - TOP - BOTTOM));
  const levels = [0, 0.25, 0.5, 0.75, 1].map(
    share =>
      html`<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(share * most)}" y2="${y(share * most)}" stroke="currentColor" opacity="0.15"/><text x="${LEFT - 6}" y="${y(share * most) + 4}" text-anchor="end" font-size="12" fill="currentColor">${format(share * most)}</text>`,
  );
  const every = Math.max(1, Math.ceil(points.length / 5));
  const sizesBelow = points.map(
    (point, i) =>
      i % every === 0 &&
      html`<text x="${x(i)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle" font-size="12" fill="currentColor">${formatBytes(point.bytes)}</text>`,
  );
  const drawn = lines.map(({ label, values }, at) => {
    const path = values.map((value, i) => `${x(i)},${y(value)}`).join(" ");
    const legend = TOP + 12 + 20 * at;
    const dash = DASHES[at % DASHES.length];
    const dots = values.map(
      (value, i) =>
        html`<circle cx="${x(i)}" cy="${y(value)}" r="2.5" fill="currentColor"><title>${label}, ${formatBytes(points[i].bytes)}: ${format(value)}</title></circle>`,
    );
    return html`<g><polyline points="${path}" fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray="${dash}"/>${dots}<line x1="${WIDTH - RIGHT + 12}" x2="${WIDTH - RIGHT + 44}" y1="${legend}" y2="${legend}" stroke="currentColor" stroke-width="2" stroke-dasharray="${dash}"/><text x="${WIDTH - RIGHT + 50}" y="${legend + 4}" font-size="12" fill="currentColor">${label}</text></g>`;
  });
  const mark =
    best !== null &&
    html`<line x1="${x(best)}" x2="${x(best)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" stroke="currentColor" opacity="0.5"><title>cheapest</title></line>`;
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${told}" style="max-width:100%">${levels}${sizesBelow}${mark}${drawn}</svg>`;
}

function round(value: number): number {
  return Number(value.toFixed(1));
}

function sizes(curve: MrcDocument): Markup {
  const columns: Column<MrcResultPoint>[] = [
    { head: "memory", cell: one => formatBytes(one.bytes) },
    { head: "of all", cell: one => formatPercent(one.ofAll) },
    { head: "LRU", cell: one => formatPercent(one.lru) },
    ...(curve.points[0]?.policies ?? []).map(
      ({ policy }, i): Column<MrcResultPoint> => ({
        head: policy,
        cell: one => formatPercent(one.policies[i].hitRate),
      }),
    ),
  ];
  if (curve.best !== null) {
    const best = curve.points[curve.best];
    columns.push(
      { head: "nodes", cell: one => String(one.shards! * (1 + curve.replicas)) },
      { head: "memory", unit: "a month", cell: one => formatUsd(one.memoryUsd!) },
      { head: "misses", unit: "a month", cell: one => formatUsd(one.missesUsd!) },
      { head: "total", unit: "a month", cell: one => formatUsd(one.monthlyUsd!) },
      { head: "", words: true, cell: one => (one === best ? html`<b>cheapest</b>` : "") },
    );
  }
  return dataTable("Sizes", columns, curve.points);
}
