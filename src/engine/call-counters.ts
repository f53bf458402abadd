// What is counted per command, and the errors by their code.

import { type Command, SCRIPTED } from "./command.ts";
import { COMMAND_COUNT } from "./commands/index.ts";
import type { Engine } from "./engine.ts";
import { CountedError, ErrorReply, type Reply } from "./reply.ts";

/** The latency histogram that the first use of a command allocates (measured: truth/hitrate.json, fixed_after_base). */
const LATENCY_HISTOGRAM_BYTES = 24_688;

/** Codes of errors beyond which scripts' own ones are counted as one. */
const MOST_CODES = 128;

export class CallCounters {
  /** By command id: calls that ran, that were refused, and that failed. */
  readonly calls = new Float64Array(COMMAND_COUNT);
  readonly rejected = new Float64Array(COMMAND_COUNT);
  readonly failed = new Float64Array(COMMAND_COUNT);
  /** Measured microseconds; zero where nobody measures. */
  readonly usec = new Float64Array(COMMAND_COUNT);
  /** Error replies by code. */
  readonly errors = new Map<string, number>();

  constructor(private readonly engine: Engine) {}

  /** A call has run. */
  count(command: Command, reply: Reply): void {
    const { engine } = this;
    if (this.calls[command.id]++ === 0 && engine.settings.latencyTracking) {
      engine.outside.histograms += LATENCY_HISTOGRAM_BYTES;
    }
    engine.stats.commandsProcessed++;
    if (!(reply instanceof ErrorReply)) return;
    this.failed[command.id]++;
    if (!(reply instanceof CountedError)) this.countError(reply, (command.flags & SCRIPTED) !== 0);
  }

  /** A call was refused before it ran; `command` null: there is none of that name. */
  countRejection(command: Command | null, error: ErrorReply): void {
    this.countError(error, false);
    this.engine.stats.rejectedCalls++;
    if (command !== null) this.rejected[command.id]++;
  }

  /** `custom`: a script made it up; of such codes only so many are kept apart. */
  private countError({ code }: ErrorReply, custom: boolean): void {
    this.engine.stats.errorReplies++;
    const kept = !custom || this.errors.has(code) || this.errors.size < MOST_CODES;
    const name = kept ? code : "ERRORSTATS_OVERFLOW";
    this.errors.set(name, (this.errors.get(name) ?? 0) + 1);
  }

  reset(): void {
    for (const counter of [this.calls, this.rejected, this.failed, this.usec]) counter.fill(0);
    this.errors.clear();
  }
}
