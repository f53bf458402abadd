// Nodes of one shape in one world, in closed form: what they need against what they have, dimension by dimension.
//
// The hit rate of a world is tabulated once over what is kept (curve.ts) and read off for every shape. The hottest shard has
// the most popular keys that fall to it and an even share of the rest; of its members the busiest decides, which is a
// replica where clients read from replicas (reading.ts). Percentiles cost most, so they are looked at last, and only where
// everything else holds.

import { maxmemoryAfterReserve } from "../../catalog/nodes.ts";
import { COMMANDS } from "../../engine/commands/index.ts";
import { DEFAULT_COSTS } from "../../engine/engine-options.ts";
import type { WorldConfig } from "../../models/config.ts";
import { Cpu } from "../../models/cpu.ts";
import type { Built } from "../../scenarios/build.ts";
import { fixedBytes } from "../forms/key-memory.ts";
import { replicationLag } from "../forms/lag.ts";
import type { CacheTrip, RequestPath } from "../forms/latency.ts";
import { interfaceUse, wireBytes } from "../forms/network.ts";
import { mixed, type Wait, wait } from "../forms/waits.ts";
import type { WorldCurve } from "./curve.ts";
import { Tightest, worst } from "./dimension.ts";
import { type EngineSide, engineSide, engineSides, HeldBytes, placeOf } from "./engine-side.ts";
import { type Evaluation, latencyLimit } from "./evaluation.ts";
import { originMonthly, trafficMonthly } from "./monthly.ts";
import { blindCrossing, type Reading } from "./reading.ts";
import type { NodeBody } from "./shapes.ts";
import { addTiering, tierOf } from "./tiering.ts";
import { Trips } from "./trips.ts";
import type { Flow, Work } from "./work.ts";
import { type OriginTimes, originTimes, WorldView } from "./world-view.ts";
import { worldConfig } from "./worlds.ts";

const DEFAULT_RESERVE = 25;

/** A member of the hottest shard. */
interface Member {
  readonly thread: Wait;
  /** Of the engine thread, evictions included. */
  readonly cpuUse: number;
  /** Of the network's baseline. */
  readonly network: number;
}

export class Evaluator {
  readonly config: WorldConfig;
  readonly trips: Trips;
  /** From the loss of a primary until its shard takes writes, at the longest. */
  readonly recoveryNs: number;
  private readonly origin: OriginTimes;
  private readonly reserve: number;
  private readonly connections: number;
  private readonly sides: ReadonlyMap<string, { readonly side: EngineSide; readonly held: HeldBytes }>;
  private readonly cpus = new Map<string, Cpu>();
  private readonly views = new WeakMap<WorldCurve, WorldView>();

  constructor(private readonly built: Built) {
    this.config = worldConfig(built);
    const { config } = this;
    this.trips = new Trips(config);
    this.origin = originTimes(config);
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

  held(engine: string): HeldBytes {
    return this.sides.get(engine)!.held;
  }

  /** Whether a shard with so many replicas has them in other zones: as the scenario would with that many. */
  spread(replicas: number): boolean {
    return replicas > 0 && (this.built.scenario.cluster.multiAz ?? this.config.zones.length > 1);
  }

  /** Whether somebody promotes one of so many: as models/failover/managed.ts does, and as upstream's servers among themselves. */
  private promotes(replicas: number): boolean {
    const { mode, failover } = this.config.cluster;
    return replicas > 0 && (mode === "cluster" || failover.profile === "upstream" || this.spread(replicas));
  }

  evaluate(body: NodeBody, curve: WorldCurve): Evaluation {
    const { config, built } = this;
    const { slo } = built.scenario;
    const { node, shards, replicas } = body;
    const side = this.side(body.engine);
    const fixed = fixedBytes(side.layout, side.inCluster, this.connections, replicas > 0 ? side.backlogBytes : 0);
    const maxmemory = maxmemoryAfterReserve(node, this.reserve);
    const dram = Math.max(0, (maxmemory - fixed) * shards);
    const table = this.held(body.engine).of(curve, shards);
    const tier = tierOf(node, shards, dram, table, curve);
    const room = dram + (tier?.ssdBytes ?? 0);
    const held = Math.min(room, table.all);
    const at = placeOf(table, held);
    const hitRate = curve.hitRate(at);
    const evictions = curve.evictions(at);
    const cpu = this.cpuOf(body, side);
    const view = this.view(curve);
    const work = view.work(cpu, at);
    const reading = view.reading(replicas, this.spread(replicas));
    // The hottest shard's share of everything.
    const share = (1 - curve.hotShare) / shards + curve.hotShare;
    const evictUse = (evictions * share * cpu.scaled(DEFAULT_COSTS.evictKeyNs)) / 1e9;
    const primary = member(body, work, share, evictUse, reading.primary, work.changes, replicas);
    const replica = reading.replica === 0 ? null : member(body, work, share, evictUse, reading.replica, work.replay, 0);
    const cpuUse = Math.max(primary.cpuUse, replica?.cpuUse ?? 0);
    const { origin, originNs } = view.asked(at);
    const memoryUse = tier === null ? (fixed + held / shards) / maxmemory : held / Math.max(1, room);
    const policy = config.cluster.parameters["maxmemory-policy"] ?? "volatile-lru";
    const tightest = new Tightest();
    tightest.most("engine thread", cpuUse, slo.cpu, "share");
    tightest.most("network baseline", Math.max(primary.network, replica?.network ?? 0), 1, "share");
    tightest.most("origin", origin.utilisation, ORIGIN_USE, "share");
    if (policy === "noeviction") tightest.most("memory for all keys", table.all, Math.max(1, room), "bytes");
    else tightest.most("memory beside keys", fixed, maxmemory * 0.9, "bytes");
    if (node.cpuCredits !== null) {
      // A burstable node earns what it may use in the long run.
      const earned = (node.cpuCredits.baselinePercentPerVcpu / 100) * node.vcpu;
      tightest.most("CPU credits", cpuUse, earned, "cores");
    }
    if (tier !== null) {
      const busiest = {
        reads: work.lookups * share * Math.max(reading.primary, reading.replica),
        stores: work.stores * share,
      };
      addTiering(tightest, tier, node, busiest, policy);
    }
    if (slo.memory !== undefined) tightest.most("memory head room", memoryUse, slo.memory, "share");
    if (slo.hitRate !== undefined) tightest.hitsAtLeast(slo.hitRate, hitRate);
    this.addReplication(tightest, body, work, evictions * share, share, reading);
    const steady = cpuUse < 1 && origin.utilisation < 1;
    const path =
      steady && tightest.ratio <= 1
        ? this.path(work, cpu, primary.thread, replica?.thread ?? null, reading, originNs, tier ?? undefined)
        : null;
    // Without a steady state there are no percentiles: what is full is what it lacks.
    const bottleneck = path === null ? tightest : worst(tightest, latencyLimit(slo, path));
    return {
      resource: tightest,
      bottleneck,
      fits: path !== null && bottleneck.ratio <= 1,
      hitRate,
      memoryUse,
      usedBytes: fixed * shards + held,
      at,
      cpuUse,
      originUsd: originMonthly(built, curve.world, hitRate),
      trafficUsd: trafficMonthly(built, curve.world, work, reading.crossing),
      metered: null,
      path,
    };
  }

  view(curve: WorldCurve): WorldView {
    let view = this.views.get(curve);
    if (view === undefined) this.views.set(curve, (view = new WorldView(curve, this.config, this.origin)));
    return view;
  }

  private path(
    work: Work,
    cpu: Cpu,
    primary: Wait,
    replica: Wait | null,
    reading: Reading,
    originNs: Float64Array,
    slow: { readonly slowHits: number; readonly slowNs: number } | undefined,
  ): RequestPath {
    const { config, trips } = this;
    const alone = reading.primary === 0 || (replica !== null && replica.meanNs > primary.meanNs);
    const trip = (crossing: number, ns: number, waits: readonly Wait[]): CacheTrip => ({
      roundTrips: trips.at(crossing),
      fixedNs: (config.clients[0]?.overheadNs ?? 0) + ns + cpu.ioTurnNs,
      waits,
    });
    return {
      hitRate: work.answered,
      // Whoever of those who answer reads makes wait longest.
      read: trip(reading.crossing, work.mix.mean, [alone && replica !== null ? replica : primary]),
      slow: slow === undefined ? undefined : { share: slow.slowHits, addedNs: slow.slowNs },
      store: work.fills ? trip(blindCrossing(config), work.store.mean, [primary]) : null,
      originNs,
    };
  }

  private addReplication(
    tightest: Tightest,
    { replicas }: NodeBody,
    { replay, reads }: Work,
    evictions: number,
    share: number,
    reading: Reading,
  ): void {
    const { slo } = this.built.scenario;
    const { config } = this;
    if (slo.zoneLoss) {
      const elsewhere = this.spread(replicas) ? Math.min(replicas, config.zones.length - 1) : 0;
      tightest.atLeast("replicas in other zones", elsewhere, 1);
    }
    if (slo.recovery !== undefined) {
      if (!this.promotes(replicas)) tightest.atLeast("replicas to promote", 0, 1);
      tightest.most("recovery", this.recoveryNs, slo.recovery, "ns");
    }
    if (slo.lag === undefined || replicas === 0) return;
    const way = this.trips.oneWay(this.spread(replicas));
    const lag = replicationLag({
      batchNs: config.cluster.replication.batchNs,
      oneWayNs: way.medianNs,
      oneWayP99Ns: way.p99Ns,
      changesPerNs: (replay.rate * share + evictions) / 1e9,
      change: replay.work,
      readsPerNs: (reads.rate * share * reading.replica) / 1e9,
      read: reads.work,
    });
    tightest.most("replication lag", lag.p99Ns, slo.lag, "ns");
  }

  private cpuOf({ node }: NodeBody, { name, profile }: EngineSide): Cpu {
    const key = `${name} ${node.type}`;
    let cpu = this.cpus.get(key);
    if (cpu === undefined) {
      const { tls, ioThreads } = this.config.cluster;
      this.cpus.set(key, (cpu = new Cpu({ node, profile, tls, ioThreads }, COMMANDS)));
    }
    return cpu;
  }
}

/** Assumed: beyond that its waits are longer than any timeout. */
export const ORIGIN_USE = 0.95;

/** A member that answers this share of the reads beside the changes, which it sends on to so many replicas. */
function member(
  { node }: NodeBody,
  { reads, replay }: Work,
  share: number,
  evictUse: number,
  readShare: number,
  changes: Flow,
  streams: number,
): Member {
  const read = reads.rate * readShare;
  const thread = wait(
    1,
    ((read + changes.rate) * share) / 1e9,
    mixed([
      { weight: read, work: reads.work },
      { weight: changes.rate, work: changes.work },
    ]),
  );
  const bytesIn = reads.bytesIn * readShare + changes.bytesIn;
  const bytesOut = reads.bytesOut * readShare + changes.bytesOut + streams * replay.bytesIn;
  const messages = read + changes.rate;
  const use = interfaceUse(node, wireBytes(bytesIn, messages) * share, wireBytes(bytesOut, messages) * share);
  return { thread, cpuUse: thread.utilisation + evictUse, network: use.ofBaseline };
}

function recoveryOf({ cluster }: WorldConfig): number {
  const { failover } = cluster;
  if (failover.profile === "upstream") return 1.5 * failover.nodeTimeoutNs + 1e9;
  const dns = cluster.mode === "single" ? failover.dnsNs.support[1] : 0;
  return failover.detectionNs.support[1] + failover.promotionNs.support[1] + dns;
}
