// Keys that had to go for lack of memory.

import { formatNumber, formatPercent } from "../../units.ts";
import type { Rule } from "./rule.ts";

export const evictions: Rule = {
  id: "evictions",
  find: ({ summary, window }) => {
    if (summary.evictions === 0) return null;
    const perSecond = summary.evictions / Math.max(1e-9, window.toSeconds - window.fromSeconds);
    return {
      severity: "warning",
      title: "Keys are evicted for lack of memory",
      evidence: `${formatNumber(summary.evictions)} evictions, ${formatNumber(perSecond)}/s, at a hit rate of ${summary.hitRate === null ? "unknown" : formatPercent(summary.hitRate)}.`,
      remedy:
        "That is how a full cache works; if the hit rate is too low, add memory or shorten TTLs of what is not reused.",
    };
  },
};
