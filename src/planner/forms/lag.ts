// Replication lag in calm: how old a change is when a replica has applied it (models/replication.ts).
//
//   lag = event-loop batch + one-way delay + wait for the replica's engine thread + its work
//
// Changes travel in batches, and the last of a batch waits for those before it. Left out: full syncs, buffers that
// overflow, a replica that cannot keep up (its thread is then fully used, which the wait says).

import { type Moments, type Wait, wait } from "./waits.ts";

export interface Lag {
  readonly meanNs: number;
  readonly p99Ns: number;
  readonly replica: Wait;
}

const P99_SHARE = 0.01;

export interface ReplicaLoad {
  readonly batchNs: number;
  readonly oneWayNs: number;
  readonly oneWayP99Ns: number;
  /** Changes and reads per ns on the replica, and their work. */
  readonly changesPerNs: number;
  readonly change: Moments;
  readonly readsPerNs: number;
  readonly read: Moments;
}

export function replicationLag(load: ReplicaLoad): Lag {
  const { changesPerNs, change, readsPerNs, read } = load;
  const perNs = changesPerNs + readsPerNs;
  const both: Moments =
    perNs === 0
      ? { mean: 0, second: 0 }
      : {
          mean: (changesPerNs * change.mean + readsPerNs * read.mean) / perNs,
          second: (changesPerNs * change.second + readsPerNs * read.second) / perNs,
        };
  const replica = wait(1, perNs, both);
  const batch = changesPerNs * load.batchNs;
  const work = change.mean * Math.max(1, batch);
  const tail =
    replica.delayed > P99_SHARE && Number.isFinite(replica.meanNs)
      ? (replica.meanNs / replica.delayed) * Math.log(replica.delayed / P99_SHARE)
      : 0;
  return {
    meanNs: load.batchNs + load.oneWayNs + replica.meanNs + work,
    p99Ns: replica.utilisation >= 1 ? Number.POSITIVE_INFINITY : load.batchNs + load.oneWayP99Ns + tail + work,
    replica,
  };
}
