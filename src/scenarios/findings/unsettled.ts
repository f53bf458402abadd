// A run that had not settled when it was measured.

import type { Rule } from "./rule.ts";

export const unsettled: Rule = {
  id: "unsettled",
  find: ({ window }) =>
    window.warmup.method === "mser-5" && !window.warmup.settled
      ? {
          severity: "warning",
          title: "The run had not settled",
          evidence: "The hit rate still moves in the second half of what could be searched for the end of the warm-up.",
          remedy: "A longer duration, «preload:», or a given «warmup:».",
        }
      : null,
};
