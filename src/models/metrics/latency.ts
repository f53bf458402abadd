// SuccessfulReadRequestLatency and SuccessfulWriteRequestLatency: from the arrival of a request at the node to its answer
// on the wire, of requests that were answered without an error (METRICS). CloudWatch keeps their distribution: any
// percentile can be asked for; the mean, p50 and p99 are columns here.

import type { Histogram } from "../../sim/histogram.ts";
import type { Node } from "../node.ts";
import { type NodeMetric, standing } from "./metric.ts";

const KINDS: readonly (readonly [name: string, what: string, of: (node: Node) => Histogram])[] = [
  ["SuccessfulReadRequestLatency", "reads", node => node.requestLatency.reads],
  ["SuccessfulWriteRequestLatency", "writes", node => node.requestLatency.writes],
];

export const LATENCY_METRICS: readonly NodeMetric[] = KINDS.flatMap(([name, what, of]) => [
  standing(name, "Microseconds", `mean time of successful ${what} within the node`, ({ node }) => {
    const latency = of(node);
    return latency.count === 0 ? null : latency.mean / 1_000;
  }),
  ...([0.5, 0.99] as const).map(q =>
    standing(
      `${name}:p${100 * q}`,
      "Microseconds",
      `time that ${100 * q} % of the successful ${what} stay below`,
      ({ node }) => {
        const latency = of(node);
        return latency.supports(q) ? latency.quantile(q) / 1_000 : null;
      },
    ),
  ),
]);
