// Keys that leave: evicted for lack of memory, or expired.

import type { ChartDefinition, Line } from "./chart.ts";
import { tellPeak } from "./finding.ts";
import { parts, perSecond, sum } from "./source.ts";

export const churn: ChartDefinition = {
  title: "Evictions and expirations",
  plan(source) {
    const rate = (metric: string) => perSecond(source, sum(parts(source, metric).map(part => part.values)));
    const evicted = rate("Evictions");
    const expired = rate("Reclaimed");
    const lines: Line[] = [];
    if (evicted.length > 0) lines.push({ label: "evicted", values: evicted });
    if (expired.length > 0) lines.push({ label: "expired", values: expired });
    if (lines.length === 0) return null;
    return {
      type: "lines",
      id: "churn",
      title: this.title,
      kind: "rate",
      lines,
      limits: [],
      finding: `${tellPeak(source, "Eviction", "Nothing is evicted", "rate", evicted)}; ${tellPeak(source, "expiry", "nothing expires", "rate", expired)}`,
    };
  },
};
