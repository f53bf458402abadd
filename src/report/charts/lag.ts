// How far replicas are behind: what a promotion at that instant would lose.

import { type ChartDefinition, LINES_MAX, limitsOf } from "./chart.ts";
import { tellPeak } from "./finding.ts";
import { highest, parts, perShard } from "./source.ts";

export const lag: ChartDefinition = {
  title: "Replication lag",
  plan(source) {
    const nodes = parts(source, "ReplicationLag");
    if (nodes.length === 0) return null;
    const worst = highest(nodes.map(node => node.values));
    const shards = perShard(source, "ReplicationLag");
    const lines =
      nodes.length <= LINES_MAX
        ? nodes
        : shards.length > 0 && shards.length <= LINES_MAX
          ? shards
          : [{ label: "furthest behind", values: worst }];
    return {
      type: "lines",
      id: "lag",
      title: this.title,
      kind: "seconds",
      lines,
      limits: limitsOf(source.result, ["replicationLag"], ns => ns / 1e9),
      finding: tellPeak(
        source,
        "The lag at the end of a period",
        "No replica is behind at the end of any period",
        "seconds",
        worst,
      ),
    };
  },
};
