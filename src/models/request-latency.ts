// How long a node took for the requests of the period, from a request's arrival to its answer, reads and writes apart:
// SuccessfulReadRequestLatency and SuccessfulWriteRequestLatency. Errors do not count.

import { WRITE } from "../engine/command.ts";
import { COMMAND_COUNT } from "../engine/commands/index.ts";
import type { Engine } from "../engine/engine.ts";
import { Histogram } from "../sim/histogram.ts";

export class RequestLatency {
  readonly reads = new Histogram();
  readonly writes = new Histogram();
  /** By command id: 1 where it writes. */
  private readonly isWrite = new Uint8Array(COMMAND_COUNT);

  constructor(engine: Engine) {
    for (const command of engine.commands.values()) {
      for (const one of command.children?.values() ?? [command]) {
        if ((one.flags & WRITE) !== 0) this.isWrite[one.id] = 1;
      }
    }
  }

  record(commandId: number, ns: number): void {
    (this.isWrite[commandId] === 1 ? this.writes : this.reads).record(ns);
  }

  periodOver(): void {
    this.reads.reset();
    this.writes.reset();
  }
}
