// Asynchronous replication of one shard, a replica's side: the link that brings it the stream of its primary.
//
// What has gathered on the primary travels after one batch of the event loop and the network's delay, and there takes the
// engine thread's time like everything else, so that lag is what the replica makes of it:
//   lag = batch + one-way delay + queue and work on the replica
// A change counts as received when it arrives: a replica that is promoted works off what its kernel has before it goes on.
// A link lives on both ends: each closes it when it has not heard of the other for repl-timeout (upkeep.ts), the primary
// also when too much waits for the replica. A link that is broken is kept: it says how far its replica got.

import type { Simulation } from "../../sim/simulation.ts";
import { REPLICATED } from "../messages.ts";
import type { Latency } from "../network.ts";
import type { Node } from "../node.ts";
import { OutputBuffer } from "../output-buffer.ts";
import type { ReplicationStream } from "./stream.ts";

/** What a link tells its cluster. */
export interface LinkHooks {
  /** A change has been applied, so long after the primary had finished it. */
  applied(link: ReplicationLink, lagNs: number): void;
  /** The primary has closed it: too much waited. */
  overflowed(link: ReplicationLink, bytes: number): void;
}

/** A batch that left so long before it arrived was held up by a fault, not by the network's own delay. */
const GAP_NS = 250_000_000;

/** A batch that takes longer than this from its arrival is worth remembering for the lag. */
const BUSY_NS = 1_000_000;

export class ReplicationLink {
  /** Next change to be received. */
  next: number;
  /** Stream offset that the replica has received. */
  offset: number;
  /** The stream waits, buffering, while the replica loads. */
  paused = false;
  broken = false;
  /** When each end last heard of the other; kept up by upkeep.ts while something is wrong. */
  heardNs: number;
  ackNs: number;
  /** Offset that the replica has acknowledged to those who wait for it (wait.ts). */
  acknowledged = -1;
  /** With dual channel the replica buffers what comes while it loads, not the primary. */
  buffersHere = false;
  /** What may wait for it on the primary. */
  readonly buffer: OutputBuffer;
  /** Batches that have arrived and wait for the replica's engine thread, or are on it. */
  private readonly applying: { readonly oldestNs: number; readonly doneNs: number }[] = [];
  private scheduled = false;
  /** When the batch that is on its way left the primary. */
  private departedNs = 0;
  /** Where its own history of the stream begins. */
  private readonly joinedAt: number;
  /** Which of the replica's links it is, in the order they were made: events of an earlier one are told apart by it. */
  private readonly number: number;

  constructor(
    readonly stream: ReplicationStream,
    readonly replica: Node,
    private readonly sim: Simulation,
    private readonly latency: Latency,
    from: number,
    offset: number,
    private readonly hooks: LinkHooks,
  ) {
    this.next = from;
    this.offset = offset;
    this.joinedAt = offset;
    this.heardNs = sim.now;
    this.ackNs = sim.now;
    this.buffer = new OutputBuffer(replica.config.replication.outputLimit);
    this.number = ++replica.linkCount;
    replica.link = this;
    stream.add(this);
  }

  /** Bytes that the replica has not got yet. */
  get pendingBytes(): number {
    return this.stream.offset - this.offset;
  }

  /** Those of them that the primary keeps for it. */
  get bufferedBytes(): number {
    return this.buffersHere ? 0 : this.stream.offset - this.offset;
  }

  overflow(): void {
    const bytes = this.bufferedBytes;
    this.cut();
    this.hooks.overflowed(this, bytes);
  }

  /** Age of the oldest change that the replica has not applied, in ns. */
  lagNs(nowNs: number): number {
    const { applying, stream } = this;
    while (applying.length > 0 && applying[0].doneNs <= nowNs) applying.shift();
    if (applying.length > 0) return Math.max(0, nowNs - applying[0].oldestNs);
    if (this.next >= stream.end) return 0;
    // A broken link's changes may have been dropped: what it knows then is when it last heard.
    return Math.max(0, nowNs - (stream.changeOrNull(this.next)?.timeNs ?? this.heardNs));
  }

  /**
   * There is something to send, finished at `doneNs`. Batches follow each other as they leave, not as they arrive: one that
   * was finished while another one travelled is behind it by no more than the time between them.
   */
  wake(doneNs: number): void {
    if (this.scheduled || this.paused || this.broken) return;
    this.scheduled = true;
    const { sim, stream, replica } = this;
    const { faults } = this.latency;
    const addedNs = faults === null ? 0 : faults.addedNs(stream.primary.id, replica.id);
    const delay = this.latency.oneWayNs(stream.primary.zone, replica.zone) + addedNs;
    this.departedNs = doneNs + replica.config.replication.batchNs;
    // After a gap of the network everything that has gathered follows at once.
    if (this.departedNs + addedNs < sim.now - GAP_NS) this.departedNs = sim.now;
    const wait = Math.max(0, Math.round(this.departedNs + delay) - sim.now);
    if (faults === null) return sim.send(wait, replica.target, REPLICATED, this.number, 0);
    faults.carryStream(stream.primary.id, replica.id, wait, replica.target, REPLICATED, this.number);
  }

  /** The primary goes on after it stood still. */
  goOn(): void {
    if (this.next < this.stream.end) this.wake(this.sim.now);
  }

  /** The replica has loaded a full copy: let the buffered changes flow. */
  resume(): void {
    this.paused = false;
    this.buffersHere = false;
    this.goOn();
  }

  /** The replica is to lead: it works off what a durable cluster's log has beyond what it received. Returns how many changes. */
  recover(): number {
    const { stream, replica, sim } = this;
    const until = Math.min(stream.stoppedNs, sim.now);
    const first = this.next;
    while (this.next < stream.end) {
      const change = stream.changeOrNull(this.next);
      if (change === null || (change.persistedNs ?? Number.POSITIVE_INFINITY) > until) break;
      replica.apply(change.database, change.argv);
      this.offset = change.end;
      this.next++;
    }
    return this.next - first;
  }

  /** The primary's host is lost, and with it what is under way; the link stays known until somebody is promoted. */
  freeze(): void {
    this.broken = true;
  }

  /** Cuts the link; what is under way is lost. */
  cut(): void {
    this.broken = true;
    const { links } = this.stream;
    const at = links.indexOf(this);
    if (at !== -1) links.splice(at, 1);
  }

  /** A batch of the replica's link with this number has arrived. */
  receive(number: number): void {
    if (number !== this.number) return;
    const { stream, replica, sim } = this;
    this.scheduled = false;
    if (this.broken || this.paused || replica.state !== "up") return;
    let bytes = 0;
    let oldestNs = 0;
    let doneNs = 0;
    while (this.next < stream.end) {
      const change = stream.change(this.next);
      if (change.timeNs > this.departedNs || !stream.hasLeft(change.timeNs)) break;
      const done = replica.apply(change.database, change.argv);
      const lag = Math.round(done - change.timeNs);
      if (bytes === 0) oldestNs = change.timeNs;
      doneNs = done;
      this.hooks.applied(this, lag);
      bytes += change.end - this.offset;
      this.offset = change.end;
      this.next++;
    }
    // A replica keeps a backlog too: it may be promoted.
    const { outside, settings } = replica.engine;
    outside.replication = Math.min(this.offset - this.joinedAt, settings.replBacklogSize);
    // Only a replica that is behind keeps a list; one that keeps up is done within the batch's own time.
    if (doneNs - sim.now > BUSY_NS) this.applying.push({ oldestNs, doneNs });
    if (bytes > 0 && !stream.isStopped) {
      stream.primary.waits?.applied(this, doneNs);
      stream.primary.networkOut.passBulk(sim.now, bytes);
      replica.networkIn.passBulk(sim.now, bytes);
    }
    if (this.next < stream.end && stream.hasLeft(stream.change(this.next).timeNs)) {
      this.wake(stream.change(this.next).timeNs);
    }
  }
}
