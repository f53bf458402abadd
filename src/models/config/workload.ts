// What a workload and the origin behind it are built from. Times are ns unless named otherwise, rates per second.

import type { Distribution } from "../../sim/distributions/distribution.ts";
import type { Spacing } from "../../workload/arrivals/open.ts";
import type { KeyTable, Popularity } from "../../workload/keys.ts";
import type { Rate } from "../../workload/rate.ts";
import type { Part } from "../../workload/template.ts";
import type { TraceBuffer } from "../../workload/traces/trace.ts";

export interface OriginConfig {
  readonly latencyNs: Distribution;
  readonly concurrency: number;
}

export interface WorkloadConfig {
  readonly name: string;
  /** Index into `clients`. */
  readonly client: number;
  readonly pattern: PatternConfig;
  readonly load: LoadConfig;
  readonly keys: KeyTable;
  readonly keyCount: number;
  readonly popularity: Popularity;
  readonly valueBytes: Distribution;
  readonly valuePerWrite: boolean;
  /** Seconds to live of what is written; null: none. */
  readonly ttlSeconds: Distribution | null;
  /** Share of the most popular keys that are in the cache before the run begins. */
  readonly preload: number;
}

export type PatternConfig =
  | { readonly kind: "cache-aside"; readonly fallback: boolean }
  | {
      readonly kind: "commands";
      readonly templates: readonly { readonly parts: readonly Part[]; readonly weight: number }[];
    };

export type LoadConfig =
  | { readonly kind: "open"; readonly rate: Rate; readonly spacing: Spacing; readonly burst: number }
  | { readonly kind: "closed"; readonly users: number; readonly thinkNs: Distribution }
  | { readonly kind: "trace"; readonly buffer: TraceBuffer; readonly fill: boolean };
