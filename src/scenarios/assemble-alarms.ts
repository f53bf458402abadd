// The alarms of a run for the result file: those that were raised, with every change of state.

import type { Alarm } from "../models/alarms/alarm.ts";
import { wasRaised, watchAlarms } from "../models/alarms/watch.ts";
import type { World } from "../models/world.ts";
import type { Result } from "../result.ts";
import type { Loaded } from "./load.ts";
import { sure } from "./rounding.ts";

export function alarmsOf({ built }: Loaded, { recorder }: World): Result["alarms"] {
  const all = watchAlarms(built.alarms, recorder);
  const raised = all.filter(wasRaised);
  return {
    watched: all.length,
    raised: raised.map(({ alarm, where, changes, inAlarmNs }) => ({
      name: alarm.name,
      source: alarm.source,
      severity: alarm.severity,
      metric: alarm.metric,
      rule: ruleOf(alarm),
      where,
      inAlarmSeconds: sure(inAlarmNs / 1e9),
      changes: changes.map(({ atNs, state }) => ({ timeSeconds: sure(atNs / 1e9), state })),
    })),
  };
}

function ruleOf({ statistic, comparison, threshold, datapoints, of, periodNs }: Alarm): string {
  const sign = comparison === "above" ? ">" : "<";
  return `${statistic} ${sign} ${threshold}, ${datapoints} of ${of} periods of ${periodNs / 1e9} s`;
}
