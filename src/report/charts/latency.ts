// Latency percentiles of each period, on a log axis: an outage and a calm minute fit into one picture.

import type { ChartDefinition, Line } from "./chart.ts";
import { limitsOf } from "./chart.ts";
import { tellRise } from "./finding.ts";
import { type Source, whole } from "./source.ts";

const PERCENTILES = [
  ["LatencyP50", "p50"],
  ["LatencyP90", "p90"],
  ["LatencyP99", "p99"],
  ["LatencyP999", "p99.9"],
] as const;

/** The percentiles that have values; periods with too few requests have none. */
export function latencyLines(source: Source): Line[] {
  return PERCENTILES.flatMap(([metric, label]) => {
    const values = whole(source, metric);
    return values === null ? [] : [{ label, values }];
  });
}

export const latency: ChartDefinition = {
  title: "Latency",
  plan(source) {
    const lines = latencyLines(source);
    if (lines.length === 0) return null;
    const told = lines.find(line => line.label === "p99") ?? lines[lines.length - 1];
    return {
      type: "lines",
      id: "latency",
      title: this.title,
      kind: "us",
      log: true,
      lines,
      limits: limitsOf(source.result, ["p50", "p90", "p99", "p999"], ns => ns / 1e3),
      tall: true,
      finding: tellRise(source, told.label, "us", told.values),
    };
  },
};
