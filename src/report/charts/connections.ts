// Connections that are open and those made anew: a reconnect storm shows here.

import type { ChartDefinition, Line } from "./chart.ts";
import { tellFall, tellPeak } from "./finding.ts";
import { parts, perSecond, sum } from "./source.ts";

export const connections: ChartDefinition = {
  title: "Connections",
  plan(source) {
    const open = sum(parts(source, "CurrConnections").map(part => part.values));
    if (open.length === 0) return null;
    const made = perSecond(source, sum(parts(source, "NewConnections").map(part => part.values)));
    const lines: Line[] = [{ label: "open, all nodes", values: open }];
    if (made.length > 0) lines.push({ label: "new per second", values: made });
    return {
      type: "lines",
      id: "connections",
      title: this.title,
      kind: "count",
      lines,
      limits: [],
      finding: `${tellFall(source, "The number of open connections", "count", open)}; ${tellPeak(source, "the rate of new ones", "no new ones are made", "rate", made)}`,
    };
  },
};
