// Open loop: requests come whether or not earlier ones have been answered, as the users of a large site do. Two ways:
//   poisson  independent arrivals: exponential gaps at the current rate
//   paced    even gaps, as a load generator makes them
// With a rate that changes, the remaining share of the current gap is carried into the next step at the new rate, which
// is exact for a Poisson process and keeps paced arrivals even.

import { standardExponential } from "../../sim/distributions/ziggurat.ts";
import type { Random } from "../../sim/random.ts";
import { NS_PER_SECOND } from "../../units.ts";
import type { Rate } from "../rate.ts";

export type Spacing = "poisson" | "paced";

/** Gap in whole ns from `nowNs` to the next arrival; Infinity when the rate stays zero until `endNs`. */
export function nextGapNs(rate: Rate, spacing: Spacing, random: Random, nowNs: number, endNs: number): number {
  let left = spacing === "poisson" ? standardExponential(random) : 1;
  let from = nowNs;
  for (;;) {
    const perNs = rate.at(from) / NS_PER_SECOND;
    const change = rate.nextChangeNs(from);
    const until = left / perNs;
    if (from + until <= change) return Math.max(1, Math.round(from + until - nowNs));
    if (change >= endNs) return Number.POSITIVE_INFINITY;
    left -= (change - from) * perNs;
    from = change;
  }
}
