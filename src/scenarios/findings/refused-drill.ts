// Drills, and changes of auto scaling, that could not be done.

import { formatNumber } from "../../units.ts";
import type { Rule } from "./rule.ts";

/** The names of ElastiCache's answers (models/scaling/quotas.ts). */
const QUOTA = /^Node\w*Exceeded: /u;

export const quotaReached: Rule = {
  id: "quota-reached",
  find: ({ drills }) => {
    const refused = drills.filter(drill => QUOTA.test(drill.refused ?? ""));
    if (refused.length === 0) return null;
    const [first] = refused;
    return {
      severity: "critical",
      title: "The account's quota kept the cluster from growing",
      evidence: `${first.drill} at ${formatNumber(first.startSeconds)} s was refused${others(refused.length - 1)}: ${first.refused}.`,
      remedy:
        "Ask AWS for a higher quota before the day of the peak (it takes days, not minutes), or larger nodes instead of more.",
    };
  },
};

function others(count: number): string {
  return count === 0 ? "" : `, and ${formatNumber(count)} more`;
}

export const refusedDrill: Rule = {
  id: "refused-drill",
  find: ({ drills }) => {
    const refused = drills.find(drill => drill.refused !== null && !QUOTA.test(drill.refused));
    return refused === undefined
      ? null
      : {
          severity: "warning",
          title: "A drill could not be done",
          evidence: `${refused.drill} at ${formatNumber(refused.startSeconds)} s: ${refused.refused}.`,
          remedy: "Check its target and time.",
        };
  },
};
