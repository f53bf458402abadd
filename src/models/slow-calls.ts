// The slow log of a simulated node: calls whose modelled time on the engine thread reaches slowlog-log-slower-than. The
// engine itself takes no time and could not know.

import type { Bytes } from "../engine/bytes.ts";
import type { Engine } from "../engine/engine.ts";

export class SlowCalls {
  /** Told of every call that the slow log takes. */
  listener: ((ns: number, argv: readonly Bytes[]) => void) | null = null;

  constructor(private readonly engine: Engine) {}

  /** Takes note of a call if it is slow; returns its time. */
  noted(ns: number, argv: readonly Bytes[]): number {
    const { engine } = this;
    const limitUs = engine.settings.slowlogSlowerThanUs;
    if (ns < limitUs * 1_000 || limitUs < 0) return ns;
    engine.durations.noteSlow(ns / 1_000, argv);
    this.listener?.(ns, argv);
    return ns;
  }
}
