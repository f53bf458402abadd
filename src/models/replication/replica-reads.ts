// Reads that replicas answer, and those of them that are stale: the primary had finished a newer value of the key, and so told
// its writer, before the read was asked for.
//
//   age   from when the primary had finished the oldest change that the replica lacks until the replica answers
// A replica that still follows a deposed primary lacks what the new one has written as well. Streams keep the changes of every
// key for this (changes-by-key.ts), where somebody reads from replicas at all.
//
// Left out: keys of a read beyond its first; a read counts as fresh when what it lacks has left the backlog.

import type { Histogram } from "../../sim/histogram.ts";
import type { Shard } from "../cluster.ts";
import type { Node } from "../node.ts";
import type { Requests } from "../requests.ts";
import type { ReplicationStream } from "./stream.ts";

export class ReplicaReads {
  reads = 0;
  stale = 0;
  /** Highest age since the period began. */
  oldestNs = 0;

  constructor(
    private readonly node: Node,
    private readonly shardOf: (index: number) => Shard,
    private readonly requests: Requests,
    private readonly nowNs: () => number,
    /** Of all replicas. */
    private readonly ages: Histogram,
  ) {}

  periodOver(): void {
    this.oldestNs = 0;
  }

  /** The node answers a read. */
  note(request: number): void {
    const { node, requests } = this;
    const { link } = node;
    if (link === null || node.engine.role !== "replica") return;
    this.reads++;
    const key = requests.argv[request][1];
    if (typeof key !== "string") return;
    const askedNs = requests.issuedNs[request];
    const { stream } = this.shardOf(node.shard);
    let since = missedSince(link.stream, key, link.next, askedNs);
    if (stream !== link.stream) since = Math.min(since, missedSince(stream, key, 0, askedNs));
    if (since === Number.POSITIVE_INFINITY) return;
    const age = Math.max(0, Math.round(this.nowNs() - since));
    this.stale++;
    this.ages.record(age);
    if (age > this.oldestNs) this.oldestNs = age;
  }
}

/** When the first change of a key from a sequence number on was finished, of those finished before an instant. */
function missedSince(stream: ReplicationStream, key: string, from: number, beforeNs: number): number {
  for (const sequence of stream.keys?.from(key, from) ?? []) {
    const change = stream.changeOrNull(sequence);
    if (change !== null && change.timeNs <= beforeNs) return change.timeNs;
  }
  return Number.POSITIVE_INFINITY;
}
