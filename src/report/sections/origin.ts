// What the origin had to do: calls, attempts, how long they took, what came to nothing, and how many asked for one key at once.

import type { Result } from "../../result.ts";
import { formatDurationNs, formatNumber } from "../../units.ts";
import { html, name } from "../markup.ts";
import { saySeconds } from "../quantity.ts";
import { type Column, dataTable } from "./data-table.ts";
import type { Section } from "./section.ts";

interface Peak {
  readonly value: number;
  readonly seconds: number;
}

export interface OriginLoad {
  readonly requests: number;
  readonly perSecond: number;
  readonly busiestPerSecond: Peak;
  readonly meanLatencyUs: number | null;
  readonly slowestUs: Peak | null;
  readonly mostInProgress: Peak | null;
  readonly errors: number;
  readonly timeouts: number;
  readonly retries: number;
  readonly lateAnswers: number;
  /** Most requests for one key at once, by workload. */
  readonly herds: readonly { readonly workload: string; readonly peak: Peak }[];
}

type Cells = readonly (number | null)[];

/** What the origin did over the whole run; null where it had nothing to do. */
export function originLoad({ series, simulatedSeconds }: Result): OriginLoad | null {
  const column = (metric: string): Cells =>
    series.columns.find(one => one.metric === metric && one.where === "origin")?.values ?? [];
  const lengths = series.time.map((end, row) => end - (row === 0 ? 0 : series.time[row - 1]));
  const sum = (values: Cells) => values.reduce<number>((all, value) => all + (value ?? 0), 0);
  const peakOf = (values: Cells): Peak | null => {
    let best: Peak | null = null;
    values.forEach((value, row) => {
      if (value !== null && (best === null || value > best.value)) best = { value, seconds: series.time[row] };
    });
    return best;
  };
  const requests = column("OriginRequests");
  const all = sum(requests);
  if (all === 0) return null;
  const latency = column("OriginLatency");
  let weighted = 0;
  let answered = 0;
  latency.forEach((value, row) => {
    if (value === null) return;
    weighted += value * (requests[row] ?? 0);
    answered += requests[row] ?? 0;
  });
  return {
    requests: all,
    perSecond: all / simulatedSeconds,
    busiestPerSecond: peakOf(requests.map((value, row) => (value === null ? null : value / lengths[row])))!,
    meanLatencyUs: answered === 0 ? null : weighted / answered,
    slowestUs: peakOf(latency),
    mostInProgress: peakOf(column("OriginInProgress")),
    errors: sum(column("OriginErrors")),
    timeouts: sum(column("OriginTimeouts")),
    retries: sum(column("OriginRetries")),
    lateAnswers: sum(column("OriginLateAnswers")),
    herds: series.columns
      .filter(one => one.metric === "StampedePeak")
      .flatMap(({ where, values }) => {
        const peak = peakOf(values);
        return peak === null ? [] : [{ workload: where, peak }];
      }),
  };
}

const latencyText = (us: number) => formatDurationNs(us * 1_000);

/** One line for the terminal; null where the origin had nothing to do. */
export function originSentence(result: Result): string | null {
  const load = originLoad(result);
  if (load === null) return null;
  const { requests, busiestPerSecond, meanLatencyUs, errors, timeouts, retries } = load;
  const parts = [
    `${formatNumber(requests)} requests, at most ${formatNumber(busiestPerSecond.value)}/s`,
    meanLatencyUs === null ? "" : `mean ${latencyText(meanLatencyUs)}`,
    errors + timeouts === 0 ? "" : `${formatNumber(errors + timeouts)} failed or timed out`,
    retries === 0 ? "" : `${formatNumber(retries)} were retries`,
  ];
  return parts.filter(part => part !== "").join(", ");
}

type Row = readonly [what: string, value: string, when: Peak | null];

const COLUMNS: readonly Column<Row>[] = [
  { head: "origin", words: true, cell: ([what]) => what },
  { head: "value", cell: ([, value]) => value },
  { head: "by", cell: ([, , peak]) => (peak === null ? "" : saySeconds(peak.seconds)) },
];

function rowsOf(load: OriginLoad): Row[] {
  const { requests, retries, slowestUs, mostInProgress } = load;
  const calls = requests - retries;
  const rows: Row[] = [
    ["requests", formatNumber(requests), null],
    ["requests per second, mean", formatNumber(load.perSecond), null],
    ["requests per second, busiest row", formatNumber(load.busiestPerSecond.value), load.busiestPerSecond],
  ];
  if (load.meanLatencyUs !== null) rows.push(["latency, mean", latencyText(load.meanLatencyUs), null]);
  if (slowestUs !== null) rows.push(["latency, mean of the slowest row", latencyText(slowestUs.value), slowestUs]);
  if (mostInProgress !== null) {
    rows.push(["under way or waiting, most at a row's end", formatNumber(mostInProgress.value), mostInProgress]);
  }
  const rare: [string, number][] = [
    ["errors and refusals", load.errors],
    ["time-outs", load.timeouts],
    ["retries", retries],
    ["answers that came too late: work for nobody", load.lateAnswers],
  ];
  for (const [what, value] of rare) if (value > 0) rows.push([what, formatNumber(value), null]);
  if (retries > 0 && calls > 0) rows.push(["attempts per call", formatNumber(requests / calls), null]);
  return rows;
}

export const origin: Section = {
  id: "origin",
  title: "Origin",
  render({ result }) {
    const load = originLoad(result);
    if (load === null) return null;
    return html`
      ${dataTable("What the origin did over the whole run", COLUMNS, rowsOf(load))}
      ${load.herds.map(
        ({ workload, peak }) =>
          html`<p>At most ${formatNumber(peak.value)} request${peak.value === 1 ? "" : "s"} of ${name(workload)} for one key were under way at once, by ${saySeconds(peak.seconds)}.</p>`,
      )}`;
  },
};
