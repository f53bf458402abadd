// The page of a sweep: the answer, cost against p99 with the frontier, every point in a table. It needs no script.

import type { Sweep, SweepRow } from "../result/sweep.ts";
import { formatNumber, formatUsd } from "../units.ts";
import { renderDocument } from "./document.ts";
import { html, type Markup, name } from "./markup.ts";
import { placing } from "./plot.ts";
import { type Column, dataTable } from "./sections/data-table.ts";
import { rank, sweepAnswer } from "./sweep-text.ts";

const WIDTH = 720;
const HEIGHT = 340;
const LEFT = 64;
const BOTTOM = 40;

type Placed = SweepRow & { readonly costMonthlyUsd: number; readonly latencyP99Us: number };

/** Points that no other holding point beats in both cost and p99, from cheap to dear. */
export function frontier(rows: readonly SweepRow[]): Placed[] {
  const placed = rows.filter((row): row is Placed => row.costMonthlyUsd !== null && row.latencyP99Us !== null);
  const holding = placed.filter(row => row.verdict === "pass");
  holding.sort((a, b) => a.costMonthlyUsd - b.costMonthlyUsd || a.latencyP99Us - b.latencyP99Us);
  let fastest = Number.POSITIVE_INFINITY;
  return holding.filter(row => {
    if (row.latencyP99Us >= fastest) return false;
    fastest = row.latencyP99Us;
    return true;
  });
}

export function renderSweepPage(sweep: Sweep): string {
  const { header, rows } = sweep;
  const front = new Set(frontier(rows).map(row => row.index));
  const head = html`
    <header>
      <h1>${name(header.scenario)}: sweep over ${header.axes.join(", ")}</h1>
      <p>${sweepAnswer(sweep)}</p>
      <p class="muted">seed ${header.seed}, ${header.replications} replications, plan ${header.plan.slice(0, 12)}, cachecast ${header.version}</p>
    </header>`;
  return renderDocument(header.scenario, header.version, head, [
    { id: "frontier", title: "Cost and latency", content: scatter(rows, front) },
    { id: "points", title: "Points", content: dataTable("Points", columns(header.axes, front), rank(rows)) },
  ]);
}

/** Cost to the right, p99 upwards on a logarithmic axis; dots hold, crosses break a check, rings are the frontier. */
function scatter(rows: readonly SweepRow[], front: ReadonlySet<number>): Markup {
  const placed = rows.filter((row): row is Placed => row.costMonthlyUsd !== null && row.latencyP99Us !== null);
  if (placed.length === 0) return html`<p class="muted">No point has both a cost and a p99.</p>`;
  const costs = placed.map(row => row.costMonthlyUsd);
  const logs = placed.map(row => Math.log10(Math.max(1, row.latencyP99Us)));
  const x = placing(costs, LEFT, WIDTH - 16);
  const y = placing(logs, HEIGHT - BOTTOM, 16);
  const marks = placed.map((row, i) => {
    const [cx, cy] = [x(row.costMonthlyUsd), y(logs[i])];
    const label = Object.entries(row.settings).map(([path, value]) => `${path}=${value}`);
    const shape =
      row.verdict === "pass"
        ? html`<circle cx="${cx}" cy="${cy}" r="4" fill="currentColor"/>`
        : html`<path d="M${cx - 4} ${cy - 4}l8 8m0-8l-8 8" stroke="currentColor" opacity="0.5"/>`;
    const ring = front.has(row.index) && html`<circle cx="${cx}" cy="${cy}" r="8" fill="none" stroke="currentColor"/>`;
    return html`<g><title>${label.join(" ")}: ${formatUsd(row.costMonthlyUsd)}, p99 ${formatNumber(row.latencyP99Us)} us</title>${shape}${ring}</g>`;
  });
  const ends = [Math.min(...costs), Math.max(...costs)].map(
    (cost, i) =>
      html`<text x="${x(cost)}" y="${HEIGHT - 16}" text-anchor="${i === 0 ? "start" : "end"}" fill="currentColor">${formatUsd(cost)}</text>`,
  );
  const levels = [Math.min(...logs), Math.max(...logs)].map(
    log =>
      html`<text x="${LEFT - 8}" y="${y(log) + 4}" text-anchor="end" fill="currentColor">${formatNumber(10 ** log)} us</text>`,
  );
  const told = `${placed.filter(row => row.verdict === "pass").length} of ${placed.length} points hold; ${front.size} stand on the frontier of cost and p99.`;
  return html`
    <p>${told} Dots hold, crosses break a check, rings are the frontier. Right is dearer, up is slower (logarithmic).</p>
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${told}" style="max-width:100%">${marks}${ends}${levels}</svg>`;
}

function columns(axes: readonly string[], front: ReadonlySet<number>): Column<SweepRow>[] {
  const figure = (value: number | null, factor = 1) => (value === null ? "" : formatNumber(value * factor));
  return [
    ...axes.map((axis): Column<SweepRow> => ({ head: axis, words: true, cell: row => name(row.settings[axis]) })),
    {
      head: "checks",
      words: true,
      cell: row => (row.verdict === "pass" ? "hold" : html`<b class="fail">${row.broken.join("; ")}</b>`),
    },
    { head: "frontier", words: true, cell: row => (front.has(row.index) ? "yes" : "") },
    { head: "cost", unit: "$/month", cell: row => figure(row.costMonthlyUsd) },
    { head: "p50", unit: "us", cell: row => figure(row.latencyP50Us) },
    { head: "p99", unit: "us", cell: row => figure(row.latencyP99Us) },
    { head: "hit rate", unit: "%", cell: row => figure(row.hitRate, 100) },
    { head: "errors", unit: "%", cell: row => figure(row.errorRate, 100) },
    { head: "memory", unit: "%", cell: row => figure(row.memoryPeakPercent) },
    { head: "engine CPU", unit: "%", cell: row => figure(row.engineCpuMaxPercent) },
  ];
}
