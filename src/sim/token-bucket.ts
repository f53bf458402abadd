// A token bucket: tokens flow in at a steady rate up to a capacity and are spent by whatever passes. Debt is allowed
// and makes later comers wait, so the bucket is also the queue in front of it.

/** Tokens per second as tokens per nanosecond. */
const PER_NS = 1e-9;

export class TokenBucket {
  private level: number;

  /** `ratePerSecond` tokens flow in each second; at most `capacity` are kept. It starts full unless told otherwise. */
  constructor(
    readonly ratePerSecond: number,
    readonly capacity: number,
    initial = capacity,
    private updatedNs = 0,
  ) {
    this.level = initial;
  }

  /** Spends `amount` tokens and returns how many nanoseconds the spender must wait until they are all there. */
  take(nowNs: number, amount: number): number {
    this.refill(nowNs);
    this.level -= amount;
    return this.level >= 0 ? 0 : -this.level / (this.ratePerSecond * PER_NS);
  }

  /** Tokens on hand now; negative while in debt. */
  available(nowNs: number): number {
    this.refill(nowNs);
    return this.level;
  }

  private refill(nowNs: number): void {
    if (nowNs <= this.updatedNs) return;
    const level = this.level + (nowNs - this.updatedNs) * PER_NS * this.ratePerSecond;
    this.level = level > this.capacity ? this.capacity : level;
    this.updatedNs = nowNs;
  }
}
