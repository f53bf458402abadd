// One shape in one world, in closed form: what it needs against what it has, dimension by dimension.
//
// The hit rate of a world is tabulated once over what is kept (curve.ts) and read off for every shape. The hottest shard has
// the most popular keys that fall to it and an even share of the rest. Percentiles cost most, so they are looked at last, and
// only where everything else holds.

import { maxmemoryAfterReserve } from "../../catalog/nodes.ts";
import { COMMANDS } from "../../engine/commands/index.ts";
import { DEFAULT_COSTS } from "../../engine/engine-options.ts";
import type { WorldConfig } from "../../models/config.ts";
import { Cpu } from "../../models/cpu.ts";
import { Latency } from "../../models/network.ts";
import type { Built } from "../../scenarios/build.ts";
import { randomFrom } from "../../sim/random.ts";
import { CONNECTION_BYTES } from "../forms/key-memory.ts";
import { replicationLag } from "../forms/lag.ts";
import { type CacheTrip, type RequestPath, requestBeyond, requestQuantile } from "../forms/latency.ts";
import { interfaceUse, wireBytes } from "../forms/network.ts";
import { type Wait, wait } from "../forms/waits.ts";
import type { WorldCurve } from "./curve.ts";
import { atLeast, type Dimension, hitsAtLeast, most, worst } from "./dimension.ts";
import { type EngineSide, engineSide, engineSides, HeldBytes } from "./engine-side.ts";
import { originMonthly, trafficMonthly } from "./monthly.ts";
import { place, readAt } from "./place.ts";
import type { NodeShape } from "./shapes.ts";
import { tieringDimensions, tierOf } from "./tiering.ts";
import { ServiceTable, type Work, workOf } from "./work.ts";
import { worldConfig } from "./worlds.ts";

export interface Evaluation {
  readonly dimensions: readonly Dimension[];
  /** The dimension with the greatest ratio. */
  readonly bottleneck: Dimension;
  readonly fits: boolean;
  readonly hitRate: number;
  /** Infinity where it was not looked at. */
  readonly p50Ns: number;
  readonly p99Ns: number;
  readonly memoryUse: number;
  /** Of all primaries. */
  readonly usedBytes: number;
  readonly keys: number;
  readonly cpuUse: number;
  /** With clients' traffic across zones and what the origin takes for misses. */
  readonly monthlyUsd: number;
  /** The same without traffic, and traffic alone. */
  readonly ownUsd: number;
  readonly trafficUsd: number;
}

/** Latencies as points: many for figures, few for whether a limit holds. */
interface Points {
  readonly roundTripsNs: Float64Array;
  readonly originNs: Float64Array;
}

/** What does not depend on shape or world. */
export class Evaluator {
  readonly config: WorldConfig;
  private readonly many: Points;
  private readonly few: Points;
  private readonly oneWayP99Ns: number;
  private readonly originMoments;
  private readonly reserve: number;
  /** From the loss of a primary until its shard takes writes, at the longest. */
  readonly recoveryNs: number;
  private readonly connections: number;
  private readonly sides: ReadonlyMap<string, { readonly side: EngineSide; readonly held: HeldBytes }>;
  private readonly services = new ServiceTable();
  private readonly cpus = new Map<string, Cpu>();

  constructor(private readonly built: Built) {
    this.config = worldConfig(built);
    const { config } = this;
    const random = randomFrom("plan/network");
    const latency = new Latency(config.latency, random);
    const zones = config.zones.length;
    const trips = sorted(4_096, i => {
      const zone = i % zones;
      return latency.oneWayNs(0, zone) + latency.oneWayNs(zone, 0);
    });
    this.oneWayP99Ns = trips[Math.floor(0.99 * trips.length)] / 2;
    const { latencyNs } = config.origin;
    const origins = sorted(8_192, () => latencyNs.sample(random));
    this.many = { roundTripsNs: thinned(trips, MANY), originNs: thinned(origins, MANY) };
    this.few = { roundTripsNs: thinned(trips, FEW), originNs: thinned(origins, MANY) };
    this.originMoments = { mean: latencyNs.mean, second: latencyNs.variance + latencyNs.mean ** 2 };
    this.reserve = Number(built.scenario.cluster.parameters["reserved-memory-percent"] ?? DEFAULT_RESERVE);
    this.recoveryNs = recoveryOf(config);
    this.connections = config.clients.reduce((sum, client) => sum + client.instances * client.pool.size, 0);
    const own = engineSide(built, built.scenario.cluster.engine);
    const all = [own, ...engineSides(built).filter(side => side.name !== own.name)];
    this.sides = new Map(all.map(side => [side.name, { side, held: new HeldBytes(side) }]));
  }

  side(engine: string): EngineSide {
    return this.sides.get(engine)!.side;
  }

  /** `detail`: percentiles as numbers; without it only whether they hold. */
  evaluate(shape: NodeShape, curve: WorldCurve, detail = true): Evaluation {
    const { config, built } = this;
    const { slo } = built.scenario;
    const { node, shards, replicas } = shape;
    const { cluster } = config;
    const { side, held: heldBytes } = this.sides.get(shape.engine)!;
    const policy = String(cluster.parameters["maxmemory-policy"] ?? "volatile-lru");
    const fixed =
      side.layout.startupBytes(cluster.mode === "cluster") +
      this.connections * CONNECTION_BYTES +
      (replicas > 0 ? side.backlogBytes : 0);
    const maxmemory = maxmemoryAfterReserve(node, this.reserve);
    const dram = Math.max(0, (maxmemory - fixed) * shards);
    const table = heldBytes.of(curve);
    const { rows, world } = curve;
    const tier = tierOf(node, shards, dram, table, curve);
    const room = dram + (tier?.ssdBytes ?? 0);
    const all = table.bytes[table.bytes.length - 1];
    const held = Math.min(room, all);
    const at = place(table.bytes, held);
    const column = (of: "hitRate" | "stores" | "evictions") =>
      readAt(
        rows.map(row => row[of]),
        at,
      );
    const hitRate = column("hitRate");
    const kept = { hitRate, stores: column("stores") };
    const evictions = column("evictions");
    const cpu = this.cpuOf(shape, side);
    const work = workOf(world, kept, cpu, this.services);
    const share = (1 - curve.hotShare) / shards + curve.hotShare;
    const thread = wait(1, (work.commands * share) / 1e9, work.mix);
    const cpuUse = thread.utilisation + (evictions * share * cpu.scaled(DEFAULT_COSTS.evictKeyNs)) / 1e9;
    const out = work.bytesOut + replicas * work.streamBytes;
    const use = interfaceUse(
      node,
      wireBytes(work.bytesIn, work.commands) * share,
      wireBytes(out, work.commands) * share,
    );
    const origin = wait(config.origin.concurrency, (work.reads * (1 - hitRate)) / 1e9, this.originMoments);
    const memoryUse = tier === null ? (fixed + held / shards) / maxmemory : held / Math.max(1, room);
    const dimensions: Dimension[] = [
      most("engine thread", cpuUse, slo.cpu, "share"),
      most("network baseline", use.ofBaseline, 1, "share"),
      most("origin", origin.utilisation, 0.95, "share"),
    ];
    if (policy === "noeviction") dimensions.push(most("memory for all keys", all, Math.max(1, room), "bytes"));
    else dimensions.push(most("memory beside keys", fixed, maxmemory * 0.9, "bytes"));
    if (node.cpuCredits !== null) {
      // A burstable node earns what it may use in the long run.
      const earned = (node.cpuCredits.baselinePercentPerVcpu / 100) * node.vcpu;
      dimensions.push(most("CPU credits", cpuUse, earned, "cores"));
    }
    if (tier !== null) dimensions.push(...tieringDimensions(tier, node, work, share, policy));
    if (slo.memory !== undefined) dimensions.push(most("memory head room", memoryUse, slo.memory, "share"));
    if (slo.hitRate !== undefined) dimensions.push(hitsAtLeast(slo.hitRate, hitRate));
    this.addReplication(dimensions, shape, work, evictions, share);
    const readyToWait = dimensions.every(one => one.ratio <= 1);
    const points = detail ? this.many : this.few;
    const overhead = config.clients[0]?.overheadNs ?? 0;
    const trip = (ns: number): CacheTrip => ({
      roundTripNs: points.roundTripsNs,
      fixedNs: overhead + ns + cpu.ioTurnNs,
      waits: [thread],
    });
    const path: RequestPath = {
      hitRate,
      read: trip(work.mix.mean),
      slow: tier === null ? undefined : { share: tier.slowHits, addedNs: tier.slowNs },
      store: trip(work.store.mean),
      originNs: this.waited(points.originNs, origin),
    };
    const saturated = cpuUse >= 1 || origin.utilisation >= 1;
    if (saturated || readyToWait) dimensions.push(...this.percentiles(path, saturated, detail));
    const bottleneck = worst(dimensions);
    const fits = bottleneck.ratio <= 1;
    const told = detail && fits;
    const ownUsd = shape.nodesMonthlyUsd + originMonthly(built, world, hitRate);
    const trafficUsd = trafficMonthly(built, world, work, replicas);
    return {
      dimensions,
      bottleneck,
      fits,
      hitRate,
      p50Ns: told ? requestQuantile(path, 0.5) : Number.POSITIVE_INFINITY,
      p99Ns: told ? requestQuantile(path, 0.99) : Number.POSITIVE_INFINITY,
      memoryUse,
      usedBytes: fixed * shards + held,
      keys: world.parts.reduce(
        (sum, _, p) =>
          sum +
          readAt(
            rows.map(row => row.keys[p]),
            at,
          ),
        0,
      ),
      cpuUse,
      monthlyUsd: ownUsd + trafficUsd,
      ownUsd,
      trafficUsd,
    };
  }

  /** Latency limits, on a way through a cache. Infinite percentiles where there is no steady state. */
  percentiles(path: RequestPath, saturated: boolean, detail: boolean): Dimension[] {
    const { slo } = this.built.scenario;
    return PERCENTILES.flatMap(([name, quantile]): Dimension[] => {
      const limit = slo[name];
      if (limit === undefined) return [];
      const late = saturated || requestBeyond(path, limit) > 1 - quantile;
      const measured = saturated
        ? Number.POSITIVE_INFINITY
        : detail
          ? requestQuantile(path, quantile)
          : limit * (late ? 2 : 1);
      const ratio = late ? Math.max(1.0001, measured / limit) : Math.min(1, measured / limit);
      return [{ name, needed: measured, available: limit, unit: "ns", ratio }];
    });
  }

  /** Origin times with the mean wait for it. */
  waited(originNs: Float64Array, { meanNs }: Wait): Float64Array {
    return meanNs > 0 && Number.isFinite(meanNs) ? originNs.map(ns => ns + meanNs) : originNs;
  }

  get originPoints(): Float64Array {
    return this.many.originNs;
  }

  get moments() {
    return this.originMoments;
  }

  private addReplication(
    dimensions: Dimension[],
    { replicas }: NodeShape,
    { store, stores }: Work,
    evictions: number,
    share: number,
  ): void {
    const { slo } = this.built.scenario;
    const { config } = this;
    if (slo.zoneLoss) {
      dimensions.push(atLeast("replicas in other zones", Math.min(replicas, config.zones.length - 1), 1));
    }
    if (slo.recovery !== undefined) {
      if (replicas === 0) dimensions.push(atLeast("replicas to promote", 0, 1));
      dimensions.push(most("recovery", this.recoveryNs, slo.recovery, "ns"));
    }
    if (slo.lag === undefined || replicas === 0) return;
    const { roundTripsNs } = this.many;
    const lag = replicationLag({
      batchNs: config.cluster.replication.batchNs,
      oneWayNs: roundTripsNs[roundTripsNs.length >> 1] / 2,
      oneWayP99Ns: this.oneWayP99Ns,
      changesPerNs: ((stores + evictions) * share) / 1e9,
      change: store,
      readsPerNs: 0,
      read: store,
    });
    dimensions.push(most("replication lag", lag.p99Ns, slo.lag, "ns"));
  }

  private cpuOf({ node }: NodeShape, { name, profile }: EngineSide): Cpu {
    const key = `${name} ${node.type}`;
    let cpu = this.cpus.get(key);
    if (cpu === undefined) {
      const { tls, ioThreads } = this.config.cluster;
      this.cpus.set(key, (cpu = new Cpu({ node, profile, tls, ioThreads }, COMMANDS)));
    }
    return cpu;
  }
}

const DEFAULT_RESERVE = 25;
const PERCENTILES = [
  ["p50", 0.5],
  ["p90", 0.9],
  ["p99", 0.99],
] as const;
const MANY = 128;
const FEW = 24;

function recoveryOf({ cluster }: WorldConfig): number {
  const { failover } = cluster;
  if (failover.profile === "upstream") return 1.5 * failover.nodeTimeoutNs + 1e9;
  const dns = cluster.mode === "single" ? failover.dnsNs.support[1] : 0;
  return failover.detectionNs.support[1] + failover.promotionNs.support[1] + dns;
}

export function sorted(draws: number, draw: (i: number) => number): Float64Array {
  return Float64Array.from({ length: draws }, (_, i) => draw(i)).sort();
}

/** So many points of equal weight. */
export function thinned(all: Float64Array, points: number): Float64Array {
  const width = all.length / points;
  return Float64Array.from({ length: points }, (_, i) => all[Math.floor((i + 0.5) * width)]);
}
