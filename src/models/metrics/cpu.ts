// Processor metrics. EngineCPUUtilization is the engine thread alone; CPUUtilization is all cores, with I/O threads and
// background work (METRICS, HOST).

import type { CreditReading } from "../hardware/burst-credits.ts";
import { counted, type NodeMetric, type NodePeriod, standing, type Total } from "./metric.ts";

const engineNs: Total = node => node.workedNs;
const hostNs: Total = node => node.workedNs + node.ioBusyNs + node.backgroundBusyNs;

function percent({ periodNs }: NodePeriod, ns: number, cores: number): number {
  return Math.min(100, (100 * ns) / (periodNs * cores));
}

/** The reading of the credits that was published in this period; null: none was. */
function newReading({ node, nowNs, periodNs }: NodePeriod): CreditReading | undefined {
  const reading = node.credits?.reading ?? null;
  return reading === null || reading.atNs <= nowNs - periodNs ? undefined : reading;
}

export const CPU_METRICS: readonly NodeMetric[] = [
  {
    name: "EngineCPUUtilization",
    unit: "Percent",
    meaning: "CPU of the engine thread; of Memcached, of its worker threads",
    totals: [engineNs],
    read: period => percent(period, period.rise(engineNs), period.node.thread.count),
  },
  {
    name: "CPUUtilization",
    unit: "Percent",
    meaning: "CPU of the whole host, all cores",
    totals: [hostNs],
    read: period => percent(period, period.rise(hostNs), period.node.cpu.vcpu),
  },
  {
    name: "CPUCreditBalance",
    unit: "Count",
    meaning: "CPU credits on hand (vCPU-minutes); t3 and t4g, every five minutes",
    read: period => newReading(period)?.balance,
  },
  {
    name: "CPUCreditUsage",
    unit: "Count",
    meaning: "CPU credits spent in the five minutes before (vCPU-minutes); t3 and t4g",
    read: period => newReading(period)?.usage,
  },
  standing(
    "CPUAllowance",
    "Percent",
    "CPU of the whole host that its credits allow, of burstable nodes; not a CloudWatch metric",
    ({ node }) => (node.credits === null ? undefined : (100 * node.credits.allowedVcpus) / node.cpu.vcpu),
  ),
  standing("TrafficManagementActive", "Count", "1 when the engine could not keep up with its commands", ({ node }) =>
    node.pressure.managed ? 1 : 0,
  ),
  counted("SlowCommands", "Count", "entries that the slow log got", node => node.engine.durations.slowlog.added),
];
