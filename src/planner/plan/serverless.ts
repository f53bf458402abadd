// A serverless cache in one world, in closed form: all keys stay, requests are metered, the service's limits are what it can
// lack. Assumed: it recovers as managed nodes do, since AWS publishes nothing. Left out: throttling while a new cache grows to
// its load, which is over once.

import { limit } from "../../catalog/limits.ts";
import { COMMANDS } from "../../engine/commands/index.ts";
import { Cpu } from "../../models/cpu.ts";
import type { Built } from "../../scenarios/build.ts";
import { DOUBLING_SECONDS, PROXY_NS, SERVERLESS_NODE } from "../../scenarios/build-serverless.ts";
import { randomFrom } from "../../sim/random.ts";
import { GIB } from "../../units.ts";
import type { CacheTrip, RequestPath, RoundTrips } from "../forms/latency.ts";
import { WHOLE, type WorldCurve } from "./curve.ts";
import { Tightest, worst } from "./dimension.ts";
import { type Evaluator, ORIGIN_USE } from "./evaluate.ts";
import { type Evaluation, latencyLimit } from "./evaluation.ts";
import { meanShareOf, originMonthly } from "./monthly.ts";
import { blindCrossing } from "./reading.ts";
import type { ServerlessShape } from "./shapes.ts";
import { ecpuOf, workOf } from "./work.ts";
import { steepestGrowth } from "./worlds.ts";

export class ServerlessEvaluator {
  private tripsNs: RoundTrips | null = null;
  private growth: number | null = null;
  private readonly cpus = new Map<string, Cpu>();

  constructor(
    private readonly built: Built,
    private readonly nodes: Evaluator,
  ) {}

  evaluate({ engine }: ServerlessShape, curve: WorldCurve): Evaluation {
    const { built, nodes } = this;
    const { slo } = built.scenario;
    const { config } = nodes;
    const { world } = curve;
    const { hitRate } = curve.whole;
    const stored = nodes.held(engine).of(curve, 1).all;
    const ecpu = ecpuOf(world, curve.whole);
    const work = workOf(world, curve.whole, this.cpuOf(engine));
    const { origin, originNs } = nodes.view(curve).asked(WHOLE);
    const fromReplicas = config.clients.some(client => client.readFrom !== "primary");
    const slot = limit(fromReplicas ? "serverless-slot-ecpu-replica-reads" : "serverless-slot-ecpu").value;
    const initial = limit(fromReplicas ? "serverless-initial-ecpu-replica-reads" : "serverless-initial-ecpu").value;
    const room = limit("serverless-storage").value * GIB;
    const tightest = new Tightest();
    tightest.most("ECPU of the hottest slot", ecpu * curve.hotShare, slot, "rate");
    tightest.most("ECPU of the cache", ecpu, limit("serverless-ecpu").value, "rate");
    tightest.most("data stored", stored, room, "bytes");
    tightest.most("origin", origin.utilisation, ORIGIN_USE, "share");
    // What a new cache carries needs no growth.
    if (ecpu > initial) {
      this.growth ??= steepestGrowth(built, DOUBLING_SECONDS);
      tightest.most("growth within the doubling time", this.growth, 2, "times");
    }
    if (slo.recovery !== undefined) tightest.most("recovery", nodes.recoveryNs, slo.recovery, "ns");
    if (slo.hitRate !== undefined) tightest.hitsAtLeast(slo.hitRate, hitRate);
    const trip: CacheTrip = {
      roundTrips: this.trips(),
      fixedNs: (config.clients[0]?.overheadNs ?? 0) + work.mix.mean,
      waits: [],
    };
    const path: RequestPath | null =
      origin.utilisation >= 1
        ? null
        : {
            hitRate: work.answered,
            read: trip,
            store: work.fills ? trip : null,
            originNs,
          };
    const bottleneck = path === null ? tightest : worst(tightest, latencyLimit(slo, path));
    return {
      resource: tightest,
      bottleneck,
      fits: path !== null && bottleneck.ratio <= 1,
      hitRate,
      memoryUse: stored / room,
      usedBytes: stored,
      at: WHOLE,
      cpuUse: 0,
      originUsd: originMonthly(built, world, hitRate),
      trafficUsd: 0,
      metered: { ecpuPerSecond: ecpu * meanShareOf(world), storedBytes: stored },
      path,
    };
  }

  private trips(): RoundTrips {
    const { trips, config } = this.nodes;
    const random = randomFrom("plan/proxies");
    return (this.tripsNs ??= trips.with(blindCrossing(config), () => PROXY_NS.sample(random)));
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
