// The origin over time, read once a period. What can never happen under its configuration has no column, unless a drill
// makes it happen.

import type { Origin } from "./origin.ts";
import type { OriginCalls } from "./origin-calls.ts";
import type { Recorder } from "./recorder.ts";

const WHERE = "origin";

/** Counters of a period as the difference of two readings. */
interface Reading {
  requests: number;
  failures: number;
  timeouts: number;
  retries: number;
  late: number;
  answers: number;
  latencySum: number;
}

export class OriginMetrics {
  private before: Reading;
  /** Columns that have begun go on. */
  private readonly shown = new Set<string>();

  constructor(
    private readonly origin: Origin,
    private readonly calls: OriginCalls,
  ) {
    this.before = this.read();
  }

  private read(): Reading {
    const { origin, calls } = this;
    return {
      requests: origin.requests,
      failures: calls.errors + calls.refusals,
      timeouts: calls.timeouts,
      retries: calls.retries,
      late: calls.late,
      answers: origin.latency.count,
      latencySum: origin.latency.sum,
    };
  }

  gather(recorder: Recorder): void {
    const { origin, before } = this;
    const now = this.read();
    recorder.set("OriginRequests", "Count", WHERE, now.requests - before.requests, true);
    if (now.requests > 0) {
      const answers = now.answers - before.answers;
      const mean = answers === 0 ? null : (now.latencySum - before.latencySum) / answers / 1_000;
      recorder.set("OriginInProgress", "Count", WHERE, origin.busy + origin.waiting);
      recorder.set("OriginLatency", "Microseconds", WHERE, mean);
    }
    for (const [metric, name] of RARE) {
      if (now[name] === 0 && !this.shown.has(metric)) continue;
      this.shown.add(metric);
      recorder.set(metric, "Count", WHERE, now[name] - before[name], true);
    }
    this.before = now;
  }
}

const RARE = [
  ["OriginErrors", "failures"],
  ["OriginTimeouts", "timeouts"],
  ["OriginRetries", "retries"],
  ["OriginLateAnswers", "late"],
] as const;
