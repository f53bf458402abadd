// The page of a plan. It needs no script.

import type { PlanCandidate, PlanDocument } from "../result/plan.ts";
import { formatDurationNs, formatNumber, formatPercent, formatUsd } from "../units.ts";
import { type Part, renderDocument } from "./document.ts";
import { html, type Markup, name } from "./markup.ts";
import { orderText, planAnswer, planQuantity, simulated } from "./plan-text.ts";
import { placing } from "./plot.ts";
import { type Column, dataTable } from "./sections/data-table.ts";

const ns = (value: number | null) => (value === null ? "" : formatDurationNs(value));
const usd = (value: number | null) => (value === null ? "" : formatUsd(value));

export function renderPlanPage(plan: PlanDocument): string {
  const [first, ...rest] = planAnswer(plan);
  const head = html`
    <header>
      <h1>${name(plan.scenario)}: what to buy</h1>
      <p>${first}</p>
      ${rest.length > 0 && html`<ul>${rest.map(line => html`<li>${line}</li>`)}</ul>`}
      <p class="muted">${plan.considered} shapes in ${plan.worlds} ${plan.worlds === 1 ? "world" : "worlds"}, prices of ${plan.prices.book} as of ${plan.prices.asOf}, seed ${plan.seed}, cachecast ${plan.version}</p>
    </header>`;
  return renderDocument(plan.scenario, plan.version, head, sections(plan));
}

function sections(plan: PlanDocument): Part[] {
  const parts: Part[] = [];
  const add = (id: string, title: string, content: Markup | false) => {
    if (content !== false) parts.push({ id, title, content });
  };
  add("candidates", "Candidates", plan.candidates.length > 0 && candidates(plan));
  add("order", "Order", plan.order.length > 0 && order(plan));
  add("frontier", "Cost and latency", plan.frontier.length > 0 && frontier(plan));
  add("growth", "Growth", plan.growth.length > 0 && growth(plan));
  add("excuses", "Why not the others", plan.excuses.length > 0 && excuses(plan));
  return parts;
}

function candidates(plan: PlanDocument): Markup {
  const columns: Column<PlanCandidate>[] = [
    {
      head: "shape",
      words: true,
      cell: one => (one.name === plan.recommendation ? html`<b>${one.name}</b>` : one.name),
    },
    { head: "cost", unit: "a month", cell: one => usd(one.monthlyUsd) },
    { head: "of it traffic", cell: one => usd(one.trafficUsd) },
    { head: "regret", unit: "a month", cell: one => usd(one.meanRegretUsd) },
    { head: "worlds", cell: one => formatPercent(one.holds) },
    { head: "hit rate", cell: one => formatPercent(one.hitRate) },
    { head: "p99", cell: one => ns(one.p99Ns) },
    { head: "memory", cell: one => formatPercent(one.memoryUse) },
    { head: "engine thread", cell: one => formatPercent(one.cpuUse) },
    { head: "tightest", words: true, cell: one => one.bottleneck.name },
    {
      head: "simulated",
      words: true,
      cell: ({ confirmation: told }) =>
        told === null
          ? ""
          : told.holds === false
            ? html`<b class="fail">${told.broken.join("; ")}</b>`
            : `${simulated(told)}${told.unclear.length > 0 ? `: ${told.unclear.join("; ")}` : ""}`,
    },
    { head: "its p99", cell: one => ns(one.confirmation?.p99Ns ?? null) },
    { head: "its cost", unit: "a month", cell: one => usd(one.confirmation?.monthlyUsd ?? null) },
  ];
  return dataTable("Candidates", columns, plan.candidates);
}

function order({ order: pairs, stopped }: PlanDocument): Markup {
  const columns: Column<PlanDocument["order"][number]>[] = [
    { head: "cheaper", words: true, cell: one => one.cheaper },
    { head: "dearer", words: true, cell: one => one.dearer },
    { head: "difference", unit: "a month", cell: one => usd(one.differenceUsd) },
    { head: "± (95 %)", cell: one => usd(one.halfWidthUsd) },
    { head: "clear", words: true, cell: orderText },
  ];
  return html`<p>Paired differences of the simulated bills, under the same draws.${stopped !== null && html` ${stopped}.`}</p>${dataTable("Order", columns, pairs)}`;
}

const WIDTH = 720;
const HEIGHT = 260;

/** Cost to the right, p99 upwards, both logarithmic: what nothing beats in both. */
function frontier({ frontier: shapes, recommendation }: PlanDocument): Markup {
  const log = (value: number) => Math.log10(Math.max(1e-9, value));
  const costs = shapes.map(one => log(one.monthlyUsd));
  const times = shapes.map(one => log(one.p99Ns));
  const x = placing(costs, 24, WIDTH - 24);
  const y = placing(times, HEIGHT - 24, 24);
  const dots = shapes.map((one, i) => {
    const [cx, cy] = [x(costs[i]), y(times[i])];
    const ring =
      one.name === recommendation && html`<circle cx="${cx}" cy="${cy}" r="9" fill="none" stroke="currentColor"/>`;
    return html`<g><title>${one.name}: ${usd(one.monthlyUsd)} a month, p99 ${ns(one.p99Ns)}</title><circle cx="${cx}" cy="${cy}" r="4" fill="currentColor"/>${ring}</g>`;
  });
  const told = `${shapes.length} shapes that nothing beats in both cost and p99.`;
  const columns: Column<PlanDocument["frontier"][number]>[] = [
    { head: "shape", words: true, cell: one => one.name },
    { head: "cost", unit: "a month", cell: one => usd(one.monthlyUsd) },
    { head: "p99", cell: one => ns(one.p99Ns) },
    { head: "hit rate", cell: one => formatPercent(one.hitRate) },
  ];
  return html`
    <p>${told} Right is dearer, up is slower (both logarithmic); the ring is the recommendation.</p>
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${told}" style="max-width:100%">${dots}</svg>
    ${dataTable("Frontier", columns, shapes)}`;
}

function growth({ growth: steps }: PlanDocument): Markup {
  const columns: Column<PlanDocument["growth"][number]>[] = [
    { head: "month", cell: one => String(one.month) },
    { head: "load", unit: "×", cell: one => formatNumber(one.multiple) },
    { head: "cheapest that holds", words: true, cell: one => one.name ?? "nothing holds" },
    { head: "cost", unit: "a month", cell: one => usd(one.monthlyUsd) },
  ];
  return dataTable("Growth", columns, steps);
}

function excuses({ excuses: all }: PlanDocument): Markup {
  const columns: Column<PlanDocument["excuses"][number]>[] = [
    { head: "type", words: true, cell: one => one.node },
    { head: "bottleneck", words: true, cell: one => one.bottleneck },
    { head: "needed", cell: one => planQuantity(one.unit, one.needed) },
    { head: "available", cell: one => planQuantity(one.unit, one.available) },
    { head: "nearest", words: true, cell: one => one.nearest },
    { head: "shapes", cell: one => String(one.shapes) },
  ];
  return dataTable("Why not the others", columns, all);
}
