// Failover as the nodes of an upstream cluster do it among themselves: gossip.ts finds the dead, then a replica that knows
// that its primary is dead
//   waits         500 ms + U(0, 500) ms + 1 s per replica with more data
//   asks          every primary it reaches for its vote; each votes if it sees FAIL too and has not voted for this shard
//                 within twice the timeout. Who has not heard of its primary for ten times the timeout does not stand
//   takes over    with the votes of a majority of all primaries, dead ones counted; else it tries again after four times
//                 the timeout
// 20 measured timelines and 1,000 runs of a reference model stand behind these rules (models/physics.md, section 3);
// test/models/failover.test.ts holds ours against them.
//
// Partitions. A primary that is cut off goes on accepting writes until it sees a minority: for the timeout, and up to half
// of it more until its pings were due. What it accepted that nobody received is lost when it steps down. Two sides without
// a majority elect nobody.
//
// A process that a supervisor starts again comes back empty: as a replica of whoever leads its shard by then, or, when it
// was faster than the failover, as the primary it was, without data.
//
// Left out: manual failover, replica migration, colliding epochs, the order in which shards fail over (Valkey 8.1).

import type { Simulation } from "../../sim/simulation.ts";
import { NS_PER_MS, NS_PER_SECOND } from "../../units.ts";
import type { Cluster, Shard } from "../cluster.ts";
import type { UpstreamFailoverConfig } from "../config.ts";
import type { Latency } from "../network.ts";
import type { Node } from "../node.ts";
import type { Failover, PhaseListener } from "./failover.ts";
import { CRON_NS, Gossip, majority } from "./gossip.ts";

const ELECTION_WAIT_NS = 500 * NS_PER_MS;
const RANK_NS = NS_PER_SECOND;
/** Times the node timeout: a vote binds, another try, the oldest data that may lead. */
const VOTE_BINDS = 2;
const RETRY = 4;
const VALIDITY_FACTOR = 10;
/** repl-ping-replica-period. */
const REPLICATION_PING_NS = 10 * NS_PER_SECOND;

/** A node's silence, and when the others noticed. */
interface Loss {
  readonly atNs: number;
  readonly cause: number;
  suspectedNs: number | null;
  agreedNs: number | null;
  event: number | null;
}

export class UpstreamFailover implements Failover {
  private readonly gossip: Gossip;
  private readonly losses = new Map<number, Loss>();
  /** The last fault of the network. */
  private linkFault: { readonly atNs: number; readonly cause: number } | null = null;
  /** When a primary last voted for a shard: by its id, then by shard. */
  private readonly votes = new Map<number, Map<number, number>>();
  /** Replicas that wait for their election. */
  private readonly standing = new Set<Node>();
  private primaries: readonly Node[] = [];
  private primariesVersion = -1;

  constructor(
    private readonly config: UpstreamFailoverConfig,
    private readonly cluster: Cluster,
    private readonly sim: Simulation,
    private readonly latency: Latency,
    private readonly onPhase: PhaseListener,
  ) {
    this.gossip = new Gossip(sim, latency, {
      timeoutNs: config.nodeTimeoutNs,
      requireFullCoverage: config.requireFullCoverage,
      primariesFor: node => node.outlook?.primaries ?? this.currentPrimaries(),
      suspected: dead => this.suspected(dead),
      failed: (node, dead) => this.failed(node, dead),
      cleared: node => this.losses.delete(node.id),
    });
    for (const node of cluster.nodes) this.gossip.join(node);
    cluster.observers.push({
      nodeAdded: node => this.gossip.join(node),
      nodeRemoved: node => this.gossip.leave(node),
    });
  }

  private currentPrimaries(): readonly Node[] {
    const { cluster } = this;
    if (this.primariesVersion !== cluster.version) {
      this.primaries = cluster.members.map(shard => shard.primary);
      this.primariesVersion = cluster.version;
    }
    return this.primaries;
  }

  nodeLost(node: Node, state: "down" | "lost" | "frozen", cause: number): void {
    this.losses.set(node.id, { atNs: this.sim.now, cause, suspectedNs: null, agreedNs: null, event: null });
    if (state === "down") this.restartLater(node, cause);
  }

  nodeBack(): void {
    // Its kernel has kept the pings of the others: it answers them, and they see that at their next cron.
  }

  linksChanged(cause: number): void {
    this.linkFault = { atNs: this.sim.now, cause };
  }

  zoneBack(zone: number, cause: number): void {
    for (const node of this.cluster.nodes) {
      if (node.zone === zone && node.state === "lost") this.restartLater(node, cause);
    }
  }

  test(): string | null {
    return "TestFailover is a call of ElastiCache's control plane: there is none in the upstream profile";
  }

  private lossOf(dead: Node): Loss | null {
    const known = this.losses.get(dead.id);
    if (known !== undefined || this.linkFault === null) return known ?? null;
    const loss: Loss = { ...this.linkFault, suspectedNs: null, agreedNs: null, event: null };
    this.losses.set(dead.id, loss);
    return loss;
  }

  private suspected(dead: Node): void {
    const loss = this.lossOf(dead);
    if (loss === null || loss.suspectedNs !== null) return;
    loss.suspectedNs = this.sim.now;
    this.phase(dead, "suspected", loss.atNs, "cluster-node-timeout");
  }

  private failed(node: Node, dead: Node): void {
    const loss = this.lossOf(dead);
    if (loss === null) return;
    if (loss.agreedNs === null) {
      loss.agreedNs = this.sim.now;
      this.phase(dead, "detected", loss.suspectedNs ?? loss.atNs, "gossip among primaries");
      loss.event = this.cluster.log.add("cluster bus", `${dead.name} is marked FAIL`, loss.cause);
    }
    const shard = this.cluster.shards[dead.shard];
    if (shard.primary === dead && shard.replicas.includes(node)) this.stand(shard, dead, node, loss);
  }

  /** A replica waits for its turn to ask for votes. */
  private stand(shard: Shard, dead: Node, replica: Node, loss: Loss): void {
    if (this.standing.has(replica) || replica.outlook !== null) return;
    const candidates = this.cluster.candidates(shard);
    const own = candidates.find(one => one.node === replica);
    if (own === undefined || this.isTooOld(replica)) return;
    const rank = candidates.filter(one => one.offset > own.offset).length;
    const random = this.sim.random(`${replica.name}/election`);
    const startNs = this.sim.now;
    const wait = ELECTION_WAIT_NS + random.below(ELECTION_WAIT_NS) + rank * RANK_NS;
    // It learns of the FAIL, and looks at the time, in its cron; the votes take one round trip.
    const toCron = random.below(CRON_NS) + random.below(CRON_NS);
    const votes = 2 * this.latency.oneWayNs(replica.zone, dead.zone);
    this.standing.add(replica);
    this.sim.after(wait + toCron + votes, `${replica.name}/election`, () => {
      this.standing.delete(replica);
      this.elect(shard, dead, replica, loss, startNs);
    });
  }

  private isTooOld({ link }: Node): boolean {
    const { nodeTimeoutNs } = this.config;
    const age = link === null ? Number.POSITIVE_INFINITY : this.sim.now - link.heardNs;
    return age - nodeTimeoutNs > VALIDITY_FACTOR * nodeTimeoutNs + REPLICATION_PING_NS;
  }

  private elect(shard: Shard, dead: Node, replica: Node, loss: Loss, startNs: number): void {
    if (!this.mayLead(shard, dead, replica)) return;
    const { cluster, sim } = this;
    const voters = this.voters(shard, dead, replica);
    const needed = majority(cluster.members.length);
    if (voters.length < needed) {
      const what = `election without a majority: ${voters.length} of ${cluster.members.length}`;
      cluster.log.add(replica.name, what, loss.event);
      sim.after(RETRY * this.config.nodeTimeoutNs, `${replica.name}/election`, () => {
        if (this.mayLead(shard, dead, replica)) this.stand(shard, dead, replica, loss);
      });
      return;
    }
    for (const voter of voters) {
      const given = this.votes.get(voter.id) ?? new Map<number, number>();
      this.votes.set(voter.id, given.set(shard.index, sim.now));
    }
    cluster.promote(shard, replica, loss.event);
    this.phase(dead, "promoted", startNs, "500 ms + up to 500 ms + 1 s per rank");
  }

  private mayLead(shard: Shard, dead: Node, replica: Node): boolean {
    return (
      shard.primary === dead &&
      replica.state === "up" &&
      replica.outlook === null &&
      shard.replicas.includes(replica) &&
      !replica.engine.isLoading &&
      this.gossip.hasFailed(replica, dead)
    );
  }

  /** Primaries that give a replica their vote. */
  private voters(shard: Shard, dead: Node, replica: Node): Node[] {
    const { faults } = this.latency;
    const boundFrom = this.sim.now - VOTE_BINDS * this.config.nodeTimeoutNs;
    return this.cluster.members
      .map(one => one.primary)
      .filter(
        voter =>
          voter.state === "up" &&
          (faults === null || faults.connects(replica.id, voter.id)) &&
          this.gossip.hasFailed(voter, dead) &&
          (this.votes.get(voter.id)?.get(shard.index) ?? Number.NEGATIVE_INFINITY) < boundFrom,
      );
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
    if (node.state !== "down" && node.state !== "lost") return;
    const shard = this.cluster.shards[node.shard];
    const markedNs = this.losses.get(node.id)?.agreedNs ?? null;
    const isContested = markedNs !== null && this.sim.now < markedNs + 2 * this.config.nodeTimeoutNs;
    if (shard.primary === node && isContested && this.cluster.leastLagging(shard) !== null) {
      this.sim.after(CRON_NS, `${node.name}/restart`, () => this.comeBack(node, cause));
      return;
    }
    const event = this.cluster.log.add(node.name, `process started again${node.aof === null ? ", empty" : ""}`, cause);
    this.gossip.returned(node);
    if (shard.primary === node && node.aof !== null && node.state === "down") {
      return this.cluster.startFromFile(shard, node, event);
    }
    if (shard.primary === node) return this.cluster.startEmpty(shard, node, event);
    node.start();
    this.cluster.join(shard, node, event);
  }

  private phase(dead: Node, name: string, startNs: number, boundBy: string): void {
    this.onPhase(dead.shard, { name, startNs, endNs: this.sim.now, boundBy });
  }
}
