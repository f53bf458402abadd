// Measurements, gathered period by period. Counters and gauges are read once a period; latencies go into a histogram per
// period and workload, so that any window of the run can be put together afterwards without loss.

import { Histogram, type HistogramSnapshot } from "../sim/histogram.ts";
import { Gauge } from "../sim/series.ts";
import { FAILED, HIT, MISS, OUTCOME_COUNT, type Outcome } from "./outcome.ts";

/** One metric over time. */
export interface Column {
  readonly metric: string;
  /** CloudWatch's unit names: Percent, Count, Bytes, Seconds, Microseconds, Count/Second, None. */
  readonly unit: string;
  /** Node, workload or client group; "" for the whole. */
  readonly where: string;
  /** It adds up over time, as counts of a period do. */
  readonly flow: boolean;
  /** One value per period; null where there was nothing to measure. */
  readonly values: (number | null)[];
}

/** What one workload did in one period. */
export interface PeriodRow {
  readonly outcomes: Float64Array;
  readonly latency: HistogramSnapshot;
}

export interface Period {
  readonly startNs: number;
  readonly endNs: number;
  /** A fault or manoeuvre was under way. */
  disturbed: boolean;
  readonly arrived: number;
  /** Mean number of requests in progress. */
  readonly inProgress: number;
  readonly rows: readonly PeriodRow[];
  /** How many times its own length it stands for (horizon.ts); 1: for itself. */
  readonly weight: number;
  /** It repeats an earlier one, for which the load was the same: it has no latencies of its own. */
  readonly repeats: boolean;
}

export class Recorder {
  readonly periods: Period[] = [];
  readonly columns: Column[] = [];
  /** Ends per outcome over the whole run. */
  readonly totals = new Float64Array(OUTCOME_COUNT);

  private readonly byName = new Map<string, Column>();
  private readonly outcomes: Float64Array[] = [];
  private readonly latencies: Histogram[] = [];
  private readonly inProgress: Gauge;
  private arrived = 0;
  private periodStartNs = 0;
  /** Since when faults are under way, and whether one ended in this period: such periods are marked. */
  private readonly disturbedSince: number[] = [];
  private calmedInPeriod = false;

  constructor(
    workloads: number,
    private readonly now: () => number,
  ) {
    for (let i = 0; i < workloads; i++) {
      this.outcomes.push(new Float64Array(OUTCOME_COUNT));
      this.latencies.push(new Histogram());
    }
    this.inProgress = new Gauge(0, now());
  }

  began(): void {
    this.arrived++;
    this.inProgress.add(this.now(), 1);
  }

  ended(workload: number, outcome: Outcome, latencyNs: number): void {
    this.outcomes[workload][outcome]++;
    this.totals[outcome]++;
    this.latencies[workload].record(latencyNs);
    this.inProgress.add(this.now(), -1);
  }

  /** Ends by outcome of one workload, from the start of the run up to now. */
  soFar(workload: number): Float64Array {
    const sums = this.outcomes[workload].slice();
    for (const { rows } of this.periods) {
      const { outcomes } = rows[workload];
      for (let outcome = 0; outcome < sums.length; outcome++) sums[outcome] += outcomes[outcome];
    }
    return sums;
  }

  /** A fault begins; call the returned function when it is over. */
  disturb(): () => void {
    const { disturbedSince } = this;
    const since = this.now();
    disturbedSince.push(since);
    let over = false;
    return () => {
      if (over) return;
      over = true;
      disturbedSince.splice(disturbedSince.indexOf(since), 1);
      if (this.now() > since) this.calmedInPeriod = true;
    };
  }

  /** Writes a metric's value for the current period. */
  set(metric: string, unit: string, where: string, value: number | null, flow = false): void {
    const name = `${metric}\u0000${where}`;
    let column = this.byName.get(name);
    if (column === undefined) {
      column = { metric, unit, where, flow, values: [] };
      this.byName.set(name, column);
      this.columns.push(column);
    }
    // A node that joined later has nulls before.
    while (column.values.length < this.periods.length) column.values.push(null);
    column.values.push(value);
  }

  /** Ends the period; `gather` sets the metrics that are read from elsewhere. */
  closePeriod(gather: () => void): void {
    const endNs = this.now();
    if (endNs === this.periodStartNs) return;
    const seconds = (endNs - this.periodStartNs) / 1e9;
    const all = new Histogram();
    const counts = new Float64Array(OUTCOME_COUNT);
    const rows = this.latencies.map((latency, i): PeriodRow => {
      all.merge(latency);
      const outcomes = this.outcomes[i].slice();
      for (let outcome = 0; outcome < OUTCOME_COUNT; outcome++) counts[outcome] += outcomes[outcome];
      return { outcomes, latency: latency.snapshot() };
    });
    const inProgress = this.inProgress.read(endNs);
    let ended = 0;
    for (const count of counts) ended += count;
    this.set("Requests", "Count/Second", "", this.arrived / seconds);
    this.set("Completed", "Count/Second", "", (ended - counts[FAILED]) / seconds);
    this.set("Errors", "Count/Second", "", counts[FAILED] / seconds);
    for (const [metric, q] of PERCENTILES) {
      this.set(metric, "Microseconds", "", all.supports(q) ? all.quantile(q) / 1_000 : null);
    }
    this.set("LatencyMean", "Microseconds", "", all.count === 0 ? null : all.mean / 1_000);
    const lookups = counts[HIT] + counts[MISS];
    this.set("HitRate", "Percent", "", lookups === 0 ? null : (100 * counts[HIT]) / lookups);
    this.set("InProgress", "Count", "", inProgress.mean);
    gather();
    this.periods.push({
      startNs: this.periodStartNs,
      endNs,
      // One that begins as the period ends belongs to the next.
      disturbed: this.calmedInPeriod || this.disturbedSince.some(since => since < endNs),
      arrived: this.arrived,
      inProgress: inProgress.mean,
      rows,
      weight: 1,
      repeats: false,
    });
    this.arrived = 0;
    this.periodStartNs = endNs;
    this.calmedInPeriod = false;
    for (const outcomes of this.outcomes) outcomes.fill(0);
    for (const latency of this.latencies) latency.reset();
  }
}

const PERCENTILES = [
  ["LatencyP50", 0.5],
  ["LatencyP90", 0.9],
  ["LatencyP99", 0.99],
  ["LatencyP999", 0.999],
] as const;
