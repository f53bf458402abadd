// How a cluster changes its shape while it serves. Times are ns.

import type { Distribution } from "../../sim/distributions/distribution.ts";

export interface ScalingConfig {
  /** From the order until new nodes stand, empty. */
  readonly provisioningNs: Distribution;
  /** Pause of writes at a planned change of primary, beside what catching up takes. */
  readonly handOverNs: Distribution;
  /** Old nodes stay for so long after they were replaced, for clients that still know them. */
  readonly drainNs: number;
  readonly migration: MigrationConfig;
}

export interface MigrationConfig {
  /** Key by key with ASK, or slots as a whole with one hand-over (Valkey 9). */
  readonly method: "slot-by-slot" | "atomic";
  /** Keys per MIGRATE. */
  readonly batch: number;
  /** Pairs of shards between which slots move at the same time. */
  readonly parallel: number;
}
