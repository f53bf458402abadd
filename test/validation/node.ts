// A whole node against theory, through the same path that every scenario takes: client, network, queue, engine, reply.

import { worldConfig } from "../../bench/world-config.ts";
import { nodeType } from "../../src/catalog/nodes.ts";
import { COMMANDS } from "../../src/engine/commands/index.ts";
import { engineProfile } from "../../src/engine/profile.ts";
import { Cpu } from "../../src/models/cpu.ts";
import { HIT, MISS } from "../../src/models/outcome.ts";
import { World } from "../../src/models/world.ts";
import { constant } from "../../src/sim/distributions/constant.ts";
import { zipf } from "../../src/sim/distributions/zipf.ts";
import type { Random } from "../../src/sim/random.ts";
import { constantRate } from "../../src/workload/rate.ts";
import type { Row, Subject } from "./row.ts";

/** One node, one zone, a network without jitter. */
export function oneNode(options: {
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
        pool: { ...base.clients[0].pool, size: 64, initial: 64, maxWaitNs: 1e9 },
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
export function getServiceNs(keyLength: number, valueLength: number): number {
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

/** Share of look-ups answered by the cache, from second `from` on. */
function hitRate(world: World, from: number): number {
  let hits = 0;
  let lookups = 0;
  for (const period of world.recorder.periods.slice(from)) {
    hits += period.rows[0].outcomes[HIT];
    lookups += period.rows[0].outcomes[HIT] + period.rows[0].outcomes[MISS];
  }
  return hits / lookups;
}

function run(world: World, seconds: number): World {
  world.start();
  world.sim.run(seconds * 1e9);
  return world;
}

/** Constant service: the wait is that of M/D/1, rho s / 2 (1 - rho). */
function waitRow(utilisation: number): Row {
  const serviceNs = getServiceNs("product:500".length, 200);
  const rate = (utilisation * 1e9) / serviceNs;
  const config = oneNode({ keys: 900, rate, seconds: 8 });
  const workload = { ...config.workloads[0], preload: 1, popularity: (random: Random) => 100 + random.below(800) };
  const world = run(new World({ ...config, workloads: [workload] }), 8);
  const latency = world.recorder.periods.reduce((sum, period) => sum + period.rows[0].latency.sum, 0);
  const count = world.recorder.periods.reduce((sum, period) => sum + period.rows[0].latency.count, 0);
  const { inZoneRttNs } = world.config.latency;
  // What is not queueing: round trip, the client's own time, service, and the bytes on the wire of 10 Gbit/s.
  const wire = ((22 + 11 + 66 + 208 + 66) * 8) / 10;
  const wait = latency / count - inZoneRttNs - world.config.clients[0].overheadNs - serviceNs - wire;
  return {
    what: `mean wait at ${100 * utilisation} % of the engine thread, M/D/1`,
    predicted: wait / 1_000,
    reference: (utilisation * serviceNs) / (2 * (1 - utilisation)) / 1_000,
    unit: "us",
    bound: 0.05,
    kind: "relative",
  };
}

const LRU_KEYS = 30_000;
const LRU_SECONDS = 240;

function lruRow(exponent: number): Row {
  const config = oneNode({
    keys: LRU_KEYS,
    rate: 2_500,
    seconds: LRU_SECONDS,
    exponent,
    policy: "allkeys-lru",
    maxmemory: 6_000_000,
  });
  // Connections count as used memory: few of them leave the room to the keys.
  const clients = [{ ...config.clients[0], pool: { ...config.clients[0].pool, size: 4, initial: 4 } }];
  const world = new World({ ...config, clients, latency: { ...config.latency, inZoneRttNs: 1_000 } });
  run(world, LRU_SECONDS);
  const { engine } = world.cluster.nodes[0];
  if (engine.stats.evictedKeys < 10_000 || engine.database(0).size < 1_000)
    throw new Error("nothing to compare: the limit must evict, and leave something");
  return {
    what: `hit rate of allkeys-lru under Zipf ${exponent}, ${engine.database(0).size} of ${LRU_KEYS} keys held, Che's approximation`,
    predicted: 100 * hitRate(world, LRU_SECONDS / 3),
    reference: 100 * che(probabilitiesOf(LRU_KEYS, exponent), engine.database(0).size),
    unit: "%",
    bound: 0.5,
    kind: "absolute",
  };
}

function ttlRow(): Row {
  const [keys, rate, ttl] = [20_000, 2_000, 20];
  const world = run(new World(oneNode({ keys, rate, seconds: 160, ttl })), 160);
  return {
    what: "hit rate with a TTL of 20 s and no limit, renewal cycle",
    predicted: 100 * hitRate(world, 60),
    reference: 100 * ttlCache(probabilitiesOf(keys, 0.9), rate, ttl),
    unit: "%",
    bound: 0.5,
    kind: "absolute",
  };
}

export const node: Subject = {
  title: "A node against theory",
  about:
    "One cache.r6g.large without jitter in the network: waits on the engine thread against M/D/1, and hit rates against Che's " +
    "approximation (H. Che, Y. Tung, Z. Wang, 2002) and the renewal cycle of a cache limited by TTL alone.",
  missing: null,
  rows: () => [...[0.3, 0.6, 0.8].map(waitRow), ...[0.7, 0.9, 1.1].map(lruRow), ttlRow()],
};
