// An overload that outlives its cause: the trigger of a drill is over, as many requests come as before it, and far fewer are
// answered. What keeps it up is work for clients who have gone, and their retries (N. Bronson and others, HotOS 2021).

import { formatNumber, formatPercent } from "../../units.ts";
import type { Rule } from "./rule.ts";

/** Rows before and after the trigger that are compared, and time that is granted for working off a queue. */
const ROWS = 5;
const GRANTED_SECONDS = 10;
/** Of what was answered before. */
const DOWN = 0.8;
/** As much has to come as before, within a fifth. */
const SAME_LOAD = 0.8;

export const metastable: Rule = {
  id: "metastable",
  find: ({ series, drills }) => {
    const values = (metric: string) => series.columns.find(one => one.metric === metric)?.values ?? [];
    const mean = (metric: string, rows: readonly number[]) =>
      rows.reduce((sum, row) => sum + (values(metric)[row] ?? 0), 0) / Math.max(1, rows.length);
    for (const drill of drills) {
      const trigger = drill.phases.find(phase => phase.name === "trigger");
      if (trigger === undefined) continue;
      const end = trigger.startSeconds + trigger.lengthSeconds;
      const rows = series.time.map((_time, row) => row);
      const before = rows.filter(row => series.time[row] <= drill.startSeconds).slice(-ROWS);
      const after = rows.filter(row => series.time[row] > end + GRANTED_SECONDS).slice(-ROWS);
      if (before.length === 0 || after.length === 0) continue;
      const [good, then] = [mean("Completed", before), mean("Completed", after)];
      const [came, comes] = [mean("Requests", before), mean("Requests", after)];
      if (good === 0 || then >= DOWN * good || comes < SAME_LOAD * came) continue;
      const late = mean("OriginLateAnswers", after);
      const asked = mean("OriginRequests", after);
      const calls = asked - mean("OriginRetries", after);
      const wasted =
        late === 0
          ? ""
          : ` ${formatPercent(late / Math.max(late, late + then))} of the origin's answers come after their clients have gone.`;
      const amplified = calls > 0 ? ` Each call makes ${formatNumber(asked / calls)} requests to the origin.` : "";
      return {
        severity: "critical",
        title: "The overload has outlived its cause: a metastable failure",
        evidence: `${drill.drill} ended at ${formatNumber(end)} s; at the end of the run ${formatNumber(then)}/s are answered, before it ${formatNumber(good)}/s, at the same load.${amplified}${wasted}`,
        remedy:
          "A short queue that refuses (origin.queue.limit), a retry budget, fewer attempts; to get out, shed load.",
      };
    }
    return null;
  },
};
