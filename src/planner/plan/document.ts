// A whole plan: closed form, simulations of the best, the loss of a zone, where it breaks; as the document that reports read.

import type { PlanDocument, PlanLimit } from "../../result/plan.ts";
import type { Built } from "../../scenarios/build.ts";
import { formatPercent, formatUsd } from "../../units.ts";
import { VERSION } from "../../version.ts";
import { type Confirmed, confirmAll } from "./confirm.ts";
import type { ConfirmOptions } from "./confirm-shape.ts";
import type { Confirmation } from "./confirmation.ts";
import type { Dimension } from "./dimension.ts";
import { breakingPoint, growthPath } from "./growth.ts";
import { Judge } from "./judge.ts";
import { type Candidate, makePlan, type Plan } from "./plan.ts";
import { baseParts, middleFactors, rateOf } from "./worlds.ts";
import { simulateZoneLoss, type ZoneLoss } from "./zone-loss.ts";

export interface PlanSource {
  readonly file: string;
  readonly content?: ConfirmOptions["content"];
  readonly overlays: readonly string[];
  readonly settings: readonly string[];
}

const NOTHING: Confirmed = { confirmations: [], order: [], skipped: [], significant: true, stopped: null };

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
  // One way to pay for each: the others do the same.
  const best = made.candidates
    .filter((one, i, all) => all.findIndex(other => other.shape.body === one.shape.body) === i)
    .slice(0, confirm);
  const confirmed = best.length === 0 ? NOTHING : await confirmAll(best, options);
  const told = new Map(
    best.flatMap(({ name, shape }) => {
      const found = confirmed.confirmations.find(one => one.name === name);
      return found === undefined ? [] : [[shape.body, found] as const];
    }),
  );
  const { chosen, losses } = await choose(made.candidates, told, confirmed, options);
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
    second: chosen === undefined ? null : secondOf(made, chosen, told),
    candidates: made.candidates.map(one =>
      candidateOf(one, told.get(one.shape.body), losses.get(one.shape.body) ?? null),
    ),
    order: [...confirmed.order],
    skipped: [...confirmed.skipped],
    stopped: confirmed.stopped,
    zoneLoss: (chosen === undefined ? [...losses.values()][0] : losses.get(chosen.shape.body)) ?? null,
    breaks: chosen === undefined ? null : breakingPoint(built, chosen.shape, judge),
    growth: growthPath(built, judge),
    frontier: [...made.frontier],
    excuses: made.excuses.map(one => ({ ...one, needed: finite(one.needed), available: finite(one.available) })),
    nearest: made.nearest === null ? null : { ...made.nearest, bottleneck: limitOf(made.nearest.bottleneck) },
  };
}

/** Simulations by body. */
type ToldBodies = ReadonlyMap<string, Confirmation>;

/**
 * The first that holds in its simulations, the loss of a zone among them where it was asked for. What could not be simulated stands by its
 * closed form, which the plan says; what was not to be simulated is not recommended before what was.
 */
async function choose(
  candidates: readonly Candidate[],
  told: ToldBodies,
  { skipped }: Confirmed,
  options: ConfirmOptions,
): Promise<{ readonly chosen: Candidate | undefined; readonly losses: ReadonlyMap<string, ZoneLoss> }> {
  const losses = new Map<string, ZoneLoss>();
  if (told.size === 0) return { chosen: candidates[0], losses };
  for (const one of candidates) {
    const { body } = one.shape;
    if (skipped.some(({ name }) => name === one.name)) return { chosen: one, losses };
    const holds = told.get(body)?.holds;
    if (holds === undefined || holds === false || losses.has(body)) continue;
    const loss = options.slo.zoneLoss ? await simulateZoneLoss(one.shape, options) : null;
    if (loss !== null) losses.set(body, loss);
    if (loss === null || loss.holds) return { chosen: one, losses };
  }
  return { chosen: undefined, losses };
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
      preload: preloadOf(part),
    })),
    // Another seed than the scenario's own: a plan must not hold by luck.
    seed: built.scenario.seed + 1,
  };
}

/** Keys with a time to live that somebody stores are there as often as they are alive. */
function preloadOf({ others, ttlSeconds, fill, writes }: ReturnType<typeof baseParts>[number]) {
  if (others.length > 0) return null;
  return ttlSeconds !== null && (fill || writes > 0) ? "steady" : "100%";
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
  told: Confirmation | undefined,
  loss: ZoneLoss | null,
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
    confirmation: told?.name === name ? withLoss(told, loss) : null,
  };
}

function withLoss(told: Confirmation, loss: ZoneLoss | null): PlanDocument["candidates"][number]["confirmation"] {
  const lost = loss !== null && !loss.holds;
  const broken = [...told.broken, ...(lost ? ["the loss of a zone"] : [])];
  return { ...told, holds: lost ? false : told.holds, broken, unclear: [...told.unclear] };
}

/** The next best that is something else than the same shape paid for in another way, and why it is not the first. */
function secondOf(made: Plan, chosen: Candidate, confirmed: ToldBodies): PlanDocument["second"] {
  const second = made.candidates.find(one => one.shape.body !== chosen.shape.body);
  if (second === undefined) return null;
  const told = confirmed.get(second.shape.body);
  const dearer = second.monthlyUsd - chosen.monthlyUsd;
  const why =
    told?.holds === false
      ? `its simulation does not hold: ${told.broken.join(", ")}`
      : second.holds < chosen.holds
        ? `it holds in ${formatPercent(second.holds)} of the worlds against ${formatPercent(chosen.holds)}`
        : `${formatUsd(Math.abs(dearer))} ${dearer >= 0 ? "dearer" : "cheaper"}, regret ${formatUsd(second.meanRegretUsd)} against ${formatUsd(chosen.meanRegretUsd)}`;
  return { name: second.name, why };
}
