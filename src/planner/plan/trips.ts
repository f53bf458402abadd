// Round trips between clients and members, as points of equal weight drawn from the models' own distribution.

import type { WorldConfig } from "../../models/config.ts";
import { Latency } from "../../models/network.ts";
import { randomFrom } from "../../sim/random.ts";
import type { RoundTrips } from "../forms/latency.ts";
import { meanOf } from "../forms/sizes.ts";

const DRAWS = 2_048;
const POINTS = 256;

export class Trips {
  private readonly near: Float64Array;
  private readonly far: Float64Array;
  private readonly latency: Latency;
  private readonly mixtures = new Map<number, RoundTrips>();

  constructor({ latency, zones }: WorldConfig) {
    this.latency = new Latency(latency, randomFrom("plan/network"));
    this.near = sorted(DRAWS, () => this.drawn(0));
    this.far = zones.length < 2 ? this.near : sorted(DRAWS, () => this.drawn(1));
  }

  private drawn(zone: number): number {
    return this.latency.oneWayNs(0, zone) + this.latency.oneWayNs(zone, 0);
  }

  /** This share of them into another zone. */
  at(crossing: number): RoundTrips {
    const far = Math.round(POINTS * crossing);
    let points = this.mixtures.get(far);
    if (points === undefined) {
      const ns = new Float64Array(POINTS);
      ns.set(thinned(this.near, POINTS - far));
      ns.set(thinned(this.far, far), POINTS - far);
      this.mixtures.set(far, (points = roundTrips(ns.sort())));
    }
    return points;
  }

  /** With something beside each trip. */
  with(crossing: number, besideNs: () => number): RoundTrips {
    const all = sorted(DRAWS, i => this.drawn(i < crossing * DRAWS ? 1 : 0) + besideNs());
    return roundTrips(thinned(all, POINTS));
  }

  /** From one zone into another, or within one: the median and the 99th percentile of one way. */
  oneWay(crosses: boolean): { readonly medianNs: number; readonly p99Ns: number } {
    const trips = crosses ? this.far : this.near;
    return { medianNs: trips[DRAWS >> 1] / 2, p99Ns: trips[Math.floor(0.99 * DRAWS)] / 2 };
  }
}

function roundTrips(ns: Float64Array): RoundTrips {
  return { ns, meanNs: meanOf(ns) };
}

export function sorted(draws: number, draw: (i: number) => number): Float64Array {
  return Float64Array.from({ length: draws }, (_, i) => draw(i)).sort();
}

/** So many points of equal weight. */
export function thinned(all: Float64Array, points: number): Float64Array {
  const width = all.length / points;
  return Float64Array.from({ length: points }, (_, i) => all[Math.floor((i + 0.5) * width)]);
}
