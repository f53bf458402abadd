// Who takes the place of a primary: replicas stand for election when it has failed, or when they are told to; primaries vote.

import type { Bus } from "./bus.ts";
import type { Cluster } from "./cluster.ts";
import { FORCE_ACK, hasSlot, type Message, PAUSED, TYPE } from "./message.ts";
import { type ClusterNode, FLAG } from "./node.ts";

const MANUAL_MS = 5_000;
/** The primary's writes stay paused for twice as long as the failover may take. */
const PAUSE_FACTOR = 2;
const MIN_AUTH_MS = 2_000;

interface Manual {
  readonly endMs: number;
  /** On the primary: the replica that asked. */
  readonly replica: ClusterNode | null;
  /** On the replica: how far the paused primary has come; null until it has said so. */
  offset: number | null;
  mayStart: boolean;
}

export class Election {
  manual: Manual | null = null;
  private startMs = 0;
  private sent = false;
  private votes = 0;
  private rank = 0;
  private epoch = 0;
  private lastReason = "";

  constructor(
    private readonly cluster: Cluster,
    private readonly bus: Bus,
  ) {}

  private get now(): number {
    return this.cluster.engine.nowMs;
  }

  // -------------------------------------------------------------------------------------------------------------
  // By hand.

  begin(how: "orderly" | "force" | "takeover"): void {
    const { cluster, bus } = this;
    this.resetManual();
    this.manual = { endMs: this.now + MANUAL_MS, replica: null, offset: null, mayStart: how === "force" };
    if (how === "takeover") {
      bus.log("Taking over the primary (user request).");
      cluster.bumpEpoch();
      this.replacePrimary();
    } else if (how === "force") bus.log("Forced failover user request accepted.");
    else {
      bus.log("Manual failover user request accepted.");
      bus.toNode(cluster.myself.primary!, TYPE.manualStart);
    }
  }

  /** A replica of ours wants our place: nothing is written until it has all. */
  pauseFor(replica: ClusterNode): void {
    this.resetManual();
    this.manual = { endMs: this.now + MANUAL_MS, replica, offset: null, mayStart: false };
    this.cluster.engine.pause.begin("write", this.now + MANUAL_MS * PAUSE_FACTOR, "failover");
    this.bus.log(`Manual failover requested by replica ${replica.title}.`);
    if (replica.link !== null) this.bus.ping(replica.link);
  }

  resetManual(): void {
    if (this.manual?.replica) this.cluster.engine.pause.end("failover");
    this.manual = null;
  }

  heard(sender: ClusterNode, message: Message): void {
    const { manual } = this;
    if (manual === null || manual.offset !== null || this.cluster.myself.primary !== sender) return;
    if ((message.messageFlags & PAUSED) === 0) return;
    manual.offset = message.offset;
    this.bus.log(`Received replication offset for paused primary manual failover: ${message.offset}`);
  }

  // -------------------------------------------------------------------------------------------------------------
  // The candidate.

  cron(): void {
    const { manual, bus, cluster } = this;
    if (manual !== null && manual.endMs < this.now) {
      bus.log("Manual failover timed out.");
      this.resetManual();
    }
    if (!cluster.myself.isReplica) return;
    if (this.manual !== null && !this.manual.mayStart && this.manual.offset === cluster.offset) {
      this.manual.mayStart = true;
      bus.log("All primary replication stream processed, manual failover can start.");
    }
    this.stand();
    this.migrate();
  }

  private stand(): void {
    const { cluster, bus } = this;
    const { myself, engine } = cluster;
    const { primary } = myself;
    const byHand = this.manual?.mayStart ?? false;
    if (primary === null || (!primary.isFailed && !byHand)) return;
    if (engine.parameters.flag("cluster-replica-no-failover") && !byHand) return;
    if (!byHand && this.isTooOld()) return this.explain("Disconnected from primary for longer than allowed.");
    const authMs = Math.max(MIN_AUTH_MS, bus.timeoutMs * 2);
    if (this.now - this.startMs > authMs * 2) return this.schedule();
    if (!this.sent && this.manual === null) {
      const rank = this.rankNow();
      if (rank !== this.rank) {
        const more = (rank - this.rank) * 1_000;
        this.startMs += more;
        this.rank = rank;
        bus.log(`Replica rank updated to #${rank}, added ${more} milliseconds of delay.`);
      }
    }
    if (this.now < this.startMs) return this.explain("Waiting the delay before I can start a new failover.");
    if (this.now - this.startMs > authMs) return this.explain("Failover attempt expired.");
    if (!this.sent) {
      cluster.currentEpoch++;
      this.epoch = cluster.currentEpoch;
      bus.log(`Starting a failover election for epoch ${this.epoch}.`);
      bus.broadcast(TYPE.authRequest, undefined, this.manual === null ? 0 : FORCE_ACK);
      this.sent = true;
      cluster.changed();
      return;
    }
    this.countVotes();
  }

  private countVotes(): void {
    const { cluster, bus } = this;
    if (!this.sent || cluster.myself.isPrimary) return;
    if (this.votes < cluster.quorum) {
      return this.explain("Waiting for votes, but majority still not reached.");
    }
    bus.log("Failover election won: I'm the new primary.");
    if (cluster.myself.configEpoch < this.epoch) {
      cluster.myself.configEpoch = this.epoch;
      bus.log(`configEpoch set to ${this.epoch} after successful failover`);
    }
    this.replacePrimary();
  }

  /** Each reason is told once. */
  private explain(reason: string): void {
    if (reason === this.lastReason) return;
    this.lastReason = reason;
    this.bus.log(`Currently unable to failover: ${reason}`);
  }

  private isTooOld(): boolean {
    const { engine } = this.cluster;
    const { parameters, replication } = engine;
    const factor = parameters.number("cluster-replica-validity-factor");
    if (factor === 0) return false;
    const { upstream } = replication;
    const sinceMs = upstream.isConnected ? upstream.lastIoMs : (upstream.downSinceMs ?? 0);
    let ageMs = this.now - sinceMs;
    if (ageMs > this.bus.timeoutMs) ageMs -= this.bus.timeoutMs;
    return ageMs > parameters.number("repl-ping-replica-period") * 1_000 + this.bus.timeoutMs * factor;
  }

  private schedule(): void {
    const { cluster, bus } = this;
    this.rank = this.rankNow();
    this.startMs = this.now + 500 + cluster.engine.random.below(500) + this.rank * 1_000;
    if (this.manual !== null) {
      this.startMs = this.now;
      this.rank = 0;
    }
    this.votes = 0;
    this.sent = false;
    this.lastReason = "";
    bus.log(
      `Start of election delayed for ${Math.round(this.startMs - this.now)} milliseconds (rank #${this.rank}, offset ${cluster.offset}).`,
    );
    for (const node of cluster.replicasOf(cluster.myself.primary!)) {
      if (node.link !== null) bus.ping(node.link, TYPE.pong);
    }
    if (this.manual !== null) this.stand();
  }

  /** How many replicas of the same primary have more of its data. */
  private rankNow(): number {
    const { myself, offset } = this.cluster;
    return this.cluster.replicasOf(myself.primary!).filter(other => {
      if (other === myself) return false;
      return other.offset > offset || (other.offset === offset && other.id < myself.id);
    }).length;
  }

  private replacePrimary(): void {
    const { cluster, bus } = this;
    const { myself, engine } = cluster;
    const before = myself.primary;
    if (before === null) return;
    cluster.promote(myself);
    engine.replication.upstream.promote();
    for (const [first, last] of cluster.rangesOf(before)) {
      for (let slot = first; slot <= last; slot++) cluster.assign(slot, myself);
    }
    cluster.changed();
    bus.announce();
    this.startMs = 0;
    this.resetManual();
  }

  voted(sender: ClusterNode, message: Message): void {
    if (!sender.isVoter || message.currentEpoch < this.epoch) return;
    this.votes++;
    this.countVotes();
  }

  // -------------------------------------------------------------------------------------------------------------
  // The voter.

  vote(candidate: ClusterNode, request: Message): void {
    const { cluster, bus } = this;
    if (!cluster.myself.isVoter) return;
    const problem = this.objection(candidate, request);
    if (problem !== null) {
      bus.log(`Failover auth denied to ${candidate.title}: ${problem}`);
      return;
    }
    cluster.lastVoteEpoch = cluster.currentEpoch;
    candidate.primary!.votedMs = this.now;
    bus.save();
    bus.toNode(candidate, TYPE.authAck);
    bus.log(`Failover auth granted to ${candidate.title} for epoch ${cluster.currentEpoch}`);
  }

  private objection(candidate: ClusterNode, request: Message): string | null {
    const { cluster, bus } = this;
    const { primary } = candidate;
    if (request.currentEpoch < cluster.currentEpoch) {
      return `reqEpoch (${request.currentEpoch}) < curEpoch(${cluster.currentEpoch})`;
    }
    if (cluster.lastVoteEpoch === cluster.currentEpoch) return `already voted for epoch ${cluster.currentEpoch}`;
    if (candidate.isPrimary) return "it is a primary node";
    if (primary === null) return "I don't know its primary";
    if (!primary.isFailed && (request.messageFlags & FORCE_ACK) === 0) return "its primary is up";
    const againMs = bus.timeoutMs * 2 - (this.now - primary.votedMs);
    if (againMs > 0) return `can't vote about this primary before ${Math.round(againMs)} milliseconds`;
    for (let slot = 0; slot < cluster.slots.length; slot++) {
      const owner = cluster.slots[slot];
      if (owner === null || cluster.disowned.has(slot) || !hasSlot(request.slots, slot)) continue;
      if (owner.configEpoch > request.configEpoch) {
        return `slot ${slot} epoch (${owner.configEpoch}) > reqEpoch (${request.configEpoch})`;
      }
    }
    return null;
  }

  // -------------------------------------------------------------------------------------------------------------
  // Replicas go where one is missing.

  /** A shard that has lost its last replica gets one from a shard that has most. */
  private migrate(): void {
    const { cluster, bus } = this;
    const { myself, engine } = cluster;
    if (!engine.parameters.flag("cluster-allow-replica-migration") || !cluster.isOk || myself.primary === null) return;
    const good = (primary: ClusterNode) => cluster.replicasOf(primary).filter(node => !node.isFailed);
    const primaries = [...cluster.nodes.values()].filter(node => node.isPrimary && !node.isFailed);
    const most = Math.max(...primaries.map(node => good(node).length));
    const own = good(myself.primary).length;
    if (most < 2 || own !== most || own <= engine.parameters.number("cluster-migration-barrier")) return;
    for (const primary of primaries) {
      const orphan = primary.slotCount > 0 && good(primary).length === 0 && primary.has(FLAG.migrateTo);
      if (!orphan) {
        primary.orphanedMs = 0;
        continue;
      }
      if (primary.orphanedMs === 0) primary.orphanedMs = this.now;
      if (this.now - primary.orphanedMs < ORPHAN_MS) continue;
      const candidates = primaries.filter(node => good(node).length === most).flatMap(good);
      if (candidates.some(node => node.id < myself.id)) return;
      bus.log(`Migrating to orphaned primary ${primary.id}`);
      cluster.follow(primary);
      return;
    }
  }
}

const ORPHAN_MS = 5_000;
