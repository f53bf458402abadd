// Serverless: commands were throttled, or a maximum is near. AWS advises an alarm at 75 % of a maximum (SCALE).

import { limit } from "../../catalog/limits.ts";
import { formatBytes, formatCount, formatPercent, formatRate } from "../../units.ts";
import type { Rule } from "./rule.ts";

const NEAR_MAXIMUM = 0.75;

export const throttled: Rule = {
  id: "throttled",
  find: ({ serverless, totals }) => {
    if (serverless === null || serverless.throttled === 0) return null;
    const { supportedEcpuPerSecond: supported, peakEcpuPerSecond, refused } = serverless;
    const slot = `one slot takes ${formatCount(limit("serverless-slot-ecpu").value)} ECPU/s.`;
    const capped = supported.end >= supported.maximum;
    return {
      severity: refused > 0 ? "critical" : "warning",
      title: capped ? "Commands are throttled at the maximum" : "Commands are throttled",
      evidence: `${formatCount(serverless.throttled)} commands of ${formatCount(totals.arrived)} requests were held, ${formatCount(refused)} of them refused. The busiest second asked for ${formatRate(peakEcpuPerSecond)} ECPU; ${formatRate(supported.end)} are supported at the end.`,
      remedy: capped
        ? `Raise cluster.serverless.maximum.ecpu, or spread hot keys: ${slot}`
        : `Pre-scale with cluster.serverless.minimum.ecpu before the peak (billed, used or not), ramp up slower, or spread hot keys: ${slot}`,
    };
  },
};

export const nearMaximum: Rule = {
  id: "near-maximum",
  find: ({ serverless }, { scenario }) => {
    if (serverless === null) return null;
    const { maximum } = scenario.cluster.serverless;
    const parts = [
      maximum.ecpu !== undefined && serverless.peakEcpuPerSecond > NEAR_MAXIMUM * maximum.ecpu
        ? `${formatPercent(serverless.peakEcpuPerSecond / maximum.ecpu)} of the ECPU maximum of ${formatRate(maximum.ecpu)}`
        : null,
      maximum.storage !== undefined && serverless.peakStoredBytes > NEAR_MAXIMUM * maximum.storage
        ? `${formatPercent(serverless.peakStoredBytes / maximum.storage)} of the storage maximum of ${formatBytes(maximum.storage)}`
        : null,
    ].filter(part => part !== null);
    if (parts.length === 0) return null;
    return {
      severity: "warning",
      title: "A maximum of the serverless cache is near or met",
      evidence: `At its peak the cache was asked for ${parts.join(" and ")}.`,
      remedy: "Raise the maximum, or set an alarm at 75 % of it as AWS advises.",
    };
  },
};
