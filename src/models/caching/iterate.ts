// Walking through a collection or a node's keys in small steps: SCAN, HSCAN, SSCAN and ZSCAN from cursor 0 to cursor 0. One
// request of the workload is one walk; each step is a call of its own, and others come in between. SCAN looks at the node
// that has the workload's key.

import { textOf } from "../../engine/bytes.ts";
import { ErrorReply, type Reply } from "../../engine/reply.ts";
import type { IterateConfig } from "../config.ts";
import { DONE, FAILED } from "../outcome.ts";
import type { Requests } from "../requests.ts";
import { Originless } from "./originless.ts";
import type { PatternWorld } from "./pattern.ts";

export class Iterate extends Originless {
  constructor(
    world: PatternWorld,
    requests: Requests,
    private readonly config: IterateConfig,
  ) {
    super(world, requests);
  }

  begin(request: number): void {
    this.step(request, "0");
  }

  private step(request: number, cursor: string): void {
    const { config, world, requests } = this;
    const key = config.key ?? world.keyText(request);
    const target = config.command === "scan" ? [] : [key];
    requests.hinted[request] = config.command === "scan" || config.key !== null ? 0 : 1;
    if (config.slot !== null) requests.slot[request] = config.slot;
    world.call(request, [config.command, ...target, cursor, "COUNT", String(config.count)], true);
  }

  replied(request: number, reply: Reply): void {
    if (reply instanceof ErrorReply || !Array.isArray(reply)) return this.world.finish(request, FAILED);
    const cursor = textOf(reply[0] as string);
    if (cursor === "0") return this.world.finish(request, DONE);
    this.step(request, cursor);
  }
}
