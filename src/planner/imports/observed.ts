// What was seen of a cluster, wherever it was seen: the figures that a scenario is made from. Rates are per second and of
// the whole cluster; what a source does not know is null.

/** A rate over time. */
export interface Course {
  /** Seconds since 1970, ascending. */
  readonly times: readonly number[];
  readonly values: readonly number[];
  readonly periodSeconds: number;
}

export interface Observed {
  /** Where it comes from, in words. */
  readonly source: string;
  /** What told shards and replicas. */
  readonly placed: string;
  readonly seconds: number;
  readonly name: string;
  readonly clusterMode: boolean;
  readonly shards: number;
  readonly replicas: number;
  /** Commands that read and write data, together. Null: means only. */
  readonly course: Course | null;
  readonly reads: number;
  /** Replicas apply what their primary wrote; here each write counts once. */
  readonly writes: number;
  /** Of those, what goes to strings and keys: the commands that no entry of `others` stands for. */
  readonly stringReads: number;
  readonly stringWrites: number;
  readonly hits: number | null;
  readonly misses: number | null;
  /** Commands on other types than strings, and scripts, by CloudWatch's family or by name. Writes that replicas apply are not in it. */
  readonly others: readonly { readonly name: string; readonly rate: number }[];
  /** Of all primaries. */
  readonly items: number | null;
  readonly volatileItems: number | null;
  readonly usedBytes: number | null;
  /** Engine's limit of one node. */
  readonly maxmemory: number | null;
  readonly evicted: number | null;
  readonly expired: number | null;
  /** Of one node, mean. */
  readonly connections: number | null;
  readonly newConnections: number | null;
  readonly bytesOut: number | null;
  /** Share of the engine thread of the busiest primary, in the mean. */
  readonly engineCpu: number | null;
  /** Share of the reads that replicas answer. */
  readonly replicaReads: number;
  /** Share of the requests on the busiest shard. */
  readonly hottestShard: number | null;
  /** What is left of the time to live of keys that have one, in the mean, as INFO tells. */
  readonly timeLeftSeconds: number | null;
  readonly policy: string | null;
  readonly engine: string | null;
  /** What was found and not used, or looks odd. */
  readonly notes: readonly string[];
}

export function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
