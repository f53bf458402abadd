// Quantities over time. A gauge is weighted by how long each value held, never sampled: short events count for as long
// as they last. A counter counts within the period that is read out.

/** A value that holds until it is set again. */
export class Gauge {
  private since: number;
  private area = 0;
  private started: number;
  private peak: number;

  constructor(
    public value = 0,
    nowNs = 0,
  ) {
    this.since = nowNs;
    this.started = nowNs;
    this.peak = value;
  }

  set(nowNs: number, value: number): void {
    this.area += this.value * (nowNs - this.since);
    this.since = nowNs;
    this.value = value;
    if (value > this.peak) this.peak = value;
  }

  add(nowNs: number, delta: number): void {
    this.set(nowNs, this.value + delta);
  }

  /** Time-weighted mean and highest value since the last reading, which this ends. */
  read(nowNs: number): { mean: number; max: number } {
    this.set(nowNs, this.value);
    const elapsed = nowNs - this.started;
    const result = { mean: elapsed === 0 ? this.value : this.area / elapsed, max: this.peak };
    this.area = 0;
    this.started = nowNs;
    this.peak = this.value;
    return result;
  }
}
