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

/** What the account may have; see scaling/quotas.ts. */
export interface QuotasConfig {
  readonly nodesPerCluster: number;
  readonly nodesPerRegion: number;
}

export interface AutoScalingConfig {
  readonly shards: PolicyConfig | null;
  readonly replicas: PolicyConfig | null;
  readonly schedule: readonly ScheduledAction[];
}

/** A target tracking policy. Metric and target in percent. */
export interface PolicyConfig {
  readonly metric: "EngineCPUUtilization" | "DatabaseMemoryUsageCountedForEvictPercentage";
  readonly target: number;
  readonly min: number;
  readonly max: number;
  readonly scalesIn: boolean;
  readonly outCooldownNs: number;
  readonly inCooldownNs: number;
  /** Length of a data point, and how many running it takes. */
  readonly periodNs: number;
  readonly outPeriods: number;
  readonly inPeriods: number;
}

/** Other limits from an instant on. */
export interface ScheduledAction {
  readonly atNs: number;
  readonly of: "shards" | "replicas";
  readonly min: number;
  readonly max: number;
}

export interface MigrationConfig {
  /** Key by key with ASK, or slots as a whole with one hand-over (Valkey 9). */
  readonly method: "slot-by-slot" | "atomic";
  /** Keys per MIGRATE. */
  readonly batch: number;
  /** Pairs of shards between which slots move at the same time. */
  readonly parallel: number;
}
