// A whole node against theory, through the same path that every scenario takes: client, network, queue, engine, reply.

import { describe, expect, it } from "vitest";
import { worldConfig } from "../../bench/world-config.ts";
import { nodeType } from "../../src/catalog/nodes.ts";
import { COMMANDS } from "../../src/engine/commands/index.ts";
import { engineProfile } from "../../src/engine/profile.ts";
import { Cpu } from "../../src/models/cpu.ts";
import { HIT, MISS } from "../../src/models/outcome.ts";
import { World } from "../../src/models/world.ts";
import { constant } from "../../src/sim/distributions/constant.ts";
import { zipf } from "../../src/sim/distributions/zipf.ts";
import { constantRate } from "../../src/workload/rate.ts";

/** One node, one zone, a network without jitter. */
function oneNode(options: {
  keys: number;
  rate: number;
  seconds: number;
  seed?: number;
  exponent?: number;
  ttl?: number | null;
  maxmemory?: number;
  policy?: string;
}) {
  const base = worldConfig({
    keys: options.keys,
    rate: options.rate,
    seconds: options.seconds,
    seed: options.seed ?? 1,
    cluster: {
      mode: "single",
      shards: 1,
      replicasPerShard: 0,
      multiAz: false,
      node: nodeType("cache.r6g.large"),
      parameters: {
        "latency-tracking": "no",
        maxmemory: String(options.maxmemory ?? 0),
        "maxmemory-policy": options.policy ?? "noeviction",
        "maxmemory-samples": "10",
      },
    },
  });
  const workload = base.workloads[0];
  return {
    ...base,
    zones: ["one"],
    latency: { ...base.latency, sigma: 0, spikeProbability: 0 },
    clients: [
      {
        ...base.clients[0],
        instances: 64,
        zones: new Array(64).fill(0),
        pool: { size: 64, maxWaitNs: 1e9, multiplex: false },
        timeoutNs: 5e9,
      },
    ],
    workloads: [
      {
        ...workload,
        load: { kind: "open" as const, rate: constantRate(options.rate), spacing: "poisson" as const, burst: 1 },
        popularity: zipf(options.keys, options.exponent ?? 0.9).rank,
        valueBytes: constant(200),
        ttlSeconds: options.ttl == null ? null : constant(options.ttl),
      },
    ],
  };
}

/** Time of a GET on the engine thread of that node, in ns. */
function getServiceNs(keyLength: number, valueLength: number): number {
  const cpu = new Cpu(
    { node: nodeType("cache.r6g.large"), profile: engineProfile("valkey-8.0")!, tls: false },
    COMMANDS,
  );
  const bytesIn = 22 + String(keyLength).length - 1 + keyLength;
  const bytesOut = 5 + String(valueLength).length + valueLength;
  return (
    cpu.turnNs +
    cpu.overheadNs +
    bytesIn * cpu.byteInNs +
    bytesOut * cpu.byteOutNs +
    cpu.commandNs(COMMANDS.get("get")!.id, 0)
  );
}

describe("queueing of a node", () => {
  // Constant service: the wait is that of M/D/1, rho s / 2 (1 - rho).
  it.each([0.3, 0.6, 0.8])("GET hits at utilisation %d wait as in M/D/1", utilisation => {
    const serviceNs = getServiceNs("product:500".length, 200);
    const rate = (utilisation * 1e9) / serviceNs;
    const config = oneNode({ keys: 900, rate, seconds: 8 });
    const world = new World({
      ...config,
      workloads: [{ ...config.workloads[0], preload: 1, popularity: random => 100 + random.below(800) }],
    });
    world.start();
    world.sim.run(8e9);
    const latency = world.recorder.periods.reduce((sum, period) => sum + period.rows[0].latency.sum, 0);
    const count = world.recorder.periods.reduce((sum, period) => sum + period.rows[0].latency.count, 0);
    const { inZoneRttNs } = world.config.latency;
    // What is not queueing: round trip, the client's own time, service, and the bytes on the wire of 12.5 Gbit/s.
    const wire = ((22 + 11 + 66 + 208 + 66) * 8) / 10;
    const wait = latency / count - inZoneRttNs - world.config.clients[0].overheadNs - serviceNs - wire;
    const theory = (utilisation * serviceNs) / (2 * (1 - utilisation));
    expect(Math.abs(wait - theory)).toBeLessThan(0.05 * theory + 0.01 * serviceNs);
    expect(world.cluster.nodes[0].workedNs / 8e9).toBeCloseTo(utilisation, 2);
  });

  it("requests in progress = rate x latency (Little's law)", () => {
    const world = new World(oneNode({ keys: 20_000, rate: 20_000, seconds: 10 }));
    world.start();
    world.sim.run(10e9);
    const { periods } = world.recorder;
    const inProgress = periods.reduce((sum, period) => sum + period.inProgress, 0) / periods.length;
    const ended = periods.reduce((sum, period) => sum + period.rows[0].latency.count, 0) / 10;
    const latency = periods.reduce((sum, period) => sum + period.rows[0].latency.sum, 0) / (ended * 10) / 1e9;
    expect(inProgress / (ended * latency)).toBeCloseTo(1, 2);
  });
});

/** Hit ratio of an LRU of so many objects under independent requests: Che, Tung and Wang (2002). */
function che(probabilities: Float64Array, capacity: number): number {
  let low = 0;
  let high = 1e12;
  for (let i = 0; i < 200; i++) {
    const t = (low + high) / 2;
    let held = 0;
    for (const p of probabilities) held += 1 - Math.exp(-p * t);
    if (held < capacity) low = t;
    else high = t;
  }
  let hits = 0;
  for (const p of probabilities) hits += p * (1 - Math.exp(-p * low));
  return hits;
}

/** Hit ratio with a fixed time to live from the store, without a limit: one miss and rate x ttl hits per cycle. */
function ttlCache(probabilities: Float64Array, rate: number, ttl: number): number {
  let hits = 0;
  for (const p of probabilities) hits += (p * p * rate * ttl) / (1 + p * rate * ttl);
  return hits;
}

function probabilitiesOf(keys: number, exponent: number): Float64Array {
  const ranks = zipf(keys, exponent);
  return Float64Array.from({ length: keys }, (_, key) => ranks.probability(key));
}

describe("hit rate of a node", () => {
  it.each([0.7, 0.9, 1.1])("allkeys-lru under Zipf %d is within half a point of Che's approximation", exponent => {
    const keys = 30_000;
    const seconds = 240;
    const config = oneNode({
      keys,
      rate: 2_500,
      seconds,
      exponent,
      policy: "allkeys-lru",
      maxmemory: 6_000_000,
    });
    // Connections count as used memory: few of them leave the room to the keys.
    const clients = [{ ...config.clients[0], pool: { ...config.clients[0].pool, size: 4 } }];
    const world = new World({ ...config, clients, latency: { ...config.latency, inZoneRttNs: 1_000 } });
    world.start();
    world.sim.run(seconds * 1e9);
    const held = world.cluster.nodes[0].engine.database(0).size;
    let hits = 0;
    let lookups = 0;
    for (const period of world.recorder.periods.slice(seconds / 3)) {
      hits += period.rows[0].outcomes[HIT];
      lookups += period.rows[0].outcomes[HIT] + period.rows[0].outcomes[MISS];
    }
    expect(world.cluster.nodes[0].engine.stats.evictedKeys).toBeGreaterThan(10_000);
    expect(Math.abs(hits / lookups - che(probabilitiesOf(keys, exponent), held))).toBeLessThan(0.005);
  });

  it("a cache limited by its time to live alone has the hit rate of its renewal cycle", () => {
    const keys = 20_000;
    const rate = 2_000;
    const ttl = 20;
    const world = new World(oneNode({ keys, rate, seconds: 160, ttl }));
    world.start();
    world.sim.run(160e9);
    let hits = 0;
    let lookups = 0;
    for (const period of world.recorder.periods.slice(60)) {
      hits += period.rows[0].outcomes[HIT];
      lookups += period.rows[0].outcomes[HIT] + period.rows[0].outcomes[MISS];
    }
    expect(Math.abs(hits / lookups - ttlCache(probabilitiesOf(keys, 0.9), rate, ttl))).toBeLessThan(0.005);
  });
});
