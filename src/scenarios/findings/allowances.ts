// What the instance allows and the node went beyond: network allowances, and CPU credits of burstable nodes.

import { ALLOWANCE_METRICS } from "../../models/metrics/network.ts";
import { formatNumber } from "../../units.ts";
import type { Rule } from "./rule.ts";
import { sumOf, worstOf } from "./series.ts";

/** A few packets queue anywhere: it takes that many, and that share of all. */
const WORTH_TELLING = 100;
const SHARE = 0.02;

export const networkAllowance: Rule = {
  id: "network-allowance",
  find: result => {
    const [most] = ALLOWANCE_METRICS.map(metric => ({ metric, count: sumOf(result, metric) })).sort(
      (a, b) => b.count - a.count,
    );
    const packets = sumOf(result, "NetworkPacketsIn") + sumOf(result, "NetworkPacketsOut");
    if (most.count < WORTH_TELLING || most.count < SHARE * packets) return null;
    const worst = worstOf(result, most.metric);
    return {
      severity: "warning",
      title: "The network allowance of a node is exhausted",
      evidence: `${most.metric}: ${formatNumber(most.count)} packets queued or dropped, most of them on ${worst?.where ?? "one node"} by ${formatNumber(worst?.seconds ?? 0)} s.`,
      remedy: "A larger node or a network-optimized one (c7gn), smaller values, compression, or more shards.",
    };
  },
};

export const cpuCredits: Rule = {
  id: "cpu-credits",
  find: ({ series }) => {
    for (const { metric, where, values } of series.columns) {
      if (metric !== "CPUAllowance") continue;
      const full = Math.max(...values.map(value => value ?? 0));
      const row = values.findIndex(value => value !== null && value < 0.9 * full);
      if (row === -1) continue;
      return {
        severity: "critical",
        title: "CPU credits have run out",
        evidence: `${where} is held back from ${formatNumber(series.time[row])} s on, to ${formatNumber(Math.min(...values.map(value => value ?? full)))} % of ${formatNumber(full)} %.`,
        remedy: "An m or r node: burstable ones are for less than their baseline on average.",
      };
    }
    return null;
  },
};
