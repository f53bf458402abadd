// The server's `timeout` against pools: it closes connections that the pool takes for good, and the next request fails on each.

import { formatNumber } from "../../units.ts";
import type { Rule } from "./rule.ts";

export const idleClosed: Rule = {
  id: "idle-closed",
  find: ({ clients }, { setup }) => {
    const worst = [...clients].sort((a, b) => b.deadBorrowed - a.deadBorrowed)[0];
    const timeout = setup.listen.idleSeconds;
    if (worst === undefined || timeout === 0 || worst.idleClosed === 0 || worst.deadBorrowed === 0) return null;
    const { name, idleClosed: closed, deadBorrowed } = worst;
    return {
      severity: "warning",
      title: "The server closes idle connections that the pool still lends",
      evidence: `${formatNumber(closed)} connections of ${name} had been idle for the server's timeout of ${formatNumber(timeout)} s; ${formatNumber(deadBorrowed)} requests were given one of them and failed.`,
      remedy:
        "The client's idle timeout slightly below the server's (pool.idleTimeout), or a look before lending (pool.validation: local); or «timeout: 0».",
    };
  },
};
