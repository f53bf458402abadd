// Queues on the kernel against queueing theory: Pollaczek and Khinchine's mean wait for one server, Erlang's C formula
// for eight, Little's law for each. Ten replications a queue, 99 % intervals: a queue that were off by a few per cent
// would miss them, and an interval too wide to tell is a failure as well.

import { describe, expect, test } from "vitest";
import { exponential } from "../../src/sim/distributions/exponential.ts";
import { batchMeans } from "../../src/sim/statistics/batch-means.ts";
import { studentInterval } from "../../src/sim/statistics/student-t.ts";
import {
  CUSTOMERS,
  erlangC,
  meanWaitNs,
  QUEUES,
  REPLICATIONS,
  runQueue,
  SERVICE_NS,
  waitOf,
} from "../validation/queueing.ts";

test("the closed forms themselves agree where they meet, and with a printed value", () => {
  for (const utilisation of [0.1, 0.5, 0.9]) {
    const one = { servers: 1, utilisation, service: exponential(SERVICE_NS) };
    expect(meanWaitNs(one)).toBeCloseTo((erlangC(1, utilisation) * SERVICE_NS) / (1 - utilisation), 6);
    expect(erlangC(1, utilisation)).toBeCloseTo(utilisation, 12);
  }
  // Two servers: C = 2 rho^2 / (1 + rho).
  expect(erlangC(2, 0.75)).toBeCloseTo(1.125 / 1.75, 12);
});

describe.each(Object.entries(QUEUES))("%s", (name, queue) => {
  const runs = Array.from({ length: REPLICATIONS }, (_, replication) => runQueue(name, queue, replication));
  const over = (value: (one: (typeof runs)[number]) => number) => studentInterval(runs.map(value), 0.99);
  const theoryNs = meanWaitNs(queue);

  test("the mean wait is that of theory, and the interval is narrow enough to say so", () => {
    const { mean, halfWidth } = waitOf(runs);
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
