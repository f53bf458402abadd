// How answers leave a node: through its interface, which may drop them, and over the network to the client's zone.

import { replyBytes } from "../engine/reply.ts";
import type { Simulation } from "../sim/simulation.ts";
import type { ClientDirectory } from "./client-directory.ts";
import { clientsIn } from "./faults/links.ts";
import type { Retransmission } from "./hardware/retransmission.ts";
import { REPLY, RESEND } from "./messages.ts";
import { type Bandwidth, DROPPED, type Latency } from "./network.ts";
import type { Requests } from "./requests.ts";

/** The node as far as its answers are concerned. */
interface Sender {
  readonly id: number;
  readonly zone: number;
  readonly target: number;
  readonly networkOut: Bandwidth;
}

export class ReplyPath {
  constructor(
    private readonly node: Sender,
    private readonly sim: Simulation,
    private readonly latency: Latency,
    private readonly requests: Requests,
    private readonly directory: ClientDirectory,
    private readonly retransmission: Retransmission,
  ) {}

  /** Puts a reply on the wire that is ready at `readyNs`; what the interface drops is sent again. */
  reply(request: number, generation: number, readyNs: number, bytes: number): void {
    const { node } = this;
    const passing = node.networkOut.pass(readyNs, bytes);
    if (passing === DROPPED) {
      const delay = Math.round(readyNs - this.sim.now) + this.retransmission.lost(request, bytes);
      this.sim.send(delay, node.target, RESEND, request, generation);
      return;
    }
    this.answer(request, generation, REPLY, readyNs + passing);
  }

  resend(request: number, generation: number): void {
    const { requests } = this;
    if (requests.generation[request] !== generation) return;
    this.reply(request, generation, this.sim.now, replyBytes(requests.reply[request], 2));
  }

  /** Tells the sender of a request something that leaves the node at `departNs`. */
  answer(request: number, generation: number, kind: number, departNs: number): void {
    const { node, latency, directory, requests } = this;
    const instance = requests.instance[request];
    const zone = directory.zoneOf(instance);
    const target = directory.targetOf(instance);
    const delay = Math.round(departNs - this.sim.now) + latency.oneWayNs(node.zone, zone);
    if (latency.faults === null) return this.sim.send(delay, target, kind, request, generation);
    const followed = requests.connection[request] >= 0;
    latency.faults.carry(node.id, clientsIn(zone), delay, followed, target, kind, request, generation);
  }
}
