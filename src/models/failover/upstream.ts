// Failover as the nodes of an upstream cluster do it among themselves: gossip.ts finds the dead, then
//   a replica of a failed primary waits 500 ms + U(0, 500) ms + 1 s per rank (0 for the most complete copy),
//   asks the primaries for their votes at its next cron, and takes over with those of a majority.
// Without a majority of living primaries nobody is elected. 20 measured timelines and 1,000 runs of a reference model
// stand behind these rules (models/physics.md, section 3); test/models/failover.test.ts holds ours against them.
//
// A process that a supervisor starts again comes back empty: as a replica of whoever leads its shard by then, or, when it
// was faster than the failover, as the primary it was, without data.
//
// Left out: manual failover, replica migration, split brain (partitions are no fault yet), epochs colliding.

import type { Simulation } from "../../sim/simulation.ts";
import { NS_PER_MS, NS_PER_SECOND } from "../../units.ts";
import type { Cluster, Shard } from "../cluster.ts";
import type { UpstreamFailoverConfig } from "../config.ts";
import type { Latency } from "../network.ts";
import type { Node } from "../node.ts";
import type { Failover, PhaseListener } from "./failover.ts";
import { CRON_NS, Gossip } from "./gossip.ts";

const ELECTION_WAIT_NS = 500 * NS_PER_MS;
const RANK_NS = NS_PER_SECOND;

/** A node's death, and when the others noticed. */
interface Loss {
  readonly atNs: number;
  readonly cause: number;
  suspectedNs: number | null;
  agreedNs: number | null;
}

export class UpstreamFailover implements Failover {
  private readonly gossip: Gossip;
  private readonly lostAt = new Map<number, Loss>();

  constructor(
    private readonly config: UpstreamFailoverConfig,
    private readonly cluster: Cluster,
    private readonly sim: Simulation,
    private readonly latency: Latency,
    private readonly onPhase: PhaseListener,
  ) {
    cluster.requireFullCoverage = config.requireFullCoverage;
    this.gossip = new Gossip(sim, latency, {
      timeoutNs: config.nodeTimeoutNs,
      isPrimary: node => cluster.shards[node.shard].primary === node,
      primaryCount: () => cluster.members.length,
      suspected: dead => this.suspected(dead),
      agreed: dead => this.agreed(dead),
    });
    for (const node of cluster.nodes) this.gossip.join(node);
    cluster.observers.push({ nodeAdded: node => this.gossip.join(node) });
  }

  nodeLost(node: Node, state: "down" | "lost", cause: number): void {
    this.lostAt.set(node.id, { atNs: this.sim.now, cause, suspectedNs: null, agreedNs: null });
    if (state === "down") this.restartLater(node, cause);
  }

  private suspected(dead: Node): void {
    const loss = this.lostAt.get(dead.id);
    if (loss === undefined || loss.suspectedNs !== null) return;
    loss.suspectedNs = this.sim.now;
    this.phase(dead, "suspected", loss.atNs, "cluster-node-timeout");
  }

  private agreed(dead: Node): void {
    const loss = this.lostAt.get(dead.id);
    if (loss === undefined || dead.state === "up") return;
    loss.agreedNs ??= this.sim.now;
    this.phase(dead, "detected", loss.suspectedNs ?? loss.atNs, "gossip among primaries");
    const event = this.cluster.log.add("cluster bus", `${dead.name} is marked FAIL`, loss.cause);
    const shard = this.cluster.shards[dead.shard];
    if (shard.primary !== dead) return;
    shard.knownFailed = true;
    const ranked = shard.replicas
      .filter(replica => replica.state === "up" && !replica.engine.isLoading)
      .sort((a, b) => this.offset(b) - this.offset(a));
    ranked.forEach((replica, rank) => {
      this.standForElection(shard, dead, replica, rank, loss.atNs, event);
    });
  }

  private offset(replica: Node): number {
    return this.cluster.linkOf(replica)?.offset ?? -1;
  }

  private standForElection(
    shard: Shard,
    dead: Node,
    replica: Node,
    rank: number,
    lostAtNs: number,
    cause: number,
  ): void {
    const random = this.sim.random(`${replica.name}/election`);
    const startNs = this.sim.now;
    const wait = ELECTION_WAIT_NS + random.below(ELECTION_WAIT_NS) + rank * RANK_NS;
    // It learns of the FAIL, and looks at the time, in its cron; the votes take one round trip.
    const toCron = random.below(CRON_NS) + random.below(CRON_NS);
    const votes = 2 * this.latency.oneWayNs(replica.zone, dead.zone);
    this.sim.after(wait + toCron + votes, `${replica.name}/election`, () => {
      if (shard.primary !== dead || dead.state === "up" || replica.state !== "up") return;
      const voters = this.cluster.members.filter(one => one.primary.state === "up").length;
      if (voters < Math.floor(this.cluster.members.length / 2) + 1) {
        this.cluster.log.add(
          replica.name,
          `election without a majority: ${voters} of ${this.cluster.members.length}`,
          cause,
        );
        return;
      }
      this.cluster.promote(shard, replica, lostAtNs, cause);
      this.phase(dead, "promoted", startNs, "500 ms + up to 500 ms + 1 s per rank");
    });
  }

  private restartLater(node: Node, cause: number): void {
    const ns = Math.max(1, Math.round(this.config.restartNs.sample(this.sim.random(`${node.name}/restart`))));
    this.sim.after(ns, `${node.name}/restart`, () => this.comeBack(node, cause));
  }

  /**
   * A process is back, empty. While it is marked FAIL and somebody stands for election it has to wait for the outcome;
   * the mark is lifted after twice the timeout.
   */
  private comeBack(node: Node, cause: number): void {
    if (node.state !== "down") return;
    const shard = this.cluster.shards[node.shard];
    const markedNs = this.lostAt.get(node.id)?.agreedNs ?? null;
    const isContested = markedNs !== null && this.sim.now < markedNs + 2 * this.config.nodeTimeoutNs;
    if (shard.primary === node && isContested && this.cluster.leastLagging(shard) !== null) {
      this.sim.after(CRON_NS, `${node.name}/restart`, () => this.comeBack(node, cause));
      return;
    }
    const event = this.cluster.log.add(node.name, "process started again, empty", cause);
    this.gossip.returned(node);
    if (shard.primary === node) return this.cluster.startEmpty(shard, node, event);
    node.start();
    this.cluster.join(shard, node, event);
  }

  private phase(dead: Node, name: string, startNs: number, boundBy: string): void {
    this.onPhase(dead.shard, { name, startNs, endNs: this.sim.now, boundBy });
  }
}
