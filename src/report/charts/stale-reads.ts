// Reads that replicas answered with what was out of date.

import type { ChartDefinition } from "./chart.ts";
import { tellPeak } from "./finding.ts";
import { parts, perSecond, sum } from "./source.ts";

export const staleReads: ChartDefinition = {
  title: "Stale reads of replicas",
  plan(source) {
    const nodes = parts(source, "StaleReplicaReads");
    if (nodes.length === 0) return null;
    const stale = perSecond(source, sum(nodes.map(node => node.values)));
    return {
      type: "lines",
      id: "stale-reads",
      title: this.title,
      kind: "rate",
      lines: [{ label: "stale", values: stale }],
      limits: [],
      finding: tellPeak(source, "Stale answers", "No replica answers with what is out of date", "rate", stale),
    };
  },
};
