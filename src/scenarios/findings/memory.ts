// Memory that runs full without evicting yet.

import { formatBytes, formatNumber } from "../../units.ts";
import type { Rule } from "./rule.ts";

const WARNING = 80;
const CRITICAL = 90;

export const memory: Rule = {
  id: "memory",
  find: ({ summary }) => {
    const percent = summary.memory.peakPercent;
    if (percent === null || percent < WARNING || summary.evictions > 0) return null;
    return {
      severity: percent >= CRITICAL ? "critical" : "warning",
      title: "Memory runs full",
      evidence: `The fullest node uses ${formatNumber(percent)} % of maxmemory (${formatBytes(summary.memory.peakUsedBytes)}).`,
      remedy: "Shorter TTLs, a larger node type or more shards. Beyond the limit keys are evicted or writes refused.",
    };
  },
};
