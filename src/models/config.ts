// What a world is built from: numbers and distributions, no text. `scenarios/build.ts` makes it from a scenario; tests
// and benches make it by hand. Times are ns, sizes bytes, rates per second.

import type { Stored } from "../workload/stored.ts";
import type { ClientConfig } from "./config/client.ts";
import type { ClusterConfig } from "./config/cluster.ts";
import type { HorizonConfig } from "./config/horizon.ts";
import type { OriginConfig, WorkloadConfig } from "./config/workload.ts";
import type { LatencyConfig } from "./network.ts";

export type * from "./config/access.ts";
export type * from "./config/client.ts";
export type * from "./config/cluster.ts";
export type * from "./config/hardware.ts";
export type * from "./config/horizon.ts";
export type * from "./config/scaling.ts";
export type * from "./config/workload.ts";

export interface WorldConfig {
  readonly seed: number;
  readonly replication: number;
  readonly durationNs: number;
  /** Length of one row of the series. */
  readonly periodNs: number;
  readonly zones: readonly string[];
  readonly latency: LatencyConfig;
  readonly cluster: ClusterConfig;
  readonly clients: readonly ClientConfig[];
  readonly origin: OriginConfig;
  readonly workloads: readonly WorkloadConfig[];
  /** Keys that are there when the run begins, on every member of their shards; none when left out. */
  readonly data?: readonly DataKey[];
  /** The run stands for a longer time; left out: for itself. */
  readonly horizon?: HorizonConfig | undefined;
}

export interface DataKey {
  readonly key: string;
  readonly stored: Stored;
}
