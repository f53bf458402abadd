// How long the turns of the event loop take, as INFO shows it. A turn begins with the first thing that happens after the
// last one ended.

import type { EngineStats } from "../engine/stats.ts";

export class TurnMeter {
  private beganMs: number | null = null;
  private commands = 0;

  constructor(private readonly stats: EngineStats) {}

  begin(): void {
    this.beganMs ??= performance.now();
  }

  command(): void {
    this.commands++;
  }

  end(): void {
    const { stats } = this;
    const us = this.beganMs === null ? 0 : (performance.now() - this.beganMs) * 1_000;
    this.beganMs = null;
    stats.eventLoopCycles++;
    stats.eventLoopUs += us;
    stats.eventLoopMaxUs = Math.max(stats.eventLoopMaxUs, us);
    stats.commandsPerCycleMax = Math.max(stats.commandsPerCycleMax, this.commands);
    this.commands = 0;
  }

  /** Measures the periodic work. */
  cron(work: () => void): void {
    const beganMs = performance.now();
    work();
    this.stats.eventLoopCronUs += (performance.now() - beganMs) * 1_000;
  }
}
