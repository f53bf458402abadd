// Queues on the kernel against queueing theory: Pollaczek and Khinchine's mean wait for one server, Erlang's C formula
// for eight, Little's law for each. Ten replications a queue, 99 % intervals: a queue that were off by a few per cent
// would miss them, and an interval too wide to tell is a failure as well.

import { describe, expect, test } from "vitest";
import { constant } from "../../src/sim/distributions/constant.ts";
import { type Distribution, secondMoment } from "../../src/sim/distributions/distribution.ts";
import { exponential } from "../../src/sim/distributions/exponential.ts";
import { lognormalByMean } from "../../src/sim/distributions/lognormal.ts";
import { mixture } from "../../src/sim/distributions/mixture.ts";
import { Histogram } from "../../src/sim/histogram.ts";
import { Gauge } from "../../src/sim/series.ts";
import { Simulation } from "../../src/sim/simulation.ts";
import { Station } from "../../src/sim/station.ts";
import { batchMeans } from "../../src/sim/statistics/batch-means.ts";
import { studentInterval } from "../../src/sim/statistics/student-t.ts";

const REPLICATIONS = 10;
const CUSTOMERS = 150_000;
/** Mean service of one job; the rounding to whole nanoseconds is one part in a hundred thousand of it. */
const SERVICE_NS = 100_000;

interface Queue {
  readonly servers: number;
  readonly utilisation: number;
  readonly service: Distribution;
}

const ARRIVE = 0;
const LEAVE = 1;

/** Sends the customers through the queue and lets it run empty. Each queue has streams of its own, by its name. */
function run(name: string, { servers, utilisation, service }: Queue, replication: number) {
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
function erlangC(servers: number, utilisation: number): number {
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

function meanWaitNs({ servers, utilisation, service }: Queue): number {
  if (servers > 1) return (erlangC(servers, utilisation) * SERVICE_NS) / (servers * (1 - utilisation));
  return ((utilisation / SERVICE_NS) * secondMoment(service)) / (2 * (1 - utilisation));
}

const hyperexponential = mixture([
  { weight: 0.9, of: exponential(SERVICE_NS / 2) },
  { weight: 0.1, of: exponential(SERVICE_NS * 5.5) },
]);

const queues: Record<string, Queue> = {
  "M/M/1 at 80 %": { servers: 1, utilisation: 0.8, service: exponential(SERVICE_NS) },
  "M/M/1 at 50 %": { servers: 1, utilisation: 0.5, service: exponential(SERVICE_NS) },
  "M/D/1 at 80 %": { servers: 1, utilisation: 0.8, service: constant(SERVICE_NS) },
  "M/G/1 at 70 %, lognormal": { servers: 1, utilisation: 0.7, service: lognormalByMean(SERVICE_NS, 0.8) },
  "M/G/1 at 60 %, hyperexponential": { servers: 1, utilisation: 0.6, service: hyperexponential },
  "M/M/2 at 70 %": { servers: 2, utilisation: 0.7, service: exponential(SERVICE_NS) },
  "M/M/8 at 80 %": { servers: 8, utilisation: 0.8, service: exponential(SERVICE_NS) },
};

test("the closed forms themselves agree where they meet, and with a printed value", () => {
  for (const utilisation of [0.1, 0.5, 0.9]) {
    const one = { servers: 1, utilisation, service: exponential(SERVICE_NS) };
    expect(meanWaitNs(one)).toBeCloseTo((erlangC(1, utilisation) * SERVICE_NS) / (1 - utilisation), 6);
    expect(erlangC(1, utilisation)).toBeCloseTo(utilisation, 12);
  }
  // Two servers: C = 2 rho^2 / (1 + rho).
  expect(erlangC(2, 0.75)).toBeCloseTo(1.125 / 1.75, 12);
});

describe.each(Object.entries(queues))("%s", (name, queue) => {
  const runs = Array.from({ length: REPLICATIONS }, (_, replication) => run(name, queue, replication));
  const over = (value: (one: (typeof runs)[number]) => number) => studentInterval(runs.map(value), 0.99);
  const theoryNs = meanWaitNs(queue);

  test("the mean wait is that of theory, and the interval is narrow enough to say so", () => {
    const { mean, halfWidth } = over(({ waits }) => waits.reduce((sum, wait) => sum + wait, 0) / waits.length);
    expect(Math.abs(mean - theoryNs), `${mean} ± ${halfWidth} against ${theoryNs}`).toBeLessThan(halfWidth);
    expect(halfWidth).toBeLessThan(0.06 * theoryNs);
  });

  test("batch means over one run cover it too", () => {
    const { mean, halfWidth } = batchMeans(runs[0].waits, 20, 0.99);
    expect(Math.abs(mean - theoryNs), `${mean} ± ${halfWidth} against ${theoryNs}`).toBeLessThan(halfWidth);
    expect(halfWidth).toBeLessThan(0.2 * theoryNs);
  });

  test("Little's law holds exactly in every run that ends empty", () => {
    for (const { lengthNs, inSystem, sojourns } of runs) {
      expect(sojourns.count).toBe(CUSTOMERS);
      // N(t) integrated over time is the sum of the stays.
      expect((inSystem * lengthNs) / sojourns.sum).toBeCloseTo(1, 9);
    }
  });

  test("the number in the system and the utilisation are those of theory", () => {
    const inSystem = over(one => one.inSystem);
    const due = queue.servers * queue.utilisation * (1 + theoryNs / SERVICE_NS);
    expect(Math.abs(inSystem.mean - due)).toBeLessThan(inSystem.halfWidth);
    const busy = over(({ station, lengthNs }) => station.busyNs / (queue.servers * lengthNs));
    expect(Math.abs(busy.mean - queue.utilisation)).toBeLessThan(busy.halfWidth);
    expect(busy.halfWidth).toBeLessThan(0.01);
  });

  if (name.startsWith("M/M/1")) {
    test.each([0.5, 0.9, 0.99])("the stays are exponential: quantile %d", q => {
      const { mean, halfWidth } = over(({ sojourns }) => sojourns.quantile(q));
      const due = (-Math.log(1 - q) * SERVICE_NS) / (1 - queue.utilisation);
      expect(Math.abs(mean - due), `${mean} ± ${halfWidth} against ${due}`).toBeLessThan(halfWidth + 0.004 * due);
    });
  }
});
