// Ready sets of alarms. «seed»: the eight of the seed article (C. Sieg, "Amazon ElastiCache: An Architecture Deep-Dive",
// read 2026-11-22). «aws»: the starters of AWS's agent toolkit (aws/agent-toolkit-for-aws, amazon-elasticache skill,
// 2026-08-20; aws-facts.md, section 7), with AWS's rule for processors: nodes of up to two vCPUs are watched by
// CPUUtilization at 90 % / vCPU, larger ones by EngineCPUUtilization at 90 %.
//
// Neither source gives evaluation periods. Assumed: counts alarm at once (1 of 1), levels after 3 of 3 periods; missing data
// is treated as missing, CloudWatch's default, but for counts, which are not breaching.

import { NS_PER_MINUTE } from "../../units.ts";
import type { Alarm } from "./alarm.ts";

type Row = Pick<Alarm, "name" | "severity" | "metric" | "threshold"> & Partial<Alarm>;

const level = (row: Row): Omit<Alarm, "source"> => ({
  statistic: "average",
  comparison: "above",
  periodNs: NS_PER_MINUTE,
  datapoints: 3,
  of: 3,
  missing: "missing",
  ...row,
});
const total = (row: Row): Omit<Alarm, "source"> =>
  level({ statistic: "sum", datapoints: 1, of: 1, missing: "notBreaching", ...row });

const SEED = [
  level({ name: "memory-warning", severity: "warning", metric: "DatabaseMemoryUsagePercentage", threshold: 75 }),
  level({ name: "memory-critical", severity: "critical", metric: "DatabaseMemoryUsagePercentage", threshold: 85 }),
  level({ name: "engine-cpu-warning", severity: "warning", metric: "EngineCPUUtilization", threshold: 80 }),
  level({ name: "engine-cpu-critical", severity: "critical", metric: "EngineCPUUtilization", threshold: 90 }),
  total({
    name: "evictions",
    severity: "warning",
    metric: "Evictions",
    threshold: 100,
    periodNs: 5 * NS_PER_MINUTE,
  }),
  level({
    name: "replication-lag",
    severity: "critical",
    metric: "ReplicationLag",
    statistic: "maximum",
    threshold: 5,
    datapoints: 1,
    of: 1,
  }),
  level({
    name: "connections",
    severity: "warning",
    metric: "CurrConnections",
    statistic: "maximum",
    threshold: 50_000,
    datapoints: 1,
    of: 1,
  }),
  level({
    name: "swap",
    severity: "critical",
    metric: "SwapUsage",
    statistic: "maximum",
    threshold: 0,
    datapoints: 1,
    of: 1,
  }),
];

/** The processor that AWS says to watch. */
function processor(vcpu: number): Omit<Alarm, "source"> {
  return vcpu <= 2
    ? level({ name: "cpu", severity: "critical", metric: "CPUUtilization", threshold: 90 / vcpu })
    : level({ name: "engine-cpu", severity: "critical", metric: "EngineCPUUtilization", threshold: 90 });
}

const AWS = [
  level({ name: "memory-warning", severity: "warning", metric: "DatabaseMemoryUsagePercentage", threshold: 80 }),
  level({ name: "memory-critical", severity: "critical", metric: "DatabaseMemoryUsagePercentage", threshold: 90 }),
  level({ name: "replication-lag", severity: "warning", metric: "ReplicationLag", statistic: "maximum", threshold: 1 }),
  total({ name: "evictions", severity: "warning", metric: "Evictions", threshold: 100, periodNs: 5 * NS_PER_MINUTE }),
  total({ name: "new-connections", severity: "warning", metric: "NewConnections", threshold: 1_000 }),
  level({ name: "read-latency", severity: "warning", metric: "SuccessfulReadRequestLatency", threshold: 5_000 }),
  level({ name: "write-latency", severity: "warning", metric: "SuccessfulWriteRequestLatency", threshold: 5_000 }),
  total({ name: "throttled", severity: "critical", metric: "ThrottledCmds", threshold: 0 }),
  level({ name: "hit-rate", severity: "warning", metric: "CacheHitRate", comparison: "below", threshold: 80 }),
];

export const ALARM_SETS = ["seed", "aws"] as const;
export type AlarmSet = (typeof ALARM_SETS)[number];

/** The alarms of a set for nodes with so many vCPUs. */
export function alarmSet(set: AlarmSet, vcpu: number): Alarm[] {
  const rows = set === "seed" ? SEED : [processor(vcpu), ...AWS];
  return rows.map(row => ({ ...row, source: set }));
}
