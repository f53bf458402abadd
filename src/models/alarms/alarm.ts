// CloudWatch alarms over the metrics of nodes: what one is, and how its state follows from data points
// (docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html, read 2026-11).
//
// A data point is a statistic of the metric over one period. With N evaluation periods and M data points to alarm, the
// alarm looks at the N latest points and goes to ALARM when M of them breach. When points are missing it looks further
// back, over the evaluation range; where that does not give N either, the missing ones are filled as `missing` says.
//   notBreaching, breaching   as a good, as a bad point
//   ignore                    the state stays unless the points there are decide it
//   missing                   the same, but a breaching point at least M periods old with nothing good after it raises the
//                             alarm, and a range without any point is INSUFFICIENT_DATA
// The evaluation range is N + 2 points: AWS says only that it is more than N, and shows 5 for N = 3.
//
// Left out: composite alarms, anomaly detection, metric math, actions.

export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";
export type Statistic = "average" | "maximum" | "minimum" | "sum";
export type MissingData = "missing" | "ignore" | "breaching" | "notBreaching";

export interface Alarm {
  readonly name: string;
  /** Who advises it; «scenario» for one of the scenario's own. */
  readonly source: string;
  readonly severity: "warning" | "critical";
  readonly metric: string;
  readonly statistic: Statistic;
  readonly comparison: "above" | "below";
  readonly threshold: number;
  readonly periodNs: number;
  /** Data points to alarm, of so many evaluation periods. */
  readonly datapoints: number;
  readonly of: number;
  readonly missing: MissingData;
}

const RANGE_BEYOND = 2;

export function breaches({ comparison, threshold }: Alarm, value: number): boolean {
  return comparison === "above" ? value > threshold : value < threshold;
}

/** The state after each period, from its data points (null: missing). It begins without data. */
export function statesOf(alarm: Alarm, points: readonly (number | null)[]): AlarmState[] {
  const states: AlarmState[] = [];
  let state: AlarmState = "INSUFFICIENT_DATA";
  for (let i = 0; i < points.length; i++) {
    const range = points.slice(Math.max(0, i + 1 - alarm.of - RANGE_BEYOND), i + 1);
    states.push((state = nextState(alarm, range, state)));
  }
  return states;
}

function nextState(alarm: Alarm, range: readonly (number | null)[], before: AlarmState): AlarmState {
  const { of, datapoints, missing } = alarm;
  const bad = range.filter(point => point !== null).map(point => breaches(alarm, point));
  const latest = bad.slice(-of);
  const breaching = latest.filter(one => one).length;
  const good = latest.length - breaching;
  const lacking = of - latest.length;
  if (breaching >= datapoints) return "ALARM";
  if (good > of - datapoints || lacking === 0) return "OK";
  switch (missing) {
    case "breaching":
      return breaching + lacking >= datapoints ? "ALARM" : "OK";
    case "notBreaching":
      return "OK";
    case "ignore":
      return before;
    case "missing":
      if (latest.length === 0) return "INSUFFICIENT_DATA";
      return isOldBreach(alarm, range) ? "ALARM" : before;
  }
}

/** Whether the oldest point is bad, at least M periods old, and nothing good came after it. */
function isOldBreach(alarm: Alarm, range: readonly (number | null)[]): boolean {
  const first = range.findIndex(point => point !== null);
  const age = range.length - first;
  return age >= alarm.datapoints && range.every(point => point === null || breaches(alarm, point));
}
