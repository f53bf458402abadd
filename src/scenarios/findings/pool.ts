// Requests that gave up waiting for a connection: the pool is smaller than rate times the time for which one is lent (Little).

import { formatNumber } from "../../units.ts";
import { wholeClient } from "../client-defaults.ts";
import type { Rule } from "./rule.ts";

export const pool: Rule = {
  id: "pool",
  find: ({ clients, series }, { scenario }) => {
    const worst = [...clients].sort((a, b) => b.poolTimeouts - a.poolTimeouts)[0];
    if (worst === undefined || worst.poolTimeouts === 0) return null;
    const { name, poolTimeouts } = worst;
    const given = scenario.clients.find(one => one.name === name);
    const size = given === undefined ? 0 : wholeClient(given, scenario.cluster.mode).pool.size;
    const waiting =
      series.columns.find(one => one.metric === "WaitingForConnection" && one.where === name)?.values ?? [];
    const most = Math.max(0, ...waiting.map(value => value ?? 0));
    const row = waiting.indexOf(most);
    const queue =
      most > 0 ? ` At ${formatNumber(series.time[row])} s ${formatNumber(most)} of its requests stood in line.` : "";
    return {
      severity: "warning",
      title: "Requests wait in vain for a connection",
      evidence: `${formatNumber(poolTimeouts)} requests of ${name} gave up waiting for one of ${formatNumber(size)} connections per instance and node.${queue}`,
      remedy:
        "A larger pool per instance (rate per instance times the time that a connection is lent), or shorter timeouts so that connections come free sooner.",
    };
  },
};
