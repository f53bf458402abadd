// Metrics of reads that replicas answer and of writes that wait for them.

import { highest, type Metric, total } from "./metric.ts";

export const REPLICA_METRICS: readonly Metric[] = [
  {
    name: "aofRewrites",
    summary: "rewrites of append-only files that ended",
    unit: "count",
    perWorkload: false,
    read: source => total(source, "AofRewrites"),
  },
  {
    name: "delayedFsyncs",
    summary: "fsyncs of append-only files that held the engine thread (everysec)",
    unit: "count",
    perWorkload: false,
    read: source => total(source, "AofDelayedFsyncs"),
  },
  {
    name: "fullSyncs",
    summary: "full syncs that primaries began",
    unit: "count",
    perWorkload: false,
    read: source => total(source, "FullSyncs"),
  },
  {
    name: "staleReplicaReads",
    summary: "share of the reads from replicas that lacked a write which the primary had finished before",
    unit: "share",
    perWorkload: false,
    read: source => {
      const reads = total(source, "ReplicaReads");
      return reads === 0 ? null : total(source, "StaleReplicaReads") / reads;
    },
  },
  {
    name: "staleReplicaAge",
    summary: "longest time for which a replica's answer had been out of date",
    unit: "duration",
    perWorkload: false,
    read: source => {
      const seconds = highest(source, "StaleReplicaReadAge");
      return seconds === null ? null : seconds * 1e9;
    },
  },
  {
    name: "waitedInVain",
    summary: "writes whose WAIT ended with too few replicas",
    unit: "count",
    perWorkload: false,
    read: source => (highest(source, "WaitedWrites") === null ? null : total(source, "WaitedInVain")),
  },
];
