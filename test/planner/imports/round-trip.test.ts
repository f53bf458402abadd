// A cluster that is simulated, measured as CloudWatch measures, imported and simulated again gives the same figures.

import { describe, expect, it } from "vitest";
import { observeCloudWatch } from "../../../src/planner/imports/cloudwatch.ts";
import { readMetricData } from "../../../src/planner/imports/cloudwatch-json.ts";
import { importScenario } from "../../../src/planner/imports/import.ts";
import { runScenario } from "../../../src/scenarios/run.ts";
import { file, load } from "../../scenarios/fixture.ts";
import { asMetricData } from "./cloudwatch-export.ts";

const cluster = (workload: string, parameters = "", node = "cache.r7g.large") => `name: seen
duration: 16s
warmup: 4s
period: 1s
cluster: { name: shop, engine: valkey-8.0, node: ${node}, shards: 2, replicas: 0, parameters: { ${parameters} } }
clients: [{ name: web, instances: 5, pool: { size: 8 } }]
origin: { latency: "lognormal(p50=4ms, p99=40ms)", concurrency: 4000 }
workload:
  - name: pages
${workload}`;

async function roundTrip(text: string, options: { policy?: string; node?: string } = {}) {
  const first = await runScenario(await load(text), { seed: 1 });
  const path = file(asMetricData(first, 4), "metrics.json");
  const seen = observeCloudWatch(readMetricData(path, new Map()), {
    statistic: null,
    periodSeconds: null,
    shards: null,
    replicas: null,
  });
  const imported = await importScenario(seen, {
    file: "metrics.json",
    directory: ".",
    node: options.node ?? "cache.r7g.large",
    engine: "valkey-8.0",
    policy: options.policy ?? null,
    popularity: null,
    purchase: null,
    region: null,
    peakToMean: 2,
  });
  const second = await runScenario(
    await load(imported.text, { settings: ["duration=16s", "warmup=4s", "period=1s"] }),
    {
      seed: 2,
    },
  );
  return { first, second, seen, imported };
}

/** Mean of a metric over all nodes and the measured rows, added up. */
function mean({ series }: Awaited<ReturnType<typeof runScenario>>, metric: string): number {
  const columns = series.columns.filter(one => one.metric === metric);
  return columns.reduce((sum, { values }) => {
    const measured = values.slice(4).map(value => value ?? 0);
    return sum + measured.reduce((total, value) => total + value, 0) / measured.length;
  }, 0);
}

async function expectSame(text: string, options: { policy?: string; node?: string } = {}, hits = 0.015) {
  const { first, second, imported } = await roundTrip(text, options);
  expect(Math.abs(second.summary.hitRate! - first.summary.hitRate!)).toBeLessThan(hits);
  for (const [metric, band] of [
    ["GetTypeCmds", 0.03],
    ["SetTypeCmds", 0.08],
    ["CurrItems", 0.08],
    ["BytesUsedForCache", 0.05],
    // The few most popular keys have drawn their own sizes.
    ["NetworkBytesOut", 0.3],
    ["CurrConnections", 0.1],
    ["EngineCPUUtilization", 0.1],
  ] as const) {
    const [was, is] = [mean(first, metric), mean(second, metric)];
    expect(Math.abs(is / was - 1), `${metric}: ${was} became ${is}`).toBeLessThan(band);
  }
  return imported;
}

describe("the imported scenario runs as what was measured: hit rate within 1.5 points (3 with absent or deleted keys), rates, keys and memory within 3 to 8 %", () => {
  it("keys that expire: their number and their time to live are found again", async () => {
    const { fit } = await expectSame(
      cluster(`    pattern: { cache-aside: { ttl: 10s } }
    rate: 1000/s
    keys: { count: 6k, popularity: zipf(0.99) }
    values: lognormal(mean=2KiB, sigma=0.8)
    preload: steady
`),
    );
    expect(Math.abs(fit.keys.value / 6_000 - 1)).toBeLessThan(0.15);
    expect(Math.abs(fit.ttlSeconds.value! / 10 - 1)).toBeLessThan(0.1);
    expect(fit.absent.value).toBe(0);
    expect(fit.writeShare.value).toBe(0);
  });

  it("keys that the origin does not have, and updates by the application", async () => {
    const absent = await expectSame(
      cluster(`    pattern: { cache-aside: { ttl: 10s } }
    rate: 1000/s
    keys: { count: 6k, popularity: zipf(0.9), absent: 20% }
    values: 1KiB
    preload: steady
`),
      {},
      0.03,
    );
    expect(absent.fit.absent.value).toBeGreaterThan(0.1);
    const updated = await expectSame(
      cluster(`    pattern: { cache-aside: { ttl: 10s, onWrite: update } }
    writes: 30%
    rate: 1000/s
    keys: { count: 5k, popularity: zipf(0.99) }
    values: 1KiB
    preload: steady
`),
    );
    expect(updated.fit.writeShare.value).toBeCloseTo(0.3, 1);
  });

  it("keys that the application deletes", async () => {
    const { fit } = await expectSame(
      cluster(`    pattern: { cache-aside: { ttl: none, onWrite: invalidate } }
    writes: 20%
    rate: 1000/s
    keys: { count: 3k, popularity: uniform }
    values: 1KiB
    preload: 80%
`),
      {},
      0.03,
    );
    expect(fit.onWrite).toBe("invalidate");
  });
});
