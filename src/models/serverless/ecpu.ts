// What a command costs on a serverless cache, in ECPU.
//
//   simple commands (O(1))   max(1, KB)                    KB: request and reply as they travel
//   others                   max(1, KB, vCPU time / vCPU time of a simple GET)
//   some                     nothing (AUTH, HELLO, MULTI, EXEC, …; commands within a transaction are charged one by one)
// The dimensions are not added. Source: pricing text and AWS toolkit (2026-08): GET of 3.2 KB is 3.2; HMGET and SORT that
// take three times a GET's vCPU time are 3.2 for 3.2 KB and 3 for 2 KB. AWS publishes no formula for vCPU time; here it is
// the engine thread's time of the command beyond reading and writing it (dispatch and the command's own row in costs.ts).
// AWS's own estimator takes 3 us for one ECPU instead, which comes out lower: `serverless.ecpuTime` of the scenario.
// Assumed: a KB has 1,024 bytes; a command that is refused by the service is not charged.

import type { Command } from "../../engine/command.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Cpu } from "../cpu.ts";

const KB = 1_024;

/** By full name; a container stands for all of its subcommands. */
const UNMETERED = new Set([
  "auth",
  "hello",
  "multi",
  "exec",
  "discard",
  "subscribe",
  "unsubscribe",
  "psubscribe",
  "punsubscribe",
  "publish",
  "info",
  "config",
  "cluster",
]);

const FREE = 0;
const SIMPLE = 1;
const OTHER = 2;

export class EcpuMeter {
  /** vCPU time of one ECPU on this processor, in ns. */
  readonly unitNs: number;
  private readonly kinds: Uint8Array;
  private readonly execId: number;

  constructor(commands: Engine["commands"], cpu: Cpu, ecpuNs: number | null) {
    const all = [...commands.values()].flatMap(one => [one, ...(one.children?.values() ?? [])]);
    this.kinds = new Uint8Array(1 + Math.max(...all.map(one => one.id)));
    for (const one of all) this.kinds[one.id] = kindOf(one);
    this.execId = commands.get("exec")?.id ?? -1;
    this.unitNs = ecpuNs ?? cpu.overheadNs + cpu.commandNs(commands.get("get")!.id, 1);
  }

  /**
   * ECPU of a command that moved so many bytes and took so long on the engine thread; `within` is the number of commands
   * that a transaction ran.
   */
  ecpu(commandId: number, bytes: number, vcpuNs: number, within: number): number {
    const kind = this.kinds[commandId];
    if (kind === FREE && (commandId !== this.execId || within === 0)) return 0;
    const least = Math.max(commandId === this.execId ? within : 1, bytes / KB);
    return kind === SIMPLE ? least : Math.max(least, vcpuNs / this.unitNs);
  }
}

function kindOf({ fullName, spec }: Command): number {
  if (UNMETERED.has(fullName.split("|")[0])) return FREE;
  return spec.complexity === "O(1)" ? SIMPLE : OTHER;
}
