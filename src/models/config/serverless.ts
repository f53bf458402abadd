// What a serverless cache is built from beside its cluster. Rates are ECPU per second, times ns, sizes bytes.

import type { Distribution } from "../../sim/distributions/distribution.ts";

export interface ServerlessConfig {
  /** Rate that the cache supports when the run begins: what a new cache has, a minimum, or what it has grown to. */
  readonly supportedEcpu: number;
  /** Most that it may grow to: the user's maximum, or the service's limit. */
  readonly maximumEcpu: number;
  /** Floors that are billed whether they are used or not. */
  readonly minimumEcpu: number;
  readonly minimumBytes: number;
  /** Rate of one hash slot on its primary, and what replicas add for reads. */
  readonly slotEcpu: number;
  readonly slotReplicaEcpu: number;
  /** Time in which the supported rate doubles, and the share of it that has to be in use for that. */
  readonly doublingNs: number;
  readonly growAt: number;
  /** How long a throttled command is held before it is refused. */
  readonly holdNs: number;
  /** What the service's proxies add to a command, both ways together. */
  readonly proxyNs: Distribution;
  /** vCPU time that counts as one ECPU; null: that of a simple GET. */
  readonly ecpuNs: number | null;
}
