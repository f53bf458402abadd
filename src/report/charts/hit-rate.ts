// The share of look-ups that the cache answers.

import { type ChartDefinition, limitsOf } from "./chart.ts";
import { tellFall } from "./finding.ts";
import { whole } from "./source.ts";

export const hitRate: ChartDefinition = {
  title: "Hit rate",
  plan(source) {
    const values = whole(source, "HitRate");
    if (values === null) return null;
    return {
      type: "lines",
      id: "hit-rate",
      title: this.title,
      kind: "percent",
      ceiling: 100,
      lines: [{ label: "hit rate", values }],
      limits: limitsOf(source.result, ["hitRate"], share => share * 100),
      finding: tellFall(source, "The hit rate", "percent", values),
    };
  },
};
