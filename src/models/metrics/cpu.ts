// Processor metrics. EngineCPUUtilization is the engine thread alone; CPUUtilization is all cores, with I/O threads and
// background work (METRICS, HOST).

import { counted, type NodeMetric, type NodePeriod, type Total } from "./metric.ts";

const engineNs: Total = node => node.workedNs;
const hostNs: Total = node => node.workedNs + node.ioBusyNs + node.backgroundBusyNs;

function percent({ periodNs }: NodePeriod, ns: number, cores: number): number {
  return Math.min(100, (100 * ns) / (periodNs * cores));
}

export const CPU_METRICS: readonly NodeMetric[] = [
  {
    name: "EngineCPUUtilization",
    unit: "Percent",
    meaning: "CPU of the engine thread",
    totals: [engineNs],
    read: period => percent(period, period.rise(engineNs), 1),
  },
  {
    name: "CPUUtilization",
    unit: "Percent",
    meaning: "CPU of the whole host, all cores",
    totals: [hostNs],
    read: period => percent(period, period.rise(hostNs), period.node.cpu.vcpu),
  },
  counted("SlowCommands", "Count", "entries that the slow log got", node => node.engine.durations.slowlog.added),
];
