// From the scenario's alarms to what is watched.

import type { NodeType } from "../catalog/nodes.ts";
import type { Alarm } from "../models/alarms/alarm.ts";
import { alarmSet } from "../models/alarms/sets.ts";
import { NODE_METRICS } from "../models/metrics/index.ts";
import { SERVERLESS_METRICS } from "../models/serverless/metrics.ts";
import { formatDurationNs } from "../units.ts";
import type { Report } from "./build-report.ts";
import type { Scenario } from "./schema.ts";
import { didYouMean } from "./suggest.ts";

/** `rowNs`: length of one row of the series, which data points are made of. */
export function buildAlarms({ alarms, cluster }: Scenario, node: NodeType, rowNs: number, report: Report): Alarm[] {
  if (alarms === undefined) return [];
  if (alarms.period !== undefined && alarms.sets.length === 0) {
    report(["alarms", "period"], "changes the ready sets, and none is named: «sets: [aws]»");
  }
  const ready = alarms.sets.flatMap(set => alarmSet(set, node.vcpu));
  const sets = alarms.period === undefined ? ready : ready.map(alarm => ({ ...alarm, periodNs: alarms.period! }));
  for (const [i, alarm] of sets.entries()) {
    if (alarm.periodNs >= rowNs || i !== sets.findIndex(one => one.periodNs < rowNs)) continue;
    report(["alarms", alarms.period === undefined ? "sets" : "period"], tooShort(alarm.periodNs, rowNs));
  }
  const serverless = cluster.deployment === "serverless";
  const known = (serverless ? SERVERLESS_METRICS : NODE_METRICS).map(metric => metric.name);
  const own = alarms.own.map((one, i): Alarm => {
    const path = ["alarms", "own", i];
    if (!known.includes(one.metric)) {
      report(
        [...path, "metric"],
        `no ${serverless ? "serverless cache" : "node"} reports «${one.metric}»${didYouMean(one.metric, known)}`,
      );
    }
    if ((one.above === undefined) === (one.below === undefined)) {
      report(path, "needs either «above» or «below»");
    }
    const of = one.of ?? one.datapoints;
    if (of < one.datapoints) {
      report(
        [...path, "of"],
        `${one.datapoints} data points of ${of} periods can never be: «of» is at least «datapoints»`,
      );
    }
    if (one.period < rowNs) report([...path, "period"], tooShort(one.period, rowNs));
    return {
      name: one.name,
      source: "scenario",
      severity: one.severity,
      metric: one.metric,
      statistic: one.statistic,
      comparison: one.below === undefined ? "above" : "below",
      threshold: one.above ?? one.below ?? 0,
      periodNs: one.period,
      datapoints: one.datapoints,
      of,
      missing: one.missing,
    };
  });
  const names = new Set<string>();
  own.forEach(({ name }, i) => {
    if (names.has(name)) report(["alarms", "own", i, "name"], `«${name}» is the name of two of them`);
    names.add(name);
  });
  return [...sets, ...own];
}

function tooShort(periodNs: number, rowNs: number): string {
  const row = formatDurationNs(rowNs);
  return `data points of ${formatDurationNs(periodNs)} cannot be made of rows of ${row}: a shorter «period:» of the run, or a longer one here`;
}
