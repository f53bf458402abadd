// One shape in one world, in closed form: what it needs against what it has, dimension by dimension.
//
// The hit rate of a world over memory is tabulated once, as LRU with what the policy makes of it (forms/policy-shift.ts), and
// read off for every shape. The hottest shard has the most popular keys that fall to it and an even share of the rest.

import { maxmemoryAfterReserve } from "../../catalog/nodes.ts";
import { COMMANDS } from "../../engine/commands/index.ts";
import { DEFAULT_COSTS } from "../../engine/engine-options.ts";
import type { WorldConfig } from "../../models/config.ts";
import { Cpu } from "../../models/cpu.ts";
import { Latency } from "../../models/network.ts";
import type { Built } from "../../scenarios/build.ts";
import { randomFrom } from "../../sim/random.ts";
import { fixedBytes } from "../forms/key-memory.ts";
import { replicationLag } from "../forms/lag.ts";
import { type CacheTrip, requestBeyond, requestQuantile } from "../forms/latency.ts";
import { interfaceUse, wireBytes } from "../forms/network.ts";
import { serviceTimes } from "../forms/service.ts";
import { type Moments, mixed, wait } from "../forms/waits.ts";
import type { WorldCurve } from "./curve.ts";
import type { Shape } from "./shapes.ts";
import type { DemandWorld } from "./worlds.ts";

/** One thing that a shape must have enough of. It fits while `needed` is at most `available`, or the other way round. */
export interface Dimension {
  readonly name: string;
  readonly needed: number;
  readonly available: number;
  readonly unit: "bytes" | "share" | "ns" | "replicas" | "cores";
  /** needed over available, turned so that above one it does not fit. */
  readonly ratio: number;
}

export interface Evaluation {
  readonly dimensions: readonly Dimension[];
  /** The dimension with the greatest ratio. */
  readonly bottleneck: Dimension;
  readonly fits: boolean;
  readonly hitRate: number;
  readonly p50Ns: number;
  readonly p99Ns: number;
  readonly memoryUse: number;
  /** Of all primaries. */
  readonly usedBytes: number;
  readonly keys: number;
  readonly cpuUse: number;
}

/** What does not depend on shape or world. */
export class Evaluator {
  private readonly config: WorldConfig;
  private readonly roundTripsNs: Float64Array;
  private readonly oneWayP99Ns: number;
  private readonly originNs: Float64Array;
  private readonly originMoments;
  private readonly reserve: number;
  private readonly recoveryNs: number;
  private readonly backlogBytes: number;
  private readonly cpus = new Map<string, Cpu>();

  constructor(private readonly built: Built) {
    this.config = built.world(0, built.scenario.seed);
    const { config } = this;
    const random = randomFrom("plan/network");
    const latency = new Latency(config.latency, random);
    const zones = config.zones.length;
    this.roundTripsNs = quantiles(4_096, i => {
      const zone = i % zones;
      return latency.oneWayNs(0, zone) + latency.oneWayNs(zone, 0);
    });
    this.oneWayP99Ns = this.roundTripsNs[Math.floor(0.99 * this.roundTripsNs.length)] / 2;
    const { latencyNs } = config.origin;
    this.originNs = quantiles(8_192, () => latencyNs.sample(random));
    this.originMoments = { mean: latencyNs.mean, second: latencyNs.variance + latencyNs.mean ** 2 };
    this.reserve = Number(built.scenario.cluster.parameters["reserved-memory-percent"] ?? DEFAULT_RESERVE);
    this.backlogBytes = Number(built.setup.parameters["repl-backlog-size"] ?? 0);
    const { failover } = config.cluster;
    this.recoveryNs =
      failover.profile === "managed"
        ? failover.detectionNs.support[1] +
          failover.promotionNs.support[1] +
          (config.cluster.mode === "single" ? failover.dnsNs.support[1] : 0)
        : 1.5 * failover.nodeTimeoutNs + 1e9;
  }

  /** `detail`: percentiles as numbers; without it only whether they hold. */
  evaluate(shape: Shape, curve: WorldCurve, detail = true): Evaluation {
    const { config, built } = this;
    const { slo } = built.scenario;
    const { node, shards, replicas } = shape;
    const cluster = config.cluster;
    const inCluster = cluster.mode === "cluster";
    const layout = cluster.profile.layout(cluster.quantum, inCluster);
    const connections = config.clients.reduce((sum, client) => sum + client.instances * client.pool.size, 0);
    const fixed = fixedBytes(layout, inCluster, connections, replicas > 0 ? this.backlogBytes : 0);
    const maxmemory = maxmemoryAfterReserve(node, this.reserve);
    const room = Math.max(0, (maxmemory - fixed) * shards);
    const at = place(curve.bytes, Math.min(room, curve.allBytes));
    const hitRate = read(curve.hitRates, at);
    const held = Math.min(room, curve.allBytes);
    const memoryUse = (fixed + held / shards) / maxmemory;
    const cpu = this.cpuOf(shape);
    const share = (1 - curve.hotShare) / shards + curve.hotShare;
    const stores = read(curve.stores, at);
    const evictions = read(curve.evictions, at);
    let reads = 0;
    let others = 0;
    let bytesIn = 0;
    let bytesOut = 0;
    const works: { weight: number; work: { mean: number; second: number } }[] = [];
    let storeWork = { mean: 0, second: 0 };
    for (const part of curve.world.parts) {
      const times = serviceTimes(
        cpu,
        { commands: COMMANDS, costs: DEFAULT_COSTS },
        part.keyLength,
        part.sizes,
        part.ttlSeconds,
      );
      const partStores = stores * ((part.reads + part.writes) / Math.max(1e-9, totalRate(curve.world)));
      works.push({ weight: part.reads * hitRate, work: times.hit.engine });
      works.push({ weight: part.reads * (1 - hitRate), work: times.miss.engine });
      works.push({ weight: partStores, work: times.store.engine });
      for (const { command, rate, ...bytes } of part.others) {
        works.push({ weight: rate, work: constantWork(cpu, command.id, bytes) });
        others += rate;
        bytesIn += rate * bytes.bytesIn;
        bytesOut += rate * bytes.bytesOut;
      }
      if (part.deletes > 0) {
        const bytes = { bytesIn: part.keyLength + DELETE_BYTES, bytesOut: DELETE_ANSWER };
        works.push({ weight: part.deletes, work: constantWork(cpu, DELETE_ID, bytes) });
        others += part.deletes;
        bytesIn += part.deletes * bytes.bytesIn;
        bytesOut += part.deletes * bytes.bytesOut;
      }
      storeWork = times.store.engine;
      reads += part.reads;
      bytesIn += part.reads * times.hit.bytesIn + partStores * times.store.bytesIn;
      bytesOut +=
        part.reads * (hitRate * times.hit.bytesOut + (1 - hitRate) * times.miss.bytesOut) +
        partStores * times.store.bytesOut;
      bytesOut += replicas * partStores * times.store.bytesIn;
    }
    const perNs = ((reads + stores + others) * share) / 1e9;
    const mix = mixed(works);
    const evictNs = (evictions * share * cpu.scaled(DEFAULT_COSTS.evictKeyNs)) / 1e9;
    const thread = wait(1, perNs, mix);
    const cpuUse = thread.utilisation + evictNs;
    const messages = reads + stores + others;
    const use = interfaceUse(node, wireBytes(bytesIn, messages) * share, wireBytes(bytesOut, messages) * share);
    const origin = wait(config.origin.concurrency, (reads * (1 - hitRate)) / 1e9, this.originMoments);
    const overhead = config.clients[0]?.overheadNs ?? 0;
    const trip = (work: number): CacheTrip => ({
      roundTripNs: this.roundTripsNs,
      fixedNs: overhead + work + cpu.ioTurnNs,
      waits: [thread],
    });
    const path = {
      hitRate,
      read: trip(mix.mean),
      store: trip(storeWork.mean),
      originNs:
        origin.meanNs > 0 && Number.isFinite(origin.meanNs)
          ? this.originNs.map(ns => ns + origin.meanNs)
          : this.originNs,
    };
    const saturated = cpuUse >= 1 || origin.utilisation >= 1;
    const dimensions: Dimension[] = [
      most("engine thread", cpuUse, slo.cpu, "share"),
      most("network baseline", use.ofBaseline, 1, "share"),
      most("origin", origin.utilisation, 0.95, "share"),
    ];
    if (cluster.parameters["maxmemory-policy"] === "noeviction") {
      dimensions.push(most("memory for all keys", curve.allBytes / shards + fixed, maxmemory, "bytes"));
    } else dimensions.push(most("memory beside keys", fixed, maxmemory * 0.9, "bytes"));
    if (node.cpuCredits !== null) {
      // A burstable node earns what it may use in the long run.
      const earned = (node.cpuCredits.baselinePercentPerVcpu / 100) * node.vcpu;
      dimensions.push(most("CPU credits", cpuUse, earned, "cores"));
    }
    if (slo.memory !== undefined) dimensions.push(most("memory head room", memoryUse, slo.memory, "share"));
    if (slo.hitRate !== undefined) {
      dimensions.push({
        name: "hit rate",
        needed: slo.hitRate,
        available: hitRate,
        unit: "share",
        ratio: (1 - hitRate) / Math.max(1e-9, 1 - slo.hitRate),
      });
    }
    for (const [name, quantile] of PERCENTILES) {
      const limit = slo[name];
      if (limit === undefined) continue;
      const beyond = saturated ? 1 : requestBeyond(path, limit);
      const measured = saturated
        ? Number.POSITIVE_INFINITY
        : detail
          ? requestQuantile(path, quantile)
          : limit * (beyond > 1 - quantile ? 2 : 1);
      dimensions.push({
        name,
        needed: measured,
        available: limit,
        unit: "ns",
        ratio: beyond > 1 - quantile ? Math.max(1.0001, measured / limit) : Math.min(1, measured / limit),
      });
    }
    if (slo.zoneLoss)
      dimensions.push(atLeast("replicas in other zones", Math.min(replicas, config.zones.length - 1), 1));
    if (slo.recovery !== undefined) {
      if (replicas === 0) dimensions.push(atLeast("replicas to promote", 0, 1));
      dimensions.push(most("recovery", this.recoveryNs, slo.recovery, "ns"));
    }
    if (slo.lag !== undefined && replicas > 0) {
      const lag = replicationLag({
        batchNs: cluster.replication.batchNs,
        oneWayNs: this.roundTripsNs[this.roundTripsNs.length >> 1] / 2,
        oneWayP99Ns: this.oneWayP99Ns,
        changesPerNs: ((stores + evictions) * share) / 1e9,
        change: storeWork,
        readsPerNs: 0,
        read: storeWork,
      });
      dimensions.push(most("replication lag", lag.p99Ns, slo.lag, "ns"));
    }
    const bottleneck = dimensions.reduce((worst, one) => (one.ratio > worst.ratio ? one : worst));
    return {
      dimensions,
      bottleneck,
      fits: bottleneck.ratio <= 1,
      hitRate,
      p50Ns: saturated || !detail ? Number.POSITIVE_INFINITY : requestQuantile(path, 0.5),
      p99Ns: saturated || !detail ? Number.POSITIVE_INFINITY : requestQuantile(path, 0.99),
      memoryUse,
      usedBytes: memoryUse * maxmemory * shards,
      keys: curve.allBytes === 0 ? 0 : (curve.allKeys * held) / curve.allBytes,
      cpuUse,
    };
  }

  private cpuOf({ node }: Shape): Cpu {
    let cpu = this.cpus.get(node.type);
    if (cpu === undefined) {
      const { profile, tls, ioThreads } = this.config.cluster;
      this.cpus.set(node.type, (cpu = new Cpu({ node, profile, tls, ioThreads }, COMMANDS)));
    }
    return cpu;
  }
}

const DEFAULT_RESERVE = 25;
const DELETE_ID = COMMANDS.get("del")!.id;
/** «*2 $3 DEL $n key» beside the key, and «:1». */
const DELETE_BYTES = 22;
const DELETE_ANSWER = 4;

function constantWork(
  cpu: Cpu,
  command: number,
  { bytesIn, bytesOut }: { bytesIn: number; bytesOut: number },
): Moments {
  const ns =
    cpu.turnNs + cpu.overheadNs + cpu.commandNs(command, 1) + bytesIn * cpu.byteInNs + bytesOut * cpu.byteOutNs;
  return { mean: ns, second: ns * ns };
}

const PERCENTILES = [
  ["p50", 0.5],
  ["p90", 0.9],
  ["p99", 0.99],
] as const;
const POINTS = 128;

/** Draws, sorted, thinned to points of equal weight. */
function quantiles(draws: number, draw: (i: number) => number): Float64Array {
  const sorted = Float64Array.from({ length: draws }, (_, i) => draw(i)).sort();
  const width = draws / POINTS;
  return Float64Array.from({ length: POINTS }, (_, i) => sorted[Math.floor((i + 0.5) * width)]);
}

function totalRate(world: DemandWorld): number {
  return world.parts.reduce((sum, part) => sum + part.reads + part.writes, 0);
}

function most(name: string, needed: number, available: number, unit: Dimension["unit"]): Dimension {
  return { name, needed, available, unit, ratio: needed / Math.max(1e-12, available) };
}

function atLeast(name: string, available: number, needed: number): Dimension {
  return { name, needed, available, unit: "replicas", ratio: available >= needed ? 0 : needed + 1 - available };
}

/** Where a value lies between the rows of an ascending column. */
function place(column: readonly number[], value: number): number {
  let at = 0;
  while (at < column.length - 1 && column[at + 1] <= value) at++;
  if (at === column.length - 1) return at;
  if (value <= column[0]) return 0;
  return at + (value - column[at]) / (column[at + 1] - column[at]);
}

function read(column: readonly number[], at: number): number {
  const low = Math.floor(at);
  if (low >= column.length - 1) return column[column.length - 1];
  return column[low] + (at - low) * (column[low + 1] - column[low]);
}
