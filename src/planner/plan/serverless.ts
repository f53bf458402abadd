// A serverless cache in one world, in closed form: all keys stay, requests are metered, the service's limits are what it can
// lack. Assumed: it recovers as managed nodes do, since AWS publishes nothing. Left out: throttling while a new cache grows to
// its load, which is over once.

import { assert } from "../../assert.ts";
import { limit } from "../../catalog/limits.ts";
import { COMMANDS } from "../../engine/commands/index.ts";
import { Cpu } from "../../models/cpu.ts";
import { Latency } from "../../models/network.ts";
import type { Built } from "../../scenarios/build.ts";
import { DOUBLING_SECONDS, PROXY_NS, SERVERLESS_NODE } from "../../scenarios/build-serverless.ts";
import { randomFrom } from "../../sim/random.ts";
import { GIB } from "../../units.ts";
import { type CacheTrip, type RequestPath, requestQuantile } from "../forms/latency.ts";
import { wait } from "../forms/waits.ts";
import type { WorldCurve } from "./curve.ts";
import { type Dimension, hitsAtLeast, most, worst } from "./dimension.ts";
import { HeldBytes } from "./engine-side.ts";
import { type Evaluation, type Evaluator, sorted, thinned } from "./evaluate.ts";
import { meanShareOf, originMonthly, serverlessMonthly } from "./monthly.ts";
import type { ServerlessShape } from "./shapes.ts";
import { ecpuOf, ServiceTable, workOf } from "./work.ts";
import { steepestGrowth } from "./worlds.ts";

const POINTS = 128;

export class ServerlessEvaluator {
  private readonly tripsNs: Float64Array;
  private readonly services = new ServiceTable();
  private readonly cpus = new Map<string, Cpu>();
  private readonly held = new Map<string, HeldBytes>();
  private readonly growth: number;

  constructor(
    private readonly built: Built,
    private readonly nodes: Evaluator,
  ) {
    const random = randomFrom("plan/proxies");
    const { latency, zones } = nodes.config;
    const network = new Latency(latency, random);
    this.tripsNs = thinned(
      sorted(4_096, i => {
        const zone = i % zones.length;
        return network.oneWayNs(0, zone) + network.oneWayNs(zone, 0) + PROXY_NS.sample(random);
      }),
      POINTS,
    );
    this.growth = steepestGrowth(built, DOUBLING_SECONDS);
  }

  evaluate(shape: ServerlessShape, curve: WorldCurve, detail = true): Evaluation {
    const { built, nodes } = this;
    const { slo } = built.scenario;
    const side = nodes.side(shape.engine);
    const { world, rows } = curve;
    const row = rows[rows.length - 1];
    const bytes = this.heldOf(shape.engine).of(curve).bytes;
    const stored = bytes[bytes.length - 1];
    const ecpu = ecpuOf(world, row);
    const monthly = serverlessMonthly(built, side, shape, ecpu * meanShareOf(world), stored);
    assert(monthly !== null, "a serverless cache that the book does not price is no shape");
    const work = workOf(world, row, this.cpuOf(shape.engine), this.services);
    const { config, moments } = nodes;
    const origin = wait(config.origin.concurrency, (work.reads * (1 - row.hitRate)) / 1e9, moments);
    const fromReplicas = config.clients.some(client => client.readFrom !== "primary");
    const slot = limit(fromReplicas ? "serverless-slot-ecpu-replica-reads" : "serverless-slot-ecpu").value;
    const initial = limit(fromReplicas ? "serverless-initial-ecpu-replica-reads" : "serverless-initial-ecpu").value;
    const dimensions: Dimension[] = [
      most("ECPU of the hottest slot", ecpu * curve.hotShare, slot, "rate"),
      most("ECPU of the cache", ecpu, limit("serverless-ecpu").value, "rate"),
      most("data stored", stored, limit("serverless-storage").value * GIB, "bytes"),
      most("origin", origin.utilisation, 0.95, "share"),
    ];
    // What a new cache carries needs no growth.
    if (ecpu > initial) dimensions.push(most("growth within the doubling time", this.growth, 2, "times"));
    if (slo.recovery !== undefined) dimensions.push(most("recovery", nodes.recoveryNs, slo.recovery, "ns"));
    if (slo.hitRate !== undefined) dimensions.push(hitsAtLeast(slo.hitRate, row.hitRate));
    const trip: CacheTrip = {
      roundTripNs: this.tripsNs,
      fixedNs: (config.clients[0]?.overheadNs ?? 0) + work.mix.mean,
      waits: [],
    };
    const path: RequestPath = {
      hitRate: row.hitRate,
      read: trip,
      store: trip,
      originNs: nodes.waited(nodes.originPoints, origin),
    };
    dimensions.push(...nodes.percentiles(path, origin.utilisation >= 1, detail));
    const bottleneck = worst(dimensions);
    const ownUsd = monthly + originMonthly(built, world, row.hitRate);
    const told = detail && bottleneck.ratio <= 1;
    return {
      dimensions,
      bottleneck,
      fits: bottleneck.ratio <= 1,
      hitRate: row.hitRate,
      p50Ns: told ? requestQuantile(path, 0.5) : Number.POSITIVE_INFINITY,
      p99Ns: told ? requestQuantile(path, 0.99) : Number.POSITIVE_INFINITY,
      memoryUse: stored / (limit("serverless-storage").value * GIB),
      usedBytes: stored,
      keys: row.keys.reduce((sum, count) => sum + count, 0),
      cpuUse: 0,
      monthlyUsd: ownUsd,
      ownUsd,
      trafficUsd: 0,
    };
  }

  private heldOf(engine: string): HeldBytes {
    let held = this.held.get(engine);
    if (held === undefined) this.held.set(engine, (held = new HeldBytes(this.nodes.side(engine))));
    return held;
  }

  private cpuOf(engine: string): Cpu {
    let cpu = this.cpus.get(engine);
    if (cpu === undefined) {
      const { profile } = this.nodes.side(engine);
      this.cpus.set(engine, (cpu = new Cpu({ node: SERVERLESS_NODE, profile, tls: true }, COMMANDS)));
    }
    return cpu;
  }
}
