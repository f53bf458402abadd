// Which time of the load a simulated instant stands for, when a run is shorter than what it stands for: stretches of
// simulated time, each of which passes through a stretch of the load's time evenly, or stands still in it.

import { assert } from "../assert.ts";
import type { Rate } from "./rate.ts";

/** Simulated time [fromNs, toNs) stands for the load from `loadNs` on, `pace` times as fast; 0: at that instant. */
export interface Stretch {
  readonly fromNs: number;
  readonly toNs: number;
  readonly loadNs: number;
  readonly pace: number;
}

export class LoadClock {
  private at = 0;

  /** Stretches without gaps, from 0 on; the last one has no end. */
  constructor(readonly stretches: readonly Stretch[]) {
    assert(stretches.length > 0 && stretches[0].fromNs === 0, "a clock of the load begins at 0");
  }

  private stretchAt(nowNs: number): Stretch {
    const { stretches } = this;
    if (nowNs < stretches[this.at].fromNs) this.at = 0;
    while (this.at + 1 < stretches.length && nowNs >= stretches[this.at].toNs) this.at++;
    return stretches[this.at];
  }

  /** Time of the load at a simulated instant. */
  loadNs(nowNs: number): number {
    const { fromNs, loadNs, pace } = this.stretchAt(nowNs);
    return loadNs + (nowNs - fromNs) * pace;
  }

  /** A rate over the load's time as one over simulated time. Requests come as often; their rate changes at another pace. */
  rate(of: Rate): Rate {
    return {
      at: nowNs => of.at(this.loadNs(nowNs)),
      nextChangeNs: nowNs => {
        const { fromNs, toNs, loadNs, pace } = this.stretchAt(nowNs);
        const end = this.at + 1 < this.stretches.length ? toNs : Number.POSITIVE_INFINITY;
        if (pace === 0) return end;
        const change = of.nextChangeNs(loadNs + (nowNs - fromNs) * pace);
        // At least one ns on, or a change that rounds to this instant would be found again and again.
        return Math.min(end, Math.max(nowNs + 1, fromNs + (change - loadNs) / pace));
      },
      mean: durationNs => {
        const end = Math.min(durationNs, this.stretches.at(-1)!.toNs);
        const samples = 1_000;
        let sum = 0;
        for (let i = 0; i < samples; i++) sum += of.at(this.loadNs(((i + 0.5) / samples) * end));
        return sum / samples;
      },
    };
  }
}
