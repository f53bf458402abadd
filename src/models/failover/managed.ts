// Failover by a managed service's control plane, as ElastiCache does it: it notices that the primary is gone, promotes
// the replica with the least lag, repoints the endpoint's DNS name, and puts a new node in the lost one's place.
//
//   outage of writes = detection + promotion (+ DNS for cluster mode disabled, + what the clients add)
//
// AWS publishes no detection time. Published around it: writes resume "typically just a few seconds" after promotion;
// clients should be sized for windows of 15-30 s (aws-facts.md, 4); the seed says 30-60 s in all. The defaults make the
// control plane's part 25-50 s, so that with clients and DNS an outage lasts 30-60 s; all of it is a parameter.
// A replica without automatic failover (cluster mode disabled, Multi-AZ off) is not promoted: the primary's replacement
// syncs from it, and writes fail until then. Without any replica the new primary starts empty.

import type { Distribution } from "../../sim/distributions/distribution.ts";
import type { Simulation } from "../../sim/simulation.ts";
import type { Cluster, Shard } from "../cluster.ts";
import type { ManagedFailoverConfig } from "../config.ts";
import type { Node } from "../node.ts";
import type { Failover, PhaseListener } from "./failover.ts";

export class ManagedFailover implements Failover {
  constructor(
    private readonly config: ManagedFailoverConfig,
    private readonly cluster: Cluster,
    private readonly sim: Simulation,
    private readonly onPhase: PhaseListener,
  ) {}

  nodeLost(node: Node, _state: "down" | "lost", cause: number): void {
    const shard = this.cluster.shards[node.shard];
    const lostAtNs = this.sim.now;
    this.replaceLater(shard, node, lostAtNs, cause);
    if (shard.primary !== node) return;
    this.step(shard, "detected", this.config.detectionNs, "cluster.failover.detection", () => {
      const detected = this.cluster.log.add(
        "control plane",
        `shard ${shard.index + 1}: primary ${node.name} is gone`,
        cause,
      );
      if (!this.promotesAutomatically(shard)) return;
      this.promote(shard, node, lostAtNs, detected);
    });
  }

  /** Cluster mode always fails over; cluster mode disabled only with Multi-AZ. */
  private promotesAutomatically(shard: Shard): boolean {
    const { mode, multiAz } = this.cluster.config;
    return shard.replicas.length > 0 && (mode === "cluster" || multiAz);
  }

  private promote(shard: Shard, lost: Node, lostAtNs: number, cause: number): void {
    this.step(shard, "promoted", this.config.promotionNs, "cluster.failover.promotion", () => {
      if (shard.primary !== lost) return; // the replacement was faster
      const heir = this.cluster.leastLagging(shard);
      if (heir === null) return;
      const promoted = this.cluster.promote(shard, heir, lostAtNs, cause);
      const { primaryEndpoint } = this.cluster;
      if (primaryEndpoint === null) return;
      this.step(shard, "dns updated", this.config.dnsNs, "cluster.failover.dns", () => {
        primaryEndpoint.node = heir.id;
        this.cluster.log.add("dns", `primary endpoint points to ${heir.name}`, promoted);
      });
    });
  }

  private replaceLater(shard: Shard, lost: Node, lostAtNs: number, cause: number): void {
    this.step(shard, "replacement node", this.config.replacementNs, "cluster.failover.replacement", () => {
      if (shard.failed && shard.primary === lost && shard.replicas.length > 0) {
        // Nobody was promoted: the replica's data survive in the new primary.
        const heir = this.cluster.leastLagging(shard);
        if (heir !== null) this.cluster.promote(shard, heir, lostAtNs, cause);
      }
      const node = this.cluster.replace(shard, lost, cause);
      const { primaryEndpoint } = this.cluster;
      if (primaryEndpoint !== null) primaryEndpoint.node = shard.primary.id;
      return node;
    });
  }

  private step(shard: Shard, name: string, length: Distribution, setting: string, run: () => void): void {
    const startNs = this.sim.now;
    const ns = Math.max(0, Math.round(length.sample(this.sim.random(`failover/${shard.index}/${name}`))));
    this.sim.after(ns, `failover/${name}`, () => {
      this.onPhase(shard.index, { name, startNs, endNs: this.sim.now, boundBy: setting });
      run();
    });
  }
}
