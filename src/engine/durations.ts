// How long things take, as the owner of a real clock sees it: per call into the histograms, the slow log and the latency
// monitor, and for the cycles that hold the thread between calls. Without a stopwatch nothing is measured.

import type { Bytes } from "./bytes.ts";
import { type Command, FAST, SKIP_SLOWLOG } from "./command.ts";
import type { Engine } from "./engine.ts";
import { LatencyMonitor } from "./latency-monitor.ts";
import { withoutSecrets } from "./redaction.ts";
import { ErrorReply } from "./reply.ts";
import type { Session } from "./session.ts";
import { SlowLog } from "./slowlog.ts";

/** Freeing one element, in microseconds (models/costs.ts). Here the garbage collector does it, later and unseen. */
const FREE_US = 0.05;

/** A stretch of time under way. */
export interface Stretch {
  readonly sinceUs: number;
  readonly freedElements: number;
  readonly fixedNs: number;
}

export class Durations {
  readonly slowlog = new SlowLog();
  readonly monitor = new LatencyMonitor();
  /** A clock in microseconds that never goes back; null: calls take no time that could be measured. */
  stopwatch: (() => number) | null = null;

  constructor(private readonly engine: Engine) {}

  start(): Stretch | null {
    if (this.stopwatch === null) return null;
    const { freedElements, fixedNs } = this.engine.effort;
    return { sinceUs: this.stopwatch(), freedElements, fixedNs };
  }

  /** Microseconds since the start, with what is still to be waited for (DEBUG SLEEP). */
  private elapsedUs({ sinceUs, fixedNs }: Stretch): number {
    return this.stopwatch!() - sinceUs + (this.engine.effort.fixedNs - fixedNs) / 1_000;
  }

  /** A call has run. */
  endCall(stretch: Stretch, session: Session, command: Command, argv: readonly Bytes[]): void {
    this.record(this.elapsedUs(stretch), session, command, argv);
  }

  /** A cycle between calls is over; what it freed counts as if it had been freed at once. */
  endCycle(stretch: Stretch | null, event: string): void {
    if (stretch === null || this.engine.settings.latencyThresholdMs === 0) return;
    const freed = this.engine.effort.freedElements - stretch.freedElements;
    this.noteEvent(event, this.elapsedUs(stretch) + freed * FREE_US);
  }

  /** Takes note of a call that took so many microseconds. */
  record(us: number, session: Session, command: Command, argv: readonly Bytes[]): void {
    const { engine } = this;
    const { settings } = engine;
    engine.counters.usec[command.id] += us;
    engine.stats.eventLoopCommandUs += us;
    if (settings.latencyTracking) engine.latency.record(command.id, us);
    const { slowlogSlowerThanUs: limit } = settings;
    if (limit >= 0 && us >= limit && (command.flags & SKIP_SLOWLOG) === 0) this.log(us, session, command, argv);
    if (settings.latencyThresholdMs > 0) this.noteEvent((command.flags & FAST) !== 0 ? "fast-command" : "command", us);
  }

  /** Into the slow log, for an owner who knows the time of a call without a stopwatch; its clients have no addresses. */
  noteSlow(us: number, argv: readonly Bytes[]): void {
    const { engine } = this;
    const command = engine.pipeline.lookup(argv);
    if (command instanceof ErrorReply || (command.flags & SKIP_SLOWLOG) !== 0) return;
    const call = { atSeconds: Math.floor(engine.nowMs / 1_000), us: Math.floor(us), address: "", clientName: "" };
    const { slowlogMaxLength } = engine.settings;
    if (slowlogMaxLength > 0)
      this.slowlog.add(call, withoutSecrets(command, argv, engine.parameters), slowlogMaxLength);
  }

  private log(us: number, session: Session, command: Command, argv: readonly Bytes[]): void {
    const { engine } = this;
    const { slowlogMaxLength } = engine.settings;
    if (slowlogMaxLength === 0) return;
    // A script's calls are those of the connection that called it.
    const { address, name } = engine.currentSession ?? session;
    const call = { atSeconds: Math.floor(engine.nowMs / 1_000), us: Math.floor(us), address, clientName: name };
    this.slowlog.add(call, withoutSecrets(command, argv, engine.parameters), slowlogMaxLength);
  }

  private noteEvent(event: string, us: number): void {
    const { engine } = this;
    const ms = Math.floor(us / 1_000);
    if (ms >= engine.settings.latencyThresholdMs) this.monitor.add(event, Math.floor(engine.nowMs / 1_000), ms);
  }
}
