// Small worlds for the tests of the models: the bench's cluster with what a test wants different.

import { worldConfig } from "../../bench/world-config.ts";
import type {
  ClientConfig,
  ClusterConfig,
  ConnectConfig,
  OriginConfig,
  PoolConfig,
  RetryConfig,
  WorkloadConfig,
  WorldConfig,
} from "../../src/models/config.ts";
import type { LatencyConfig } from "../../src/models/network.ts";
import { OUTCOME_COUNT } from "../../src/models/outcome.ts";
import { World } from "../../src/models/world.ts";
import { constant } from "../../src/sim/distributions/constant.ts";
import { parseTemplate } from "../../src/workload/template.ts";

export interface Wanted {
  readonly keys?: number;
  /** Share of the keys that are there at the start. */
  readonly preload?: number;
  readonly rate?: number;
  readonly seconds?: number;
  readonly seed?: number;
  readonly zones?: number;
  readonly latency?: Partial<LatencyConfig>;
  readonly cluster?: Partial<ClusterConfig>;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly client?: Partial<Omit<ClientConfig, "pool" | "retry" | "connect">> & {
    /** A pool that begins full unless `initial` says otherwise. */
    readonly pool?: Partial<PoolConfig>;
    readonly retry?: Partial<RetryConfig>;
    readonly connect?: Partial<ConnectConfig>;
  };
  readonly workload?: Partial<WorkloadConfig>;
  readonly origin?: Partial<OriginConfig>;
}

/** Delays without jitter, so that times can be worked out by hand. */
export const CALM: Partial<LatencyConfig> = { sigma: 0, spikeProbability: 0 };

/** Of a workload: plain commands, drawn alike from these templates. */
export function commands(...texts: readonly string[]): Pick<WorkloadConfig, "pattern"> {
  return { pattern: { kind: "commands", templates: texts.map(text => ({ parts: parseTemplate(text), weight: 1 })) } };
}

const NEVER = 1e6;

/** A control plane whose steps take so many seconds each: left out, it never notices nor replaces, and promotes at once. */
export function managed({ detection = NEVER, promotion = 0, dns = 0, replacement = NEVER }) {
  return {
    profile: "managed" as const,
    detectionNs: constant(detection * 1e9),
    promotionNs: constant(promotion * 1e9),
    dnsNs: constant(dns * 1e9),
    replacementNs: constant(replacement * 1e9),
  };
}

export function smallConfig(wanted: Wanted = {}): WorldConfig {
  const base = worldConfig({
    keys: wanted.keys ?? 1_000,
    preload: wanted.preload ?? 0,
    rate: wanted.rate ?? 1_000,
    seconds: wanted.seconds ?? 10,
    seed: wanted.seed ?? 7,
    cluster: wanted.cluster ?? {},
  });
  const zones = base.zones.slice(0, wanted.zones ?? 3);
  const instances = wanted.client?.instances ?? 6;
  const { pool, retry, connect, ...client } = wanted.client ?? {};
  const [web] = base.clients;
  return {
    ...base,
    zones,
    latency: { ...base.latency, ...wanted.latency },
    cluster: {
      ...base.cluster,
      parameters: { ...base.cluster.parameters, ...wanted.cluster?.parameters, ...wanted.parameters },
    },
    clients: [
      {
        ...web,
        instances,
        zones: Array.from({ length: instances }, (_, i) => i % zones.length),
        ...client,
        pool: { ...web.pool, initial: pool?.size ?? web.pool.initial, ...pool },
        retry: { ...web.retry, ...retry },
        connect: { ...web.connect, ...connect },
      },
    ],
    origin: { ...base.origin, ...wanted.origin },
    workloads: [{ ...base.workloads[0], valueBytes: constant(200), ...wanted.workload }],
  };
}

/** A world that has begun; times in seconds. */
export function smallWorld(wanted: Wanted = {}): World {
  const world = new World(smallConfig(wanted));
  world.start();
  return world;
}

export function runTo(world: World, seconds: number): World {
  world.sim.run(seconds * 1e9);
  return world;
}

/** Ends by outcome over all periods that are closed. */
export function outcomes(world: World): Float64Array {
  const sums = new Float64Array(OUTCOME_COUNT);
  for (const period of world.recorder.periods) {
    for (const row of period.rows) for (let i = 0; i < OUTCOME_COUNT; i++) sums[i] += row.outcomes[i];
  }
  return sums;
}

/** Mean latency over all closed periods, in ns. */
export function meanLatencyNs(world: World): number {
  let sum = 0;
  let count = 0;
  for (const period of world.recorder.periods) {
    for (const { latency } of period.rows) {
      sum += latency.sum;
      count += latency.count;
    }
  }
  return sum / count;
}

/** A metric's column, or those of all parties one after the other; what is not there is 0. */
export function columnOf(world: World, metric: string, where?: string): number[] {
  return world.recorder.columns
    .filter(one => one.metric === metric && (where === undefined || one.where === where))
    .flatMap(one => one.values.map(value => value ?? 0));
}
