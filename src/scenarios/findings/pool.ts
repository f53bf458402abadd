// Requests that gave up waiting for a connection.

import { formatNumber } from "../../units.ts";
import type { Rule } from "./rule.ts";

export const pool: Rule = {
  id: "pool",
  find: ({ clients }) => {
    const worst = [...clients].sort((a, b) => b.poolTimeouts - a.poolTimeouts)[0];
    return worst !== undefined && worst.poolTimeouts > 0
      ? {
          severity: "warning",
          title: "Requests wait in vain for a connection",
          evidence: `${formatNumber(worst.poolTimeouts)} requests of ${worst.name} gave up waiting for the pool.`,
          remedy: "A larger pool per instance, or shorter timeouts so that connections come free sooner.",
        }
      : null;
  },
};
