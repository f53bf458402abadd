// A budget for retries: every command earns a share of a retry, and a retry spends a whole one. While little fails it
// changes nothing; when everything fails it holds the load at (1 + share) times what the users ask for, where attempts
// alone would multiply it (Finagle's RetryBudget, 20 % and a reserve; gRPC's retry throttling).

import type { RetryBudgetConfig } from "../config.ts";

export class RetryBudgets {
  /** Retries that were not made for want of budget. */
  denied = 0;
  private readonly tokens: Float64Array;

  constructor(
    private readonly config: RetryBudgetConfig,
    instances: number,
  ) {
    this.tokens = new Float64Array(instances).fill(config.reserve);
  }

  /** An instance sends a command for the first time. */
  earn(instance: number): void {
    const { share, reserve } = this.config;
    this.tokens[instance] = Math.min(reserve, this.tokens[instance] + share);
  }

  /** Whether the instance may try again. */
  spend(instance: number): boolean {
    if (this.tokens[instance] < 1) {
      this.denied++;
      return false;
    }
    this.tokens[instance]--;
    return true;
  }
}
