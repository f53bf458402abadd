// maxclients: a node that has as many connections as it may have turns every further one away.

import { formatNumber } from "../../units.ts";
import type { Rule } from "./rule.ts";

export const connectionLimit: Rule = {
  id: "connection-limit",
  find: ({ series }, { setup }) => {
    let worst = { node: "", refused: 0 };
    for (const { metric, where, values } of series.columns) {
      if (metric !== "RefusedConnections") continue;
      const refused = values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
      if (refused > worst.refused) worst = { node: where, refused };
    }
    const standing = series.columns.find(one => one.metric === "CurrConnections" && one.where === worst.node)?.values;
    const most = Math.max(0, ...(standing ?? []).map(value => value ?? 0));
    // Refused by a node that is down is another matter.
    if (worst.refused === 0 || most < 0.95 * setup.maxclients) return null;
    return {
      severity: "critical",
      title: "A node has as many connections as it may have",
      evidence: `${worst.node} had ${formatNumber(most)} connections of ${formatNumber(setup.maxclients)} (maxclients) and turned ${formatNumber(worst.refused)} away.`,
      remedy:
        "Smaller pools per instance (instances times pool size is what a node sees), a multiplexing client, more shards; an alarm on CurrConnections at 80 %.",
    };
  },
};
