// Publishing: each request sends one message to a channel, the workload's key. Who listens stands in pubsub/fan-out.ts. A
// message begins with the instant at which it was sent, so that whoever gets it knows how long it was under way.

import { ErrorReply, type Reply } from "../../engine/reply.ts";
import { DONE, FAILED } from "../outcome.ts";
import type { Requests } from "../requests.ts";
import { Originless } from "./originless.ts";
import type { PatternWorld } from "./pattern.ts";

export class Publish extends Originless {
  /** Messages that the cache took, by channel. */
  readonly published: Float64Array;

  constructor(
    world: PatternWorld,
    requests: Requests,
    private readonly sharded: boolean,
    channels: number,
  ) {
    super(world, requests);
    this.published = new Float64Array(channels);
  }

  begin(request: number): void {
    const { world, requests, sharded } = this;
    const message = `${world.nowNs} `.padEnd(world.value(request).length, "x");
    requests.hinted[request] = sharded ? 1 : 0;
    world.call(request, [sharded ? "spublish" : "publish", world.keyText(request), message], false);
  }

  replied(request: number, reply: Reply): void {
    const isTaken = !(reply instanceof ErrorReply);
    if (isTaken) this.published[this.requests.key[request]]++;
    this.world.finish(request, isTaken ? DONE : FAILED);
  }
}
