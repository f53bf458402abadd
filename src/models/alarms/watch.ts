// Alarms over what a run recorded: data points from the rows of the series, states from the data points. It reads and
// changes nothing, so alarms cost the simulated world nothing.

import type { Column, Recorder } from "../recorder.ts";
import { type Alarm, type AlarmState, type Statistic, statesOf } from "./alarm.ts";

/** One alarm on one node. */
export interface WatchedAlarm {
  readonly alarm: Alarm;
  readonly where: string;
  /** The state from an instant on; the first is where it began to have data or the run. */
  readonly changes: readonly { readonly atNs: number; readonly state: AlarmState }[];
  readonly inAlarmNs: number;
}

export function wasRaised({ changes }: WatchedAlarm): boolean {
  return changes.some(({ state }) => state === "ALARM");
}

const STATISTICS: Readonly<Record<Statistic, (values: readonly number[]) => number>> = {
  average: values => values.reduce((sum, value) => sum + value, 0) / values.length,
  maximum: values => Math.max(...values),
  minimum: values => Math.min(...values),
  sum: values => values.reduce((sum, value) => sum + value, 0),
};

/** All alarms on all nodes that have their metric. */
export function watchAlarms(alarms: readonly Alarm[], recorder: Recorder): WatchedAlarm[] {
  return alarms.flatMap(alarm =>
    recorder.columns
      .filter(column => column.metric === alarm.metric && column.where !== "")
      .map(column => watch(alarm, column, recorder)),
  );
}

function watch(alarm: Alarm, column: Column, recorder: Recorder): WatchedAlarm {
  const endNs = recorder.periods.at(-1)?.endNs ?? 0;
  const states = statesOf(alarm, pointsOf(alarm, column, recorder));
  const changes: { atNs: number; state: AlarmState }[] = [];
  let inAlarmNs = 0;
  states.forEach((state, i) => {
    const atNs = (i + 1) * alarm.periodNs;
    if (changes.at(-1)?.state !== state) changes.push({ atNs, state });
    if (state === "ALARM") inAlarmNs += Math.min(alarm.periodNs, endNs - atNs);
  });
  return { alarm, where: column.where, changes, inAlarmNs };
}

/** The statistic over each whole period of the alarm; a row counts where it ends. */
function pointsOf({ periodNs, statistic }: Alarm, column: Column, { periods }: Recorder): (number | null)[] {
  const endNs = periods.at(-1)?.endNs ?? 0;
  const points: (number | null)[] = new Array(Math.floor(endNs / periodNs)).fill(null);
  const values: number[][] = points.map(() => []);
  periods.forEach((period, row) => {
    const place = Math.ceil(period.endNs / periodNs) - 1;
    const value = column.values[row];
    if (place < values.length && value != null) values[place].push(value);
  });
  return values.map(held => (held.length === 0 ? null : STATISTICS[statistic](held)));
}
