// More requests come in than get through.

import { formatNumber } from "../../units.ts";
import type { Rule } from "./rule.ts";

export const overloaded: Rule = {
  id: "overloaded",
  find: ({ saturation, summary }) =>
    saturation === "overloaded"
      ? {
          severity: "critical",
          title: "More comes in than can go out",
          evidence: `Requests in progress grow through the whole measured time; ${formatNumber(summary.throughputPerSecond)}/s get through.`,
          remedy: "Percentiles describe the length of the run here. Add shards, a faster node type, or lower the rate.",
        }
      : null,
};
