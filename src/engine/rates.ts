// Rates as INFO shows them: the mean of the last sixteen samples, taken every 100 ms of the engine's clock.

const SAMPLES = 16;
const INTERVAL_MS = 100;

/** What is sampled: each a total that only grows. */
export const RATED = [
  "commandsProcessed",
  "netInputBytes",
  "netOutputBytes",
  "netReplicationInputBytes",
  "netReplicationOutputBytes",
  "eventLoopCycles",
  "eventLoopUs",
] as const;

export type Rated = (typeof RATED)[number];
export type Totals = Readonly<Record<Rated, number>>;

export class Rates {
  private readonly samples = new Map<Rated, number[]>(RATED.map(name => [name, []]));
  private last: Record<Rated, number> | null = null;
  private lastMs = 0;

  /** Takes a sample when one is due. */
  sample(nowMs: number, totals: Totals): void {
    if (this.last !== null && nowMs - this.lastMs < INTERVAL_MS) return;
    const now = Object.fromEntries(RATED.map(name => [name, totals[name]])) as Record<Rated, number>;
    const { last } = this;
    const seconds = (nowMs - this.lastMs) / 1_000;
    this.last = now;
    this.lastMs = nowMs;
    if (last === null) return;
    for (const name of RATED) {
      const list = this.samples.get(name)!;
      // A total that was reset in between tells nothing.
      list.push(now[name] < last[name] ? 0 : (now[name] - last[name]) / seconds);
      if (list.length > SAMPLES) list.shift();
    }
  }

  reset(): void {
    for (const list of this.samples.values()) list.length = 0;
    this.last = null;
  }

  perSecond(name: Rated): number {
    return this.samples.get(name)!.reduce((sum, value) => sum + value, 0) / SAMPLES;
  }
}
