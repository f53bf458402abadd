// Failover by a managed service's control plane, as ElastiCache does it: it notices that the primary is gone, takes it
// offline, promotes the replica with the least lag, repoints the endpoint's DNS name, and puts a new node in the lost
// one's place.
//
//   outage of writes = detection + promotion (+ DNS for cluster mode disabled, + what the clients add)
//
// AWS publishes no detection time. Published around it: writes resume "typically just a few seconds" after promotion;
// clients should be sized for windows of 15-30 s (aws-facts.md, 4); the seed says 30-60 s in all. The defaults make the
// control plane's part 25-50 s, so that with clients and DNS an outage lasts 30-60 s; all of it is a parameter.
// A replica without automatic failover (cluster mode disabled, Multi-AZ off) is not promoted: the primary's replacement
// syncs from it, and writes fail until then. Without any replica the new primary starts empty.
//
// Partitions (assumed; AWS says only "primary taken offline"): the control plane looks at each node from every zone. A
// node is gone when no other zone than its own reaches it, both ways (its own counts where there is only one). Before a
// replica is promoted the old primary is fenced: its machine is stopped from outside, whether it answers or not. Two
// primaries never accept writes for the same slots; what a cut-off primary accepted until then is lost. A node that is
// back before the promotion stays what it was. A replacement waits until its zone is there.
//
// TestFailover (API reference): one at a time per cluster, 15 node groups in any 24 hours; the primary goes at once, no
// detection is waited for, its replacement takes as long as any other.

import type { Distribution } from "../../sim/distributions/distribution.ts";
import type { Simulation } from "../../sim/simulation.ts";
import { NS_PER_DAY, NS_PER_SECOND } from "../../units.ts";
import type { Cluster, Shard } from "../cluster.ts";
import type { ManagedFailoverConfig } from "../config.ts";
import { clientsIn } from "../faults/links.ts";
import type { Latency } from "../network.ts";
import type { Node } from "../node.ts";
import type { Failover, PhaseListener } from "./failover.ts";

const TESTS_PER_DAY = 15;
/** How often the control plane looks again for a zone or a replica that it cannot reach. */
const LOOK_NS = NS_PER_SECOND;

/** What the control plane needs from the world. */
export interface Machines {
  /** Stops a node from outside, for good. down: its kernel still closes its connections. */
  fence(node: Node, state: "down" | "lost", cause: number): void;
  isZoneDown(zone: number): boolean;
}

/** A node that is gone, from when it was noticed until it is back or replaced. */
interface Incident {
  readonly node: Node;
  readonly shard: Shard;
  readonly cause: number;
}

export class ManagedFailover implements Failover {
  private readonly incidents = new Map<Node, Incident>();
  private readonly testsAtNs: number[] = [];
  private testing = false;

  constructor(
    private readonly config: ManagedFailoverConfig,
    private readonly cluster: Cluster,
    private readonly sim: Simulation,
    private readonly latency: Latency,
    private readonly machines: Machines,
    private readonly onPhase: PhaseListener,
  ) {}

  nodeLost(node: Node, _state: "down" | "lost" | "frozen", cause: number): void {
    this.begin(node, cause);
  }

  nodeBack(): void {
    // Every step looks whether the node is still gone.
  }

  zoneBack(): void {
    // Replacements look for their zone themselves.
  }

  linksChanged(cause: number): void {
    for (const node of this.cluster.nodes) {
      if (node.state === "up" && this.isCutOff(node)) this.begin(node, cause);
    }
  }

  /** Whether no zone but its own reaches the node. */
  private isCutOff(node: Node): boolean {
    const { faults } = this.latency;
    if (faults === null) return false;
    const { zoneCount } = this.cluster;
    for (let zone = 0; zone < zoneCount; zone++) {
      if ((zone !== node.zone || zoneCount === 1) && faults.connects(clientsIn(zone), node.id)) return false;
    }
    return true;
  }

  private isGone(node: Node): boolean {
    return node.state !== "up" || this.isCutOff(node);
  }

  private begin(node: Node, cause: number): void {
    if (this.incidents.has(node)) return;
    const incident = { node, shard: this.cluster.shards[node.shard], cause };
    this.incidents.set(node, incident);
    this.replaceLater(incident);
    this.step(incident, "detected", this.config.detectionNs, "cluster.failover.detection", () => {
      const { shard } = incident;
      if (shard.primary !== node) return;
      const what = `shard ${shard.index + 1}: primary ${node.name} is gone`;
      const detected = this.cluster.log.add("control plane", what, cause);
      if (this.promotesAutomatically(shard)) this.promoteLater(incident, detected);
    });
  }

  /** Whether there is still something to do about a node; closes the matter when it is back. */
  private isOpen(incident: Incident): boolean {
    const { node, cause } = incident;
    if (this.incidents.get(node) !== incident) return false;
    if (this.isGone(node)) return true;
    this.incidents.delete(node);
    this.cluster.log.add("control plane", `${node.name} answers again: nothing is done`, cause);
    return false;
  }

  /** Cluster mode always fails over; cluster mode disabled only with Multi-AZ. */
  private promotesAutomatically(shard: Shard): boolean {
    const { mode, multiAz } = this.cluster.config;
    return shard.replicas.length > 0 && (mode === "cluster" || multiAz);
  }

  private promoteLater(incident: Incident, cause: number): void {
    const begin = this.sim.now;
    const ns = this.draw(incident, "promoted", this.config.promotionNs);
    this.sim.after(ns, "failover/promoted", () => this.promote(incident, begin, cause));
  }

  private promote(incident: Incident, startNs: number, cause: number): void {
    const { shard, node } = incident;
    if (shard.primary !== node || !this.isOpen(incident)) return;
    const heir = this.heir(shard);
    if (heir === null) {
      this.sim.after(LOOK_NS, "failover/promoted", () => this.promote(incident, startNs, cause));
      return;
    }
    this.phase(incident, "promoted", startNs, "cluster.failover.promotion");
    this.fence(node, cause);
    const promoted = this.cluster.promote(shard, heir, cause);
    const { primaryEndpoint } = this.cluster;
    if (primaryEndpoint === null) return;
    this.step(incident, "dns updated", this.config.dnsNs, "cluster.failover.dns", () => {
      primaryEndpoint.node = heir.id;
      this.cluster.log.add("dns", `primary endpoint points to ${heir.name}`, promoted);
    });
  }

  /** The replica with the least lag of those that are reached. */
  private heir(shard: Shard): Node | null {
    return this.cluster.candidates(shard).find(one => !this.isCutOff(one.node))?.node ?? null;
  }

  private fence(node: Node, cause: number): void {
    if (node.state === "up" || node.state === "frozen") this.machines.fence(node, "lost", cause);
  }

  private replaceLater(incident: Incident): void {
    this.step(incident, "replacement node", this.config.replacementNs, "cluster.failover.replacement", () => {
      this.replace(incident);
    });
  }

  private replace(incident: Incident): void {
    const { node, shard, cause } = incident;
    if (!this.isOpen(incident)) return;
    const leads = shard.primary === node;
    const heir = leads ? this.heir(shard) : null;
    // Data that somebody still has are waited for.
    const isWaiting = leads && heir === null && shard.replicas.some(one => one.state === "up" && !one.engine.isLoading);
    if (isWaiting || !this.isZoneThere(node.zone)) {
      this.sim.after(LOOK_NS, "failover/replacement node", () => this.replace(incident));
      return;
    }
    this.incidents.delete(node);
    this.fence(node, cause);
    // Nobody was promoted: the replica's data survive in the new primary.
    if (heir !== null) this.cluster.promote(shard, heir, cause);
    this.cluster.replace(shard, node, cause);
    const { primaryEndpoint } = this.cluster;
    if (primaryEndpoint !== null) primaryEndpoint.node = shard.primary.id;
  }

  /** A new node starts in the lost one's zone: that has to be there, and reached by another one. */
  private isZoneThere(zone: number): boolean {
    const { faults } = this.latency;
    const { zoneCount } = this.cluster;
    if (this.machines.isZoneDown(zone)) return false;
    if (faults === null || zoneCount === 1) return true;
    for (let other = 0; other < zoneCount; other++) {
      if (other !== zone && faults.connects(clientsIn(other), clientsIn(zone))) return true;
    }
    return false;
  }

  test(index: number, cause: number): string | null {
    const { cluster, sim, machines } = this;
    const shard = cluster.shards[index];
    const { primary: node } = shard;
    const recent = this.testsAtNs.filter(atNs => sim.now - atNs < NS_PER_DAY).length;
    if (recent >= TESTS_PER_DAY) {
      return `APICallRateForCustomerExceeded: ${recent} node groups were tested in the last 24 hours, ${TESTS_PER_DAY} are allowed`;
    }
    if (this.testing) return "InvalidReplicationGroupState: another TestFailover of this cluster is under way";
    if (!this.promotesAutomatically(shard)) {
      return "TestFailoverNotAvailable: automatic failover needs a replica, and Multi-AZ in cluster mode disabled";
    }
    if (this.incidents.has(node) || node.state !== "up") {
      return `InvalidReplicationGroupState: ${node.name} is not available`;
    }
    this.testsAtNs.push(sim.now);
    this.testing = true;
    const incident = { node, shard, cause };
    this.incidents.set(node, incident);
    machines.fence(node, "down", cause);
    this.promoteLater(incident, cause);
    this.step(incident, "replacement node", this.config.replacementNs, "cluster.failover.replacement", () => {
      this.testing = false;
      this.replace(incident);
    });
    return null;
  }

  private step(incident: Incident, name: string, length: Distribution, setting: string, run: () => void): void {
    const startNs = this.sim.now;
    this.sim.after(this.draw(incident, name, length), `failover/${name}`, () => {
      if (!this.isOpen(incident)) return;
      this.phase(incident, name, startNs, setting);
      run();
    });
  }

  private draw({ shard }: Incident, name: string, length: Distribution): number {
    return Math.max(0, Math.round(length.sample(this.sim.random(`failover/${shard.index}/${name}`))));
  }

  private phase({ shard }: Incident, name: string, startNs: number, boundBy: string): void {
    this.onPhase(shard.index, { name, startNs, endNs: this.sim.now, boundBy });
  }
}
