// Commands that the slow log took: while one runs, nobody else on its node is served.

import { formatNumber } from "../../units.ts";
import type { Rule } from "./rule.ts";

const SLOW = /^slow: (.*) took ([\d.]+) ms$/u;
/** As long as that is noticed by everybody. */
const CRITICAL_MS = 100;

export const slowCommands: Rule = {
  id: "slow-commands",
  find: ({ events }) => {
    let worst = { node: "", command: "", ms: 0, count: 0 };
    for (const { node, what } of events) {
      const match = SLOW.exec(what);
      if (match === null) continue;
      const ms = Number(match[2]);
      const count = worst.count + 1;
      worst = ms > worst.ms ? { node, command: match[1], ms, count } : { ...worst, count };
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
