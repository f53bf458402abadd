// Engine profiles: what differs between the versions that a node can run. A profile decides the memory layout, which
// defaults hold and which features exist; behaviour that all versions share stays in the engine.

import { type Quantum, sizeClasses } from "./memory/allocator.ts";
import { embeddedLayout, entryLayout, type Layout, objectLayout } from "./memory/layout.ts";

export interface EngineProfile {
  readonly name: string;
  readonly product: "valkey" | "redis" | "memcached";
  /** The engine's own version, as INFO shows it. */
  readonly version: string;
  /** What INFO says as redis_version: clients look at it. */
  readonly redisVersion: string;
  /** Whether the layout's figures were measured by us or read from source and publications. */
  readonly memoryBasis: "measured" | "derived";
  /** The dict resizes below this share of used buckets: 10 % in 7.x, 12.5 % (1/8) from 8.0. */
  readonly shrinkBelow: number;
  /** Load factor at which a dict grows although a child process saves. */
  readonly forcedGrowth: number;
  /** The expiry cycle walks in scan order and stops when it comes round: 8.0 and later. */
  readonly scansExpiry: boolean;
  /** SCAN refuses an unknown type, and a cursor in any form but plain digits: 8.0 and later. */
  readonly strictScan: boolean;
  /** HSCAN and ZSCAN count a value like a field: 7.0 and 7.1. */
  readonly scanCountsValues: boolean;
  /** Small sets of strings are listpacks, and members of large ones mostly need no table entry: 7.2 and later. */
  readonly compactSets: boolean;
  /** MEMORY USAGE counts a table entry for every member of a set, there or not: before 8.0. */
  readonly usageCountsEntries: boolean;
  /** A short list is one listpack: 7.2 and later. */
  readonly compactLists: boolean;
  /** A list element above a node's limit stands alone, without a listpack around it: 8.0 and later. */
  readonly plainListNodes: boolean;
  /** Doubles are shown by the shortest text that reads back the same; in 7.0 and 7.1 with 17 significant digits. */
  readonly shortDoubles: boolean;
  /** A sorted set made or extended by many members at once takes its encoding and table from their number: 7.2 and later. */
  readonly sizeHints: boolean;
  /**
   * Streams as they are since 7.2: consumers know when they last got an entry, and come to be by asking for one; XSETID
   * heeds deleted ids; errors say which command it is.
   */
  readonly streamsSince72: boolean;
  /** XREAD takes "+" for the last entry: 8.0 and later. */
  readonly readsLastEntry: boolean;
  /** A list that SORT stores follows list-max-listpack-size: 8.0 and later. */
  readonly sortKeepsLimits: boolean;
  /** BITCOUNT and BITPOS look at their range only when the key is there: before 8.0. */
  readonly bitRangeAfterKey: boolean;
  /** LIMIT with a negative offset counts from the far end of the range in a large sorted set: 8.0 and later. */
  readonly negativeOffsets: boolean;
  /**
   * How a sparse HyperLogLog grows: as APPEND does (7.0 and 7.1), to an exact room (7.2), or to a room that takes what
   * the allocator's class leaves over (8.0 and later).
   */
  readonly sparseGrowth: "append" | "exact" | "class";
  /** RENAME and MOVE leave the LFU counter as it is: 7.0 and 7.1. Later versions start it anew. */
  readonly movedKeysKeepAge: boolean;
  /** A stored value gives back spare room of more than a tenth of its length: 7.0 and 7.1. */
  readonly trimsValues: boolean;
  /**
   * Scripts as they are since 8.0: the table server beside redis, os.clock, other words in errors; those that came by EVAL
   * alone are forgotten when there are many.
   */
  readonly scriptsSince80: boolean;
  /** Connections have a query buffer of their own only while a request is under way: 8.0 and later. */
  readonly sharesQueryBuffer: boolean;
  /** Bytes of a connection's record. */
  readonly clientBytes: number;
  /** SET with an expiry in the past deletes the key instead: 8.0 and later. */
  readonly dropsPastExpiry: boolean;
  layout(quantum: Quantum, cluster: boolean): Layout;
}

function profile(
  name: string,
  product: EngineProfile["product"],
  version: string,
  memoryBasis: EngineProfile["memoryBasis"],
  layout: (options: { sizeClass: (bytes: number) => number; cluster: boolean }) => Layout,
): EngineProfile {
  const since8 = product === "valkey" && Number(version.split(".")[0]) >= 8;
  return {
    name,
    product,
    version,
    redisVersion: product === "valkey" ? "7.2.4" : version,
    memoryBasis,
    shrinkBelow: since8 ? 0.125 : 0.1,
    forcedGrowth: since8 ? 4 : 5,
    scansExpiry: since8,
    strictScan: since8,
    scanCountsValues: product === "redis",
    compactSets: product === "valkey",
    usageCountsEntries: !since8,
    compactLists: product === "valkey",
    plainListNodes: since8,
    shortDoubles: product === "valkey",
    sizeHints: product === "valkey",
    negativeOffsets: since8,
    streamsSince72: product === "valkey",
    readsLastEntry: since8,
    sortKeepsLimits: since8,
    bitRangeAfterKey: !since8,
    sparseGrowth: product === "redis" ? "append" : since8 ? "class" : "exact",
    movedKeysKeepAge: product === "redis",
    trimsValues: product === "redis",
    scriptsSince80: since8,
    sharesQueryBuffer: since8,
    dropsPastExpiry: since8,
    // Measured on 7.0.15 and 8.0.1: tot-mem of an idle connection less its reply buffer.
    clientBytes: since8 ? 1_920 : 776,
    layout: (quantum, cluster) => layout({ sizeClass: sizeClasses(quantum), cluster }),
  };
}

const PROFILES: readonly EngineProfile[] = [
  profile("redis-7.0", "redis", "7.0.15", "measured", options => entryLayout(options, [859_000, 1_560_000], 16)),
  // ElastiCache's own release line; its memory structures are those of 7.0.
  profile("redis-7.1", "redis", "7.1.0", "derived", options => entryLayout(options, [859_000, 1_560_000], 16)),
  profile("valkey-7.2", "valkey", "7.2.7", "measured", options => entryLayout(options, [880_000, 1_600_000], 8)),
  profile("valkey-8.0", "valkey", "8.0.1", "measured", embeddedLayout),
  profile("valkey-8.1", "valkey", "8.1.0", "derived", options => objectLayout(options, 64)),
  profile("valkey-9.0", "valkey", "9.0.0", "derived", options => objectLayout(options, 128)),
];

/**
 * What a node that runs Memcached is costed by; its engine is of its own (memcached/). Not among the profiles: nothing that is
 * said of Valkey's commands, parameters and memory holds for it.
 */
export const MEMCACHED_PROFILE: EngineProfile = {
  ...PROFILES.find(one => one.name === "redis-7.0")!,
  name: "memcached-1.6",
  product: "memcached",
  version: "1.6.18",
};

export const PROFILE_NAMES: readonly string[] = PROFILES.map(one => one.name);

/** The profile of this name, or undefined. */
export function engineProfile(name: string): EngineProfile | undefined {
  return PROFILES.find(one => one.name === name);
}
