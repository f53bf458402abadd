// Traffic of the nodes: all together, and the busiest one, whose bandwidth runs out first.

import { type ChartDefinition, LINES_MAX } from "./chart.ts";
import { tellRise } from "./finding.ts";
import { highest, parts, perSecond, type Source, sum } from "./source.ts";

const BITS = 8;

function traffic(source: Source, metric: string) {
  const nodes = parts(source, metric).map(part => perSecond(source, part.values, BITS));
  return { all: sum(nodes), busiest: highest(nodes) };
}

export const network: ChartDefinition = {
  title: "Network",
  plan(source) {
    const out = traffic(source, "NetworkBytesOut");
    const into = traffic(source, "NetworkBytesIn");
    if (out.all.length === 0) return null;
    const lines = [
      { label: "out, all nodes", values: out.all },
      { label: "out, busiest node", values: out.busiest },
      { label: "in, all nodes", values: into.all },
      { label: "in, busiest node", values: into.busiest },
    ].filter(line => line.values.length > 0);
    return {
      type: "lines",
      id: "network",
      title: this.title,
      kind: "bits",
      lines: lines.slice(0, LINES_MAX),
      limits: [],
      finding: tellRise(source, "Outgoing traffic of the busiest node", "bits", out.busiest),
    };
  },
};

export const allowance: ChartDefinition = {
  title: "Packets beyond the network allowance",
  plan(source) {
    const out = sum(parts(source, "NetworkBandwidthOutAllowanceExceeded").map(part => part.values));
    const into = sum(parts(source, "NetworkBandwidthInAllowanceExceeded").map(part => part.values));
    const any = (values: readonly (number | null)[]) => values.some(value => (value ?? 0) > 0);
    if (!any(out) && !any(into)) return null;
    const queued = sum([out, into].filter(values => values.length > 0));
    return {
      type: "lines",
      id: "allowance",
      title: this.title,
      kind: "rate",
      lines: [
        { label: "out", values: perSecond(source, out) },
        { label: "in", values: perSecond(source, into) },
      ],
      limits: [],
      finding: tellRise(source, "The rate of packets over the allowance", "rate", perSecond(source, queued)),
    };
  },
};
