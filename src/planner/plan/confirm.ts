// The best few shapes of a plan, simulated in the middle world: the scenario with each of them, caches as after having run for long, and the
// same random draws for all (replication r of every shape has the same seed).
//
// Replications are added until it is clear for every shape whether each objective holds (the Student interval of the
// figure lies on one side of its limit) and until neighbours in cost are told apart (the interval of their paired
// difference leaves out zero, or lies within a hundredth of the bill), or until the budget of stores and requests is spent, which is said.
//
// What is too large for the budget is simulated as a sample of its keys (docs/models.md, 27), as small a one as the budget asks for and the
// scenario allows. Where it allows none, a shape may cost four times its part of the budget; beyond that it is not simulated, and the plan says why.

import { ScenarioError } from "../../scenarios/issue.ts";
import type { Loaded } from "../../scenarios/load.ts";
import { runScenario } from "../../scenarios/run.ts";
import type { Scenario } from "../../scenarios/schema.ts";
import { type ConfirmOptions, type Extent, fidelityName, loadShape } from "./confirm-shape.ts";
import { type Confirmation, confirmationOf, figuresOf, type Order, orderOf, type Run } from "./confirmation.ts";
import type { Candidate } from "./plan.ts";
import type { Shape } from "./shapes.ts";

export interface Confirmed {
  /** Of those that were simulated. */
  readonly confirmations: readonly Confirmation[];
  readonly order: readonly Order[];
  /** Shapes that were not, and why. */
  readonly skipped: readonly { readonly name: string; readonly why: string }[];
  /** Every objective and every pair is clear. */
  readonly significant: boolean;
  /** Why nothing was simulated, or why it ended early; null: it is clear. */
  readonly stopped: string | null;
}

const REQUESTS = 40_000;
const SHORTEST_SECONDS = 4;
const WARM_SHARE = 0.25;
const LEAST = 3;
const MOST = 10;
const BUDGET = 4_000_000;
/** By which the least that is simulated may go beyond the budget where nothing can be sampled. */
const STRETCH = 4;
const MOST_KEYS_PER = 4_096;

/** A shape that can be simulated. */
interface Ready {
  readonly name: string;
  readonly fidelity: string;
  /** Stores and requests of one run. */
  readonly weight: number;
  readonly loaded: Loaded;
  readonly runs: Run[];
}

export async function confirmAll(candidates: readonly Candidate[], options: ConfirmOptions): Promise<Confirmed> {
  const budget = options.budget ?? BUDGET;
  const share = budget / candidates.length / LEAST;
  const tried = await Promise.all(candidates.map(one => ready(one, options, share)));
  const simulated = tried.flatMap(one => ("why" in one ? [] : [one]));
  const skipped = tried.flatMap(one => ("why" in one ? [one] : []));
  if (simulated.length === 0) {
    const [first] = skipped;
    const stopped = `not simulated: ${first.why}; fewer keys (demand.keys), or the closed form is what there is`;
    return { confirmations: [], order: [], skipped, significant: false, stopped };
  }
  const weight = simulated.reduce((sum, one) => sum + one.weight, 0);
  const most = Math.max(LEAST, Math.min(MOST, Math.floor(budget / Math.max(1, weight))));
  let told = judged(simulated, options.slo);
  for (let r = 0; r < most && !(r >= LEAST && told.significant); r++) {
    for (const { loaded, runs } of simulated) {
      runs.push(figuresOf(await runScenario(loaded, { seed: options.seed + r })));
    }
    told = judged(simulated, options.slo);
  }
  const made = simulated[0].runs.length;
  const why =
    made === MOST
      ? "a plan makes no more"
      : `${millions(made * weight)} million stores and requests against a budget of ${millions(budget)} million`;
  return { ...told, skipped, stopped: told.significant ? null : `not clear after ${made} replications: ${why}` };
}

function millions(count: number): string {
  return String(Number((count / 1e6).toPrecision(2)));
}

/** `share`: stores and requests that one run of a shape may take. */
async function ready(
  { name, shape }: Candidate,
  options: ConfirmOptions,
  share: number,
): Promise<Ready | { readonly name: string; readonly why: string }> {
  const exact = weightOf(shape, options, 1);
  const load = async (keysPer: number): Promise<Ready> => ({
    name,
    fidelity: fidelityName(keysPer),
    weight: weightOf(shape, options, keysPer),
    loaded: await loadShape(shape, options, extentOf(options, keysPer)),
    runs: [],
  });
  if (exact <= share) return load(1);
  let refused = "would be too many as the smallest sample too";
  for (let keysPer = sampleFor(shape, options, share); keysPer >= 2; keysPer /= 2) {
    // Half of the sample is twice the work.
    if (weightOf(shape, options, keysPer) > STRETCH * share) break;
    try {
      return await load(keysPer);
    } catch (error) {
      if (!(error instanceof ScenarioError) || error.issues.length === 0) throw error;
      refused = error.issues[0].message.replace(/; use «.*$/u, "");
    }
  }
  if (exact <= STRETCH * share) return load(1);
  return { name, why: `${LEAST} runs are ${millions(LEAST * exact)} million stores and requests: it ${refused}` };
}

/** The largest sample, in powers of two, that keeps within so much work. */
function sampleFor(shape: Shape, options: ConfirmOptions, share: number): number {
  let keysPer = 2;
  while (keysPer < MOST_KEYS_PER && weightOf(shape, options, keysPer) > share) keysPer *= 2;
  return keysPer;
}

function rateOf({ workloads }: ConfirmOptions): number {
  return workloads.reduce((sum, one) => sum + one.rate, 0);
}

/** A sample has its requests in as much less of the time. */
function extentOf(options: ConfirmOptions, keysPer: number): Extent {
  const seconds = Math.ceil(Math.max(SHORTEST_SECONDS, (keysPer * REQUESTS) / Math.max(1, rateOf(options))));
  return { keysPer, seconds, warmupSeconds: Math.ceil(seconds * WARM_SHARE) };
}

function weightOf(shape: Shape, options: ConfirmOptions, keysPer: number): number {
  const keys = options.workloads.reduce((sum, one) => sum + (one.preload === null ? 0 : one.keys), 0);
  const members = shape.kind === "nodes" ? 1 + shape.replicas : 1;
  return (keys * members + rateOf(options) * extentOf(options, keysPer).seconds) / keysPer;
}

function judged(simulated: readonly Ready[], slo: Scenario["slo"]): Omit<Confirmed, "stopped" | "skipped"> {
  const confirmations = simulated.map(({ name, fidelity, runs }) => confirmationOf(name, fidelity, runs, slo));
  const order = orderOf(simulated);
  const significant = confirmations.every(one => one.holds !== null) && order.every(pair => pair.significant);
  return { confirmations, order, significant };
}
