// What replication does once a second (replicationCron): both ends of a link close it when they have not heard of each
// other for repl-timeout, a replica without a link looks for its primary, a primary counts the replicas that acknowledge.
//
//   closed       after repl-timeout (60 s; fixed on ElastiCache) without data or PING one way, or without REPLCONF ACK
//                the other way
//   connected    again at the next turn at which both reach each other: partially, if what is missing is still in the
//                backlog, else in full
//   good replica its last ACK is not older than min-replicas-max-lag: min-replicas-to-write counts these
//
// It sleeps while nothing is wrong: no fault, every running replica on a live link.

import type { Simulation } from "../../sim/simulation.ts";
import { NS_PER_SECOND } from "../../units.ts";
import type { Latency } from "../network.ts";
import type { Node } from "../node.ts";
import type { ReplicationLink } from "./link.ts";
import type { ReplicationStream } from "./stream.ts";

const PERIOD_NS = NS_PER_SECOND;

/** What it looks after. */
export interface Replicated {
  /** All replicas, whoever they follow. */
  replicas(): Iterable<Node>;
  /** The stream that a replica should follow, as far as it knows. */
  streamFor(replica: Node): ReplicationStream | null;
  connect(replica: Node, stream: ReplicationStream): void;
  closed(link: ReplicationLink, why: string): void;
  /** Links may have become good or bad. */
  recount(): void;
}

export class ReplicationUpkeep {
  /** Asleep it keeps no account of who has heard of whom: everybody has. */
  isAwake = false;

  constructor(
    private readonly replicated: Replicated,
    private readonly sim: Simulation,
    private readonly latency: Latency,
  ) {}

  /** Something may be wrong from now on. */
  wake(): void {
    if (this.isAwake) return;
    this.isAwake = true;
    // Until now nothing was wrong.
    for (const { link } of this.replicated.replicas()) {
      if (link === null || link.broken || link.stream.isStopped) continue;
      link.heardNs = this.sim.now;
      link.ackNs = this.sim.now;
    }
    this.schedule();
  }

  private schedule(): void {
    this.sim.after(PERIOD_NS, "replication cron", () => this.tick());
  }

  private tick(): void {
    let isQuiet = this.latency.faults === null;
    for (const replica of [...this.replicated.replicas()]) if (!this.isWell(replica)) isQuiet = false;
    this.replicated.recount();
    if (isQuiet) this.isAwake = false;
    else this.schedule();
  }

  /** Looks at one replica; false when it has to be looked at again. */
  private isWell(replica: Node): boolean {
    if (replica.state === "frozen") return this.check(replica.link, replica);
    if (replica.state !== "up") return true;
    const wanted = this.replicated.streamFor(replica);
    const { link } = replica;
    if (link !== null && link.stream === wanted && !link.broken) return this.check(link, replica);
    if (wanted === null || wanted.isStopped || wanted.primary.state !== "up") return false;
    const { faults } = this.latency;
    if (replica.isSyncing || (faults !== null && !faults.connects(wanted.primary.id, replica.id))) return false;
    this.replicated.connect(replica, wanted);
    return false;
  }

  /** Who hears whom on a live link; true when both do. */
  private check(link: ReplicationLink | null, replica: Node): boolean {
    if (link === null || link.broken) return false;
    const { primary, isStopped } = link.stream;
    if (isStopped) return true;
    const { now } = this.sim;
    const { faults } = this.latency;
    const hears = primary.state === "up" && (faults === null || faults.passes(primary.id, replica.id));
    const acknowledges = replica.state === "up" && (faults === null || faults.passes(replica.id, primary.id));
    if (hears) link.heardNs = now;
    if (hears && acknowledges) link.ackNs = now;
    const { timeoutNs } = replica.config.replication;
    if (now - link.heardNs > timeoutNs && replica.state === "up") {
      this.replicated.closed(link, `${replica.name} has not heard of ${primary.name} for repl-timeout`);
    } else if (now - link.ackNs > timeoutNs && primary.state === "up") {
      this.replicated.closed(link, `${primary.name} has not heard of ${replica.name} for repl-timeout`);
    }
    return hears && acknowledges;
  }
}
