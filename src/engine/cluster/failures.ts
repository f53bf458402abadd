// Who has failed: a node that does not answer is suspected by whoever asked it, and has failed when most primaries say so.

import type { Bus } from "./bus.ts";
import type { Cluster } from "./cluster.ts";
import { TYPE } from "./message.ts";
import { type ClusterNode, FLAG } from "./node.ts";

/** Failure reports count for so many node timeouts. */
const REPORT_LIFE = 2;

export class Failures {
  constructor(
    private readonly cluster: Cluster,
    private readonly bus: Bus,
  ) {}

  private get now(): number {
    return this.cluster.engine.nowMs;
  }

  /** Who says that it fails, as far as that is recent. */
  reportsOf(node: ClusterNode): number {
    for (const [reporter, atMs] of node.reports) {
      if (this.now - atMs > this.bus.timeoutMs * REPORT_LIFE) node.reports.delete(reporter);
    }
    return node.reports.size;
  }

  /** A suspicion that most primaries share is a fact. */
  judge(node: ClusterNode): void {
    const { cluster, bus } = this;
    if (!node.isSuspected || node.isFailed) return;
    const votes = this.reportsOf(node) + (cluster.myself.isVoter ? 1 : 0);
    if (votes < cluster.quorum) return;
    bus.log(`Marking node ${node.title} as failing (quorum reached).`);
    node.set(FLAG.suspected, false);
    node.set(FLAG.failed, true);
    node.failedMs = this.now;
    bus.broadcast(TYPE.fail, Buffer.from(node.id, "latin1"));
    cluster.changed();
  }

  /** A node that had failed has answered. */
  pardon(node: ClusterNode): void {
    const { bus } = this;
    if (!node.isVoter) {
      const what = node.isReplica ? "replica" : "primary without slots";
      bus.log(`Clear FAIL state for node ${node.title}: ${what} is reachable again.`);
    } else if (this.now - node.failedMs > bus.timeoutMs * REPORT_LIFE) {
      bus.log(
        `Clear FAIL state for node ${node.title}: is reachable again and nobody is serving its slots after some time.`,
      );
    } else return;
    node.set(FLAG.failed, false);
    this.cluster.changed();
  }

  /** Asks a node that has been silent; true when it has just become suspect. */
  watch(node: ClusterNode): boolean {
    const { now, bus, cluster } = this;
    const { timeoutMs } = bus;
    const pingDelay = now - node.pingSentMs;
    const dataDelay = now - node.dataReceivedMs;
    const half = timeoutMs / 2;
    const isAsked = node.pingSentMs !== 0;
    const { link } = node;
    // Half of the time is for the old connection, the other half for a new one.
    if (link !== null && now - link.createdMs > timeoutMs && isAsked && pingDelay > half && dataDelay > half) {
      link.close();
      node.link = null;
    }
    const configured = cluster.engine.parameters.number("cluster-ping-interval");
    const interval = configured > 0 ? configured : half;
    const wantsOffset = bus.election.manual?.replica === node;
    if (node.link !== null && ((!isAsked && now - node.pongReceivedMs > interval) || wantsOffset)) {
      bus.ping(node.link);
      return false;
    }
    if (!isAsked || Math.min(pingDelay, dataDelay) <= timeoutMs) return false;
    if (node.isSuspected || node.isFailed) return false;
    node.set(FLAG.suspected, true);
    if (cluster.size === 1 && cluster.myself.isVoter) this.judge(node);
    else bus.log(`NODE ${node.title} possibly failing.`);
    return true;
  }
}
