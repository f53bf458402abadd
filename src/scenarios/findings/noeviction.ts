// A full node whose policy forbids evicting.

import { formatNumber } from "../../units.ts";
import type { Rule } from "./rule.ts";

export const noeviction: Rule = {
  id: "noeviction",
  find: ({ nodes, clients }, { setup }) => {
    const full = nodes.some(node => (node.peakPercent ?? 0) >= 99);
    const errors = clients.reduce((sum, client) => sum + client.errorReplies, 0);
    return setup.parameters["maxmemory-policy"] === "noeviction" && full && errors > 0
      ? {
          severity: "critical",
          title: "Writes are refused: memory is full and nothing may be evicted",
          evidence: `${formatNumber(errors)} error replies with maxmemory-policy noeviction.`,
          remedy: "Choose an eviction policy that fits the data, or more memory.",
        }
      : null;
  },
};
