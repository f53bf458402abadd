// Queues on the kernel, and the waits that theory gives them: Pollaczek and Khinchine's mean wait for one server, Erlang's C
// formula for several.

import { constant } from "../../src/sim/distributions/constant.ts";
import { type Distribution, secondMoment } from "../../src/sim/distributions/distribution.ts";
import { exponential } from "../../src/sim/distributions/exponential.ts";
import { lognormalByMean } from "../../src/sim/distributions/lognormal.ts";
import { mixture } from "../../src/sim/distributions/mixture.ts";
import { Histogram } from "../../src/sim/histogram.ts";
import { Gauge } from "../../src/sim/series.ts";
import { Simulation } from "../../src/sim/simulation.ts";
import { Station } from "../../src/sim/station.ts";
import { studentInterval } from "../../src/sim/statistics/student-t.ts";
import type { Subject } from "./row.ts";

export const REPLICATIONS = 10;
export const CUSTOMERS = 150_000;
/** Mean service of one job; the rounding to whole nanoseconds is one part in a hundred thousand of it. */
export const SERVICE_NS = 100_000;

export interface Queue {
  readonly servers: number;
  readonly utilisation: number;
  readonly service: Distribution;
}

const ARRIVE = 0;
const LEAVE = 1;

/** Sends the customers through the queue and lets it run empty. Each queue has streams of its own, by its name. */
export function runQueue(name: string, { servers, utilisation, service }: Queue, replication: number) {
  const sim = new Simulation(2026, replication);
  const station = new Station(servers);
  const gap = exponential(SERVICE_NS / (utilisation * servers));
  const [gaps, services] = [sim.random(`${name}/arrivals`), sim.random(`${name}/services`)];
  const inSystem = new Gauge();
  const sojourns = new Histogram();
  const waits: number[] = [];
  const target = sim.register((kind, sojournNs) => {
    if (kind === LEAVE) {
      inSystem.add(sim.now, -1);
      sojourns.record(sojournNs);
      return;
    }
    inSystem.add(sim.now, 1);
    const serviceNs = Math.round(service.sample(services));
    const waitNs = station.admit(sim.now, serviceNs) - sim.now;
    waits.push(waitNs);
    sim.send(waitNs + serviceNs, target, LEAVE, waitNs + serviceNs, 0);
    if (waits.length < CUSTOMERS) sim.send(Math.round(gap.sample(gaps)), target, ARRIVE, 0, 0);
  });
  sim.send(0, target, ARRIVE, 0, 0);
  sim.run(Number.POSITIVE_INFINITY);
  return { lengthNs: sim.now, waits, sojourns, inSystem: inSystem.read(sim.now).mean, station };
}

/** Erlang's C: the chance that an arrival finds all servers busy. */
export function erlangC(servers: number, utilisation: number): number {
  const load = servers * utilisation;
  let term = 1;
  let sum = 0;
  for (let k = 0; k < servers; k++) {
    sum += term;
    term *= load / (k + 1);
  }
  const busy = term / (1 - utilisation);
  return busy / (sum + busy);
}

export function meanWaitNs({ servers, utilisation, service }: Queue): number {
  if (servers > 1) return (erlangC(servers, utilisation) * SERVICE_NS) / (servers * (1 - utilisation));
  return ((utilisation / SERVICE_NS) * secondMoment(service)) / (2 * (1 - utilisation));
}

const hyperexponential = mixture([
  { weight: 0.9, of: exponential(SERVICE_NS / 2) },
  { weight: 0.1, of: exponential(SERVICE_NS * 5.5) },
]);

export const QUEUES: Record<string, Queue> = {
  "M/M/1 at 80 %": { servers: 1, utilisation: 0.8, service: exponential(SERVICE_NS) },
  "M/M/1 at 50 %": { servers: 1, utilisation: 0.5, service: exponential(SERVICE_NS) },
  "M/D/1 at 80 %": { servers: 1, utilisation: 0.8, service: constant(SERVICE_NS) },
  "M/G/1 at 70 %, lognormal": { servers: 1, utilisation: 0.7, service: lognormalByMean(SERVICE_NS, 0.8) },
  "M/G/1 at 60 %, hyperexponential": { servers: 1, utilisation: 0.6, service: hyperexponential },
  "M/M/2 at 70 %": { servers: 2, utilisation: 0.7, service: exponential(SERVICE_NS) },
  "M/M/8 at 80 %": { servers: 8, utilisation: 0.8, service: exponential(SERVICE_NS) },
};

/** Mean wait over the replications, with its 99 % interval. */
export function waitOf(runs: readonly ReturnType<typeof runQueue>[]) {
  return studentInterval(
    runs.map(({ waits }) => waits.reduce((sum, wait) => sum + wait, 0) / waits.length),
    0.99,
  );
}

export const queueing: Subject = {
  title: "Queues on the kernel",
  about:
    "Mean wait in a first-come queue with Poisson arrivals and a mean service of 100 us, ten replications of 150,000 " +
    "customers, against the Pollaczek-Khinchine formula (one server) and Erlang's C (several). The bound is the 99 % " +
    "confidence interval of the simulation.",
  missing: null,
  rows: () =>
    Object.entries(QUEUES).map(([what, queue]) => {
      const runs = Array.from({ length: REPLICATIONS }, (_, replication) => runQueue(what, queue, replication));
      const { mean, halfWidth } = waitOf(runs);
      return {
        what,
        predicted: mean / 1_000,
        reference: meanWaitNs(queue) / 1_000,
        unit: "us",
        bound: halfWidth / 1_000,
        kind: "absolute" as const,
      };
    }),
};
