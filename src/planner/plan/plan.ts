// The plan: every shape in every world in closed form, excuses for those that do not fit, least regret for those that do.
//
// A world's regret of a shape is what the shape costs above the cheapest one that holds there; where the shape itself
// fails, it is what that cheapest one costs, times FAILURE: a plan that fails has to be replaced in a hurry. The shape with
// the least mean regret is recommended; confirm.ts simulates the best few.

import type { Built } from "../../scenarios/build.ts";
import { type WorldCurve, worldCurve } from "./curve.ts";
import type { Dimension } from "./dimension.ts";
import type { Evaluation } from "./evaluate.ts";
import { Judge } from "./judge.ts";
import { nodeShapes, type Shape, serverlessShapes, shapeName, shapeType, standingShape } from "./shapes.ts";
import { baseParts, demandAt, drawWorlds, middleFactors } from "./worlds.ts";

export interface Candidate {
  readonly shape: Shape;
  readonly name: string;
  /** In the middle world; a serverless cache costs something else in each. */
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

/** So many that hold everywhere are enough: whatever is dearer has more regret. */
const ENOUGH = 12;

interface Judged {
  readonly shape: Shape;
  readonly name: string;
  readonly middle: Evaluation;
}

export function makePlan(built: Built, worldCount: number): Plan {
  const judge = new Judge(built);
  const own = built.scenario.cluster.engine;
  const curves = drawWorlds(built, worldCount).map(world => worldCurve(built, world));
  const judged: Judged[] = judge
    .rank(built, curves[0])
    .map(({ shape, told }) => ({ shape, name: shapeName(shape, own), middle: told }));
  const holding = judged.filter(one => one.middle.fits);
  const bound = holding.length === 0 ? 0 : DEAREST * holding[0].middle.monthlyUsd;
  const told: { one: Judged; costs: number[]; holds: boolean[] }[] = [];
  let everywhere = 0;
  for (const one of holding) {
    const isNodes = one.shape.kind === "nodes";
    // Serverless is always looked at: what it costs differs from world to world.
    if (isNodes && (one.middle.monthlyUsd > bound || everywhere >= ENOUGH)) continue;
    const worlds = curves.map((curve, w) => (w === 0 ? one.middle : judge.evaluate(one.shape, curve, false)));
    const holds = worlds.map(world => world.fits);
    if (isNodes && holds.every(Boolean)) everywhere++;
    told.push({ one, costs: worlds.map(world => world.monthlyUsd), holds });
  }
  const bestOf = curves.map((_, w) =>
    told.reduce((best, { costs, holds }) => (holds[w] ? Math.min(best, costs[w]) : best), Number.POSITIVE_INFINITY),
  );
  const dearest = told.reduce((most, { costs }) => Math.max(most, ...costs), 0);
  const candidates = told.map(({ one, costs, holds }): Candidate => {
    let regret = 0;
    holds.forEach((ok, w) => {
      // A world that nothing survives is as dear for all.
      const best = Number.isFinite(bestOf[w]) ? bestOf[w] : dearest;
      regret += ok ? costs[w] - best : FAILURE * best;
    });
    return {
      shape: one.shape,
      name: one.name,
      monthlyUsd: one.middle.monthlyUsd,
      meanRegretUsd: regret / curves.length,
      holds: holds.filter(Boolean).length / curves.length,
      middle: one.middle,
    };
  });
  candidates.sort(
    (a, b) => a.meanRegretUsd - b.meanRegretUsd || a.monthlyUsd - b.monthlyUsd || a.name.localeCompare(b.name),
  );
  const detailed = (shape: Shape) => judge.evaluate(shape, curves[0]);
  const stands = standingShape(built, judge.nodes.side(own));
  const standing = stands === null ? null : detailed(stands);
  return {
    standing:
      stands === null || standing === null
        ? null
        : { name: shapeName(stands, own), monthlyUsd: standing.monthlyUsd, middle: standing },
    worlds: curves.length,
    considered: judged.length,
    candidates: candidates.slice(0, KEPT).map(one => ({ ...one, middle: detailed(one.shape) })),
    excuses: excusesOf(judged, detailed),
    nearest: holding.length === 0 ? nearestOf(judged, detailed) : null,
    frontier: frontierOf(holding, detailed),
  };
}

/** One for each type and bottleneck, of the shape that comes nearest. */
function excusesOf(judged: readonly Judged[], detailed: (shape: Shape) => Evaluation): Excuse[] {
  const found = new Map<string, { readonly one: Judged; readonly shapes: number }>();
  for (const one of judged) {
    if (one.middle.fits) continue;
    const key = `${shapeType(one.shape)} ${one.middle.bottleneck.name}`;
    const known = found.get(key);
    const nearer = known === undefined || one.middle.bottleneck.ratio < known.one.middle.bottleneck.ratio;
    found.set(key, { one: nearer ? one : known.one, shapes: (known?.shapes ?? 0) + 1 });
  }
  return [...found.values()]
    .map(({ one, shapes }): Excuse => {
      const { name, unit, needed, available } = detailed(one.shape).bottleneck;
      return { node: shapeType(one.shape), bottleneck: name, unit, needed, available, nearest: one.name, shapes };
    })
    .sort((a, b) => a.node.localeCompare(b.node) || a.bottleneck.localeCompare(b.bottleneck));
}

function nearestOf(judged: readonly Judged[], detailed: (shape: Shape) => Evaluation): Plan["nearest"] {
  if (judged.length === 0) return null;
  const best = judged.reduce((nearest, one) =>
    one.middle.bottleneck.ratio < nearest.middle.bottleneck.ratio - 1e-9 ? one : nearest,
  );
  const { monthlyUsd, bottleneck } = detailed(best.shape);
  return { name: best.name, monthlyUsd, bottleneck };
}

/** Cheapest first: what is dearer stands there only if it is faster. Replicas and purchase make nothing faster. */
function frontierOf(holding: readonly Judged[], detailed: (shape: Shape) => Evaluation): Plan["frontier"] {
  const frontier: { name: string; monthlyUsd: number; p99Ns: number; hitRate: number }[] = [];
  const seen = new Set<string>();
  let fastest = Number.POSITIVE_INFINITY;
  for (const { shape, name, middle } of holding) {
    const key = `${shapeType(shape)} ${shape.engine} ${shape.kind === "nodes" ? shape.shards : ""}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const { p99Ns, hitRate } = detailed(shape);
    if (p99Ns >= 0.98 * fastest) continue;
    fastest = p99Ns;
    frontier.push({ name, monthlyUsd: middle.monthlyUsd, p99Ns, hitRate });
  }
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
  const judge = new Judge(built);
  const base = baseParts(built);
  const factors = middleFactors(built);
  const at = (multiple: number): Evaluation => {
    const world = demandAt(base, {
      rate: factors.rate * multiple,
      keys: factors.keys * multiple,
      values: factors.values,
    });
    const curve: WorldCurve = worldCurve(built, world);
    return judge.evaluate(shape, curve, false);
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

export interface GrowthStep {
  readonly month: number;
  /** Of today's load. */
  readonly multiple: number;
  /** Null: nothing holds. */
  readonly name: string | null;
  readonly monthlyUsd: number | null;
}

const MONTHS = [0, 3, 6, 12, 18, 24, 36];

/** What to buy as the load grows: the cheapest that holds in the middle world of each month. Empty without growth. */
export function growthPath(built: Built): GrowthStep[] {
  const { growth } = built.scenario.plan;
  if (growth === 0) return [];
  const judge = new Judge(built);
  const shapes: Shape[] = [...serverlessShapes(built), ...nodeShapes(built)];
  const base = baseParts(built);
  const factors = middleFactors(built);
  return MONTHS.map((month): GrowthStep => {
    const multiple = (1 + growth) ** month;
    const world = demandAt(base, { ...factors, rate: factors.rate * multiple, keys: factors.keys * multiple });
    const best = judge.cheapest(shapes, worldCurve(built, world));
    if (best === null) return { month, multiple, name: null, monthlyUsd: null };
    const name = shapeName(best.shape, built.scenario.cluster.engine);
    return { month, multiple, name, monthlyUsd: best.told.monthlyUsd };
  });
}
