// How long commands took, as the server's latency histograms keep it: two significant digits, up to a second. Only the
// owner of a real clock records here.

/** Buckets per power of two: enough for two significant digits. */
const SUB_BUCKETS = 128;
const MAX_NS = 1_000_000_000;

/** One command's histogram: counts by bucket. */
class Histogram {
  readonly counts = new Map<number, number>();
  total = 0;

  add(ns: number): void {
    const bucket = bucketOf(Math.min(Math.max(Math.round(ns), 1), MAX_NS));
    this.counts.set(bucket, (this.counts.get(bucket) ?? 0) + 1);
    this.total++;
  }

  get buckets(): [bucket: number, count: number][] {
    return [...this.counts].sort(([a], [b]) => a - b);
  }

  /** The value below or at which so many percent lie, in ns. */
  percentile(percent: number): number {
    const wanted = Math.max(1, Math.floor((percent / 100) * this.total + 0.5));
    let seen = 0;
    for (const [bucket, count] of this.buckets) {
      seen += count;
      if (seen >= wanted) return highestOf(bucket);
    }
    return 0;
  }
}

/** Values up to 255 have their own bucket; from there on each doubling is divided into 128. */
function bucketOf(value: number): number {
  const shift = Math.max(0, 31 - Math.clz32(value) - 7);
  return shift * SUB_BUCKETS + (value >> shift);
}

/** The largest value that falls into a bucket. */
function highestOf(bucket: number): number {
  const shift = Math.max(0, Math.floor(bucket / SUB_BUCKETS) - 1);
  return ((bucket - shift * SUB_BUCKETS + 1) << shift) - 1;
}

export class CommandLatency {
  private readonly histograms = new Map<number, Histogram>();

  record(commandId: number, us: number): void {
    let histogram = this.histograms.get(commandId);
    if (histogram === undefined) this.histograms.set(commandId, (histogram = new Histogram()));
    histogram.add(us * 1_000);
  }

  reset(): void {
    this.histograms.clear();
  }

  has(commandId: number): boolean {
    return this.histograms.has(commandId);
  }

  /** In microseconds. */
  percentiles(commandId: number, percents: readonly number[]): number[] {
    const histogram = this.histograms.get(commandId);
    return percents.map(percent => (histogram?.percentile(percent) ?? 0) / 1_000);
  }

  /** Calls that took no longer than each power of two of microseconds, cumulated, as far as there are any. */
  cumulative(commandId: number): { calls: number; upToUs: readonly (readonly [us: number, calls: number])[] } {
    const histogram = this.histograms.get(commandId);
    if (histogram === undefined) return { calls: 0, upToUs: [] };
    const steps: [number, number][] = [];
    const buckets = histogram.buckets;
    let seen = 0;
    let at = 0;
    for (let us = 1; seen < histogram.total; us *= 2) {
      const before = seen;
      while (at < buckets.length && highestOf(buckets[at][0]) < us * 1_024) seen += buckets[at++][1];
      if (seen > before) steps.push([us, seen]);
    }
    return { calls: histogram.total, upToUs: steps };
  }
}
