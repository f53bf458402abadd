// The work of a world on one kind of processor: times on the engine thread, messages and bytes a second, of all shards together.
// What a replica may answer stands beside what the primary has to do, and what that is on a replica's thread.

import type { Command } from "../../engine/command.ts";
import { COMMANDS } from "../../engine/commands/index.ts";
import type { Cpu } from "../../models/cpu.ts";
import { type ServiceTimes, serviceTimes, wireMoments } from "../forms/service.ts";
import { type Moments, mixed } from "../forms/waits.ts";
import type { DemandWorld } from "./worlds.ts";

/** What a cache answers and stores in a world. */
export interface Kept {
  readonly hitRate: number;
  readonly stores: number;
}

/** Commands of one kind. */
export interface Flow {
  /** Commands a second, and the work of one. */
  readonly rate: number;
  readonly work: Moments;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export interface Work {
  readonly reads: Flow;
  readonly changes: Flow;
  /** The changes as they come by the replication stream. */
  readonly replay: Flow;
  /** Of all commands. */
  readonly mix: Moments;
  /** Look-ups of values, and stores: of `reads` and `changes` what goes for keys with values. */
  readonly lookups: number;
  readonly stores: number;
  readonly store: Moments;
  /** Share of the look-ups that end in the cache, and whether anybody stores what the origin answered to the others. */
  readonly answered: number;
  readonly fills: boolean;
}

const ENGINE = { commands: COMMANDS };

/** Bytes of a world's values on the wire, by part. */
const WIRE = new WeakMap<DemandWorld, readonly Moments[]>();

function servicesOf(world: DemandWorld, cpu: Cpu): ServiceTimes[] {
  let wire = WIRE.get(world);
  if (wire === undefined) WIRE.set(world, (wire = world.parts.map(part => wireMoments(part.sizes))));
  return world.parts.map((part, i) => serviceTimes(cpu, ENGINE, part.keyLength, wire[i], part.ttlSeconds));
}

class Sum {
  readonly works: { weight: number; work: Moments }[] = [];
  rate = 0;
  bytesIn = 0;
  bytesOut = 0;

  add(rate: number, work: Moments, bytesIn: number, bytesOut: number): void {
    if (rate === 0) return;
    this.works.push({ weight: rate, work });
    this.rate += rate;
    this.bytesIn += rate * bytesIn;
    this.bytesOut += rate * bytesOut;
  }

  flow(): Flow {
    const { rate, bytesIn, bytesOut } = this;
    return { rate, work: mixed(this.works), bytesIn, bytesOut };
  }
}

export function workOf(world: DemandWorld, kept: Kept, cpu: Cpu): Work {
  const { hitRate, stores } = kept;
  const services = servicesOf(world, cpu);
  const all = world.parts.reduce((sum, part) => sum + part.reads + part.writes, 0);
  const [reads, changes, replay, storing] = [new Sum(), new Sum(), new Sum(), new Sum()];
  let lookups = 0;
  const asked = askedOf(world, hitRate);
  world.parts.forEach((part, i) => {
    const { hit, miss, store, replay: replayed } = services[i];
    const partStores = stores * ((part.reads + part.writes) / Math.max(1e-9, all));
    lookups += part.reads;
    reads.add(part.reads * hitRate, hit.engine, hit.bytesIn, hit.bytesOut);
    reads.add(part.reads * (1 - hitRate), miss.engine, miss.bytesIn, miss.bytesOut);
    changes.add(partStores, store.engine, store.bytesIn, store.bytesOut);
    storing.add(partStores, store.engine, store.bytesIn, store.bytesOut);
    replay.add(partStores, replayed, store.bytesIn, 0);
    const deletion = { command: DELETE, isRead: false, rate: part.deletes, bytesIn: part.keyLength + DELETE_BYTES };
    for (const one of [...part.others, { ...deletion, bytesOut: DELETE_ANSWER }]) {
      const { rate, bytesIn, bytesOut } = one;
      const work = constantWork(cpu, one.command, bytesIn, bytesOut);
      (one.isRead ? reads : changes).add(rate, work, bytesIn, bytesOut);
      if (!one.isRead) replay.add(rate, work, bytesIn, 0);
    }
  });
  return {
    reads: reads.flow(),
    changes: changes.flow(),
    replay: replay.flow(),
    mix: mixed([...reads.works, ...changes.works]),
    lookups,
    stores,
    store: storing.flow().work,
    answered: lookups === 0 ? 1 : 1 - asked / lookups,
    fills: world.parts.some(part => part.fill && part.asksOrigin),
  };
}

/** Requests that the origin gets. */
export function askedOf({ parts }: DemandWorld, hitRate: number): number {
  return parts.reduce((sum, part) => sum + (part.asksOrigin ? part.reads * (1 - hitRate) : 0), 0);
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
