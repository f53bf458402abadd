// Several requests to the origin for one and the same key: a key that ran out under load, and nobody to hold the others back.

import { formatNumber } from "../../units.ts";
import type { Rule } from "./rule.ts";

/** Fewer at once are what happens between any two readers. */
const WORTH_TELLING = 10;

export const stampede: Rule = {
  id: "stampede",
  find: ({ series }) => {
    let worst = { where: "", peak: 0, row: 0 };
    for (const { metric, where, values } of series.columns) {
      if (metric !== "StampedePeak") continue;
      values.forEach((value, row) => {
        if ((value ?? 0) > worst.peak) worst = { where, peak: value ?? 0, row };
      });
    }
    if (worst.peak < WORTH_TELLING) return null;
    return {
      severity: "warning",
      title: "A key that ran out was asked of the origin many times over",
      evidence: `${formatNumber(worst.peak)} requests of ${worst.where} for one key were under way at the origin at once, by ${formatNumber(series.time[worst.row])} s.`,
      remedy:
        "«stampede: lock» or «stale-while-revalidate» for hot keys, with jitter on the times to live of the rest.",
    };
  },
};
