// States of alarms against the tables of the CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data":
// the five points of the evaluation range, oldest first, and the state that each treatment gives. 0 is good, X breaches,
// - is missing; «stay» keeps the state.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Alarm, type AlarmState, breaches, type MissingData, statesOf } from "../../../src/models/alarms/alarm.ts";
import { alarmSet } from "../../../src/models/alarms/sets.ts";
import { NODE_METRICS } from "../../../src/models/metrics/index.ts";
import { SERVERLESS_METRICS } from "../../../src/models/serverless/metrics.ts";

function alarm(wanted: Partial<Alarm> = {}): Alarm {
  return {
    name: "test",
    source: "scenario",
    severity: "warning",
    metric: "EngineCPUUtilization",
    statistic: "average",
    comparison: "above",
    threshold: 50,
    periodNs: 60e9,
    datapoints: 3,
    of: 3,
    missing: "missing",
    ...wanted,
  };
}

const POINTS: Readonly<Record<string, number | null>> = { "0": 10, X: 90, "-": null };
const pointsOf = (text: string) => text.split(" ").map(sign => POINTS[sign]);
const last = (one: Alarm, text: string): AlarmState => statesOf(one, pointsOf(text)).at(-1)!;

describe("3 of 3 data points over five periods", () => {
  const TREATMENTS: readonly MissingData[] = ["missing", "ignore", "breaching", "notBreaching"];
  test.each<[string, readonly (AlarmState | "stay")[]]>([
    ["0 - X - X", ["OK", "OK", "OK", "OK"]],
    ["0 - - - -", ["OK", "OK", "OK", "OK"]],
    ["- - - - -", ["INSUFFICIENT_DATA", "stay", "ALARM", "OK"]],
    ["0 X X - X", ["ALARM", "ALARM", "ALARM", "ALARM"]],
    ["- - X - -", ["ALARM", "stay", "ALARM", "OK"]],
  ])("%s", (points, states) => {
    TREATMENTS.forEach((missing, i) => {
      // Ten good points before, then the five: what stays is OK.
      const expected = states[i] === "stay" ? "OK" : states[i];
      const calm = "0 0 0 0 0 0 0 0 0 0";
      expect(last(alarm({ missing }), points), `${missing} at the start`).toBe(
        states[i] === "stay" ? "INSUFFICIENT_DATA" : expected,
      );
      if (points === "- - - - -") expect(last(alarm({ missing }), `${calm} ${points}`), missing).toBe(expected);
    });
  });
});

describe("2 of 3 data points", () => {
  test.each<[string, AlarmState]>([
    ["0 X 0 X", "ALARM"],
    ["X 0 0 X", "OK"],
    ["X X 0 0", "OK"],
    ["0 0 X X", "ALARM"],
  ])("%s is %s", (points, state) => {
    expect(last(alarm({ datapoints: 2 }), points)).toBe(state);
  });
});

test("an alarm without gaps is raised exactly when M of the last N points breach", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 0, max: 5 }),
      (points, datapoints, more) => {
        const one = alarm({ datapoints, of: datapoints + more, missing: "notBreaching" });
        statesOf(one, points).forEach((state, i) => {
          const breaching = points
            .slice(Math.max(0, i + 1 - one.of), i + 1)
            .filter(value => breaches(one, value)).length;
          expect(state === "ALARM").toBe(breaching >= datapoints);
        });
      },
    ),
    { seed: 11 },
  );
});

describe("ready sets", () => {
  test("the seed's eight, with its thresholds", () => {
    const rules = alarmSet("seed", 2).map(one => `${one.metric} ${one.threshold} ${one.severity}`);
    expect(rules).toEqual([
      "DatabaseMemoryUsagePercentage 75 warning",
      "DatabaseMemoryUsagePercentage 85 critical",
      "EngineCPUUtilization 80 warning",
      "EngineCPUUtilization 90 critical",
      "Evictions 100 warning",
      "ReplicationLag 5 critical",
      "CurrConnections 50000 warning",
      "SwapUsage 0 critical",
    ]);
  });

  test("AWS watches the host on two vCPUs and the engine thread on four", () => {
    const [small] = alarmSet("aws", 2);
    const [large] = alarmSet("aws", 4);
    expect([small.metric, small.threshold]).toEqual(["CPUUtilization", 45]);
    expect([large.metric, large.threshold]).toEqual(["EngineCPUUtilization", 90]);
  });

  test("every alarm watches a metric that nodes or serverless caches report", () => {
    const known = new Set([...NODE_METRICS, ...SERVERLESS_METRICS].map(metric => metric.name));
    const sets = [...alarmSet("seed", 2), ...alarmSet("aws", 2), ...alarmSet("aws", 4)];
    expect(sets.filter(one => !known.has(one.metric)).map(one => one.metric)).toEqual([]);
  });
});
