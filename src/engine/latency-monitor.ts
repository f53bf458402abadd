// The latency monitor: for each kind of event that took at least latency-monitor-threshold, its latest samples, one per
// second at most (the worst of the second).

export interface LatencySample {
  readonly atSeconds: number;
  ms: number;
}

const MAX_SAMPLES = 160;

export interface LatencySummary {
  readonly samples: number;
  readonly averageMs: number;
  /** Mean deviation from the average. */
  readonly deviationMs: number;
  /** Seconds since the oldest sample, at least one. */
  readonly periodSeconds: number;
}

export class LatencySeries {
  /** Oldest first. */
  readonly samples: LatencySample[] = [];
  /** The worst ever, also when its sample is forgotten. */
  maxMs = 0;

  add(atSeconds: number, ms: number): void {
    this.maxMs = Math.max(this.maxMs, ms);
    const last = this.samples.at(-1);
    if (last?.atSeconds === atSeconds) {
      last.ms = Math.max(last.ms, ms);
      return;
    }
    this.samples.push({ atSeconds, ms });
    if (this.samples.length > MAX_SAMPLES) this.samples.shift();
  }

  get latest(): LatencySample {
    return this.samples[this.samples.length - 1];
  }

  summary(nowSeconds: number): LatencySummary {
    const { samples } = this;
    const count = samples.length;
    const averageMs = Math.floor(samples.reduce((sum, { ms }) => sum + ms, 0) / count);
    const deviationMs = Math.floor(samples.reduce((sum, { ms }) => sum + Math.abs(averageMs - ms), 0) / count);
    return {
      samples: count,
      averageMs,
      deviationMs,
      periodSeconds: Math.max(1, nowSeconds - samples[0].atSeconds),
    };
  }
}

export class LatencyMonitor {
  readonly events = new Map<string, LatencySeries>();

  add(event: string, atSeconds: number, ms: number): void {
    let series = this.events.get(event);
    if (series === undefined) this.events.set(event, (series = new LatencySeries()));
    series.add(atSeconds, ms);
  }

  /** Forgets an event, in any case of letters; or all of them. How many there were. */
  reset(event?: string): number {
    const names = [...this.events.keys()].filter(name => event === undefined || name === event.toLowerCase());
    for (const name of names) this.events.delete(name);
    return names.length;
  }
}
