// Keys that run out together: in one row many times as many as usual.

import { formatNumber } from "../../units.ts";
import type { Rule } from "./rule.ts";
import { sumOf, worstOf } from "./series.ts";

/** Of all expirations of a run, in a single row, when that many came together. */
const SHARE = 0.5;
const WORTH_TELLING = 1_000;
const ROWS = 8;

export const massExpiry: Rule = {
  id: "mass-expiry",
  find: result => {
    const worst = worstOf(result, "Reclaimed");
    if (worst === null || worst.value < WORTH_TELLING || result.series.time.length < ROWS) return null;
    const all = sumOf(result, "Reclaimed");
    if (worst.value < SHARE * all) return null;
    return {
      severity: "warning",
      title: "Keys run out together",
      evidence: `${formatNumber(worst.value)} of the run's ${formatNumber(all)} expirations on ${worst.where} fell into one row, by ${formatNumber(worst.seconds)} s.`,
      remedy: "Jitter on times to live (ttl: 1h +-10%), so that what is stored together does not end together.",
    };
  },
};
