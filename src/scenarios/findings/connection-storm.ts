// Many connections at the same time: accepting and handshakes hold the engine threads, the accept queue drops SYNs, and whoever
// is connected already waits.

import { formatNumber } from "../../units.ts";
import type { Rule } from "./rule.ts";

/** So many times the usual, and at least so many in one row: a fleet that starts, not a pool that grows. */
const TIMES = 10;
const LEAST = 200;

export const connectionStorm: Rule = {
  id: "connection-storm",
  find: ({ series, clients, nodes }) => {
    const perRow = series.time.map((_time, row) =>
      series.columns.reduce(
        (sum, { metric, values }) => (metric === "NewConnections" ? sum + (values[row] ?? 0) : sum),
        0,
      ),
    );
    const usual = [...perRow].sort((a, b) => a - b)[perRow.length >> 1] ?? 0;
    const most = Math.max(0, ...perRow);
    const failures = clients.reduce((sum, { connectFailures, timeouts }) => sum + connectFailures + timeouts, 0);
    if (most < LEAST || most < TIMES * Math.max(1, usual) || failures === 0) return null;
    const row = perRow.indexOf(most);
    const failed = clients.reduce((sum, { connectFailures }) => sum + connectFailures, 0);
    const timeouts = clients.reduce((sum, client) => sum + client.timeouts, 0);
    return {
      severity: "warning",
      title: "A storm of connections",
      evidence: `${formatNumber(most)} connections were accepted by ${formatNumber(nodes.length)} nodes in the ${formatNumber(series.periodSeconds)} s up to ${formatNumber(series.time[row])} s, usually ${formatNumber(usual)}; ${formatNumber(failed)} attempts came to nothing, ${formatNumber(timeouts)} commands timed out.`,
      remedy:
        "Restart instances one after the other, open connections when they are needed (pool.initial), back off with jitter; TLS with P-256 or resumed sessions.",
    };
  },
};
