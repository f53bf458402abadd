// Callers of the origin that try again make more load than there was. How often commands to the cache were tried again is
// counted over the whole run only (clients[].retries), so no row of the series could be told from the others.

import { formatNumber, formatPercent } from "../../units.ts";
import type { Rule } from "./rule.ts";

/** Retries as a share of the first attempts, in the worst row. */
const WARNING = 0.2;
/** Fewer than so many in a row are noise. */
const LEAST = 20;

export const retryStorm: Rule = {
  id: "retry-storm",
  find: ({ series }) => {
    const values = (metric: string) => series.columns.find(one => one.metric === metric)?.values ?? [];
    const retries = values("OriginRetries");
    const requests = values("OriginRequests");
    let worst = { share: 0, row: 0 };
    retries.forEach((count, row) => {
      const first = (requests[row] ?? 0) - (count ?? 0);
      if ((count ?? 0) >= LEAST && (count ?? 0) / Math.max(1, first) > worst.share) {
        worst = { share: (count ?? 0) / Math.max(1, first), row };
      }
    });
    if (worst.share < WARNING) return null;
    return {
      severity: worst.share >= 1 ? "critical" : "warning",
      title: "Retries are a load of their own",
      evidence: `By ${formatNumber(series.time[worst.row])} s ${formatNumber(retries[worst.row] ?? 0)} of ${formatNumber(requests[worst.row] ?? 0)} requests to the origin were retries: ${formatPercent(worst.share)} on top of what was asked for.`,
      remedy: "A retry budget (origin.retry.budget: 10%), fewer attempts, longer backoff with full jitter.",
    };
  },
};
