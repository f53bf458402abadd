// What a workload and the origin behind it are built from. Times are ns unless named otherwise, rates per second.

import type { Distribution } from "../../sim/distributions/distribution.ts";
import type { Spacing } from "../../workload/arrivals/open.ts";
import type { KeySample } from "../../workload/key-sample.ts";
import type { KeyTable, Popularity } from "../../workload/keys.ts";
import type { Rate } from "../../workload/rate.ts";
import type { Stored } from "../../workload/stored.ts";
import type { Part } from "../../workload/template.ts";
import type { TraceBuffer } from "../../workload/traces/trace.ts";
import type { RetryConfig } from "./client.ts";

export interface OriginConfig {
  readonly latencyNs: Distribution;
  readonly concurrency: number;
  /** How it slows down with what is under way (origin.ts); 0 when left out. */
  readonly contention?: number;
  readonly coherency?: number;
  /** Requests that may wait, and for how long; no limit when left out. */
  readonly queueLimit?: number;
  readonly queueTimeoutNs?: number;
  /** Share of the answers that are errors. */
  readonly errorRate?: number;
  /** How long clients wait for an answer, and how often they ask; for ever and once when left out. */
  readonly timeoutNs?: number;
  readonly retry?: Pick<RetryConfig, "attempts" | "backoffLowNs" | "backoffHighNs" | "jitter">;
  /** Retries that one call earns; null: as many as `retry` says. */
  readonly retryBudget?: number | null;
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
  /** Ranks that every key falls in a second: that many new ones come in at the top; 0 when left out. */
  readonly driftPerSecond?: number;
  /** Share of the requests for keys that nobody asks for again; 0 when left out. */
  readonly onceShare?: number;
  readonly valueBytes: Distribution;
  readonly valuePerWrite: boolean;
  /** Seconds to live of what is written; null: none. */
  readonly ttlSeconds: Distribution | null;
  /** Share of the most popular keys that are in the cache before the run begins. */
  readonly preload: number;
  /** Instead of a share: the probability that a key is there, by its number. */
  readonly presence?: ((key: number) => number) | undefined;
  /** What each of these keys holds; the workload's values when left out. */
  readonly holds?: Stored | null;
  /** Share of the requests that write to the origin; 0 when left out. */
  readonly writeShare?: number;
  /** Share of the keys that the origin does not have; 0 when left out. */
  readonly absentShare?: number;
  /** Its writes wait for replicas; they do not when left out. */
  readonly wait?: WaitConfig | null;
  /** The keys above are those of a sample; left out: all of them. */
  readonly sample?: KeySample | undefined;
}

/** WAIT after every write; see replication/wait.ts. */
export interface WaitConfig {
  readonly replicas: number;
  readonly timeoutNs: number;
  /** Too few replicas fail the write; else it counts as done. */
  readonly fails: boolean;
}

/** How a pattern reads. */
export interface ReadConfig {
  /** Ask the origin when the cache cannot be reached. */
  readonly fallback: boolean;
  /** Store after a miss; yes when left out. */
  readonly fill?: boolean;
  /** Store it only where nothing is (SET NX). */
  readonly fillIfAbsent?: boolean;
  /** Every read begins the time to live anew. */
  readonly sliding?: boolean;
  /** How long the cache remembers that the origin has nothing under a key; it does not when left out. */
  readonly absentSeconds?: Distribution | null;
  readonly stampede?: StampedeConfig;
  /** What preloaded values are taken to have taken to load. */
  readonly expectedLoadNs?: number;
}

/** How a pattern writes; see caching/write-path.ts. */
export interface WriteConfig {
  readonly copy: "invalidate" | "invalidate-first" | "update" | "around";
  /** A copy that cannot be changed fails the write. */
  readonly strict: boolean;
}

/** Write-behind; see caching/write-behind.ts. */
export interface BehindConfig {
  readonly everyNs: number;
  /** Keys that are written in one go. */
  readonly batch: number;
  /** Work of each further key of a batch, as a share of the first one's. */
  readonly furtherWork: number;
  readonly merge: boolean;
  /** Dirty keys of an instance beyond which writes go to the origin at once. */
  readonly queue: number;
}

/** Protection against stampedes; see stampede/. */
export type StampedeConfig =
  | { readonly kind: "none" }
  | ({ readonly kind: "lock" } & LockConfig)
  | { readonly kind: "early"; readonly beta: number }
  | { readonly kind: "stale-while-revalidate"; readonly graceSeconds: number }
  | { readonly kind: "refresh-ahead"; readonly factor: number }
  | { readonly kind: "single-flight" };

export interface LockConfig {
  readonly ttlNs: number;
  readonly pollNs: number;
  /** After so long of waiting a request asks the origin itself. */
  readonly patienceNs: number;
  /** What those do who did not get it. */
  readonly others: "wait" | "stale";
  /** How long a value stays beyond its time, for `stale`. */
  readonly graceSeconds: number;
}

/** See caching/read-modify-write.ts. */
export interface ReadModifyWriteConfig {
  readonly by: "get-set" | "compare-and-set";
  /** The application's work between the two. */
  readonly thinkNs: Distribution;
  /** Reads in all of one that comes too late. */
  readonly attempts: number;
}

/** See caching/iterate.ts. */
export interface IterateConfig {
  readonly command: "scan" | "hscan" | "sscan" | "zscan";
  readonly count: number;
  /** The collection, and its slot; null: the workload's key. */
  readonly key: string | null;
  readonly slot: number | null;
}

/** See caching/job-stream.ts. */
export interface JobStreamConfig {
  readonly group: string;
  readonly consumers: number;
  /** Entries that one read may bring. */
  readonly count: number;
  /** Work on one entry. */
  readonly workNs: Distribution;
  readonly pollNs: number;
  /** Entries that are kept, about. */
  readonly maxLength: number;
}

/** See pubsub/fan-out.ts. */
export interface FanOutConfig {
  readonly subscribers: number;
  readonly sharded: boolean;
  /** How long a subscriber believes in a node from which nothing comes back. */
  readonly keepaliveNs: number;
  /** So many of them read no faster than that; left out: all read at once. */
  readonly slow?: { readonly subscribers: number; readonly bytesPerSecond: number } | undefined;
}

export type PatternConfig =
  /** Reads and writes to the origin: cache-aside, read-through, write-through, refresh-ahead. */
  | ({ readonly kind: "cache-aside"; readonly write?: WriteConfig } & ReadConfig)
  | ({ readonly kind: "write-behind"; readonly behind: BehindConfig } & ReadConfig)
  | ({ readonly kind: "read-modify-write" } & ReadModifyWriteConfig)
  | ({ readonly kind: "iterate" } & IterateConfig)
  | ({ readonly kind: "job-stream" } & JobStreamConfig)
  | ({ readonly kind: "publish" } & FanOutConfig)
  | {
      readonly kind: "commands";
      readonly templates: readonly { readonly parts: readonly Part[]; readonly weight: number }[];
      /** Texts of scripts by their SHA-1: what is sent when a node does not know one. */
      readonly scripts?: ReadonlyMap<string, string>;
    };

export type LoadConfig =
  | { readonly kind: "open"; readonly rate: Rate; readonly spacing: Spacing; readonly burst: number }
  | { readonly kind: "closed"; readonly users: number; readonly thinkNs: Distribution }
  | { readonly kind: "trace"; readonly buffer: TraceBuffer; readonly fill: boolean };
