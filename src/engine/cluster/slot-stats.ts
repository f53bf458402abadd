// CLUSTER SLOT-STATS: what each slot has cost this node.

import type { Command } from "../command.ts";
import { BlockedReply, type Reply } from "../reply.ts";
import { encodeReply } from "../resp/writer.ts";
import type { Session } from "../session.ts";
import { SLOT_COUNT } from "../slots.ts";
import type { Cluster } from "./cluster.ts";

/** MULTI as clients send it: it belongs to no slot until EXEC. */
const MULTI_BYTES = 15;

export type SlotMetric = "key-count" | "cpu-usec" | "network-bytes-in" | "network-bytes-out";

export class SlotStats {
  readonly cpuUs = new Float64Array(SLOT_COUNT);
  readonly bytesIn = new Float64Array(SLOT_COUNT);
  readonly bytesOut = new Float64Array(SLOT_COUNT);

  private egressSeen = 0;

  constructor(private readonly cluster: Cluster) {}

  get enabled(): boolean {
    return this.cluster.engine.parameters.flag("cluster-slot-stats-enabled");
  }

  /** A call that touched a slot has ended, or waits. */
  countCall(slot: number, us: number, session: Session, command: Command, reply: Reply): void {
    const { egress } = this.cluster.engine.replication;
    const replicated = egress - this.egressSeen;
    this.egressSeen = egress;
    if (!this.enabled || reply instanceof BlockedReply) return;
    this.cpuUs[slot] += Math.floor(us);
    this.bytesIn[slot] += session.requestBytes + (command.name === "exec" ? MULTI_BYTES : 0);
    this.bytesOut[slot] += encodeReply(reply, session.resp).length + replicated;
  }

  countQueued(slot: number, session: Session): void {
    if (this.enabled) this.bytesIn[slot] += session.requestBytes;
  }

  /** A message on a shard channel is delivered here. */
  countMessage(slot: number, message: Reply, listeners: Iterable<Session>): void {
    if (!this.enabled) return;
    for (const { resp } of listeners) this.bytesOut[slot] += encodeReply(message, resp).length;
  }

  reset(slot: number): void {
    this.cpuUs[slot] = 0;
    this.bytesIn[slot] = 0;
    this.bytesOut[slot] = 0;
  }

  resetAll(): void {
    for (const column of [this.cpuUs, this.bytesIn, this.bytesOut]) column.fill(0);
  }

  of(slot: number, metric: SlotMetric): number {
    switch (metric) {
      case "key-count":
        return this.cluster.keysIn(slot);
      case "cpu-usec":
        return Math.round(this.cpuUs[slot]);
      case "network-bytes-in":
        return this.bytesIn[slot];
      case "network-bytes-out":
        return this.bytesOut[slot];
    }
  }
}
