// What each offer costs at a load: serverless caches by use, and for every way of paying the cheapest nodes that hold the
// scenario's objectives there. So the number and the type of nodes step as they must.
//
// A load is the mean rate; keys grow with it (twice the users ask for twice the keys), the peak is so many times the mean.
// A serverless cache outlives the loss of a zone, so nodes are taken with at least one replica where the scenario allows it.

import type { Purchase } from "../../cost/purchase.ts";
import type { Built } from "../../scenarios/build.ts";
import { type WorldCurve, worldCurve } from "../plan/curve.ts";
import { Judge } from "../plan/judge.ts";
import type { Shape } from "../plan/shapes.ts";
import { type BasePart, baseParts, demandAt, rateOf } from "../plan/worlds.ts";

/** What may be bought: all serverless offers, nodes by purchase, and nodes with data tiering on demand. */
export interface Offer {
  readonly name: string;
  readonly kind: "serverless" | "nodes" | "tiering";
  readonly purchase: Purchase;
}

export interface Priced {
  readonly offer: Offer;
  readonly shape: Shape;
  readonly monthlyUsd: number;
}

/** Against what the workloads say. */
export interface Factors {
  readonly load: number;
  readonly keys: number;
  readonly values: number;
  /** Peak over mean; null: what the scenario says. */
  readonly peakToMean: number | null;
}

const KINDS: readonly Offer["kind"][] = ["serverless", "nodes", "tiering"];
const SHARDS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 250];
const MOST_NODES = 500;

export class Ladder {
  readonly offers: readonly Offer[];
  /** Requests a second of the scenario, in the mean, and its keys. */
  readonly meanRate: number;
  readonly keys: number;
  private readonly base: readonly BasePart[];
  private readonly judge: Judge;
  private readonly byOffer: Map<string, { readonly offer: Offer; readonly shapes: Shape[] }>;

  constructor(private readonly built: Built) {
    this.base = baseParts(built);
    this.judge = new Judge(built);
    this.meanRate = this.base.reduce((sum, part) => sum + rateOf(part) * part.meanShare, 0);
    this.keys = this.base.reduce((sum, part) => sum + part.keys, 0);
    const { plan } = built.scenario;
    const replicas = plan.replicas.some(one => one > 0) ? plan.replicas.filter(one => one > 0) : plan.replicas;
    const wide = { ...built.scenario, plan: { ...plan, replicas, shards: wider(plan.shards) } };
    this.judge = new Judge({ ...built, scenario: wide });
    this.byOffer = new Map();
    for (const shape of this.judge.shapes) {
      if (shape.kind === "nodes" && shape.shards * (1 + shape.replicas) > MOST_NODES) continue;
      const offer = offerOf(shape);
      if (offer === null) continue;
      const known = this.byOffer.get(offer.name);
      if (known === undefined) this.byOffer.set(offer.name, { offer, shapes: [shape] });
      else known.shapes.push(shape);
    }
    const rank = ({ kind, purchase }: Offer) => KINDS.indexOf(kind) * 100 + plan.purchase.indexOf(purchase);
    this.offers = [...this.byOffer.values()].map(({ offer }) => offer).sort((a, b) => rank(a) - rank(b));
  }

  /** Each offer's cheapest that holds at a load; offers that nothing holds of are missing. */
  at(factors: Factors): Priced[] {
    const curve = this.curve(factors);
    return this.offers.flatMap((offer): Priced[] => {
      // Traffic is the clients' business: those that keep to their zone have none.
      const best = this.judge.cheapest(this.byOffer.get(offer.name)!.shapes, curve, false);
      return best === null ? [] : [{ offer, shape: best.shape, monthlyUsd: best.monthlyUsd }];
    });
  }

  private curve({ load, keys, values, peakToMean }: Factors): WorldCurve {
    const base = peakToMean === null ? this.base : this.base.map(part => peaked(part, peakToMean));
    return worldCurve(this.built, demandAt(base, { rate: load, keys: keys * load, values }));
  }
}

/** Loads grow beyond what a plan for one load looks at; the fewest shards are the scenario's choice. */
function wider(shards: readonly number[]): number[] {
  const most = Math.max(...shards);
  return [...shards, ...SHARDS.filter(one => one > most)];
}

/** The same mean under another peak. */
function peaked(part: BasePart, peakToMean: number): BasePart {
  const factor = part.meanShare * peakToMean;
  return {
    ...part,
    meanShare: 1 / peakToMean,
    reads: part.reads * factor,
    writes: part.writes * factor,
    deletes: part.deletes * factor,
    others: part.others.map(one => ({ ...one, rate: one.rate * factor })),
  };
}

/** Engines are no offers of their own: the cheapest that holds is bought. Null: tiering is not reserved here. */
function offerOf(shape: Shape): Offer | null {
  const { purchase } = shape;
  if (shape.kind === "serverless") {
    return { name: purchase === "on-demand" ? "serverless" : `serverless, ${purchase}`, kind: "serverless", purchase };
  }
  if (shape.node.ssdGiB === null) return { name: purchase, kind: "nodes", purchase };
  return purchase === "on-demand" ? { name: "data tiering", kind: "tiering", purchase } : null;
}
