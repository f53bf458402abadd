// Several requests to the origin for one and the same key: a key that ran out under load, and nobody to hold the others back.

import { formatNumber } from "../../units.ts";
import type { Rule } from "./rule.ts";
import { worstOf } from "./series.ts";

/** Fewer at once are what happens between any two readers. */
const WORTH_TELLING = 10;

export const stampede: Rule = {
  id: "stampede",
  find: result => {
    const worst = worstOf(result, "StampedePeak");
    if (worst === null || worst.value < WORTH_TELLING) return null;
    return {
      severity: "warning",
      title: "A key that ran out was asked of the origin many times over",
      evidence: `${formatNumber(worst.value)} requests of ${worst.where} for one key were under way at the origin at once, by ${formatNumber(worst.seconds)} s.`,
      remedy:
        "«stampede: lock» or «stale-while-revalidate» for hot keys, with jitter on the times to live of the rest.",
    };
  },
};
