// The page of a hit-rate curve. It needs no script.

import type { MrcDocument, MrcResultPoint } from "../result/mrc.ts";
import { formatBytes, formatCount, formatPercent, formatUsd } from "../units.ts";
import { type Part, renderDocument } from "./document.ts";
import { html, type Markup, name } from "./markup.ts";
import { mrcAnswer, mrcMethod } from "./mrc-text.ts";
import { linePlot, type PlotLine } from "./plot.ts";
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

function hitRates(curve: MrcDocument): Markup {
  const lines = [
    { label: "LRU", values: curve.points.map(point => point.lru) },
    ...(curve.points[0]?.policies ?? []).map(({ policy }, i) => ({
      label: policy,
      values: curve.points.map(point => point.policies[i].hitRate),
    })),
  ];
  const told = `Hit rate over memory for keys, ${lines.map(line => line.label).join(", ")}.`;
  return html`<p>${told} Memory is logarithmic${curve.best !== null && "; the upright line is the cheapest size"}.</p>${overMemory(curve, lines, formatPercent, told, 1)}`;
}

function costs(curve: MrcDocument): Markup {
  const lines = [
    { label: "total", values: curve.points.map(point => point.monthlyUsd!) },
    { label: "memory", values: curve.points.map(point => point.memoryUsd!) },
    { label: "misses", values: curve.points.map(point => point.missesUsd!) },
  ];
  const most = Math.max(1e-9, ...lines.flatMap(line => line.values));
  const told = "What memory and misses cost a month, over memory for keys.";
  return html`<p>${told} Memory comes in whole nodes, so its cost goes up in steps.</p>${overMemory(curve, lines, formatUsd, told, most)}`;
}

/** Lines over memory; the cheapest size is marked. */
function overMemory(
  { points, best }: MrcDocument,
  lines: readonly PlotLine[],
  say: (value: number) => string,
  told: string,
  top: number,
): Markup {
  return linePlot({
    told,
    lines,
    at: points.map(point => Math.max(1, point.bytes)),
    sayAt: formatBytes,
    say,
    ends: [0, top],
    mark: best === null ? null : { index: best, title: "cheapest" },
  });
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
