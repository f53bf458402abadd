// When a read is sent a second time, and how often that is allowed.
//
//   after a fixed time without an answer, or after a percentile of the time that answers took lately: of the last window
//   of 10 s in which there were enough of them, and not at all before the first
//   budget: each read earns `share` of a second one, at most `reserve` are kept per instance (retry-budget.ts)
//
// Source: J. Dean and L. A. Barroso, "The Tail at Scale", CACM 56 (2), 2013: a second request is deferred until the first has been
// outstanding for longer than the 95th percentile of its class, which limits the additional load to some 5 % (in their example
// from BigTable 1,800 ms become 74 ms at the 99.9th percentile for 2 % more requests). Libraries that do it: Finagle's
// BackupRequestFilter (a percentile and maxExtraLoad), gRPC's hedging policy (a fixed delay and throttling; gRFC A6).

import { Histogram } from "../../sim/histogram.ts";
import type { HedgeConfig } from "../config.ts";
import { RetryBudgets } from "./retry-budget.ts";

const WINDOW_NS = 10e9;

export class HedgePolicy {
  /** How long the first copy is waited for; Infinity: not known yet. */
  delayNs: number;
  readonly budgets: RetryBudgets;
  private readonly took = new Histogram();
  private windowEndNs = 0;

  constructor(
    private readonly config: HedgeConfig,
    instances: number,
  ) {
    this.delayNs = config.afterNs ?? Number.POSITIVE_INFINITY;
    this.budgets = new RetryBudgets(config.budget, instances);
  }

  /** The first copy of a read was answered, whether anybody still waited for it or not. */
  answered(ns: number, nowNs: number): void {
    const { took, config } = this;
    if (config.afterNs !== null) return;
    took.record(ns);
    if (nowNs < this.windowEndNs || !took.supports(config.quantile)) return;
    this.delayNs = Math.round(took.quantile(config.quantile));
    this.windowEndNs = nowNs + WINDOW_NS;
    took.reset();
  }
}
