// CLIENT PAUSE: for a while calls are put off, all or those that write.

import type { Bytes } from "./bytes.ts";
import { type Command, MAY_REPLICATE, WRITE } from "./command.ts";
import type { Engine } from "./engine.ts";
import type { Session } from "./session.ts";

export type PauseMode = "all" | "write";

/** Who pauses; each ends its own pause only. */
export type PausePurpose = "client" | "failover" | "shutdown";

export class Pause {
  /** What is put off now, by whomever. */
  mode: PauseMode | null = null;
  untilMs = 0;
  private readonly pauses = new Map<PausePurpose, { readonly mode: PauseMode; readonly untilMs: number }>();

  constructor(private readonly engine: Engine) {}

  /** Pauses; a running pause becomes neither weaker nor shorter. */
  begin(mode: PauseMode, untilMs: number, purpose: PausePurpose = "client"): void {
    this.expire();
    const before = this.pauses.get(purpose);
    this.pauses.set(purpose, {
      mode: before?.mode === "all" ? "all" : mode,
      untilMs: Math.max(before?.untilMs ?? 0, untilMs),
    });
    this.combine();
  }

  end(purpose: PausePurpose = "client"): void {
    if (this.pauses.delete(purpose)) this.combine();
  }

  private combine(): void {
    const pauses = [...this.pauses.values()];
    const before = this.mode;
    this.mode = pauses.length === 0 ? null : pauses.some(({ mode }) => mode === "all") ? "all" : "write";
    this.untilMs = Math.max(0, ...pauses.map(({ untilMs }) => untilMs));
    // Those who still have to wait are put off again.
    if (before !== null && before !== this.mode) this.engine.blocking.resumePaused();
  }

  /** Ends pauses whose time is over. */
  expire(): void {
    if (this.mode === null) return;
    for (const [purpose, { untilMs }] of this.pauses) if (this.engine.nowMs >= untilMs) this.end(purpose);
  }

  /** While writes are paused nothing in the data set may change by itself. */
  get stopsExpiry(): boolean {
    return this.mode !== null;
  }

  /** Whether this call has to wait. */
  holds(session: Session, command: Command, argv: readonly Bytes[]): boolean {
    if (this.mode === null || session.isReplica || session.fromPrimary) return false;
    if (this.mode === "all") return true;
    const flags =
      command.name === "exec" ? (session.transaction?.flags ?? 0) : this.engine.scripting.flagsOf(command, argv);
    return (flags & (WRITE | MAY_REPLICATE)) !== 0;
  }
}
