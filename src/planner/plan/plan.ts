// The plan: every shape in every world in closed form, excuses for those that do not fit, least regret for those that do.
//
// A world's regret of a shape is what the shape costs above the cheapest one that holds there; where the shape itself
// fails, it is what that cheapest one costs, times FAILURE: a plan that fails has to be replaced in a hurry. The shape with
// the least mean regret is recommended; confirm.ts simulates the best few.

import { assert } from "../../assert.ts";
import type { Built } from "../../scenarios/build.ts";
import type { Scenario } from "../../scenarios/schema.ts";
import { worldCurve } from "./curve.ts";
import type { Dimension } from "./dimension.ts";
import { type Evaluation, isSlower, latencyNs, measured } from "./evaluation.ts";
import { Judge, type Told } from "./judge.ts";
import { type Shape, shapeName, shapeType, standingShape } from "./shapes.ts";
import { drawWorlds } from "./worlds.ts";

export interface Candidate {
  readonly shape: Shape;
  readonly name: string;
  /** In the middle world; a serverless cache costs something else in each. */
  readonly monthlyUsd: number;
  readonly meanRegretUsd: number;
  /** Share of the worlds in which it holds. */
  readonly holds: number;
  /** In the middle world, with percentiles as numbers. */
  readonly middle: Evaluation;
  readonly p50Ns: number;
  readonly p99Ns: number;
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

interface Judged extends Told {
  readonly name: string;
}

/** A shape in every world. */
interface Tried extends Judged {
  readonly costs: readonly number[];
  readonly holds: readonly boolean[];
}

export function makePlan(built: Built, worldCount: number, judge = new Judge(built)): Plan {
  const { slo, cluster } = built.scenario;
  const own = cluster.engine;
  const curves = drawWorlds(built, worldCount).map(world => worldCurve(built, world));
  const judged: Judged[] = judge.shapes
    .map(shape => ({ ...judge.tell(shape, curves[0]), name: shapeName(shape, own) }))
    .sort((a, b) => a.monthlyUsd - b.monthlyUsd);
  const holding = judged.filter(one => one.told.fits);
  const bound = holding.length === 0 ? 0 : DEAREST * holding[0].monthlyUsd;
  const tried: Tried[] = [];
  let everywhere = 0;
  for (const one of holding) {
    const isNodes = one.shape.kind === "nodes";
    // Serverless is always looked at: what it costs differs from world to world.
    if (isNodes && (one.monthlyUsd > bound || everywhere >= ENOUGH)) continue;
    const worlds = curves.map(curve => judge.tell(one.shape, curve));
    const holds = worlds.map(world => world.told.fits);
    if (isNodes && holds.every(Boolean)) everywhere++;
    tried.push({ ...one, costs: worlds.map(world => world.monthlyUsd), holds });
  }
  const stands = standingShape(built, judge.nodes.side(own));
  return {
    standing: stands === null ? null : standingOf(judge.tell(stands, curves[0]), built),
    worlds: curves.length,
    considered: judged.length,
    candidates: byRegret(tried, curves.length)
      .slice(0, KEPT)
      .map(one => candidateOf(one, slo)),
    excuses: excusesOf(judged, slo),
    nearest: holding.length === 0 ? nearestOf(judged, slo) : null,
    frontier: frontierOf(holding),
  };
}

function standingOf({ shape, told, monthlyUsd }: Told, { scenario: { slo, cluster } }: Built): Plan["standing"] {
  return { name: shapeName(shape, cluster.engine), monthlyUsd, middle: measured(told, slo) };
}

interface Regretted extends Tried {
  readonly meanRegretUsd: number;
}

function byRegret(tried: readonly Tried[], worlds: number): Regretted[] {
  const dearest = tried.reduce((most, { costs }) => Math.max(most, ...costs), 0);
  const bestOf = Array.from({ length: worlds }, (_, w) => {
    const best = tried.reduce(
      (least, { costs, holds }) => (holds[w] ? Math.min(least, costs[w]) : least),
      Number.POSITIVE_INFINITY,
    );
    // A world that nothing survives is as dear for all.
    return Number.isFinite(best) ? best : dearest;
  });
  return tried
    .map((one): Regretted => {
      const regrets = one.holds.map((ok, w) => (ok ? one.costs[w] - bestOf[w] : FAILURE * bestOf[w]));
      return { ...one, meanRegretUsd: regrets.reduce((sum, usd) => sum + usd, 0) / worlds };
    })
    .sort((a, b) => a.meanRegretUsd - b.meanRegretUsd || a.monthlyUsd - b.monthlyUsd || a.name.localeCompare(b.name));
}

function candidateOf(
  { shape, name, monthlyUsd, meanRegretUsd, holds, told }: Regretted,
  slo: Scenario["slo"],
): Candidate {
  return {
    shape,
    name,
    monthlyUsd,
    meanRegretUsd,
    holds: holds.filter(Boolean).length / holds.length,
    middle: measured(told, slo),
    p50Ns: latencyNs(told, 0.5),
    p99Ns: latencyNs(told, 0.99),
  };
}

/** One for each type and bottleneck, of the shape that comes nearest. */
function excusesOf(judged: readonly Judged[], slo: Scenario["slo"]): Excuse[] {
  const found = new Map<string, { readonly one: Judged; readonly shapes: number }>();
  for (const one of judged) {
    if (one.told.fits) continue;
    const key = `${shapeType(one.shape)} ${one.told.bottleneck.name}`;
    const known = found.get(key);
    const nearer = known === undefined || one.told.bottleneck.ratio < known.one.told.bottleneck.ratio;
    found.set(key, { one: nearer ? one : known.one, shapes: (known?.shapes ?? 0) + 1 });
  }
  return [...found.values()]
    .map(({ one, shapes }): Excuse => {
      const { name, unit, needed, available } = measured(one.told, slo).bottleneck;
      return { node: shapeType(one.shape), bottleneck: name, unit, needed, available, nearest: one.name, shapes };
    })
    .sort((a, b) => a.node.localeCompare(b.node) || a.bottleneck.localeCompare(b.bottleneck));
}

function nearestOf(judged: readonly Judged[], slo: Scenario["slo"]): Plan["nearest"] {
  if (judged.length === 0) return null;
  const { name, monthlyUsd, told } = judged.reduce((nearest, one) =>
    one.told.bottleneck.ratio < nearest.told.bottleneck.ratio - 1e-9 ? one : nearest,
  );
  return { name, monthlyUsd, bottleneck: measured(told, slo).bottleneck };
}

/** What is dearer stands on the frontier only if it is faster by so much. */
const FASTER = 0.98;

/** Cheapest first. Ways of paying make nothing faster. */
function frontierOf(holding: readonly Judged[]): Plan["frontier"] {
  const frontier: { name: string; monthlyUsd: number; p99Ns: number; hitRate: number }[] = [];
  const seen = new Set<string>();
  let fastest = Number.POSITIVE_INFINITY;
  for (const { shape, name, monthlyUsd, told } of holding) {
    const { path } = told;
    assert(path !== null, "what holds has a steady state");
    if (seen.has(shape.body)) continue;
    seen.add(shape.body);
    if (Number.isFinite(fastest) && isSlower(path, FASTER * fastest, 0.99)) continue;
    fastest = latencyNs(told, 0.99);
    frontier.push({ name, monthlyUsd, p99Ns: fastest, hitRate: told.hitRate });
  }
  return frontier;
}
