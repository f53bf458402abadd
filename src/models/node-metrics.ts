// The CloudWatch metrics of one node, by AWS's names, units and definitions (aws-facts.md, section 7; the table is in
// metrics/), read once a period.

import { NODE_METRICS } from "./metrics/index.ts";
import type { NodePeriod, Total } from "./metrics/metric.ts";
import type { Node } from "./node.ts";
import type { Recorder } from "./recorder.ts";
import type { ReplicationLink } from "./replication/link.ts";

/** Totals that some metric asks for, each once. */
const TOTALS: readonly Total[] = [...new Set(NODE_METRICS.flatMap(metric => metric.totals ?? []))];
const PLACE = new Map(TOTALS.map((total, index) => [total, index]));

export class NodeMetrics {
  private before: Float64Array;

  constructor(private readonly node: Node) {
    this.before = this.read();
  }

  private read(): Float64Array {
    return Float64Array.from(TOTALS, total => total(this.node));
  }

  /** Writes the period's values. */
  gather(recorder: Recorder, periodNs: number, link: ReplicationLink | undefined, nowNs: number): void {
    const { node, before } = this;
    const now = this.read();
    const period: NodePeriod = {
      node,
      link,
      periodNs,
      nowNs,
      rise: total => {
        const place = PLACE.get(total)!;
        return now[place] - before[place];
      },
    };
    for (const metric of NODE_METRICS) {
      const value = metric.read(period);
      if (value !== undefined) recorder.set(metric.name, metric.unit, node.name, value, metric.flow);
    }
    this.before = now;
    // The period's measurements have been read.
    node.requestLatency.periodOver();
    node.pressure.periodOver();
    node.replicaReads?.periodOver();
  }
}
