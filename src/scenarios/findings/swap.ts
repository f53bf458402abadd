// A host that swaps.

import { formatBytes } from "../../units.ts";
import type { Rule } from "./rule.ts";

export const swap: Rule = {
  id: "swap",
  find: ({ series }) => {
    const worst = Math.max(
      0,
      ...series.columns.filter(one => one.metric === "SwapUsage").flatMap(one => one.values.map(value => value ?? 0)),
    );
    return worst === 0
      ? null
      : {
          severity: "critical",
          title: "A node swaps",
          evidence: `Up to ${formatBytes(worst)} in swap: resident memory and copied pages exceed the host's.`,
          remedy:
            "Raise reserved-memory-percent, save from a replica, save when fewer writes come, or take a larger node.",
        };
  },
};
