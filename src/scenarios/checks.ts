// Judging the checks of a scenario. With several replications a check looks at the mean over them.

import type { Alarm } from "../models/alarms/alarm.ts";
import { watchAlarms } from "../models/alarms/watch.ts";
import type { Check } from "../result.ts";
import { type Expectation, holds, marginOf, type WindowSpec } from "./expect.ts";
import { METRICS } from "./metrics.ts";
import type { Replication } from "./run.ts";
import type { Warmup } from "./warmup.ts";
import { measure, type Window } from "./window.ts";

function windowOf(spec: WindowSpec, warmup: Warmup): Window {
  switch (spec.kind) {
    case "whole":
      return { name: "over all", includes: () => true };
    case "after-warmup":
      return { name: "after warmup", includes: period => period.startNs >= warmup.endNs };
    case "outside-drills":
      return { name: "outside drills", includes: period => period.startNs >= warmup.endNs && !period.disturbed };
    case "during-drills":
      return { name: "during drills", includes: period => period.disturbed };
    case "between":
      return {
        name: `between ${spec.fromNs / 1e9} s and ${Number.isFinite(spec.toNs) ? `${spec.toNs / 1e9} s` : "the end"}`,
        includes: period => period.startNs >= spec.fromNs && period.endNs <= spec.toNs,
      };
  }
}

const UNITS = { duration: "ns", share: "share", usd: "USD", count: "count", rate: "1/s" } as const;

export function judge(
  expectation: Expectation,
  replications: readonly Replication[],
  warmup: Warmup,
  workloads: readonly string[],
  monthlyUsd: number | null,
  alarms: readonly Alarm[],
): Check {
  const window = windowOf(expectation.window, warmup);
  const workload = expectation.workload === null ? null : workloads.indexOf(expectation.workload);
  const values = replications.map(({ world, drills }) =>
    expectation.metric.read({
      recorder: world.recorder,
      measured: measure(world.recorder, window, workload),
      drills,
      workload: expectation.workload,
      monthlyUsd,
      alarms: watchAlarms(alarms, world.recorder),
    }),
  );
  const known = values.filter(value => value !== null);
  // A replication without data makes the check one without data: a mean over the rest would hide it.
  const measured = known.length === values.length ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
  return {
    text: expectation.text,
    metric:
      expectation.workload === null ? expectation.metric.name : `${expectation.workload}.${expectation.metric.name}`,
    window: window.name,
    status: measured === null ? "no-data" : holds(expectation, measured) ? "pass" : "fail",
    measured: measured === null ? null : Number(measured.toPrecision(6)),
    limit: expectation.limit,
    unit: UNITS[expectation.metric.unit],
    margin: measured === null ? null : round(marginOf(expectation, measured)),
  };
}

function round(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(4));
}

/** The unit of a metric by its name, for whoever prints a check of a stored result. */
export function unitOfMetric(name: string) {
  return METRICS.find(metric => metric.name === name.split(".").at(-1))?.unit ?? "count";
}
