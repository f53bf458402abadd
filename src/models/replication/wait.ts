// WAIT: a write that is not answered before so many replicas have it.
//
//   sent      SET and WAIT n timeout in one packet: one round trip
//   answered  when n replicas on a live link have acknowledged the write's offset, or at the timeout
//   costs     batch + one way + the replica's queue and work + one way back; on the primary another command, and a turn for
//             the answer
//   too few   the application takes the write as failed, or goes on without (`fails`)
// WAIT makes replicas acknowledge at once (REPLCONF GETACK) what they have applied, not what they have received. A write that
// changed nothing waits for nobody. It narrows what a failover can lose, and does not end it: a write that is reported as
// failed may survive, and a promotion may take a replica that had not acknowledged (upstream's ranks).
// Source: Valkey, src/replication.c (waitCommand, replicationRequestAckFromReplicas, replicationCountAcksByOffset).
//
// Left out: UNBLOCKED when a primary is deposed (the write then ends at its timeout), WAITAOF.

import { ErrorReply } from "../../engine/reply.ts";
import type { Simulation } from "../../sim/simulation.ts";
import { TimerLane } from "../../sim/timer-lane.ts";
import { NS_PER_MS } from "../../units.ts";
import type { WaitConfig } from "../config.ts";
import type { Latency } from "../network.ts";
import type { Node } from "../node.ts";
import type { Requests } from "../requests.ts";
import type { DurableLog } from "./durable-log.ts";
import type { ReplicationLink } from "./link.ts";
import type { ReplicationStream } from "./stream.ts";

/** Bytes of WAIT and of its answer. */
const WAIT_BYTES = 33;
const ANSWER_BYTES = 4;
/** A process that stood still looks at its acknowledgements so long after. */
const LOOK_AGAIN_NS = 20 * NS_PER_MS;
const ACKNOWLEDGED = 0;

const TOO_FEW = new ErrorReply("TOOFEWREPLICAS WAIT ended before enough replicas had the write");

interface Waiting {
  readonly request: number;
  readonly generation: number;
  readonly stream: ReplicationStream;
  readonly offset: number;
  readonly config: WaitConfig;
  readonly incarnation: number;
  readonly bytes: number;
  /** When the log of a durable cluster has it; 0 on others. */
  readonly persistedNs: number;
}

export class ReplicationWaits {
  /** Writes that waited, and those of them that ended with too few replicas. */
  waited = 0;
  tooFew = 0;
  private waiting: Waiting[] = [];
  private readonly target: number;
  private readonly links: ReplicationLink[] = [];
  private readonly lanes = new Map<number, TimerLane>();

  constructor(
    private readonly node: Node,
    private readonly sim: Simulation,
    private readonly latency: Latency,
    private readonly requests: Requests,
    /** By workload; null: its writes wait for nobody. */
    private readonly configs: readonly (WaitConfig | null)[],
  ) {
    this.target = sim.register((_kind, link, offset) => this.acknowledged(this.links[link], offset));
  }

  /** Keeps the answer to a write back, if it is to wait; false when it goes out at once. */
  holds(request: number, generation: number, bytes: number): boolean {
    const { requests, node } = this;
    const config = this.configs[requests.workload[request]];
    const { stream } = node;
    if (requests.reads[request] === 1 || requests.written[request] === 0) return false;
    if (stream === null || requests.reply[request] instanceof ErrorReply) return false;
    const log = stream.log?.isSync === true ? stream.log : null;
    if (log?.isClosed === true) return this.isNeverAnswered(request);
    if (config === null) return log !== null && this.persists(log, request, generation, bytes);
    this.waited++;
    node.block(node.cpu.overheadNs + WAIT_BYTES * node.cpu.byteInNs);
    const { incarnation } = node;
    const persistedNs = log === null ? 0 : log.persistedNs;
    const offset = requests.written[request];
    this.waiting.push({
      request,
      generation,
      stream,
      offset,
      config,
      incarnation,
      persistedNs,
      bytes: bytes + ANSWER_BYTES,
    });
    // Not answered yet: when the process dies now, nobody hears that it was done.
    requests.doneNs[request] = 0;
    this.laneOf(config.timeoutNs).start(request, generation);
    return true;
  }

  /** The log takes nothing more from this node: whether the write waits for replicas or not, nobody hears that it was done. */
  private isNeverAnswered(request: number): true {
    this.requests.doneNs[request] = 0;
    return true;
  }

  /** A durable cluster's write is answered when the log has it. */
  private persists(log: DurableLog, request: number, generation: number, bytes: number): true {
    this.requests.doneNs[request] = log.persistedNs;
    this.node.replies.reply(request, generation, log.persistedNs, bytes);
    return true;
  }

  /** A replica will have applied its stream up to where it stands at `doneNs`: it says so at once while somebody waits. */
  applied(link: ReplicationLink, doneNs: number): void {
    if (this.waiting.length === 0) return;
    const { sim, latency, node } = this;
    let index = this.links.indexOf(link);
    if (index === -1) index = this.links.push(link) - 1;
    const delay = Math.round(Math.max(doneNs, sim.now) - sim.now) + latency.oneWayNs(link.replica.zone, node.zone);
    const { faults } = latency;
    if (faults === null) return sim.send(delay, this.target, ACKNOWLEDGED, index, link.offset);
    faults.carry(link.replica.id, node.id, delay, true, this.target, ACKNOWLEDGED, index, link.offset);
  }

  private acknowledged(link: ReplicationLink, offset: number): void {
    if (offset > link.acknowledged) link.acknowledged = offset;
    this.settle();
  }

  /** Answers those whom enough replicas have acknowledged. */
  private settle(): void {
    const { node } = this;
    if (node.state === "frozen") {
      this.sim.after(LOOK_AGAIN_NS, `${node.name}/wait`, () => this.settle());
      return;
    }
    if (this.waiting.length === 0) return;
    const left: Waiting[] = [];
    for (const one of this.waiting) {
      if (!this.matters(one)) continue;
      if (have(one) >= one.config.replicas) this.answer(one);
      else left.push(one);
    }
    this.waiting = left;
  }

  private matters({ request, generation, incarnation }: Waiting): boolean {
    return this.requests.generation[request] === generation && this.node.incarnation === incarnation;
  }

  private laneOf(timeoutNs: number): TimerLane {
    let lane = this.lanes.get(timeoutNs);
    if (lane === undefined) {
      const alive = (request: number, generation: number) => this.requests.generation[request] === generation;
      lane = new TimerLane(this.sim, timeoutNs, alive, (request, generation) => this.timedOut(request, generation));
      this.lanes.set(timeoutNs, lane);
    }
    return lane;
  }

  private timedOut(request: number, generation: number): void {
    const at = this.waiting.findIndex(one => one.request === request && one.generation === generation);
    if (at === -1) return;
    if (this.node.state === "frozen") {
      this.sim.after(LOOK_AGAIN_NS, `${this.node.name}/wait`, () => this.timedOut(request, generation));
      return;
    }
    const [one] = this.waiting.splice(at, 1);
    if (!this.matters(one)) return;
    this.tooFew++;
    if (one.config.fails) this.requests.reply[request] = TOO_FEW;
    this.answer(one);
  }

  private answer({ request, generation, bytes, persistedNs }: Waiting): void {
    const { node } = this;
    const done = Math.max(node.block(node.cpu.overheadNs), persistedNs);
    this.requests.doneNs[request] = done;
    node.replies.reply(request, generation, done, bytes);
  }
}

/** Replicas on a live link that have acknowledged a write. */
function have({ stream, offset }: Waiting): number {
  let count = 0;
  for (const link of stream.links) if (!link.broken && link.acknowledged >= offset) count++;
  return count;
}
