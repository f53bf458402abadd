// A sample of the keys against all of them: the same scenario, the same seed.

import { stretch } from "../../src/models/horizon.ts";
import { World } from "../../src/models/world.ts";
import { build } from "../../src/scenarios/build.ts";
import { scenarioSchema } from "../../src/scenarios/schema.ts";
import { hitRateOf, type Measured, measure } from "../../src/scenarios/window.ts";
import type { Row, Subject } from "./row.ts";

const WARMUP_NS = 120e9;

function scenario(policy: string, fidelity: string) {
  return {
    name: "pages",
    duration: "5m",
    cluster: {
      engine: "valkey-8.0",
      management: "self-managed",
      node: "cache.m7g.large",
      shards: 1,
      replicas: 0,
      parameters: { maxmemory: "60mb", "maxmemory-policy": policy },
    },
    clients: [{ name: "web", instances: 10 }],
    origin: { latency: "lognormal(p50=2ms, p99=8ms)", concurrency: 100 },
    workload: [
      {
        name: "pages",
        pattern: { "cache-aside": { ttl: "5m" } },
        rate: "1k/s",
        keys: { count: "200k", popularity: "zipf(0.9)" },
        values: "1KiB",
        preload: "20%",
      },
    ],
    fidelity,
  };
}

function run(policy: string, fidelity: string): Measured {
  const written = scenario(policy, fidelity);
  const tell = (path: readonly unknown[], message: string) => {
    throw new Error(`${path.join(".")}: ${message}`);
  };
  const world = new World(build(scenarioSchema.parse(written), ".", tell, written)!.world(0, 3));
  world.start();
  world.sim.run(world.config.durationNs);
  world.finish();
  if (world.config.horizon !== undefined) stretch(world.recorder, world.config.horizon);
  return measure(world.recorder, { name: "after warmup", includes: period => period.startNs >= WARMUP_NS }, null);
}

function compare(policy: string): Row[] {
  const exact = run(policy, "exact");
  const sampled = run(policy, "sampled(1/16)");
  const percentile = (q: number): Row => ({
    what: `${policy}, p${100 * q}`,
    predicted: sampled.latency.quantile(q) / 1_000,
    reference: exact.latency.quantile(q) / 1_000,
    unit: "us",
    bound: 0.1,
    kind: "relative",
  });
  return [
    {
      what: `${policy}, hit rate`,
      predicted: 100 * hitRateOf(sampled.outcomes)!,
      reference: 100 * hitRateOf(exact.outcomes)!,
      unit: "%",
      bound: 0.5,
      kind: "absolute",
    },
    percentile(0.5),
    percentile(0.99),
  ];
}

export const sampled: Subject = {
  title: "Sampled keys against all of them",
  about:
    "`fidelity: sampled(1/16)` beside `exact`: 200,000 keys under Zipf 0.9 with a TTL of 5 minutes, a cache that holds a fifth of them, " +
    "1,000 requests a second for 5 minutes, the first two left out.",
  missing: null,
  rows: () => ["allkeys-lru", "allkeys-lfu"].flatMap(compare),
};
