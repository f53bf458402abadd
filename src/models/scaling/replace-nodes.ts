// Every node gives way to a new one, shard by shard, while the cluster serves: another node type (scaling up and down),
// another engine version (upgrade), cluster mode. As ElastiCache does it (Scaling.RedisReplGrps, aws-facts.md, 4):
//
//   1. new nodes are provisioned
//   2. they join the shard as replicas, by full syncs from its primary
//   3. one of them takes over by a planned change of primary (switch-over.ts); the others follow it
//   4. the old nodes leave, and with them the connections to them
//
// The shards take turns (assumed). A new node that dies is ordered again; a failover in between is taken as it comes.
// Engine versions before 5.0.6 (aws-facts.md: 30-60 s of DNS propagation) cannot be simulated and so need no branch.

import { NS_PER_MS } from "../../units.ts";
import type { Cluster, Shard } from "../cluster.ts";
import { addReplica, nodesOf, removeReplica } from "../cluster-members.ts";
import type { ClusterConfig } from "../config.ts";
import type { Node } from "../node.ts";
import type { Manoeuvre } from "./manoeuvre.ts";
import { PROVISIONING_SETTING, scalingOf, whenProvisioned } from "./provision.ts";
import { switchOver } from "./switch-over.ts";

const LOOK_NS = 100 * NS_PER_MS;

/** Replaces all nodes by such as the configuration makes; `done` when the last old one has left. */
export function replaceNodes(cluster: Cluster, config: ClusterConfig, manoeuvre: Manoeuvre, done: () => void): void {
  const startNs = cluster.sim.now;
  whenProvisioned(cluster, () => {
    manoeuvre.phase("new nodes", startNs, PROVISIONING_SETTING);
    cluster.config = config;
    const waiting = cluster.members;
    const next = () => {
      const shard = waiting.shift();
      if (shard === undefined) return done();
      new Replacement(cluster, shard, config, manoeuvre, next).start();
    };
    next();
  });
}

/** One shard's turn. */
class Replacement {
  private readonly old: readonly Node[];
  private readonly fresh: Node[] = [];
  private readonly startNs: number;

  constructor(
    private readonly cluster: Cluster,
    private readonly shard: Shard,
    private readonly config: ClusterConfig,
    private readonly manoeuvre: Manoeuvre,
    private readonly done: () => void,
  ) {
    this.old = nodesOf(shard);
    this.startNs = cluster.sim.now;
  }

  start(): void {
    for (const { zone } of this.old) this.join(zone);
    this.waitForSync();
  }

  private join(zone: number): void {
    this.fresh.push(addReplica(this.cluster, this.shard, this.manoeuvre.event, this.config, zone));
  }

  private later(run: () => void): void {
    this.cluster.sim.after(LOOK_NS, "scaling/replacement", run);
  }

  private waitForSync(): void {
    const { shard, fresh } = this;
    for (const node of fresh.filter(one => one.state !== "up")) {
      fresh.splice(fresh.indexOf(node), 1);
      this.join(node.zone);
    }
    if (shard.failed || fresh.some(node => node.engine.isLoading)) return this.later(() => this.waitForSync());
    this.manoeuvre.phase(`${this.name}: sync`, this.startNs, "fork, transfer and loading of the data set");
    this.handOver(this.cluster.sim.now);
  }

  private handOver(sinceNs: number): void {
    const { shard, fresh, cluster, manoeuvre } = this;
    if (shard.failed) return this.later(() => this.handOver(sinceNs));
    // A failover may have chosen one of them already.
    if (fresh.includes(shard.primary)) return this.leave(sinceNs);
    const heir = fresh.find(node => node.state === "up" && !node.engine.isLoading);
    if (heir === undefined) return this.later(() => this.handOver(sinceNs));
    switchOver(cluster, shard, heir, manoeuvre.event, pausedNs => {
      if (pausedNs === null) return this.later(() => this.handOver(sinceNs));
      const { figures } = manoeuvre.report;
      figures.longestPauseMs = Math.max(figures.longestPauseMs ?? 0, pausedNs / 1e6);
      manoeuvre.phase(`${this.name}: hand-over`, sinceNs, "3 round trips, the replica's lag, cluster.scaling.handOver");
      this.leave(cluster.sim.now);
    });
  }

  private leave(sinceNs: number): void {
    const { cluster, shard, manoeuvre } = this;
    cluster.sim.after(scalingOf(cluster).drainNs, "scaling/old nodes leave", () => {
      for (const node of this.old) {
        if (shard.replicas.includes(node)) removeReplica(cluster, shard, node, manoeuvre.event);
      }
      manoeuvre.phase(`${this.name}: old nodes leave`, sinceNs, "cluster.scaling.drain");
      this.done();
    });
  }

  private get name(): string {
    return `shard ${this.shard.index + 1}`;
  }
}
