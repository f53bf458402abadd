// Commands that the slow log took: while one runs, nobody else on its node is served.

import { slowCallOf } from "../../result/slow-calls.ts";
import { formatNumber } from "../../units.ts";
import type { Rule } from "./rule.ts";

/** As long as that is noticed by everybody. */
const CRITICAL_MS = 100;

export const slowCommands: Rule = {
  id: "slow-commands",
  find: ({ events }) => {
    let worst = { node: "", command: "", ms: 0, count: 0 };
    for (const { node, what } of events) {
      const call = slowCallOf(what);
      if (call === null) continue;
      const { command, ms } = call;
      const count = worst.count + 1;
      worst = ms > worst.ms ? { node, command, ms, count } : { ...worst, count };
    }
    if (worst.count === 0) return null;
    return {
      severity: worst.ms >= CRITICAL_MS ? "critical" : "warning",
      title: "Slow commands hold an engine thread",
      evidence: `${worst.command} held ${worst.node} for ${formatNumber(worst.ms)} ms; ${formatNumber(worst.count)} calls in the slow log.`,
      remedy:
        "UNLINK instead of DEL, SCAN instead of KEYS, HSCAN instead of HGETALL; smaller keys; lazyfree-* before Valkey 8.",
    };
  },
};
