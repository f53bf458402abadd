// A whole crossover: every offer over the load, where each crosses serverless and how sure that is, what choosing wrong costs,
// and how the crossing moves with value sizes and peaks.

import { isUnknownPrice } from "../../catalog/prices.ts";
import { bill } from "../../cost/bill.ts";
import { breakEven } from "../../cost/commitment.ts";
import { nodeCharges } from "../../cost/nodes.ts";
import type { CrossoverDocument, CrossoverOffer } from "../../result/crossover.ts";
import type { Built } from "../../scenarios/build.ts";
import { quantileOf } from "../../sim/statistics/quantile.ts";
import { VERSION } from "../../version.ts";
import { meanOf } from "../forms/sizes.ts";
import { engineSide } from "../plan/engine-side.ts";
import { shapeName } from "../plan/shapes.ts";
import { baseParts, drawWorlds, rateOf } from "../plan/worlds.ts";
import { type Crossings, crossingsOf, loadGrid } from "./crossing.ts";
import { type Factors, Ladder, type Priced } from "./ladder.ts";

const GRID = 34;
const COARSE_GRID = 14;
const VALUE_FACTORS = [0.1, 0.3, 1, 3, 10];
const PEAKS = [1, 2, 4, 8];

export interface CrossoverOptions {
  /** Null: what the scenario says. */
  readonly peakToMean: number | null;
  readonly worlds: number;
  /** Whose crossing the table over value sizes and peaks shows. */
  readonly heatOffer: string | null;
}

export function crossoverDocument(
  built: Built,
  options: CrossoverOptions,
  ladder = new Ladder(built),
): CrossoverDocument {
  const { scenario, book } = built;
  const base = baseParts(built);
  const worlds = drawWorlds(built, options.worlds).map(({ factors }) => factors);
  const middle: Factors = {
    load: worlds[0].rate,
    keys: worlds[0].keys,
    values: worlds[0].values,
    peakToMean: options.peakToMean,
  };
  const grid = loadGrid(ladder, GRID, middle.keys);
  const rows = grid.map(load => ladder.at({ ...middle, load }));
  const asked = ladder.at(middle);
  const elsewhere = worlds
    .slice(1)
    .map(world => ladder.at({ ...middle, load: world.rate, keys: world.keys, values: world.values }));
  const moved = worlds
    .slice(1)
    .map(world => crossingsIn(ladder, { ...middle, keys: world.keys, values: world.values }));
  const heatOffer = options.heatOffer ?? defaultHeat(ladder);
  const offers = ladder.offers.map(({ name, kind, purchase }): CrossoverOffer => {
    const here = asked.find(one => one.offer.name === name);
    const crossings = kind === "serverless" ? NEVER : crossingsOf(ladder, middle, grid, rows, name);
    const rates = moved.flatMap(world => world.get(name) ?? []).sort((a, b) => a - b);
    const all = crossings.forGood === null ? rates : [...rates, crossings.forGood.rate].sort((a, b) => a - b);
    return {
      name,
      kind,
      shape: here === undefined ? null : shapeName({ ...here.shape, purchase: "on-demand" }, scenario.cluster.engine),
      monthlyUsd: here?.monthlyUsd ?? null,
      ...commitment(built, here, purchase),
      regretUsd: regretOf(asked, name),
      meanRegretUsd: meanRegret([asked, ...elsewhere], name),
      ...crossings,
      interval:
        moved.length === 0 || all.length < worlds.length
          ? null
          : { low: quantileOf(all, 0.1), high: quantileOf(all, 0.9) },
      crosses: kind === "serverless" ? null : all.length / worlds.length,
    };
  });
  const peak = base.reduce((sum, part) => sum + rateOf(part), 0);
  return {
    kind: "cachecast-crossover",
    schemaVersion: 1,
    version: VERSION,
    scenario: scenario.name,
    seed: scenario.seed,
    prices: { book: book.name, asOf: book.asOf },
    rate: ladder.meanRate * middle.load,
    peakToMean: options.peakToMean ?? (ladder.meanRate === 0 ? 1 : Math.max(1, peak / ladder.meanRate)),
    meanValueBytes: meanValue(built),
    worlds: worlds.length,
    cheapest: cheapestOf(asked)?.offer.name ?? null,
    offers,
    ladder: grid.map((load, i) => ({
      rate: load * ladder.meanRate,
      cheapest: cheapestOf(rows[i])?.offer.name ?? null,
      monthlyUsd: Object.fromEntries(
        ladder.offers.map(({ name }) => [name, rows[i].find(one => one.offer.name === name)?.monthlyUsd ?? null]),
      ),
    })),
    heat: { offer: heatOffer, cells: heatOf(ladder, middle, heatOffer, meanValue(built)) },
  };
}

const NEVER: Crossings = { first: null, forGood: null };

/** The seed's claim is about a year; on demand where nothing is reserved. */
function defaultHeat({ offers }: Ladder): string {
  const names = offers.filter(one => one.kind === "nodes").map(one => one.name);
  return names.find(name => name === "reserved-1y-no-upfront") ?? names[0] ?? "";
}

/** Crossings for good of every offer in a world, on a coarse grid with the place between its points. */
function crossingsIn(ladder: Ladder, factors: Omit<Factors, "load">): Map<string, number> {
  const grid = loadGrid(ladder, COARSE_GRID, factors.keys);
  const rows = grid.map(load => ladder.at({ ...factors, load }));
  const found = new Map<string, number>();
  for (const { name, kind } of ladder.offers) {
    if (kind === "serverless") continue;
    const { forGood } = crossingsOf(ladder, factors, grid, rows, name);
    if (forGood !== null) found.set(name, forGood.rate);
  }
  return found;
}

function heatOf(ladder: Ladder, middle: Factors, offer: string, meanBytes: number): CrossoverDocument["heat"]["cells"] {
  const grid = loadGrid(ladder, COARSE_GRID, middle.keys);
  return VALUE_FACTORS.flatMap(values =>
    PEAKS.map(peakToMean => {
      const factors = { ...middle, values: middle.values * values, peakToMean };
      const rows = grid.map(load => ladder.at({ ...factors, load }));
      const here = ladder.at(factors);
      const nodes = cheapestOf(here.filter(one => one.offer.kind !== "serverless"));
      const serverless = cheapestOf(here.filter(one => one.offer.kind === "serverless"));
      return {
        valueBytes: Math.round(meanBytes * factors.values),
        peakToMean,
        forGood: crossingsOf(ladder, factors, grid, rows, offer).forGood,
        cheapest: cheapestOf(here)?.offer.name ?? null,
        savesUsd: nodes === null || serverless === null ? null : serverless.monthlyUsd - nodes.monthlyUsd,
      };
    }),
  );
}

function cheapestOf(priced: readonly Priced[]): Priced | null {
  return priced.reduce<Priced | null>(
    (best, one) => (best === null || one.monthlyUsd < best.monthlyUsd ? one : best),
    null,
  );
}

function regretOf(priced: readonly Priced[], name: string): number | null {
  const own = priced.find(one => one.offer.name === name);
  return own === undefined ? null : own.monthlyUsd - cheapestOf(priced)!.monthlyUsd;
}

function meanRegret(worlds: readonly (readonly Priced[])[], name: string): number | null {
  const all = worlds.map(priced => regretOf(priced, name));
  return all.some(one => one === null) ? null : all.reduce((sum: number, one) => sum + one!, 0) / all.length;
}

/** When a commitment has paid for itself, against the same nodes on demand. */
function commitment(
  built: Built,
  here: Priced | undefined,
  purchase: Priced["offer"]["purchase"],
): Pick<CrossoverOffer, "upfrontUsd" | "cashMonths" | "stayMonths"> {
  const none = { upfrontUsd: null, cashMonths: null, stayMonths: null };
  if (here === undefined || here.shape.kind === "serverless") return none;
  const { node, shards, replicas, engine } = here.shape;
  const usage = { node: node.type, engine: engineSide(built, engine).product, nodes: shards * (1 + replicas) };
  const [own, onDemand] = [purchase, "on-demand" as const].map(way =>
    nodeCharges({ ...usage, purchase: way }, built.book),
  );
  if (isUnknownPrice(own) || isUnknownPrice(onDemand)) return none;
  const paid = bill([own]);
  if (purchase === "on-demand") return { ...none, upfrontUsd: 0 };
  const { cashMonths, leavingMonths } = breakEven(paid, bill([onDemand]).monthlyUsd);
  return { upfrontUsd: paid.upfrontUsd, cashMonths, stayMonths: leavingMonths };
}

function meanValue(built: Built): number {
  const parts = baseParts(built).filter(part => rateOf(part) > 0);
  const keys = parts.reduce((sum, part) => sum + part.keys, 0);
  return parts.reduce((sum, part) => sum + part.keys * meanOf(part.sizes), 0) / Math.max(1, keys);
}
