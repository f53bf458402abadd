// A drill that could not be done.

import { formatNumber } from "../../units.ts";
import type { Rule } from "./rule.ts";

export const refusedDrill: Rule = {
  id: "refused-drill",
  find: ({ drills }) => {
    const refused = drills.find(drill => drill.refused !== null);
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
