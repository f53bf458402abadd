// What a serverless cache was asked for against what it supports: growth in steps, and throttling where demand was faster.

import type { ChartDefinition, Line } from "./chart.ts";
import { tellPeak, tellRise } from "./finding.ts";
import { parts, perSecond, sum } from "./source.ts";

export const ecpu: ChartDefinition = {
  title: "Serverless capacity",
  plan(source) {
    const of = (metric: string) => parts(source, metric).map(part => part.values);
    const used = of("ElastiCacheProcessingUnits");
    if (used.length === 0) return null;
    const consumed = perSecond(source, sum(used));
    const throttled = perSecond(source, sum(of("ThrottledCmds")));
    const lines: Line[] = [
      { label: "ECPU consumed", values: consumed },
      { label: "ECPU supported", values: sum(of("SupportedECPU")) },
      { label: "commands throttled", values: throttled },
    ];
    const throttling = tellPeak(source, "throttling", "nothing is throttled", "rate", throttled);
    return {
      type: "lines",
      id: "ecpu",
      title: this.title,
      kind: "rate",
      lines,
      limits: [],
      finding: `${tellRise(source, "Consumption", "rate", consumed)}; ${throttling}`,
    };
  },
};
