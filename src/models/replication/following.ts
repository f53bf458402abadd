// Who follows whom: replicas find their primary, partially or in full, and a primary counts them. Roles are changed by
// cluster.ts; here is what that means for the links.

import type { Simulation } from "../../sim/simulation.ts";
import type { Cluster, Shard } from "../cluster.ts";
import type { Latency } from "../network.ts";
import type { Node } from "../node.ts";
import { type FullSyncHooks, startFullSync } from "./full-sync.ts";
import { type LinkHooks, ReplicationLink } from "./link.ts";
import type { ReplicationStream } from "./stream.ts";
import { type Replicated, ReplicationUpkeep } from "./upkeep.ts";

export class Following implements Replicated {
  readonly upkeep: ReplicationUpkeep;
  private readonly hooks: LinkHooks;

  constructor(
    private readonly cluster: Cluster,
    private readonly sim: Simulation,
    private readonly latency: Latency,
  ) {
    this.upkeep = new ReplicationUpkeep(this, sim, latency);
    this.hooks = {
      applied: (link, lagNs) => {
        for (const observer of cluster.observers) observer.replicaLag?.(link, lagNs);
      },
      overflowed: (link, bytes) => this.overflowed(link, bytes),
    };
  }

  /** Links a replica to a stream from a sequence number on. */
  attach(replica: Node, stream: ReplicationStream, from: number, offset: number): ReplicationLink {
    const link = new ReplicationLink(stream, replica, this.sim, this.latency, from, offset, this.hooks);
    this.recount();
    return link;
  }

  /** A replica turns to a primary: partially when the backlog reaches back far enough, else in full. */
  follow(replica: Node, stream: ReplicationStream, cause: number | null): void {
    // Its primary is gone: what it has of the history it keeps, and looks again once a second.
    if (stream.isStopped) return this.upkeep.wake();
    const { link } = replica;
    link?.cut();
    // Who has not got a whole copy yet has no history to go on from.
    const hasCopy = link !== null && !replica.engine.isLoading;
    this.resync(replica, hasCopy ? link.stream : null, hasCopy ? link.offset : 0, stream, cause);
  }

  /** A primary becomes a replica: its own stream is the history that it goes on from. */
  turn(replica: Node, own: ReplicationStream, stream: ReplicationStream, cause: number | null): void {
    this.resync(replica, own, own.offset, stream, cause);
  }

  private resync(
    replica: Node,
    history: ReplicationStream | null,
    offset: number,
    stream: ReplicationStream,
    cause: number | null,
  ): void {
    const { stats } = stream.primary.engine;
    const from = history === null ? null : stream.partialFrom(history, offset);
    if (from === null) {
      if (history !== null) stats.partialSyncsRefused++;
      return this.sync(replica, stream, cause);
    }
    stats.partialSyncsOk++;
    this.cluster.log.add(replica.name, `partial resync from ${stream.primary.name}`, cause);
    replica.engine.linkUp = true;
    this.attach(replica, stream, from, offset).resume();
  }

  /** A replica gets everything anew; until that is done it serves nobody. */
  sync(replica: Node, stream: ReplicationStream, cause: number | null): void {
    const { cluster } = this;
    replica.engine.linkUp = false;
    replica.isSyncing = true;
    const hooks: FullSyncHooks = {
      ...this.hooks,
      log: (what, of) => cluster.log.add(stream.primary.name, what, of),
      online: () => {
        replica.isSyncing = false;
        this.recount();
        cluster.version++;
        const shard = cluster.shards[replica.shard];
        for (const observer of cluster.observers) observer.replicaOnline?.(shard, replica);
      },
      failed: () => {
        replica.isSyncing = false;
        this.upkeep.wake();
      },
    };
    startFullSync(stream, replica, this.sim, this.latency, cause, hooks);
  }

  private overflowed(link: ReplicationLink, bytes: number): void {
    const { replica, stream, buffer } = link;
    const { primary } = stream;
    primary.engine.stats.outputLimitCuts++;
    const isSync = replica.engine.isLoading;
    const what = isSync ? `full sync to ${replica.name} cut` : `link to ${replica.name} closed`;
    this.cluster.log.add(
      primary.name,
      `${what}: ${bytes} bytes wait for it, client-output-buffer-limit allows ${buffer.limit.hardBytes}`,
    );
    replica.engine.linkUp = false;
    this.recount();
    this.upkeep.wake();
  }

  // -------------------------------------------------------------------------------------------------------------
  // What the upkeep asks.

  *replicas(): Iterable<Node> {
    for (const shard of this.cluster.shards) yield* shard.replicas;
  }

  streamFor(replica: Node): ReplicationStream | null {
    const shard: Shard = this.cluster.shards[replica.shard];
    return replica.outlook === null ? shard.stream : replica.outlook.primaries[shard.index].stream;
  }

  connect(replica: Node, stream: ReplicationStream): void {
    this.follow(replica, stream, null);
  }

  closed(link: ReplicationLink, why: string): void {
    link.cut();
    link.replica.engine.linkUp = false;
    this.cluster.log.add(link.replica.name, `replication link closed: ${why}`);
  }

  /** min-replicas-to-write looks at links whose last acknowledgement is fresh: all of them while nothing is wrong. */
  recount(): void {
    const { isAwake } = this.upkeep;
    const { maxLagNs } = this.cluster.config.replication;
    for (const { stream, primary } of this.cluster.shards) {
      let good = 0;
      for (const link of stream.links) {
        if (!link.paused && (!isAwake || this.sim.now - link.ackNs <= maxLagNs)) good++;
      }
      primary.engine.goodReplicas = good;
    }
  }
}
