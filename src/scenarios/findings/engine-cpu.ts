// An engine thread near its limit. AWS alarms at 90 % of EngineCPUUtilization; nodes of up to 2 vCPU are watched by
// CPUUtilization (aws-facts.md, 3).

import { formatNumber } from "../../units.ts";
import type { Rule } from "./rule.ts";

const WARNING = 80;
const CRITICAL = 90;

export const engineCpu: Rule = {
  id: "engine-cpu",
  find: ({ nodes }) => {
    const hottest = [...nodes].sort((a, b) => b.engineCpuMaxPercent - a.engineCpuMaxPercent)[0];
    if (hottest === undefined || hottest.engineCpuMaxPercent < WARNING) return null;
    return {
      severity: hottest.engineCpuMaxPercent >= CRITICAL ? "critical" : "warning",
      title: "An engine thread is near its limit",
      evidence: `${hottest.name} reaches ${formatNumber(hottest.engineCpuMaxPercent)} % EngineCPUUtilization in a period, ${formatNumber(hottest.engineCpuMeanPercent)} % on average.`,
      remedy: "Spread the keys over more shards, read from replicas, or choose a family with faster cores.",
    };
  },
};
