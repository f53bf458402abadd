// What becomes of a plan as the load grows: what breaks first and when, and what to buy then.

import type { Built } from "../../scenarios/build.ts";
import { worldCurve } from "./curve.ts";
import type { Evaluation } from "./evaluation.ts";
import { Judge } from "./judge.ts";
import { type Shape, shapeName } from "./shapes.ts";
import { baseParts, demandAt, middleFactors } from "./worlds.ts";

/** The curve of the middle world at so many times its rate and keys. */
function grownCurve(built: Built) {
  const base = baseParts(built);
  const { rate, keys, values } = middleFactors(built);
  return (multiple: number) =>
    worldCurve(built, demandAt(base, { rate: rate * multiple, keys: keys * multiple, values }));
}

export interface BreakingPoint {
  /** Multiple of the middle world's rate and keys up to which it holds. */
  readonly multiple: number;
  /** Null: it holds as far as was looked. */
  readonly bottleneck: string | null;
  /** Months until then at the growth of the scenario; null without growth. */
  readonly months: number | null;
}

const MOST = 64;
const HALVINGS = 12;

/** Where a shape that holds breaks when rate and keys grow together, and what breaks first. */
export function breakingPoint(built: Built, shape: Shape, judge = new Judge(built)): BreakingPoint {
  const curveAt = grownCurve(built);
  const at = (multiple: number): Evaluation => judge.evaluate(shape, curveAt(multiple));
  const { growth } = built.scenario.plan;
  const monthsTo = (multiple: number) => (growth === 0 ? null : Math.log(multiple) / Math.log1p(growth));
  let low = 1;
  let broken: { readonly multiple: number; readonly told: Evaluation } | null = null;
  for (let high = 2; high <= MOST && broken === null; high *= 2) {
    const told = at(high);
    if (told.fits) low = high;
    else broken = { multiple: high, told };
  }
  if (broken === null) return { multiple: low, bottleneck: null, months: monthsTo(low) };
  for (let i = 0; i < HALVINGS; i++) {
    const multiple = Math.sqrt(low * broken.multiple);
    const told = at(multiple);
    if (told.fits) low = multiple;
    else broken = { multiple, told };
  }
  return { multiple: low, bottleneck: broken.told.bottleneck.name, months: monthsTo(low) };
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
export function growthPath(built: Built, judge = new Judge(built)): GrowthStep[] {
  const { growth } = built.scenario.plan;
  if (growth === 0) return [];
  const curveAt = grownCurve(built);
  return MONTHS.map((month): GrowthStep => {
    const multiple = (1 + growth) ** month;
    const best = judge.cheapest(judge.shapes, curveAt(multiple));
    if (best === null) return { month, multiple, name: null, monthlyUsd: null };
    const name = shapeName(best.shape, built.scenario.cluster.engine);
    return { month, multiple, name, monthlyUsd: best.monthlyUsd };
  });
}
