// What the terminal shows of a plan: what to buy, what it saves, why not the next one, and why not the others.

import type { PlanCandidate, PlanDocument } from "../result/plan.ts";
import { formatBytes, formatDurationNs, formatNumber, formatPercent, formatRate, formatUsd } from "../units.ts";
import { table } from "./table.ts";

export function planQuantity(unit: string, value: number | null): string {
  if (value === null) return "without bound";
  if (unit === "bytes") return formatBytes(value);
  if (unit === "ns") return formatDurationNs(value);
  if (unit === "rate") return formatRate(value);
  return unit === "share" ? formatPercent(value) : formatNumber(value);
}

const ns = (value: number | null) => (value === null ? "-" : formatDurationNs(value));

/** The sentences that answer what the plan was asked for; the first is the recommendation. */
export function planAnswer(plan: PlanDocument): string[] {
  const best = plan.candidates.find(one => one.name === plan.recommendation);
  if (best === undefined) return [nothing(plan), ...(plan.zoneLoss === null ? [] : [zoneText(plan.zoneLoss)])];
  const tight = best.bottleneck;
  const traffic = best.trafficUsd < 0.005 ? "" : `, ${formatUsd(best.trafficUsd)} of it traffic across zones`;
  const parts = [
    `Buy ${best.name}: ${formatUsd(best.monthlyUsd)} a month${traffic}; tightest: ${tight.name} at ${formatPercent(tight.ratio ?? 0)} of its limit`,
  ];
  const { standing, savesUsd, second, breaks, zoneLoss } = plan;
  if (standing !== null && savesUsd !== null) parts.push(against(standing, savesUsd, best.name));
  if (second !== null) parts.push(`Second: ${second.name}; ${second.why}`);
  if (breaks !== null) {
    const { multiple, bottleneck } = breaks;
    const months = breaks.months === null ? "" : `, in ${formatNumber(breaks.months)} months at the growth given`;
    const load = `${formatNumber(multiple)} times the load`;
    parts.push(
      bottleneck === null ? `Holds at ${load} still${months}` : `Breaks first at ${load}: ${bottleneck}${months}`,
    );
  }
  if (zoneLoss !== null) parts.push(zoneText(zoneLoss));
  const confirmed = plan.candidates.filter(one => one.confirmation !== null);
  if (confirmed.length > 0) {
    const { replications: runs } = confirmed[0].confirmation!;
    const alike = plan.order.some(pair => orderText(pair) === ALIKE) ? ", but for bills that are alike" : "";
    const clear = plan.stopped ?? `every objective and the order by cost are clear at 95 %${alike}`;
    const ways = [...new Set(confirmed.map(one => one.confirmation!.fidelity))].filter(one => one !== "exact");
    const sampled = ways.length === 0 ? "" : ` as ${ways.join(" and ")}`;
    const shapes = `${confirmed.length} ${confirmed.length === 1 ? "shape" : "shapes"}`;
    parts.push(`Simulated${sampled}: ${shapes}, ${runs} replications under the same draws: ${clear}`);
    for (const { name, why } of plan.skipped) parts.push(`Not simulated: ${name}: ${why}`);
  } else if (plan.stopped !== null) parts.push(`Simulations: ${plan.stopped}`);
  return parts;
}

const ALIKE = "alike";

/** Whether two neighbours by cost are told apart, or as dear as each other for all that it matters. */
export function orderText({ significant, differenceUsd, halfWidthUsd }: PlanDocument["order"][number]): string {
  if (!significant) return "no";
  return halfWidthUsd === 0 || halfWidthUsd < differenceUsd ? "yes" : ALIKE;
}

function nothing({ nearest, candidates }: PlanDocument): string {
  if (nearest === null) {
    return candidates.length === 0 ? "Nothing may be bought: no shape has a price" : "Nothing holds in its simulation";
  }
  const { name, monthlyUsd, bottleneck: tight } = nearest;
  return `Nothing holds. Nearest: ${name}, ${formatUsd(monthlyUsd)} a month, but ${tight.name} needs ${planQuantity(tight.unit, tight.needed)} where ${planQuantity(tight.unit, tight.available)} is the limit`;
}

/** What stands, and what the recommendation saves against it. */
function against(standing: NonNullable<PlanDocument["standing"]>, saved: number, best: string): string {
  const { name, monthlyUsd, fits, bottleneck } = standing;
  if (best === name) return `It is what stands: ${formatUsd(monthlyUsd)} a month`;
  const holds = fits ? "which holds too" : `where ${bottleneck.name} is beyond its limit`;
  const told =
    saved >= 0
      ? `saves ${formatUsd(saved)} a month (${formatPercent(saved / monthlyUsd)}), ${formatUsd(12 * saved)} a year`
      : `costs ${formatUsd(-saved)} a month more`;
  return `Against what stands, ${name} at ${formatUsd(monthlyUsd)}, ${holds}: ${told}`;
}

function zoneText(loss: NonNullable<PlanDocument["zoneLoss"]>): string {
  const seconds = (value: number | null) => (value === null ? "never interrupted" : `after ${formatNumber(value)} s`);
  if (!loss.ended)
    return "Loss of a zone, simulated: DOES NOT HOLD: it had not been overcome when the simulation was over";
  return `Loss of a zone, simulated: ${loss.holds ? "holds" : "DOES NOT HOLD"}: writes ${seconds(loss.writesAfterSeconds)}, last error ${seconds(loss.errorsOverAfterSeconds)}, ${formatPercent(loss.availability)} of the requests answered, ${formatPercent(loss.keysKept)} of the keys kept`;
}

export function renderPlanText(plan: PlanDocument): string {
  const parts = [...planAnswer(plan)];
  if (plan.candidates.length > 0) {
    parts.push(
      "",
      table(
        ["shape", "$/month", "regret", "worlds", "hit rate", "p99", "tightest", "simulated", "its p99"],
        plan.candidates.map(one => [
          `${one.name === plan.recommendation ? "→ " : ""}${one.name}`,
          formatUsd(one.monthlyUsd),
          formatUsd(one.meanRegretUsd),
          formatPercent(one.holds),
          formatPercent(one.hitRate),
          ns(one.p99Ns),
          one.bottleneck.name,
          one.confirmation === null ? "-" : simulated(one.confirmation),
          ns(one.confirmation?.p99Ns ?? null),
        ]),
        [0, 6, 7],
      ),
    );
  }
  for (const one of plan.candidates) {
    const told = [
      ...(one.confirmation?.broken ?? []),
      ...(one.confirmation?.unclear ?? []).map(text => `unclear: ${text}`),
    ];
    if (told.length > 0) parts.push(`${one.name}: ${told.join(", ")}`);
  }
  if (plan.frontier.length > 1) {
    parts.push(
      "Cost against p99:",
      table(
        ["shape", "$/month", "p99", "hit rate"],
        plan.frontier.map(one => [one.name, formatUsd(one.monthlyUsd), ns(one.p99Ns), formatPercent(one.hitRate)]),
      ),
    );
  }
  if (plan.growth.length > 0) {
    parts.push(
      "As the load grows:",
      table(
        ["month", "load", "cheapest that holds", "$/month"],
        plan.growth.map(one => [
          String(one.month),
          `${formatNumber(one.multiple)}×`,
          one.name ?? "nothing holds",
          one.monthlyUsd === null ? "-" : formatUsd(one.monthlyUsd),
        ]),
        [2],
      ),
    );
  }
  if (plan.excuses.length > 0) {
    // By bottleneck: which node types, and the one that came nearest.
    const bottlenecks = [...new Set(plan.excuses.map(one => one.bottleneck))];
    const rows = bottlenecks.map(bottleneck => {
      const same = plan.excuses.filter(one => one.bottleneck === bottleneck);
      const { node, unit, needed, available } = same[0];
      const types = same.length === 1 ? node : `${node} and ${same.length - 1} more`;
      const shapes = same.reduce((sum, one) => sum + one.shapes, 0);
      return [bottleneck, String(shapes), types, planQuantity(unit, needed), planQuantity(unit, available)];
    });
    parts.push("Why not the others:", table(["bottleneck", "shapes", "types", "needed", "available"], rows, [0, 2]));
  }
  parts.push(
    `${plan.considered} shapes in ${plan.worlds} ${plan.worlds === 1 ? "world" : "worlds"}, prices of ${plan.prices.book} as of ${plan.prices.asOf}; regret: what a shape costs above the best of each world`,
  );
  return `${parts.join("\n")}\n`;
}

/** holds, sampled(1/16) */
export function simulated({ holds, fidelity }: NonNullable<PlanCandidate["confirmation"]>): string {
  return fidelity === "exact" ? verdict(holds) : `${verdict(holds)}, ${fidelity}`;
}

function verdict(holds: boolean | null): string {
  return holds === null ? "unclear" : holds ? "holds" : "fails";
}
