import { expect, test } from "vitest";
import type { Alarm } from "../../../src/models/alarms/alarm.ts";
import { watchAlarms } from "../../../src/models/alarms/watch.ts";
import { Recorder } from "../../../src/models/recorder.ts";

const ALARM: Alarm = {
  name: "cpu",
  source: "scenario",
  severity: "critical",
  metric: "EngineCPUUtilization",
  statistic: "average",
  comparison: "above",
  threshold: 50,
  periodNs: 10e9,
  datapoints: 1,
  of: 1,
  missing: "missing",
};

/** Rows of one second with these values on one node. */
function recorded(values: readonly (number | null)[]): Recorder {
  let now = 0;
  const recorder = new Recorder(1, () => now);
  for (const value of values) {
    now += 1e9;
    recorder.closePeriod(() => recorder.set("EngineCPUUtilization", "Percent", "cache-0001-001", value));
  }
  return recorder;
}

const rows = (...parts: readonly (readonly [number | null, number])[]) =>
  parts.flatMap(([value, times]) => new Array<number | null>(times).fill(value));

test("a data point is the average of its period's rows, and the state holds from its end", () => {
  // Seconds 0-10 at 20 %, 10-20 half at 20 and half at 90 (55 on average), 20-30 at 20.
  const [one] = watchAlarms([ALARM], recorded(rows([20, 10], [20, 5], [90, 5], [20, 10])));
  expect(one.where).toBe("cache-0001-001");
  expect(one.changes).toEqual([
    { atNs: 10e9, state: "OK" },
    { atNs: 20e9, state: "ALARM" },
    { atNs: 30e9, state: "OK" },
  ]);
  expect(one.inAlarmNs).toBe(10e9);
});

test("a maximum sees what an average hides, and a period that has not ended is no data point", () => {
  const values = rows([20, 9], [90, 1], [90, 5]);
  expect(watchAlarms([ALARM], recorded(values))[0].changes).toEqual([{ atNs: 10e9, state: "OK" }]);
  const [peak] = watchAlarms([{ ...ALARM, statistic: "maximum" }], recorded(values));
  expect(peak.changes).toEqual([{ atNs: 10e9, state: "ALARM" }]);
  expect(peak.inAlarmNs).toBe(5e9);
});

test("a metric that nobody reports is watched nowhere", () => {
  expect(watchAlarms([{ ...ALARM, metric: "SwapUsage" }], recorded(rows([20, 10])))).toEqual([]);
});
