// A hit rate that AWS calls low: below 80 %.

import { formatPercent } from "../../units.ts";
import type { Rule } from "./rule.ts";

export const hitRate: Rule = {
  id: "hit-rate",
  find: ({ summary }) =>
    summary.hitRate !== null && summary.hitRate < 0.8
      ? {
          severity: "warning",
          title: "Low hit rate",
          evidence: `${formatPercent(summary.hitRate)} of the look-ups are answered by the cache; AWS calls below 80 % low.`,
          remedy:
            "Look at TTLs, at memory against the working set, and at whether the run was long enough to fill the cache.",
        }
      : null,
};
