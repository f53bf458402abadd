// A whole plan: closed form, simulations of the best, the loss of a zone, where it breaks; as the document that reports read.

import type { PlanDocument, PlanLimit } from "../../result/plan.ts";
import type { Built } from "../../scenarios/build.ts";
import { formatPercent, formatUsd } from "../../units.ts";
import { VERSION } from "../../version.ts";
import { type Confirmed, type ConfirmOptions, confirmAll } from "./confirm.ts";
import type { Dimension } from "./dimension.ts";
import { breakingPoint, growthPath } from "./growth.ts";
import { Judge } from "./judge.ts";
import { type Candidate, makePlan, type Plan } from "./plan.ts";
import { baseParts, middleFactors, rateOf } from "./worlds.ts";
import { simulateZoneLoss } from "./zone-loss.ts";

export interface PlanSource {
  readonly file: string;
  readonly content?: ConfirmOptions["content"];
  readonly overlays: readonly string[];
  readonly settings: readonly string[];
}

const NOTHING: Confirmed = { confirmations: [], order: [], significant: true, stopped: null };

/** `confirm`: how many of the best are simulated. */
export async function planDocument(
  built: Built,
  source: PlanSource,
  worlds: number,
  confirm: number,
): Promise<PlanDocument> {
  const judge = new Judge(built);
  const made = makePlan(built, worlds, judge);
  const options = confirmOptions(built, source);
  const best = made.candidates.slice(0, confirm);
  const confirmed = best.length === 0 ? NOTHING : await confirmAll(best, options);
  const chosen = made.candidates.find((_, i) => {
    const told = confirmed.confirmations[i];
    return told === undefined ? confirmed.confirmations.length === 0 : told.holds !== false;
  });
  const { slo, cluster } = built.scenario;
  const zones =
    slo.zoneLoss && chosen !== undefined && confirmed.confirmations.length > 0 && cluster.mode === "cluster";
  const standing = made.standing;
  return {
    kind: "cachecast-plan",
    schemaVersion: 1,
    version: VERSION,
    scenario: built.scenario.name,
    seed: built.scenario.seed,
    prices: { book: built.book.name, asOf: built.book.asOf },
    worlds: made.worlds,
    considered: made.considered,
    recommendation: chosen?.name ?? null,
    standing:
      standing === null
        ? null
        : {
            name: standing.name,
            monthlyUsd: standing.monthlyUsd,
            fits: standing.middle.fits,
            bottleneck: limitOf(standing.middle.bottleneck),
          },
    savesUsd: standing === null || chosen === undefined ? null : standing.monthlyUsd - chosen.monthlyUsd,
    second: chosen === undefined ? null : secondOf(made, chosen, confirmed),
    candidates: made.candidates.map((one, i) => candidateOf(one, confirmed.confirmations[i] ?? null)),
    order: [...confirmed.order],
    stopped: confirmed.stopped,
    zoneLoss: zones ? await simulateZoneLoss(chosen.shape, options) : null,
    breaks: chosen === undefined ? null : breakingPoint(built, chosen.shape, judge),
    growth: growthPath(built, judge),
    frontier: [...made.frontier],
    excuses: made.excuses.map(one => ({ ...one, needed: finite(one.needed), available: finite(one.available) })),
    nearest: made.nearest === null ? null : { ...made.nearest, bottleneck: limitOf(made.nearest.bottleneck) },
  };
}

function confirmOptions(built: Built, source: PlanSource): ConfirmOptions {
  const factors = middleFactors(built);
  return {
    ...source,
    slo: built.scenario.slo,
    valueFactor: factors.values,
    workloads: baseParts(built).map((part, i) => ({
      rate: rateOf(part) * factors.rate,
      pipeline: built.scenario.workload[i].pipeline,
      keys: Math.max(1, Math.round(part.keys * factors.keys)),
      preloads: part.others.length === 0,
    })),
    // Another seed than the scenario's own: a plan must not hold by luck.
    seed: built.scenario.seed + 1,
  };
}

/** JSON knows no infinity. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function limitOf({ name, unit, needed, available, ratio }: Dimension): PlanLimit {
  return { name, unit, needed: finite(needed), available: finite(available), ratio: finite(ratio) };
}

function candidateOf(
  { shape, name, monthlyUsd, meanRegretUsd, holds, middle, p50Ns, p99Ns }: Candidate,
  told: Confirmed["confirmations"][number] | null,
): PlanDocument["candidates"][number] {
  const isNodes = shape.kind === "nodes";
  return {
    name,
    monthlyUsd,
    kind: shape.kind,
    engine: shape.engine,
    node: isNodes ? shape.node.type : null,
    shards: isNodes ? shape.shards : null,
    replicas: isNodes ? shape.replicas : null,
    purchase: shape.purchase,
    trafficUsd: middle.trafficUsd,
    meanRegretUsd,
    holds,
    hitRate: middle.hitRate,
    p50Ns: finite(p50Ns),
    p99Ns: finite(p99Ns),
    memoryUse: middle.memoryUse,
    cpuUse: middle.cpuUse,
    bottleneck: limitOf(middle.bottleneck),
    confirmation: told === null ? null : { ...told, broken: [...told.broken], unclear: [...told.unclear] },
  };
}

/** The next best that is something else than the same shape paid for in another way, and why it is not the first. */
function secondOf(made: Plan, chosen: Candidate, { confirmations }: Confirmed): PlanDocument["second"] {
  const second = made.candidates.find(one => one.shape.body !== chosen.shape.body);
  if (second === undefined) return null;
  const told = confirmations[made.candidates.indexOf(second)];
  const dearer = second.monthlyUsd - chosen.monthlyUsd;
  const why =
    told?.holds === false
      ? `its simulation does not hold: ${told.broken.join(", ")}`
      : second.holds < chosen.holds
        ? `it holds in ${formatPercent(second.holds)} of the worlds against ${formatPercent(chosen.holds)}`
        : `${formatUsd(Math.abs(dearer))} ${dearer >= 0 ? "dearer" : "cheaper"}, regret ${formatUsd(second.meanRegretUsd)} against ${formatUsd(chosen.meanRegretUsd)}`;
  return { name: second.name, why };
}
