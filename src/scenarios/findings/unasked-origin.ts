// An origin that is described and that nobody asks: what it says decides nothing.

import { asksOrigin } from "../build-pattern.ts";
import type { Rule } from "./rule.ts";

export const unaskedOrigin: Rule = {
  id: "unasked-origin",
  find: (_result, { scenario }) => {
    if (scenario.origin === undefined || scenario.workload.some(asksOrigin)) return null;
    return {
      severity: "info",
      title: "Nobody asks the origin",
      evidence: "«origin:» is given, but no workload has a caching pattern, and none replays a trace.",
      remedy: "A «pattern:», such as cache-aside, so that misses cost what they cost; or leave «origin:» out.",
    };
  },
};
