// Reads of one workload that are sent a second time when the first copy is slow to be answered. The first answer wins; the other
// copy is not called back: its node does the work, its connection carries the answer, and nobody takes it.
//
//   time of a read = min(time of the first copy, delay + time of the second)
//   extra load = P(the first copy takes longer than the delay), at most the budget's share
//
// The second copy goes to another node that the client may read from (InstanceView.routeElsewhere), or, where there is none,
// over another connection to the same one. Copies are requests of their own that no user waits for, so each has its
// connection, timeouts and retries; the request itself is never on the wire. An error, or a copy that comes to nothing,
// decides only when the other copy is not under way.
//
// Left out: cancelling the copy that lost (RESP has no way to take a command back); more than two copies; reads without a key.
//
// Columns, by request: first and second copy, NONE where there is none. By copy: whose it is, DESERTED when nobody waits for it
// any more, and whether it is a second one.

import type { Bytes } from "../../engine/bytes.ts";
import { ErrorReply, type Reply } from "../../engine/reply.ts";
import type { Simulation } from "../../sim/simulation.ts";
import type { CachingCounters } from "../caching/counters.ts";
import type { Client } from "../client.ts";
import type { Failure, Requests } from "../requests.ts";
import type { HedgePolicy } from "./hedge-policy.ts";
import type { PatternHandler } from "./pattern-handler.ts";

/** What requests that no user waits for are opened and closed by. */
interface Background {
  background(instance: number, key: number): number;
  endBackground(request: number): void;
}

const NONE = -1;
const DESERTED = -2;
/** To the target: the first copy has been waited for. a = request, b = generation. */
const HEDGE = 0;

export class HedgedReads implements PatternHandler {
  private readonly target: number;
  private first = new Int32Array(0);
  private second = new Int32Array(0);
  private owner = new Int32Array(0);
  private isSecond = new Uint8Array(0);

  constructor(
    private readonly policy: HedgePolicy,
    private readonly client: Client,
    /** Whose reads they are. */
    private readonly pattern: PatternHandler,
    private readonly counters: CachingCounters,
    private readonly world: Background,
    private readonly sim: Simulation,
    private readonly requests: Requests,
  ) {
    this.target = sim.register((_kind, a, b) => {
      if (requests.generation[a] === b) this.sendSecond(a);
    });
  }

  /** Stands for the client's own `call`. */
  call(request: number, argv: readonly Bytes[], reads: boolean): void {
    const { requests, policy, client } = this;
    if (!reads || requests.slot[request] < 0) return client.call(request, argv, reads);
    // A copy may ask PING for a while (ping-before.ts): what is read stands with whom the copies belong to.
    requests.argv[request] = argv;
    const copy = this.copyOf(request);
    this.first[request] = copy;
    this.second[request] = NONE;
    this.isSecond[copy] = 0;
    policy.budgets.earn(requests.instance[request] - client.firstInstance);
    const generation = ++requests.generation[request];
    if (Number.isFinite(policy.delayNs)) this.sim.send(policy.delayNs, this.target, HEDGE, request, generation);
    client.call(copy, argv, true);
  }

  private sendSecond(request: number): void {
    const { requests, client } = this;
    const local = requests.instance[request] - client.firstInstance;
    if (!this.policy.budgets.spend(local)) {
      client.counters.hedgesDenied++;
      return;
    }
    const first = this.first[request];
    const copy = this.copyOf(request);
    this.second[request] = copy;
    this.isSecond[copy] = 1;
    this.counters.hedged++;
    client.counters.hedges++;
    requests.argv[copy] = requests.argv[request];
    this.sendElsewhere(copy, local, client.connections.poolOfRequest(first)?.member);
  }

  private sendElsewhere(copy: number, local: number, first: number): void {
    const { requests, client } = this;
    requests.attempt[copy] = 1;
    requests.issuedNs[copy] = this.sim.now;
    requests.reads[copy] = 1;
    client.counters.tries++;
    const view = client.views[local];
    const node = view.routeElsewhere(requests.slot[copy], first);
    requests.session[copy] = view.routedToReplica ? client.asReader : client.asEver;
    client.sendOver(copy, client.connections.poolOf(local, node));
  }

  /** A request for the same key by the same instance, which no user waits for. */
  private copyOf(request: number): number {
    const { requests } = this;
    const copy = this.world.background(requests.instance[request], requests.key[request]);
    requests.slot[copy] = requests.slot[request];
    requests.hash[copy] = requests.hash[request];
    requests.keyLength[copy] = requests.keyLength[request];
    requests.hinted[copy] = requests.hinted[request];
    if (requests.limit > this.owner.length) this.grow();
    this.owner[copy] = request;
    return copy;
  }

  private grow(): void {
    const capacity = this.requests.generation.length;
    const wider = (from: Int32Array) => {
      const to = new Int32Array(capacity).fill(NONE);
      to.set(from);
      return to;
    };
    this.first = wider(this.first);
    this.second = wider(this.second);
    this.owner = wider(this.owner);
    const flags = new Uint8Array(capacity);
    flags.set(this.isSecond);
    this.isSecond = flags;
  }

  private ownerOf(request: number): number {
    return request < this.owner.length ? this.owner[request] : NONE;
  }

  replied(copy: number, reply: Reply): void {
    const request = this.ownerOf(copy);
    if (request === NONE) return this.pattern.replied(copy, reply);
    const { sim, requests } = this;
    if (this.isSecond[copy] === 0) this.policy.answered(sim.now - requests.issuedNs[copy], sim.now);
    if (request === DESERTED) return this.close(copy);
    const other = this.otherOf(request, copy);
    if (other !== NONE && reply instanceof ErrorReply) return this.leave(request, copy);
    if (other !== NONE) this.owner[other] = DESERTED;
    if (this.isSecond[copy] === 1) {
      this.counters.hedgesWon++;
      this.client.counters.hedgesWon++;
    }
    this.settle(request, copy);
    this.pattern.replied(request, reply);
  }

  failed(copy: number, failure: Failure): void {
    const request = this.ownerOf(copy);
    if (request === NONE) return this.pattern.failed(copy, failure);
    if (request === DESERTED) return this.close(copy);
    if (this.otherOf(request, copy) !== NONE) return this.leave(request, copy);
    this.requests.failure[request] = failure;
    this.settle(request, copy);
    this.pattern.failed(request, failure);
  }

  private otherOf(request: number, copy: number): number {
    return this.first[request] === copy ? this.second[request] : this.first[request];
  }

  /** A copy comes to nothing while the other is under way: that one decides now. */
  private leave(request: number, copy: number): void {
    if (this.first[request] === copy) this.first[request] = NONE;
    else this.second[request] = NONE;
    this.close(copy);
  }

  private settle(request: number, copy: number): void {
    const { requests } = this;
    requests.node[request] = requests.node[copy];
    requests.generation[request]++;
    this.first[request] = NONE;
    this.second[request] = NONE;
    this.close(copy);
  }

  private close(copy: number): void {
    this.owner[copy] = NONE;
    this.world.endBackground(copy);
  }
}
