// The plan: every shape in every world in closed form, excuses for those that do not fit, least regret for those that do.
//
// A world's regret of a shape is what the shape costs above the cheapest one that holds there; where the shape itself
// fails, it is what that cheapest one costs, times FAILURE: a plan that fails has to be replaced in a hurry. The shape with
// the least mean regret is recommended; confirm.ts simulates the best few.

import type { Built } from "../../scenarios/build.ts";
import { type WorldCurve, worldCurve } from "./curve.ts";
import { type Dimension, type Evaluation, Evaluator } from "./evaluate.ts";
import { type Shape, shapeName, shapesOf, standingShape } from "./shapes.ts";
import { baseParts, demandAt, drawWorlds } from "./worlds.ts";

export interface Candidate {
  readonly shape: Shape;
  readonly name: string;
  readonly monthlyUsd: number;
  readonly meanRegretUsd: number;
  /** Share of the worlds in which it holds. */
  readonly holds: number;
  /** In the middle world. */
  readonly middle: Evaluation;
}

export interface Excuse {
  readonly node: string;
  readonly bottleneck: string;
  readonly unit: Dimension["unit"];
  /** At the shape that comes nearest. */
  readonly needed: number;
  readonly available: number;
  readonly nearest: string;
  /** Shapes of this node type that fail for the same reason. */
  readonly shapes: number;
}

export interface Plan {
  readonly worlds: number;
  readonly considered: number;
  /** What the scenario describes, in the middle world; null where it has no nodes or no price. */
  readonly standing: { readonly name: string; readonly monthlyUsd: number; readonly middle: Evaluation } | null;
  /** By regret; at most a few. */
  readonly candidates: readonly Candidate[];
  readonly excuses: readonly Excuse[];
  /** When nothing holds in the middle world: what comes nearest. */
  readonly nearest: { readonly name: string; readonly monthlyUsd: number; readonly bottleneck: Dimension } | null;
  /** Cost against p99 of what holds in the middle world: nothing is cheaper and faster. */
  readonly frontier: readonly {
    readonly name: string;
    readonly monthlyUsd: number;
    readonly p99Ns: number;
    readonly hitRate: number;
  }[];
}

const FAILURE = 2;
const KEPT = 8;
/** Shapes dearer than so many times the cheapest one that holds everywhere are not looked at. */
const DEAREST = 8;

export function makePlan(built: Built, worldCount: number): Plan {
  const evaluator = new Evaluator(built);
  const curves = drawWorlds(built, worldCount).map(world => worldCurve(built, world));
  const shapes = shapesOf(built);
  const middle = shapes.map(shape => evaluator.evaluate(shape, curves[0]));
  const cheapest = middle.findIndex(one => one.fits);
  const bound = cheapest === -1 ? Number.POSITIVE_INFINITY : DEAREST * shapes[cheapest].nodesMonthlyUsd;
  const fits = new Map<number, boolean[]>();
  shapes.forEach((shape, i) => {
    if (cheapest === -1 || !middle[i].fits || shape.nodesMonthlyUsd > bound) return;
    fits.set(
      i,
      curves.map((curve, w) => (w === 0 ? true : evaluator.evaluate(shape, curve, false).fits)),
    );
  });
  const bestOf = curves.map((_, w) => {
    let best = Number.POSITIVE_INFINITY;
    for (const [i, holds] of fits) if (holds[w]) best = Math.min(best, shapes[i].nodesMonthlyUsd);
    return best;
  });
  const dearest = Math.max(0, ...[...fits.keys()].map(i => shapes[i].nodesMonthlyUsd));
  const candidates = [...fits].map(([i, holds]): Candidate => {
    const usd = shapes[i].nodesMonthlyUsd;
    let regret = 0;
    holds.forEach((ok, w) => {
      // A world that nothing survives is as dear for all.
      const best = Number.isFinite(bestOf[w]) ? bestOf[w] : dearest;
      regret += ok ? usd - best : FAILURE * best;
    });
    return {
      shape: shapes[i],
      name: shapeName(shapes[i]),
      monthlyUsd: usd,
      meanRegretUsd: regret / curves.length,
      holds: holds.filter(Boolean).length / curves.length,
      middle: middle[i],
    };
  });
  candidates.sort(
    (a, b) => a.meanRegretUsd - b.meanRegretUsd || a.monthlyUsd - b.monthlyUsd || a.name.localeCompare(b.name),
  );
  const stands = standingShape(built);
  return {
    standing:
      stands === null
        ? null
        : {
            name: shapeName(stands),
            monthlyUsd: stands.nodesMonthlyUsd,
            middle: evaluator.evaluate(stands, curves[0]),
          },
    worlds: curves.length,
    considered: shapes.length,
    candidates: candidates.slice(0, KEPT),
    excuses: excusesOf(shapes, middle),
    nearest: cheapest === -1 ? nearestOf(shapes, middle) : null,
    frontier: frontierOf(shapes, middle),
  };
}

function excusesOf(shapes: readonly Shape[], evaluations: readonly Evaluation[]): Excuse[] {
  const found = new Map<string, { excuse: Excuse; ratio: number }>();
  evaluations.forEach(({ fits, bottleneck }, i) => {
    if (fits) return;
    const { node } = shapes[i];
    const key = `${node.type} ${bottleneck.name}`;
    const known = found.get(key);
    const count = (known?.excuse.shapes ?? 0) + 1;
    if (known !== undefined && known.ratio <= bottleneck.ratio) {
      found.set(key, { ...known, excuse: { ...known.excuse, shapes: count } });
      return;
    }
    const { name, unit, needed, available } = bottleneck;
    const excuse = {
      node: node.type,
      bottleneck: name,
      unit,
      needed,
      available,
      nearest: shapeName(shapes[i]),
      shapes: count,
    };
    found.set(key, { excuse, ratio: bottleneck.ratio });
  });
  return [...found.values()]
    .map(one => one.excuse)
    .sort((a, b) => a.node.localeCompare(b.node) || a.bottleneck.localeCompare(b.bottleneck));
}

function nearestOf(shapes: readonly Shape[], evaluations: readonly Evaluation[]): Plan["nearest"] {
  if (shapes.length === 0) return null;
  let best = 0;
  evaluations.forEach((one, i) => {
    if (one.bottleneck.ratio < evaluations[best].bottleneck.ratio - 1e-9) best = i;
  });
  return {
    name: shapeName(shapes[best]),
    monthlyUsd: shapes[best].nodesMonthlyUsd,
    bottleneck: evaluations[best].bottleneck,
  };
}

function frontierOf(shapes: readonly Shape[], evaluations: readonly Evaluation[]): Plan["frontier"] {
  const frontier: { name: string; monthlyUsd: number; p99Ns: number; hitRate: number }[] = [];
  let fastest = Number.POSITIVE_INFINITY;
  // Shapes come cheapest first.
  evaluations.forEach(({ fits, p99Ns, hitRate }, i) => {
    if (!fits || p99Ns >= 0.98 * fastest) return;
    fastest = p99Ns;
    frontier.push({ name: shapeName(shapes[i]), monthlyUsd: shapes[i].nodesMonthlyUsd, p99Ns, hitRate });
  });
  return frontier;
}

export interface BreakingPoint {
  /** Multiple of the middle world's rate and keys up to which it holds. */
  readonly multiple: number;
  readonly bottleneck: string;
  /** Months until then at the growth of the scenario; null without growth. */
  readonly months: number | null;
}

const MOST = 64;

/** Where a shape breaks when rate and keys grow together, and what breaks first. */
export function breakingPoint(built: Built, shape: Shape): BreakingPoint {
  const evaluator = new Evaluator(built);
  const base = baseParts(built);
  const { factors } = drawWorlds(built, 1)[0];
  const at = (multiple: number): Evaluation => {
    const world = demandAt(base, {
      rate: factors.rate * multiple,
      keys: factors.keys * multiple,
      values: factors.values,
    });
    const curve: WorldCurve = worldCurve(built, world);
    return evaluator.evaluate(shape, curve);
  };
  let low = 1;
  let high = 2;
  while (high < MOST && at(high).fits) {
    low = high;
    high *= 2;
  }
  for (let i = 0; i < 12; i++) {
    const middle = Math.sqrt(low * high);
    if (at(middle).fits) low = middle;
    else high = middle;
  }
  const { growth } = built.scenario.plan;
  return {
    multiple: low,
    bottleneck: at(high).bottleneck.name,
    months: growth === 0 ? null : Math.log(low) / Math.log1p(growth),
  };
}
