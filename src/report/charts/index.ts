// The charts over time, in the order of a look at a system: demand, latency, errors first, resources after. A new chart is
// one file and one line here.

import { backlog } from "./backlog.ts";
import type { Chart, ChartDefinition } from "./chart.ts";
import { churn } from "./churn.ts";
import { connections } from "./connections.ts";
import { cpu } from "./cpu.ts";
import { demand } from "./demand.ts";
import { ecpu } from "./ecpu.ts";
import { fork } from "./fork.ts";
import { hitRate } from "./hit-rate.ts";
import { lag } from "./lag.ts";
import { latency } from "./latency.ts";
import { memory } from "./memory.ts";
import { allowance, network } from "./network.ts";
import type { Source } from "./source.ts";
import { staleReads } from "./stale-reads.ts";

const CHARTS: readonly ChartDefinition[] = [
  demand,
  latency,
  ecpu,
  hitRate,
  churn,
  memory,
  fork,
  cpu,
  lag,
  staleReads,
  backlog,
  connections,
  network,
  allowance,
];

/** What can be drawn, and the titles of what there is nothing for. */
export function planCharts(source: Source): { charts: Chart[]; absent: string[] } {
  const charts: Chart[] = [];
  const absent: string[] = [];
  for (const definition of CHARTS) {
    const chart = definition.plan(source);
    if (chart === null) absent.push(definition.title);
    else charts.push(chart);
  }
  return { charts, absent };
}
