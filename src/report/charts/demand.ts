// What came, what was answered, what failed, and what the origin had to do meanwhile.

import type { ChartDefinition, Line } from "./chart.ts";
import { limitsOf } from "./chart.ts";
import { tellPeak, tellRise } from "./finding.ts";
import { parts, perSecond, type Source, sum, type Values, whole } from "./source.ts";

function originCalls(source: Source): Values | null {
  const calls = parts(source, "OriginRequests").map(part => part.values);
  return calls.length === 0 ? null : perSecond(source, sum(calls));
}

export const demand: ChartDefinition = {
  title: "Demand and answers",
  plan(source) {
    const arrived = whole(source, "Requests");
    if (arrived === null) return null;
    const lines: Line[] = [{ label: "arrived", values: arrived }];
    const completed = whole(source, "Completed");
    if (completed !== null) lines.push({ label: "answered", values: completed, shadeTo: 0 });
    const errors = whole(source, "Errors");
    if (errors !== null) lines.push({ label: "failed", values: errors });
    const origin = originCalls(source);
    if (origin !== null) lines.push({ label: "calls to the origin", values: origin });
    const failures =
      errors === null ? "" : `; ${tellPeak(source, "the rate of failures", "no request fails", "rate", errors)}`;
    return {
      type: "lines",
      id: "demand",
      title: this.title,
      kind: "rate",
      lines,
      limits: limitsOf(source.result, ["throughput"], limit => limit),
      tall: true,
      finding: `${tellRise(source, "Demand", "rate", arrived)}${failures}`,
    };
  },
};
