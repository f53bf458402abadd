// The work of a world on one kind of processor: times on the engine thread, messages and bytes a second, of all shards together.

import type { Command } from "../../engine/command.ts";
import { COMMANDS } from "../../engine/commands/index.ts";
import { DEFAULT_COSTS } from "../../engine/engine-options.ts";
import type { Cpu } from "../../models/cpu.ts";
import { type ServiceTimes, serviceTimes } from "../forms/service.ts";
import { type Moments, mixed } from "../forms/waits.ts";
import type { DemandWorld } from "./worlds.ts";

/** What a cache answers and stores in a world. */
export interface Kept {
  readonly hitRate: number;
  readonly stores: number;
}

export interface Work {
  readonly mix: Moments;
  readonly store: Moments;
  readonly reads: number;
  readonly stores: number;
  /** Commands a second. */
  readonly commands: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Bytes that go to each replica. */
  readonly streamBytes: number;
}

const ENGINE = { commands: COMMANDS, costs: DEFAULT_COSTS };

/** Service times depend on processor and value sizes: made once for a world and a processor. */
export class ServiceTable {
  private readonly known = new WeakMap<DemandWorld, Map<Cpu, readonly ServiceTimes[]>>();

  of(world: DemandWorld, cpu: Cpu): readonly ServiceTimes[] {
    let byCpu = this.known.get(world);
    if (byCpu === undefined) this.known.set(world, (byCpu = new Map()));
    let times = byCpu.get(cpu);
    if (times === undefined) {
      times = world.parts.map(part => serviceTimes(cpu, ENGINE, part.keyLength, part.sizes, part.ttlSeconds));
      byCpu.set(cpu, times);
    }
    return times;
  }
}

export function workOf(world: DemandWorld, kept: Kept, cpu: Cpu, table: ServiceTable): Work {
  const { hitRate, stores } = kept;
  const services = table.of(world, cpu);
  const all = world.parts.reduce((sum, part) => sum + part.reads + part.writes, 0);
  const works: { weight: number; work: Moments }[] = [];
  let [reads, others, bytesIn, bytesOut, streamBytes] = [0, 0, 0, 0, 0];
  let store: Moments = { mean: 0, second: 0 };
  world.parts.forEach((part, i) => {
    const times = services[i];
    const partStores = stores * ((part.reads + part.writes) / Math.max(1e-9, all));
    works.push(
      { weight: part.reads * hitRate, work: times.hit.engine },
      { weight: part.reads * (1 - hitRate), work: times.miss.engine },
      { weight: partStores, work: times.store.engine },
    );
    store = times.store.engine;
    reads += part.reads;
    bytesIn += part.reads * times.hit.bytesIn + partStores * times.store.bytesIn;
    bytesOut +=
      part.reads * (hitRate * times.hit.bytesOut + (1 - hitRate) * times.miss.bytesOut) +
      partStores * times.store.bytesOut;
    streamBytes += partStores * times.store.bytesIn;
    const more = [
      ...part.others,
      { command: DELETE, rate: part.deletes, bytesIn: part.keyLength + DELETE_BYTES, bytesOut: DELETE_ANSWER },
    ];
    for (const one of more) {
      if (one.rate === 0) continue;
      works.push({ weight: one.rate, work: constantWork(cpu, one.command, one.bytesIn, one.bytesOut) });
      others += one.rate;
      bytesIn += one.rate * one.bytesIn;
      bytesOut += one.rate * one.bytesOut;
      streamBytes += one.rate * one.bytesIn;
    }
  });
  return { mix: mixed(works), store, reads, stores, commands: reads + stores + others, bytesIn, bytesOut, streamBytes };
}

const DELETE = COMMANDS.get("del")!;
/** «*2 $3 DEL $n key» beside the key, and «:1». */
const DELETE_BYTES = 22;
const DELETE_ANSWER = 4;

function constantWork(cpu: Cpu, command: Command, bytesIn: number, bytesOut: number): Moments {
  const own = cpu.turnNs + cpu.overheadNs + cpu.commandNs(command.id, 1);
  const ns = own + bytesIn * cpu.byteInNs + bytesOut * cpu.byteOutNs;
  return { mean: ns, second: ns * ns };
}

/** ECPU a second: max(1, KB) for each command (models/serverless/ecpu.ts). */
export function ecpuOf(world: DemandWorld, { hitRate, stores }: Kept): number {
  const all = world.parts.reduce((sum, part) => sum + part.reads + part.writes, 0);
  let ecpu = 0;
  for (const part of world.parts) {
    const partStores = stores * ((part.reads + part.writes) / Math.max(1e-9, all));
    ecpu += part.reads * (1 - hitRate) + part.deletes;
    for (const size of part.sizes) {
      const kilobytes = (size + part.keyLength + PROTOCOL_BYTES) / 1_024;
      ecpu += ((part.reads * hitRate + partStores) * Math.max(1, kilobytes)) / part.sizes.length;
    }
    for (const one of part.others) ecpu += one.rate * Math.max(1, (one.bytesIn + one.bytesOut) / 1_024);
  }
  return ecpu;
}

/** Of a GET or SET and its reply, beside key and value. */
const PROTOCOL_BYTES = 40;
