// Sampled fidelity against exact: CPU time of the same scenario, hit rate and percentiles beside it. The target is 8 times as
// fast at 1/16, within half a point and ten per cent.

import { loadScenario } from "../src/scenarios/load.ts";
import { runScenario } from "../src/scenarios/run.ts";
import { cpuSecondsSince } from "./cpu.ts";

const SCENARIO = `name: pages
duration: 10m
warmup: 4m
seed: 5
cluster:
  engine: valkey-8.0
  management: self-managed
  node: cache.m7g.large
  shards: 2
  replicas: 1
  parameters: { maxmemory: 120mb, maxmemory-policy: allkeys-lru }
clients: [{ name: web, instances: 10 }]
origin: { latency: "lognormal(p50=2ms, p99=8ms)", concurrency: 100 }
workload:
  - name: pages
    pattern: { cache-aside: { ttl: 5m } }
    rate: 4k/s
    keys: { count: 500k, popularity: zipf(0.9) }
    values: 1KiB
    preload: 40%
`;

const scenario = { file: "sampled.yaml", content: { text: SCENARIO, directory: "." } };

let exact = 0;
for (const fidelity of ["exact", "sampled(1/4)", "sampled(1/16)"]) {
  const loaded = await loadScenario({ ...scenario, settings: [`fidelity=${fidelity}`] });
  globalThis.gc?.();
  const before = process.cpuUsage();
  const { summary, fidelity: told } = await runScenario(loaded);
  const cpu = cpuSecondsSince(before);
  if (exact === 0) exact = cpu;
  const error = told === undefined ? "" : ` ± ${((told.errors.hitRate ?? 0) * 100).toFixed(2)}`;
  console.log(
    `${fidelity.padEnd(14)} ${cpu.toFixed(2)} CPU-s, ${(exact / cpu).toFixed(1)} times as fast; hit rate ${(100 * summary.hitRate!).toFixed(2)} %${error}, ` +
      `p50 ${summary.latencyUs.p50} us, p99 ${summary.latencyUs.p99} us`,
  );
}
