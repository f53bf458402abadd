// The engine thread's time for what the engine says it did in its last call (`engine.effort`): the command itself by its
// cost row, calls inside scripts and transactions, Lua, and keys that were evicted, expired or freed on the way.
//
// What is handed to the background thread (UNLINK, the lazyfree-* parameters; on by default from Valkey 8.0) costs the
// engine thread a hand-over, and the background thread the freeing.
//
// Left out: memory that the background thread has not freed yet still counts as used on a server; here it is gone at once.

import type { Engine } from "../engine/engine.ts";
import { instructionNs } from "../engine/scripting/scripting.ts";
import * as costs from "./costs.ts";
import type { Cpu } from "./cpu.ts";
import { SlowCalls } from "./slow-calls.ts";

export class EffortTime {
  /** Time of the background thread so far, in ns. */
  backgroundNs = 0;
  readonly slow: SlowCalls;

  constructor(
    private readonly engine: Engine,
    private readonly cpu: Cpu,
  ) {
    this.slow = new SlowCalls(engine);
  }

  /** Of the call that ran last, in ns. */
  lastNs(): number {
    const { engine, cpu } = this;
    const { effort } = engine;
    const { nested } = effort;
    let ns = cpu.commandNs(engine.lastCommandId, nested.size > 0 ? 0 : effort.elements) + effort.fixedNs;
    if (effort.skipped > 0 && nested.size === 0) {
      ns = cpu.skippingNs(engine.lastCommandId, effort.elements, effort.skipped);
    }
    for (const [id, { calls, elements }] of nested)
      ns += (calls - 1) * cpu.commandNs(id, 0) + cpu.commandNs(id, elements);
    if (effort.instructions > 0) ns += cpu.scaled(effort.instructions * instructionNs(engine.profile));
    if (effort.evictedKeys > 0) ns += cpu.scaled(effort.evictedKeys * engine.costs.evictKeyNs);
    if (effort.expiredKeys > 0) ns += cpu.scaled(effort.expiredKeys * engine.costs.expireKeyNs);
    return ns + this.freeingNs();
  }

  /** The share of freeing: all that the cron's own accounting leaves open. */
  freeingNs(): number {
    const { cpu } = this;
    const { freedElements, lazyFreedElements, freedFields, lazyFreedFields } = this.engine.effort;
    let ns = freedElements > 0 ? cpu.scaled(costs.freeNs(freedElements, freedFields)) : 0;
    if (lazyFreedElements > 0) {
      ns += cpu.scaled(costs.UNLINK_NS);
      this.backgroundNs += cpu.scaled(costs.freeNs(lazyFreedElements, lazyFreedFields));
    }
    return ns;
  }
}
