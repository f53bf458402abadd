// One metric of one node over time, as it came out of a file; and what becomes of a period's statistic.
//
// ElastiCache publishes one value a minute. A count that was fetched as Sum is divided by the period; as Average it is a
// mean over minutes. A level (memory, keys, connections) that was fetched as Sum is divided by the minutes of the period.

export const STATISTICS = ["sum", "average", "maximum", "minimum"] as const;
export type Statistic = (typeof STATISTICS)[number];

export interface MetricSeries {
  readonly metric: string;
  /** Id of the node, such as cache-0001-001; null where nothing names one. */
  readonly node: string | null;
  /** Null where nothing names it. */
  readonly statistic: Statistic | null;
  /** Seconds since 1970, ascending. */
  readonly times: readonly number[];
  readonly values: readonly number[];
}

/** Metrics of ElastiCache that count in a period; the others are levels. */
const COUNTED =
  /^(?:CacheHits|CacheMisses|Evictions|Reclaimed|NewConnections|NetworkBytes(?:In|Out)|ReplicationBytes|\w+Cmds)$/u;

export function isCounted(metric: string): boolean {
  return COUNTED.test(metric);
}

/** Seconds between ElastiCache's own data points. */
const PUBLISHED_SECONDS = 60;

/** What a value of the series is per second, or as a level. */
export function scaleOf(metric: string, statistic: Statistic, periodSeconds: number): number {
  const minutes = Math.max(1, periodSeconds / PUBLISHED_SECONDS);
  if (!isCounted(metric)) return statistic === "sum" ? 1 / minutes : 1;
  return statistic === "sum" ? 1 / periodSeconds : 1 / Math.min(PUBLISHED_SECONDS, periodSeconds);
}

/** The most frequent distance of neighbouring points; null with fewer than two. */
export function periodOf(times: readonly number[]): number | null {
  const counts = new Map<number, number>();
  for (let i = 1; i < times.length; i++) {
    const gap = times[i] - times[i - 1];
    if (gap > 0) counts.set(gap, (counts.get(gap) ?? 0) + 1);
  }
  let best: number | null = null;
  for (const [gap, count] of counts) {
    if (best === null || count > counts.get(best)! || (count === counts.get(best)! && gap < best)) best = gap;
  }
  return best;
}

/** Counts that are whole were added up, those with fractions averaged. */
export function guessStatistic(all: readonly MetricSeries[]): Statistic {
  const counts = all.filter(one => isCounted(one.metric) && one.statistic === null);
  return counts.some(one => one.values.some(value => !Number.isInteger(value))) ? "average" : "sum";
}
