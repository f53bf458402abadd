// The processor of a node: how long the reference core's work takes there, and which threads do it.
//
// Speed. Reference times are multiplied by k = 0.845 / cpuSpeed of the family, where Graviton2 has speed 1. k is 0.66
// for Graviton3, which gives 160,000 unpipelined GETs per second on one thread: the figure published for one thread
// (aws-facts.md 8, row 13).
//
// I/O threads take part of the work: which and how many stands in hardware/io-threads.ts. A pipeline of ten on a node with
// four vCPUs comes to 0.97 M/s (7.2, measured 0.74) and 1.25 M/s (8.0, measured 0.96; rows 7 and 9): 30 % too fast, the worst
// of these checks. What is missing there is probably the kernel's packet work, for which four vCPUs leave no room.
//
// Left out: clock boost, neighbours, cache sharing between threads, the kernel's packet work on small nodes.

import type { NodeType } from "../catalog/nodes.ts";
import type { Engine } from "../engine/engine.ts";
import type { EngineProfile } from "../engine/profile.ts";
import * as costs from "./costs.ts";
import { ioSplit, ioThreadCount } from "./hardware/io-threads.ts";

/** Reference core to Graviton2. */
const REFERENCE_TO_GRAVITON2 = 0.845;

export interface CpuOptions {
  readonly node: NodeType;
  readonly profile: EngineProfile;
  readonly tls: boolean;
  /** Overrides the assumed number of I/O threads. */
  readonly ioThreads?: number | undefined;
}

/** Times on one node, in ns. */
export class Cpu {
  /** Multiplies reference times. */
  readonly factor: number;
  readonly ioThreads: number;
  readonly vcpu: number;
  /** On the engine thread: per turn, per command beside its own cost, per byte. */
  readonly turnNs: number;
  readonly overheadNs: number;
  readonly byteInNs: number;
  readonly byteOutNs: number;
  /** On an I/O thread: per turn, per byte. Zero without I/O threads. */
  readonly ioTurnNs: number;
  readonly ioByteNs: number;
  /** Accepting a connection, on the engine thread. */
  readonly acceptNs: number;
  /** Encryption is the I/O threads' work. */
  readonly tlsOnThreads: boolean;

  private readonly commandShare: number;
  private readonly commandCosts: readonly costs.CommandCost[];

  constructor({ node, profile, tls, ioThreads }: CpuOptions, commands: Engine["commands"]) {
    const k = REFERENCE_TO_GRAVITON2 / node.cpuSpeed.value;
    const threads = ioThreads ?? ioThreadCount(node, profile);
    const split = ioSplit(node, profile, threads);
    const tlsOnThreads = tls && threads > 0 && node.tlsOffload;
    const tlsOnEngine = tls && !tlsOnThreads ? 1 : 0;
    const tlsOnIo = tlsOnThreads ? 1 : 0;
    this.factor = k;
    this.ioThreads = threads;
    this.vcpu = node.vcpu;
    this.commandShare = split.command;
    this.turnNs = k * (split.turn * costs.TURN_NS + tlsOnEngine * costs.TLS_TURN_NS);
    this.overheadNs = k * (split.command * costs.OVERHEAD_NS + split.handoffNs + tlsOnEngine * costs.TLS_COMMAND_NS);
    const bytesOnEngine = threads === 0 ? 1 : split.turn;
    this.byteInNs = k * (bytesOnEngine * costs.BYTE_IN_NS + tlsOnEngine * costs.TLS_BYTE_NS);
    this.byteOutNs = k * (bytesOnEngine * costs.BYTE_OUT_NS + tlsOnEngine * costs.TLS_BYTE_NS);
    this.ioTurnNs =
      threads === 0 ? 0 : k * ((1 - split.turn) * costs.TURN_NS + tlsOnIo * (costs.TLS_TURN_NS + costs.TLS_COMMAND_NS));
    this.ioByteNs = threads === 0 ? 0 : k * ((1 - split.turn) * costs.BYTE_OUT_NS + tlsOnIo * costs.TLS_BYTE_NS);
    this.acceptNs = k * costs.ACCEPT_NS;
    this.tlsOnThreads = tlsOnThreads;
    this.commandCosts = costRows(profile, commands);
  }

  /** The command's own time for what the engine says it touched. */
  commandNs(commandId: number, elements: number): number {
    return this.factor * this.commandShare * costs.commandNs(this.commandCosts[commandId], elements);
  }

  /** The same for KEYS, which passes over most of what it looks at. */
  skippingNs(commandId: number, elements: number, skipped: number): number {
    return this.factor * this.commandShare * costs.skippingNs(this.commandCosts[commandId], elements, skipped);
  }

  /** A time measured on the reference core, here. */
  scaled(referenceNs: number): number {
    return referenceNs * this.factor;
  }
}

const ROWS = new WeakMap<Engine["commands"], Map<EngineProfile, costs.CommandCost[]>>();

/** Cost rows by command id, made once for every table of commands and engine: a plan has a processor for every node type. */
function costRows(profile: EngineProfile, commands: Engine["commands"]): costs.CommandCost[] {
  let byProfile = ROWS.get(commands);
  if (byProfile === undefined) ROWS.set(commands, (byProfile = new Map()));
  let rows = byProfile.get(profile);
  if (rows === undefined) byProfile.set(profile, (rows = makeRows(profile, commands)));
  return rows;
}

/** A command without a row of its own is a bug in the table. */
function makeRows(profile: EngineProfile, commands: Engine["commands"]): costs.CommandCost[] {
  const since8 = profile.product === "valkey" && Number.parseFloat(profile.version) >= 8;
  const rows: costs.CommandCost[] = [];
  for (const command of commands.values()) {
    for (const one of [command, ...(command.children?.values() ?? [])]) {
      const row = (since8 ? costs.COMMAND_COSTS_VALKEY_8[one.cost] : undefined) ?? costs.COMMAND_COSTS[one.cost];
      if (row === undefined) throw new Error(`no cost row «${one.cost}» for ${one.fullName}`);
      rows[one.id] = row;
    }
  }
  return rows;
}
